// init, status, verify, thief: the vault as a whole.
#include <fmt/core.h>

#include "commands.h"
#include "device.h"
#include "ids.h"
#include "interrupt.h"
#include "json.h"
#include "output.h"
#include "schema_file.h"
#include "secrets.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

medseal_suite SuiteOf(const std::string& name) {
  if (name == "chacha20") return MEDSEAL_SUITE_CHACHA20_POLY1305;
  if (name == "aes256gcm") return MEDSEAL_SUITE_AES256_GCM;
  return MEDSEAL_SUITE_AUTO;
}

const char* NameOf(medseal_suite suite) {
  return suite == MEDSEAL_SUITE_AES256_GCM          ? "aes256gcm"
         : suite == MEDSEAL_SUITE_CHACHA20_POLY1305 ? "chacha20"
                                                    : "auto";
}

const char* NameOf(medseal_freshness freshness) {
  switch (freshness) {
    case MEDSEAL_FRESH:
      return "fresh";
    case MEDSEAL_FRESH_UP_TO:
      return "fresh_up_to";
    case MEDSEAL_OLDER:
      return "older";
    case MEDSEAL_UNVERIFIED:
      return "unverified";
  }
  return "unverified";
}

std::string Explained(const medseal_status_info& info) {
  switch (info.freshness) {
    case MEDSEAL_FRESH:
      return "fresh: exactly as anchored";
    case MEDSEAL_FRESH_UP_TO:
      return fmt::format("fresh: all that was anchored, and {} commits after it (it ended without a close)",
                         Grouped(info.unanchored_commits));
    case MEDSEAL_OLDER:
      return "OLDER than its anchor: something was lost or put back";
    case MEDSEAL_UNVERIFIED:
      return "unverified: there is no anchor to compare with";
  }
  return "";
}

void WriteFact(const char* name, const std::string& value) { WriteLine(fmt::format("{:<12}{}", name, value)); }

void WriteStatusJson(const medseal_status_info& info) {
  JsonLine line("status");
  line.Text("store_id", HandleText(info.store_id).substr(2)).Text("suite", NameOf(info.suite));
  line.Text("freshness", NameOf(info.freshness)).Number("unanchored_commits", info.unanchored_commits);
  line.Number("epoch", info.epoch).Number("stored_schema_version", info.schema_version);
  line.Number("persons", info.persons).Number("classes", info.classes).Number("statements", info.statements);
  line.Number("patients", info.patients).Number("rows", info.rows).Number("bytes_on_disk", info.bytes_on_disk);
  line.Number("locked_key_bytes", info.locked_key_bytes).Number("unlocked_key_bytes", info.unlocked_key_bytes);
  line.Number("held", info.held).Number("restricted", info.restricted);
  line.Flag("keyring_on_token", info.keyring_on_token != 0);
  line.Number("credentials_under_other_suite", info.credentials_under_other_suite);
  line.Flag("keyring_under_other_suite", info.keyring_under_other_suite != 0);
  line.Number("undelivered_alerts", info.undelivered_alerts);
  line.Flag("read_only", info.read_only != 0).Flag("keyring_on_same_device", info.keyring_on_same_device != 0);
  WriteLine(line.Flag("keyring_readable_by_others", info.keyring_readable_by_others != 0).Done());
}

// What no job reaches, since it takes a secret that is not at hand.
std::string LeftUnderOthers(const medseal_status_info& info) {
  std::string left;
  if (info.credentials_under_other_suite > 0)
    left += fmt::format("; under another until they log in: credentials of {}", info.credentials_under_other_suite);
  if (info.keyring_under_other_suite != 0) left += "; the keyring is under another, that of its making";
  return left;
}

