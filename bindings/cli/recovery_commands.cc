// recovery setup, open, drill, status: custodians, for the loss of every password.
#include <fmt/core.h>

#include "commands.h"
#include "confirm.h"
#include "json.h"
#include "output.h"
#include "secrets.h"
#include "share_files.h"
#include "talk.h"

namespace cli {
namespace {

Status ConfirmReplacing(const Common& common, const medseal_recovery_info& before) {
  if (before.set == 0) return {};
  return Confirm(common, fmt::format("The {} shares of set {} will open nothing here any more. Make new ones?",
                                     before.shares, before.set));
}

void WriteSet(const std::vector<std::string>& paths, std::uint32_t set, bool json) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::string& path = paths[i];
    if (!json) WriteLine(path);
    if (json) WriteLine(JsonLine("share").Number("set", set).Number("number", i + 1).Text("file", path).Done());
  }
}

void SayWhatNext(const medseal_recovery_info& before, const medseal_recovery_info& info) {
  Say(
      fmt::format("set {}: any {} of these {} shares give the founder another password; give each to somebody else, "
                  "on paper or apart from this machine, and delete the files here",
                  info.set, info.threshold, info.shares));
  Say("they replace passwords, not the keyring: keep copies of that as well");
  if (before.set != 0) {
    Say(fmt::format("copies of the disk from before still open with the shares of set {} until the next epoch change",
                    before.set));
  }
}

Outcome SetUp(medseal::Vault& vault, const Common& common, const RecoverySetupArguments& arguments) {
  CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
  CLI_ASSIGN(const medseal_recovery_info before, vault.RecoveryStatus());
  ShareFiles files(arguments.out);
  CLI_TRY(files.Prepare(arguments.shares));
  CLI_TRY(ConfirmReplacing(common, before));
  Status kept;
  const Status named = session.SetUpRecovery({.shares = arguments.shares, .threshold = arguments.threshold},
                                             [&](std::uint32_t number, medseal::ByteView text) {
                                               kept = files.Write(number, text);
                                               return kept.ok();
                                             });
  if (!kept.ok()) return kept.error();
  // After a failure of the disk nobody knows yet whether the set counts: its shares must not go.
  const bool may_count = named.ok() || named.error().code() == MEDSEAL_IO_ERROR;
  const std::vector<std::string> paths = may_count ? files.Keep() : std::vector<std::string>();
  if (may_count && !named.ok()) Warn("keep the new shares until `medseal recovery status` says which set counts");
  if (!named.ok()) return named.error();
  CLI_ASSIGN(const medseal_recovery_info info, vault.RecoveryStatus());
  WriteSet(paths, info.set, common.json);
  SayWhatNext(before, info);
  return kDone;
}

// The files that custodians brought, and what becomes of each.
class BroughtFiles : public medseal::Watcher {
 public:
  explicit BroughtFiles(const std::vector<std::string>& paths) : paths_(paths) {}

  Status Read() {
    for (const std::string& path : paths_) {
      CLI_ASSIGN(Secret text, ReadSecretFile(path));
      texts_.push_back(std::move(text));
    }
    for (const Secret& text : texts_) views_.push_back(text.view());
    return {};
  }
  std::span<const medseal::ByteView> views() const { return views_; }
  void OnBadShare(std::size_t index, medseal_share_fault fault, const char* why) noexcept override {
    ++bad_;
    SayRejected(paths_[index], why,
                fault == MEDSEAL_SHARE_LATER_VERSION ? MEDSEAL_UNSUPPORTED_VERSION : MEDSEAL_CORRUPT);
  }
  int exit_code() const { return bad_ == 0 ? kDone : kSomeRejected; }

 private:
  const std::vector<std::string>& paths_;
  std::vector<Secret> texts_;
  std::vector<medseal::ByteView> views_;
  int bad_ = 0;
};

void WriteOpened(const char* kind, const medseal_recovery_info& info, bool json) {
  if (json) {
    JsonLine line(kind);
    line.Number("set", info.set).Number("threshold", info.threshold).Number("shares", info.shares);
    line.Number("good", info.good).Text("founder", info.founder).Number("class_keys", info.class_keys);
    return WriteLine(line.Number("class_keys_missing", info.class_keys_missing).Done());
  }
  WriteLine(fmt::format("{} good shares of set {} open the keys of {} and {} class keys{}", info.good, info.set,
                        info.founder, info.class_keys,
                        info.class_keys_missing == 0 ? "" : fmt::format("; {} do NOT open", info.class_keys_missing)));
}

}  // namespace

Outcome SetUpRecovery(const Common& common, const RecoverySetupArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) { return SetUp(vault, common, arguments); });
}

Outcome OpenRecovery(const Common& common, const RecoveryArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    BroughtFiles files(arguments.shares);
    CLI_TRY(files.Read());
    CLI_ASSIGN(const Secret password, ReadNewSecret(arguments.password, "new password of the founder"));
    medseal_recovery_info info;
    CLI_TRY(vault.OpenRecovery(files.views(), password.view(), arguments.cost.cost(), &files, &info));
    WriteOpened("recovery_open", info, common.json);
    if (info.class_keys_missing != 0) Warn("some class keys do not open: run `medseal verify`, restore what it names");
    Say(
        fmt::format("{0} logs in with the new password; the shares were together now, so next: medseal rotate person "
                    "{0}, then medseal recovery setup",
                    info.founder));
    return files.exit_code();
  });
}

Outcome DrillRecovery(const Common& common, const RecoveryArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    BroughtFiles files(arguments.shares);
    CLI_TRY(files.Read());
    medseal_recovery_info info;
    const Status drilled = vault.DrillRecovery(files.views(), &files, &info);
    if (info.founder[0] != 0) WriteOpened("recovery_drill", info, common.json);
    if (!drilled.ok()) return drilled.error();
    Say("nothing was changed; give the shares back");
    return files.exit_code();
  });
}

Outcome ShowRecovery(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const medseal_recovery_info info, vault.RecoveryStatus());
    if (common.json) {
      JsonLine line("recovery");
      line.Number("set", info.set).Number("threshold", info.threshold).Number("shares", info.shares);
      WriteLine(line.Done());
    } else if (info.set != 0) {
      WriteLine(fmt::format("set {}: any {} of {} shares", info.set, info.threshold, info.shares));
    }
    if (info.set == 0)
      Say("no custodians: name them with `medseal recovery setup`, else a lost password of the founder is lost");
    return kDone;
  });
}

}  // namespace cli
