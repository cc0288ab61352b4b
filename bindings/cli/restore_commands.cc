// restore, backup drill: a store again out of old data and the newest bundle.
#include <fmt/core.h>

#include "commands.h"
#include "ids.h"
#include "interrupt.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

class RestoreWatcher : public medseal::Watcher {
 public:
  bool OnProgress(const medseal_progress& progress) noexcept override {
    line_.Update(progress.done, progress.in_all, progress.records);
    return !Interrupted();
  }

 private:
  ProgressLine line_{"restore", "patients"};
};

const char* NameOf(medseal_restored_as how) {
  switch (how) {
    case MEDSEAL_STAYS_ERASED:
      return "stays erased";
    case MEDSEAL_IS_LOST:
      return "lost: newer than the backup";
    case MEDSEAL_IS_UNREADABLE:
      return "unreadable: no key at hand; restore with a newer bundle";
    case MEDSEAL_IS_DAMAGED:
      return "damaged: not every row opens; medseal verify says more";
  }
  return "unknown";
}

void WritePatient(const medseal::RestoredPatient& patient, bool json) {
  const std::string handle = HandleText(patient.handle);
  if (!json) return WriteLine(handle + "  " + NameOf(patient.how));
  WriteLine(JsonLine("restored_patient").Text("patient", handle).Text("how", NameOf(patient.how)).Done());
}

const char* LogWord(medseal_restored_log log) {
  switch (log) {
    case MEDSEAL_LOG_FITS:
      return "fits";
    case MEDSEAL_LOG_MISSING:
      return "missing";
    case MEDSEAL_LOG_DAMAGED:
      return "damaged";
    case MEDSEAL_LOG_FORKED:
      return "forked";
  }
  return "unknown";
}

void WarnOfLog(const medseal_restore_report& report) {
  if (report.log == MEDSEAL_LOG_MISSING) Warn("the place had no copy of the log of accesses: a new one begins");
  if (report.log == MEDSEAL_LOG_DAMAGED)
    Warn(
        "the place's copy of the log of accesses was damaged: it was set aside as audit.damaged, and a new one begins");
  if (report.log == MEDSEAL_LOG_FORKED)
    Warn("the place's copy of the log of accesses is not what was signed and anchored: somebody changed it");
  if (report.log_entries_lost != 0)
    Warn(fmt::format("{} entries of the log of accesses are newer than its copy, and lost",
                     Grouped(report.log_entries_lost)));
}

void WriteReport(const char* kind, const medseal_restore_report& report, bool json) {
  if (json) {
    JsonLine line(kind);
    line.Number("backup", report.backup).Number("bundle", report.bundle).Number("epoch", report.epoch);
    line.Number("bundle_made_ms", report.bundle_made_ms).Number("patients", report.patients);
    line.Number("erased", report.erased).Number("lost", report.lost).Number("unreadable", report.unreadable);
    line.Number("damaged", report.damaged).Number("records_deleted", report.records_deleted);
    line.Number("statements_lost", report.statements_lost).Number("copies_missed", report.copies_missed);
    line.Flag("anchor_was_lost", report.anchor_was_lost != 0).Number("sampled", report.sampled);
    line.Number("failed", report.failed).Flag("changes_lost", report.changes_lost != 0);
    line.Number("newer_backup", report.newer_backup).Text("log", LogWord(report.log));
    return WriteLine(line.Number("log_entries_lost", report.log_entries_lost).Done());
  }
  const std::string data = report.backup == 0 ? "a copy" : fmt::format("backup {}", report.backup);
  WriteLine(fmt::format("from {} with bundle {} of epoch {}, {}", data, report.bundle, report.epoch,
                        TimeText(report.bundle_made_ms)));
  const std::pair<const char*, std::uint64_t> facts[] = {{"patients restored", report.patients},
                                                         {"stay erased", report.erased},
                                                         {"lost", report.lost},
                                                         {"unreadable", report.unreadable},
                                                         {"damaged", report.damaged},
                                                         {"records deleted again", report.records_deleted}};
  for (const auto& [name, count] : facts) WriteLine(fmt::format("{:<22}{:>10}", name, Grouped(count)));
}

void WarnOfNewerBackup(const medseal_restore_report& report) {
  if (report.newer_backup == 0) return;
  Warn(fmt::format("backup {} of the place is missing or damaged, so an older one was taken: look in the other places",
                   report.newer_backup));
}

void WarnOf(const medseal_restore_report& report) {
  WarnOfNewerBackup(report);
  WarnOfLog(report);
  if (report.changes_lost != 0)
    Warn(
        "the store went on after this bundle was made: erasures, withdrawals, revocations and whatever else was done "
        "since then are lost, and who was erased since is back. Look in the other places for a newer bundle (restore "
        "--bundle), or do them again");
  if (report.statements_lost != 0)
    Warn(fmt::format(
        "{} statements about persons and classes are newer than the bundle: look at medseal person list, and "
        "revoke again whom they revoked",
        report.statements_lost));
  if (report.copies_missed != 0)
    Warn(fmt::format("{} copies of the keyring were not reached: they will call this store stale",
                     report.copies_missed));
  if (report.anchor_was_lost != 0) Warn("the keyring's anchor was lost and began anew");
}

// The options borrow from arguments and secret.
Result<Secret> ReadKeyring(const Common& common) {
  CLI_TRY(Require(common.keyring, "the keyring", "--keyring", "MEDSEAL_KEYRING"));
  return ReadKeyringSecret(common, false);
}

medseal::RestoreOptions OptionsOf(const Common& common, const RestoreArguments& arguments, const Secret& secret) {
  return {.from = arguments.from,
          .backup = arguments.backup,
          .bundle = arguments.bundle,
          .store = arguments.to,
          .keyring = {.path = common.keyring, .secret = secret.view(), .secret_is_key = !common.key_file.empty()},
          .sample = arguments.sample};
}

}  // namespace

Outcome Restore(const Common& common, const RestoreArguments& arguments) {
  CLI_ASSIGN(const Secret secret, ReadKeyring(common));
  std::vector<medseal::RestoredPatient> patients;
  medseal_restore_report report;
  Status status;
  {
    RestoreWatcher watcher;
    status = medseal::Restore(OptionsOf(common, arguments, secret), &watcher, &patients, &report);
  }
  if (!status.ok()) return status.error();
  for (const medseal::RestoredPatient& patient : patients) WritePatient(patient, common.json);
  WriteReport("restore", report, common.json);
  WarnOf(report);
  Say("what retention had let go since then, if anything, is there again: medseal retention plan");
  return report.lost + report.unreadable + report.damaged == 0 ? kDone : kSomeRejected;
}

Outcome DrillBackup(const Common& common, const RestoreArguments& arguments) {
  CLI_ASSIGN(const Secret secret, ReadKeyring(common));
  medseal_restore_report report;
  Status status;
  {
    RestoreWatcher watcher;
    status = medseal::Drill(OptionsOf(common, arguments, secret), &watcher, &report);
  }
  const bool looked = status.ok() || report.sampled != 0;
  if (looked) WriteReport("drill", report, common.json);
  if (looked) WarnOfNewerBackup(report);
  if (looked && !common.json)
    WriteLine(fmt::format("{:<22}{:>10}\n{:<22}{:>10}", "checked whole", Grouped(report.sampled - report.failed),
                          "failed", Grouped(report.failed)));
  if (!status.ok()) return status.error();
  return report.lost + report.unreadable + report.damaged == 0 ? kDone : kSomeRejected;
}

}  // namespace cli