void WriteStatusText(const Common& common, const medseal_status_info& info) {
  WriteFact("store", common.store);
  WriteFact("id", HandleText(info.store_id).substr(2));
  WriteFact("suite", NameOf(info.suite) + LeftUnderOthers(info));
  WriteFact("state", Explained(info) + (info.read_only != 0 ? ", read-only" : ""));
  WriteFact("schema", fmt::format("version {}", info.schema_version));
  WriteFact("epoch", std::to_string(info.epoch));
  WriteFact("people", fmt::format("{}, with {} classes and {} signed statements", info.persons, info.classes,
                                  Grouped(info.statements)));
  WriteFact("patients", "about " + Grouped(info.patients));
  WriteFact("rows", "about " + Grouped(info.rows));
  WriteFact("marks",
            fmt::format("{} patients under legal hold, {} restricted", Grouped(info.held), Grouped(info.restricted)));
  WriteFact("on disk", Size(info.bytes_on_disk));
  if (info.keyring_on_token != 0)
    WriteFact("keyring", "on a token: a copy of the disk does not hold it, unless the token is software on that disk");
  WriteFact("key memory",
            fmt::format("{} locked, {} not locked", Size(info.locked_key_bytes), Size(info.unlocked_key_bytes)));
}

void WarnOfOneDevice() {
  Warn("the keyring lies on the same device as the store: who takes the disk has both (see `medseal thief`)");
}

void WarnOf(const medseal_status_info& info) {
  if (info.keyring_on_same_device != 0) WarnOfOneDevice();
  if (info.keyring_readable_by_others != 0) Warn("other users of this machine can read the keyring: chmod 600 it");
  if (info.unlocked_key_bytes != 0) Warn("some keys may reach swap: raise `ulimit -l`");
}

class VerifyWatcher : public medseal::Watcher {
 public:
  explicit VerifyWatcher(bool json) : json_(json) {}
  bool OnProgress(const medseal_progress& progress) noexcept override {
    line_.Update(progress.done, progress.in_all, progress.records);
    return !Interrupted();
  }
  void OnProblem(const char* what, const std::uint8_t* patient) noexcept override {
    std::string handle;
    if (patient != nullptr) handle = HandleText({patient, MEDSEAL_PATIENT_HANDLE_SIZE});
    if (!json_) return WriteLine(fmt::format("problem     {}{}", what, handle.empty() ? "" : "  patient " + handle));
    JsonLine line("problem");
    line.Text("what", what);
    if (!handle.empty()) line.Text("patient", handle);
    WriteLine(line.Done());
  }

 private:
  bool json_;
  ProgressLine line_{"verify", "patients"};
};

void WriteVerified(const medseal_verify_report& report, bool json) {
  if (json) {
    JsonLine line("verify");
    line.Number("patients", report.patients).Number("records", report.records).Number("history", report.history);
    line.Number("chunks", report.chunks).Number("groups_opened", report.groups_opened);
    return WriteLine(
        line.Number("groups_held_back", report.groups_held_back).Number("problems", report.problems).Done());
  }
  WriteFact("patients", Grouped(report.patients));
  WriteFact("records", fmt::format("{} and {} replaced versions", Grouped(report.records), Grouped(report.history)));
  WriteFact("chunks", Grouped(report.chunks));
  WriteFact("groups", fmt::format("{} opened, {} of classes not held: only their place was checked",
                                  Grouped(report.groups_opened), Grouped(report.groups_held_back)));
  WriteFact("problems", report.problems == 0 ? "none" : Grouped(report.problems));
}

Result<std::optional<medseal::Session>> LogInIfNamed(medseal::Vault& vault, const Common& common) {
  if (common.person.empty()) {
    Say("nobody is logged in (--person): places and sizes are checked, no field is opened");
    return std::optional<medseal::Session>();
  }
  CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
  return std::optional<medseal::Session>(std::move(session));
}

Outcome VerifyVault(medseal::Vault& vault, const Common& common) {
  CLI_ASSIGN(const std::optional<medseal::Session> session, LogInIfNamed(vault, common));
  medseal_verify_report report;
  Status verified;
  {
    VerifyWatcher watcher(common.json);
    verified = vault.Verify(session ? &*session : nullptr, &watcher, &report);
  }
  if (!verified.ok() && verified.error().code() != MEDSEAL_AUTH_FAILED) return verified.error();
  WriteVerified(report, common.json);
  if (!verified.ok()) return verified.error();
  return kDone;
}

