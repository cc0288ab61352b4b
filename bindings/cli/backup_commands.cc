// backup register, forget, create, list, verify, prune, bundle: places and what lies in them.
#include <fmt/core.h>

#include <chrono>

#include "commands.h"
#include "confirm.h"
#include "device.h"
#include "interrupt.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

class BytesWatcher : public medseal::Watcher {
 public:
  bool OnProgress(const medseal_progress& progress) noexcept override {
    line_.Update(progress.done, progress.in_all, progress.records);
    return !Interrupted();
  }

 private:
  ProgressLine line_{"backup", "bytes"};
};

std::string StateText(medseal_code state) { return state == MEDSEAL_OK ? "ok" : medseal_code_name(state); }

void WriteBackupJson(const char* kind, const medseal::BackupInfo& backup) {
  const medseal_backup_info& facts = backup.facts;
  JsonLine line(kind);
  line.Text("place", backup.place).Number("backup", facts.number).Text("state", StateText(facts.state));
  line.Number("made_s", facts.made_s).Number("bytes", facts.bytes).Number("files", facts.files);
  line.Number("epoch", facts.epoch).Number("stored_schema_version", facts.schema_version);
  line.Number("statements", facts.statements).Number("commits", facts.commits);
  WriteLine(line.Flag("own_keys", facts.own_keys != 0).Number("bundle", facts.bundle).Done());
}

void WriteMade(const medseal::BackupInfo& made, bool json) {
  if (json) return WriteBackupJson("backup_made", made);
  if (made.facts.number == 0) return WriteLine(fmt::format("{}  none: {}", made.place, StateText(made.facts.state)));
  WriteLine(fmt::format("{}  backup {}, {} in {} files, {}", made.place, made.facts.number, Size(made.facts.bytes),
                        made.facts.files,
                        made.facts.bundle == 0 ? "NO NEW BUNDLE" : fmt::format("bundle {}", made.facts.bundle)));
}

std::string KeysText(const medseal::PlaceInfo& place, const medseal::BackupInfo& backup) {
  if (backup.facts.own_keys != 0) return "its keys are at hand";
  if (place.facts.bundle == MEDSEAL_OK) return "opens with the bundle beside it";
  return "needs a newer bundle than the one beside it";
}

void WriteFound(const medseal::PlaceInfo& place, const medseal::BackupInfo& backup) {
  if (backup.facts.state != MEDSEAL_OK)
    return WriteLine(fmt::format("  backup {}  {}", backup.facts.number, StateText(backup.facts.state)));
  WriteLine(fmt::format("  backup {}  {}  {} in {} files, epoch {}, schema {}: {}", backup.facts.number,
                        TimeText(backup.facts.made_s * 1000), Size(backup.facts.bytes), backup.facts.files,
                        backup.facts.epoch, backup.facts.schema_version, KeysText(place, backup)));
}

std::string BundleText(const medseal_place_info& facts) {
  if (facts.bundle != MEDSEAL_OK) return "no usable bundle: " + StateText(facts.bundle);
  return fmt::format("bundle {} of epoch {}, {}", facts.bundle_number, facts.bundle_epoch,
                     TimeText(facts.bundle_made_ms));
}

void WritePlace(const medseal::PlaceInfo& place, bool json) {
  const medseal_place_info& facts = place.facts;
  const char* kind = facts.kind == MEDSEAL_PLACE_COPIES ? "copies" : "backups";
  if (!json) {
    const bool reached = facts.reached == MEDSEAL_OK;
    WriteLine(fmt::format("{}  {}, {}", place.path, kind, reached ? BundleText(facts) : StateText(facts.reached)));
    for (const medseal::BackupInfo& backup : place.backups) WriteFound(place, backup);
    return;
  }
  JsonLine line("backup_place");
  line.Text("place", place.path).Text("kind_of_place", kind).Text("reached", StateText(facts.reached));
  line.Text("bundle_state", StateText(facts.bundle)).Number("bundle", facts.bundle_number);
  WriteLine(line.Number("bundle_epoch", facts.bundle_epoch).Number("bundle_made_ms", facts.bundle_made_ms).Done());
  for (const medseal::BackupInfo& backup : place.backups) WriteBackupJson("backup", backup);
}

