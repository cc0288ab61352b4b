// person import: many persons at once. All rows are checked before the first is added.
#include <errno.h>
#include <fmt/core.h>
#include <string.h>
#include <sys/random.h>

#include "commands.h"
#include "json.h"
#include "names.h"
#include "output.h"
#include "person_rows.h"
#include "secrets.h"
#include "share_files.h"
#include "talk.h"

namespace cli {
namespace {

// 125 bits in five groups, without letters that look alike.
Result<Secret> DrawPassword() {
  constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
  static_assert(kLetters.size() == 32);
  std::uint8_t drawn[25];
  if (getrandom(drawn, sizeof drawn, 0) != static_cast<ssize_t>(sizeof drawn))
    return IoError(std::string("drawing a password: ") + strerror(errno));
  Secret password;
  for (std::size_t i = 0; i < sizeof drawn; ++i) {
    if (i != 0 && i % 5 == 0) password.Append(medseal::AsBytes("-"));
    password.Append(medseal::AsBytes(kLetters.substr(drawn[i] % 32, 1)));
  }
  medseal::Wipe(drawn, sizeof drawn);
  return password;
}

Status Add(medseal::Session& session, const PersonRow& row, medseal::ByteView password,
           const PersonImportArguments& arguments, bool only_check) {
  const std::vector<const char*> roles = Pointers(row.roles);
  return session.AddPerson({.name = row.name,
                            .kind = row.service ? MEDSEAL_SERVICE : MEDSEAL_HUMAN,
                            .password = password,
                            .cost = arguments.cost.cost(),
                            .roles = roles,
                            .only_check = only_check});
}

// Says what is wrong with each row that is.
Status Check(medseal::Session& session, const PersonImportArguments& arguments, const std::vector<PersonRow>& rows,
             const std::vector<BadRow>& bad) {
  std::size_t refused = bad.size();
  const auto place = [&](std::size_t line) { return fmt::format("{}:{}", arguments.file, line); };
  for (const BadRow& row : bad) SayRejected(place(row.line), row.why, MEDSEAL_INVALID_ARGUMENT);
  CLI_ASSIGN(const Secret password, DrawPassword());
  for (const PersonRow& row : rows) {
    const Status added = Add(session, row, password.view(), arguments, true);
    if (added.ok()) continue;
    ++refused;
    SayRejected(place(row.line), added.error().message(), added.error().code());
  }
  if (refused == 0) return {};
  return InvalidArgument(
      fmt::format("{} of the rows cannot be added, so nobody was: correct them and try again", refused));
}

// The password is on disk before it counts: nobody is added with one that is not known.
Status AddOne(medseal::Session& session, const Common& common, const PersonImportArguments& arguments,
              const PersonRow& row, std::uint32_t number, ShareFiles& files) {
  const bool ask = arguments.out.empty();
  CLI_ASSIGN(Secret password, ask ? ReadNewSecret({}, "new password of " + row.name) : DrawPassword());
  Secret line(password.text());
  line.Append(medseal::AsBytes("\n"));
  if (!ask) CLI_TRY(files.Write(number, line.view()));
  CLI_TRY(Add(session, row, password.view(), arguments, false));
  const std::vector<std::string> written = files.Keep();
  const std::string file = written.empty() ? "" : written.front();
  if (common.json) WriteLine(JsonLine("person_added").Text("name", row.name).Text("password_file", file).Done());
  Say(fmt::format("{} may now log in{}{}", row.name, file.empty() ? "" : "; their password is in ", file));
  return {};
}

}  // namespace

Outcome ImportPersons(const Common& common, const PersonImportArguments& arguments) {
  CLI_ASSIGN(const Secret text, ReadFile(arguments.file));
  std::vector<BadRow> bad;
  CLI_ASSIGN(const std::vector<PersonRow> rows, ReadPersonRows(text.text(), bad));
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(Check(session, arguments, rows, bad));
    if (arguments.dry_run) {
      if (common.json) WriteLine(JsonLine("person_import").Number("checked", rows.size()).Number("added", 0).Done());
      Say(fmt::format("{} persons can be added; nobody was", rows.size()));
      return kDone;
    }
    ShareFiles files(arguments.out, "person");
    const auto count = static_cast<std::uint32_t>(rows.size());
    if (!arguments.out.empty()) CLI_TRY(files.Prepare(count));
    for (std::uint32_t i = 0; i < count; ++i) CLI_TRY(AddOne(session, common, arguments, rows[i], i + 1, files));
    if (!arguments.out.empty())
      Say("  each gives themselves another with `medseal person passwd`; then remove the files");
    return kDone;
  });
}

}  // namespace cli