void WriteSeen(bool json, const char* what, const char* name, std::uint64_t count, std::uint64_t bytes,
               const char* detail) {
  const auto text = [](const char* value) { return value == nullptr ? "" : value; };
  if (json) {
    JsonLine line("seen");
    line.Text("what", text(what)).Text("name", text(name)).Number("count", count).Number("bytes", bytes);
    return WriteLine(line.Text("detail", text(detail)).Done());
  }
  // Tables stand in the column of names; a path would push the rest away and goes behind.
  const std::string seen = Printable(text(name));
  const bool is_long = seen.size() > 8;
  WriteLine(fmt::format("{:<10} {:<8} {:>7} {:>9}  {}{}", text(what), is_long ? "" : seen,
                        count == 0 ? "" : Grouped(count), bytes == 0 ? "" : Size(bytes), text(detail),
                        is_long ? " (" + seen + ")" : ""));
}

// The path of a keyring that is a file.
std::string KeyringFile(const Common& common) {
  constexpr std::string_view kFile = "file:";
  if (IsOnToken(common)) return {};
  return common.keyring.starts_with(kFile) ? common.keyring.substr(kFile.size()) : common.keyring;
}

}  // namespace

Outcome Init(const Common& common, const InitArguments& arguments) {
  CLI_TRY(Require(common.store, "the directory to make", "--store", "MEDSEAL_STORE"));
  CLI_TRY(Require(common.keyring, "the keyring to make", "--keyring", "MEDSEAL_KEYRING"));
  CLI_TRY(Require(common.person, "the founder's name", "--person", "MEDSEAL_PERSON"));
  CLI_ASSIGN(const SchemaFile schema, ReadSchema(arguments.schema, arguments.rules));
  CLI_ASSIGN(const Secret keyring, ReadKeyringSecret(common, true));
  CLI_ASSIGN(const Secret password, ReadNewSecret(common.password, "password of " + common.person));
  CLI_TRY(medseal::Vault::Init({
      .store = common.store,
      .keyring = {.path = common.keyring, .secret = keyring.view(), .secret_is_key = !common.key_file.empty()},
      .schema = schema.schema(),
      .suite = SuiteOf(arguments.suite),
      .person = common.person,
      .password = password.view(),
      .cost = arguments.cost.cost(),
  }));
  if (common.json) WriteLine(JsonLine("init").Text("store", common.store).Text("keyring", common.keyring).Done());
  Say(fmt::format("made {}; {} holds every class", common.store, common.person));
  if (IsOnToken(common)) {
    Say("the token keeps its keys for good: without it and its PIN no field opens again");
  } else {
    Say(fmt::format(
        "without {} and its passphrase no field opens again: a copy elsewhere is made with `medseal provider "
        "copy add FILE` (a file copied by hand dies with the next change of epoch)",
        common.keyring));
  }
  if (OnOneDevice(common.store, KeyringFile(common))) WarnOfOneDevice();
  return kDone;
}

Outcome ShowStatus(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const medseal_status_info info, vault.Info());
    if (common.json) {
      WriteStatusJson(info);
    } else {
      WriteStatusText(common, info);
      WarnOf(info);
    }
    return kDone;
  });
}

Outcome Verify(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) { return VerifyVault(vault, common); });
}

Outcome ShowThief(const Common& common) {
  CLI_TRY(Require(common.store, "the vault's directory", "--store", "MEDSEAL_STORE"));
  const auto given = [](const std::string& value) { return value.empty() ? medseal::Name() : medseal::Name(value); };
  const medseal::ThiefOptions options{
      .store = common.store,
      .keyring_path = given(common.keyring),
      .passphrase_path = given(common.key_file.empty() ? common.passphrase.file : common.key_file),
      .password_path = given(common.password.file),
      .person = given(common.person),
  };
  CLI_ASSIGN(const bool opens, medseal::Thief(options, [&](const char* what, const char* name, std::uint64_t count,
                                                           std::uint64_t bytes, const char* detail) {
               WriteSeen(common.json, what, name, count, bytes, detail);
             }));
  if (common.json) WriteLine(JsonLine("thief").Flag("opens_values", opens).Done());
  if (!common.json) {
    WriteLine(opens ? "\nWhat lies here OPENS fields: move keyring, passphrase or password files to another device."
                    : "\nWhat lies here opens no field.");
  }
  return kDone;
}

}  // namespace cli
