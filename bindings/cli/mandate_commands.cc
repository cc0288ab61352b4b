// mandate new, show, sign, verify.
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "commands.h"
#include "confirm.h"
#include "json.h"
#include "names.h"
#include "new_file.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

constexpr std::uint64_t kLastSecondOfADay = 86'399'000;

std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t end = 0; end != text.npos;) {
    end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end != text.npos) text.remove_prefix(end + 1);
  }
  return parts;
}

Result<medseal::MandateTake> ReadTake(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return InvalidArgument("--take is written TYPE:FIELD,FIELD");
  return medseal::MandateTake{text.substr(0, colon), SplitAt(std::string_view(text).substr(colon + 1), ',')};
}

Result<medseal::MandateRecipient> ReadRecipient(const std::string& text) {
  medseal::MandateRecipient recipient;
  const std::size_t digits = 2 * recipient.key.size();
  bool good = text.size() > digits + 1 && text[digits] == ' ';
  for (std::size_t i = 0; good && i < recipient.key.size(); ++i) {
    unsigned byte = 0;
    good = std::sscanf(text.c_str() + 2 * i, "%2x", &byte) == 1;
    recipient.key[i] = static_cast<std::uint8_t>(byte);
  }
  if (!good) return InvalidArgument("--recipient is written \"KEY WHO\": 64 hexadecimal digits, a space, a name");
  recipient.name = text.substr(digits + 1);
  return recipient;
}

// Lines of a file; they lie in it.
std::vector<medseal::ByteView> LinesOf(const Secret& file) {
  std::vector<medseal::ByteView> lines;
  std::string_view text = file.text();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.push_back(medseal::AsBytes(line));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

Result<medseal::MandateOptions> ReadOptions(const NewMandateArguments& arguments) {
  medseal::MandateOptions options;
  options.direction = arguments.direction == "import" ? MEDSEAL_MANDATE_IMPORT : MEDSEAL_MANDATE_EXPORT;
  options.from = arguments.from;
  options.to = arguments.to;
  options.purpose = arguments.purpose;
  for (const std::string& text : arguments.takes) {
    CLI_ASSIGN(medseal::MandateTake take, ReadTake(text));
    options.takes.push_back(std::move(take));
  }
  for (const std::string& text : arguments.recipients) {
    CLI_ASSIGN(medseal::MandateRecipient recipient, ReadRecipient(text));
    options.recipients.push_back(std::move(recipient));
  }
  const auto expires = ParseDate(arguments.expires);
  if (!expires) return InvalidArgument("--expires takes a date as 2026-01-31");
  options.expires_ms = *expires + kLastSecondOfADay;
  options.since = arguments.since;
  options.until = arguments.until;
  options.keep_unknown = arguments.keep_unknown;
  options.most_rows = arguments.most_rows;
  options.erase_by = arguments.erase_by;
  options.signers = arguments.signers;
  return options;
}

// In the file's place, whole or not at all.
Status Replace(const std::string& path, medseal::ByteView bytes) {
  const std::string beside = path + ".new";
  unlink(beside.c_str());
  CLI_TRY(WriteNewFile(beside, bytes, "the mandate"));
  if (std::rename(beside.c_str(), path.c_str()) == 0) return {};
  const std::string why = strerror(errno);
  unlink(beside.c_str());
  return IoError("the mandate's file cannot be replaced: " + why);
}

std::string IdOf(const medseal::Mandate& mandate) {
  std::string id;
  for (const std::uint8_t byte : mandate.id) id += fmt::format("{:02x}", byte);
  return id;
}

void WriteMandate(const medseal::Mandate& mandate, bool in_force, bool json) {
  if (!json) {
    Write(mandate.text);
    WriteLine(fmt::format("\n{} of {} persons signed: {}{}", mandate.signers.size(), mandate.needed,
                          mandate.signers.empty() ? "nobody" : Joined(mandate.signers),
                          in_force          ? "; it is in force"
                          : mandate.expired ? "; it is over, or the clock is behind"
                                            : "; it is not in force"));
    return;
  }
  JsonLine line("mandate");
  line.Text("id", IdOf(mandate)).Text("direction", mandate.direction == MEDSEAL_MANDATE_IMPORT ? "import" : "export");
  line.Text("text", mandate.text).List("signers", {mandate.signers.begin(), mandate.signers.end()});
  line.Number("needed", mandate.needed).Flag("expired", mandate.expired).Flag("in_force", in_force);
  WriteLine(line.Text("expires", TimeIso(mandate.expires_ms)).Done());
}

// What it says, and whether it is in force; a failure where that cannot be known.
Result<bool> Judge(medseal::Vault& vault, const Secret& file, medseal::Mandate& mandate) {
  const Status status = vault.VerifyMandate(file.view(), &mandate);
  if (status.ok()) return true;
  if (status.error().code() == MEDSEAL_PERMISSION_DENIED && !mandate.text.empty()) return false;
  return status.error();
}

}  // namespace

Outcome NewMandate(const Common& common, const NewMandateArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(medseal::MandateOptions options, ReadOptions(arguments));
    Secret list;
    if (!arguments.patients.empty()) {
      CLI_ASSIGN(list, ReadFile(arguments.patients));
      options.patients = LinesOf(list);
      if (options.patients.empty()) return InvalidArgument(arguments.patients + ": there is no patient in it");
    }
    CLI_ASSIGN(const medseal::Buffer text, session.NewMandate(options));
    CLI_TRY(WriteNewFile(arguments.file, text.bytes(), "the mandate"));
    if (common.json) WriteLine(JsonLine("mandate_made").Text("file", arguments.file).Done());
    Say("written to " + arguments.file + "; have it read and signed: medseal mandate sign " + arguments.file);
    return kDone;
  });
}

Outcome ShowMandate(const Common& common, const MandateArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const Secret file, ReadFile(arguments.file));
    medseal::Mandate mandate;
    CLI_ASSIGN(const bool in_force, Judge(vault, file, mandate));
    return WriteMandate(mandate, in_force, common.json), kDone;
  });
}

Outcome VerifyMandate(const Common& common, const MandateArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const Secret file, ReadFile(arguments.file));
    medseal::Mandate mandate;
    const Status status = vault.VerifyMandate(file.view(), &mandate);
    if (!status.ok()) return status.error();
    if (common.json) WriteMandate(mandate, true, true);
    Say("in force: signed by " + Joined(mandate.signers));
    return kDone;
  });
}

// What is signed is the file as it was shown.
Outcome SignMandate(const Common& common, const MandateArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const Secret file, ReadFile(arguments.file));
    medseal::Mandate mandate;
    CLI_ASSIGN(const bool in_force, Judge(vault, file, mandate));
    WriteMandate(mandate, in_force, common.json);
    CLI_TRY(Confirm(common, "sign that this is moved?"));
    CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
    CLI_ASSIGN(const medseal::Buffer signed_file, session.SignMandate(file.view()));
    CLI_TRY(Replace(arguments.file, signed_file.bytes()));
    Say("signed");
    return kDone;
  });
}

}  // namespace cli