void WriteChecked(const medseal::BackupInfo& checked, bool json) {
  if (json) return WriteBackupJson("backup_checked", checked);
  const std::string what = checked.facts.number == 0 ? "bundle" : fmt::format("backup {}", checked.facts.number);
  WriteLine(fmt::format("{}  {}  {}", checked.place, what, StateText(checked.facts.state)));
}

std::uint64_t SecondsBefore(std::uint32_t days) {
  using std::chrono::system_clock;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch()).count();
  return static_cast<std::uint64_t>(now) - days * std::uint64_t{86'400};
}

}  // namespace

Outcome RegisterBackupPlace(const Common& common, const PlaceArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_TRY(vault.RegisterPlace(arguments.place, arguments.copies ? MEDSEAL_PLACE_COPIES : MEDSEAL_PLACE_BACKUPS));
    if (common.json) WriteLine(JsonLine("place").Text("path", arguments.place).Text("state", "registered").Done());
    if (OnOneDevice(common.store, arguments.place))
      Warn("this place is on the same device as the store: what takes the one takes the other");
    Say(arguments.copies ? "registered; medseal backup freeze -- CMD puts a bundle there beside each copy"
                         : "registered; medseal backup create puts the first backup there");
    return kDone;
  });
}

Outcome ForgetBackupPlace(const Common& common, const PlaceArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_TRY(vault.ForgetPlace(arguments.place));
    if (common.json) WriteLine(JsonLine("place").Text("path", arguments.place).Text("state", "forgotten").Done());
    Say("forgotten: its bundle is renewed no more, and what lies there opens less with each erasure");
    return kDone;
  });
}

Outcome CreateBackup(const Common& common, const PlaceArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    std::vector<medseal::BackupInfo> made;
    Status status;
    {
      BytesWatcher watcher;
      status = vault.CreateBackups(arguments.place, &watcher, &made);
    }
    for (const medseal::BackupInfo& one : made) WriteMade(one, common.json);
    if (!status.ok()) return status.error();
    return kDone;
  });
}

Outcome ListBackups(const Common& common, const PlaceArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const auto places, vault.Backups(arguments.place));
    for (const medseal::PlaceInfo& place : places) WritePlace(place, common.json);
    return kDone;
  });
}

Outcome VerifyBackups(const Common& common, const BackupVerifyArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    std::vector<medseal::BackupInfo> checked;
    const Status status = vault.VerifyBackups(arguments.place, arguments.backup, &checked);
    for (const medseal::BackupInfo& one : checked) WriteChecked(one, common.json);
    if (!status.ok()) return status.error();
    return kDone;
  });
}

Outcome PruneBackups(const Common& common, const PruneArguments& arguments) {
  if (arguments.keep == 0 && arguments.older_than_days == 0)
    return InvalidArgument("say which backups go: --keep NUMBER or --older-than DAYS");
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_TRY(Confirm(common, "Remove old backups of " + arguments.place + "?"));
    const std::uint64_t before = arguments.older_than_days == 0 ? 0 : SecondsBefore(arguments.older_than_days);
    CLI_ASSIGN(const std::uint64_t removed, vault.PruneBackups(arguments.place, arguments.keep, before));
    if (common.json) WriteLine(JsonLine("pruned").Text("place", arguments.place).Number("removed", removed).Done());
    if (!common.json) WriteLine(fmt::format("{} backups removed", removed));
    return kDone;
  });
}

Outcome WriteBundle(const Common& common, const PlaceArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_TRY(vault.WriteBundle(arguments.place));
    Say("the bundle serves every backup until the next epoch change; after that a newer one is needed");
    return kDone;
  });
}

}  // namespace cli
