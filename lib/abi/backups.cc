// medseal.h: backups, restore, and the copies of the provider.
#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "abi/keyring.h"
#include "abi/on_record.h"
#include "abi/schema_text.h"
#include "vault/backup.h"
#include "vault/bundle.h"
#include "vault/drill.h"
#include "vault/given_up.h"
#include "vault/provider_copies.h"
#include "vault/provider_move.h"
#include "vault/root_rotation.h"

namespace mseal::abi {
namespace {

Status Ended() { return Status::Cancelled("the callback ended the listing"); }

// Gives an info to a callback, which may be NULL.
template <typename Info, typename Callback>
Status Give(Info info, Callback callback, void* context) {
  info.size = sizeof(info);
  return callback == nullptr || callback(context, &info) == 0 ? Status::Ok() : Ended();
}

medseal_code CodeOf(const Status& status) { return Report(status, nullptr); }

Result<vault::Call> Enter(medseal_vault* vault) {
  MS_TRY(Require(vault != nullptr, "there is no vault"));
  return vault->vault->Enter();
}

medseal_place_info InfoOf(const vault::PlaceView& view) {
  medseal_place_info info{};
  info.path = view.place.facts.path.c_str();
  info.kind = static_cast<medseal_place_kind>(view.place.facts.kind);
  info.reached = CodeOf(view.reached);
  info.bundle = CodeOf(view.bundle);
  info.bundle_number = view.bundle_number;
  info.bundle_epoch = view.bundle_epoch;
  info.bundle_made_ms = view.bundle_made_ms;
  return info;
}

medseal_backup_info InfoOf(const vault::Place& place, const store::Backup& backup, const Status& state) {
  medseal_backup_info info{};
  info.place = place.facts.path.c_str();
  info.number = backup.number;
  info.state = CodeOf(state);
  info.made_s = static_cast<std::uint64_t>(backup.time);
  info.bytes = backup.bytes;
  info.files = backup.files;
  return info;
}

void AddFacts(const format::BackupFacts& facts, medseal_backup_info& info) {
  info.epoch = facts.epoch;
  info.schema_version = facts.schema_version;
  info.statements = facts.statement_number;
  info.commits = facts.commit_counter;
}

medseal_backup_info InfoOf(const vault::BackupMade& made) {
  medseal_backup_info info = InfoOf(made.place, made.backup, made.status);
  const auto facts = format::ParseBackupFacts(made.backup.metadata);
  if (facts.ok()) AddFacts(*facts, info);
  info.own_keys = facts.ok() ? 1 : 0;
  info.bundle = made.bundle;
  return info;
}

medseal_backup_info InfoOf(const vault::Place& place, const vault::PlaceView::Entry& entry) {
  medseal_backup_info info = InfoOf(place, entry.backup, entry.known);
  AddFacts(entry.facts, info);
  info.own_keys = entry.own_keys ? 1 : 0;
  return info;
}

Status GiveBackups(const vault::PlaceView& view, medseal_backup_callback callback, void* context) {
  for (const auto& entry : view.backups) MS_TRY(Give(InfoOf(view.place, entry), callback, context));
  for (const std::uint32_t number : view.damaged) {
    store::Backup damaged;
    damaged.number = number;
    MS_TRY(Give(InfoOf(view.place, damaged, Status::Corrupt("a file of the backup is missing")), callback, context));
  }
  return Status::Ok();
}

Result<vault::RestoreOptions> ReadRestore(const medseal_restore_options& known) {
  MS_TRY(Require(known.from != nullptr, "a place to restore from is needed"));
  MS_ASSIGN(const medseal_keyring keyring, Read(known.keyring));
  vault::RestoreOptions options;
  options.from = known.from;
  options.backup = known.backup;
  options.bundle = Text(known.bundle);
  options.store = Text(known.store);
  options.keyring = Text(keyring.path);
  MS_ASSIGN(options.secret, ReadSecret(keyring));
  if (known.on_progress == nullptr) return options;
  options.on_progress = [known](vault::RestoreStep, std::uint64_t done, std::uint64_t in_all) {
    const medseal_progress progress{sizeof(progress), done, in_all, 0};
    return known.on_progress(known.context, &progress) == 0;
  };
  return options;
}

medseal_restore_report ReportOf(const vault::RestoreReport& report) {
  medseal_restore_report out{};
  out.backup = report.backup;
  out.bundle = report.bundle;
  out.epoch = report.epoch;
  out.bundle_made_ms = report.bundle_made_ms;
  out.patients = report.patients.restored;
  out.erased = report.patients.erased.size();
  out.lost = report.patients.lost.size();
  out.unreadable = report.patients.unreadable.size();
  out.damaged = report.damaged.size();
  out.records_deleted = report.records_deleted;
  out.statements_lost = report.statements_lost;
  out.copies_missed = report.copies_missed;
  out.anchor_was_lost = report.anchor_was_lost ? 1 : 0;
  out.changes_lost = report.changes_lost ? 1 : 0;
  out.newer_backup = report.newer_backup;
  out.log = static_cast<medseal_restored_log>(report.log);
  out.log_entries_lost = report.log_entries_lost;
  return out;
}

void TellPatients(const vault::RestoreReport& report, medseal_restored_callback callback, void* context) {
  if (callback == nullptr) return;
  const auto tell = [&](medseal_restored_as how, const std::vector<keys::PatientHandle>& patients) {
    for (const keys::PatientHandle& patient : patients) callback(context, how, patient.data());
  };
  tell(MEDSEAL_STAYS_ERASED, report.patients.erased);
  tell(MEDSEAL_IS_LOST, report.patients.lost);
  tell(MEDSEAL_IS_UNREADABLE, report.patients.unreadable);
  tell(MEDSEAL_IS_DAMAGED, report.damaged);
}

medseal_provider_info InfoOf(const vault::ProviderFacts& facts) {
  medseal_provider_info info{};
  info.uri = facts.uri.c_str();
  info.own = facts.own ? 1 : 0;
  info.reached = CodeOf(facts.reached);
  info.damaged = facts.damaged ? 1 : 0;
  info.assurance = static_cast<int>(facts.assurance);
  info.epoch_count = std::min(facts.epochs.size(), std::size(info.epochs));
  std::copy_n(facts.epochs.begin(), info.epoch_count, info.epochs);
  info.given_up_ms = facts.given_up_ms;
  info.destroyed_ms = facts.destroyed_ms;
  return info;
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_backup_register(medseal_vault* vault, const char* path, medseal_place_kind kind,
                                     medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kBackup, Text(path), error, [&]() -> Status {
    MS_TRY(RequireOneOf(kind, MEDSEAL_PLACE_BACKUPS, MEDSEAL_PLACE_COPIES, "there is no such kind of place"));
    MS_ASSIGN(vault::Call call, Enter(vault));
    return vault::RegisterPlace(call.core(), vault->vault->options().store, std::string(Text(path)),
                                static_cast<format::PlaceKind>(kind));
  });
}

medseal_code medseal_backup_forget(medseal_vault* vault, const char* path, medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kBackup, Text(path), error, [&]() -> Status {
    MS_TRY(Require(path != nullptr, "a place is needed"));
    MS_ASSIGN(vault::Call call, Enter(vault));
    return vault::ForgetPlace(call.core(), path);
  });
}

medseal_code medseal_backup_create(medseal_vault* vault, const char* place, medseal_progress_callback on_progress,
                                   medseal_backup_callback on_backup, void* context, medseal_error* error) {
  return RunOnRecord(vault, {audit::Operation::kBackup, vault::Operation::kBackup}, Text(place), error, [&]() -> Status {
    MS_ASSIGN(vault::Call call, Enter(vault));
    const auto tell = [&](std::uint64_t bytes) {
      const medseal_progress progress{sizeof(progress), bytes, 0, 0};
      return on_progress == nullptr || on_progress(context, &progress) == 0;
    };
    std::vector<vault::BackupMade> made;
    const Status status = vault::CreateBackups(call.core(), std::string(Text(place)), tell, made);
    for (const vault::BackupMade& one : made) MS_TRY(Give(InfoOf(one), on_backup, context));
    return status;
  });
}

medseal_code medseal_backup_list(medseal_vault* vault, const char* place, medseal_place_callback on_place,
                                 medseal_backup_callback on_backup, void* context, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(vault::Call call, Enter(vault));
    std::vector<vault::PlaceView> views;
    MS_TRY(vault::ListBackups(call.core(), std::string(Text(place)), views));
    for (const vault::PlaceView& view : views) {
      MS_TRY(Give(InfoOf(view), on_place, context));
      MS_TRY(GiveBackups(view, on_backup, context));
    }
    return Status::Ok();
  });
}

medseal_code medseal_backup_verify(medseal_vault* vault, const char* place, std::uint32_t number,
                                   medseal_backup_callback on_backup, void* context, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(vault::Call call, Enter(vault));
    Status told = Status::Ok();
    const auto tell = [&](const vault::Place& of, std::uint32_t checked, const Status& state) {
      store::Backup backup;
      backup.number = checked;
      if (told.ok()) told = Give(InfoOf(of, backup, state), on_backup, context);
    };
    MS_TRY(vault::VerifyBackups(call.core(), std::string(Text(place)), number, tell));
    return told;
  });
}

medseal_code medseal_backup_prune(medseal_vault* vault, const char* place, std::uint32_t keep,
                                  std::uint64_t made_before_s, std::uint64_t* removed, medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kBackup, Text(place), error, [&]() -> Status {
    if (removed != nullptr) *removed = 0;
    MS_ASSIGN(vault::Call call, Enter(vault));
    std::size_t count = 0;
    MS_TRY(vault::PruneBackups(call.core(), std::string(Text(place)), {keep, made_before_s}, count));
    if (removed != nullptr) *removed = count;
    return Status::Ok();
  });
}

medseal_code medseal_backup_bundle(medseal_vault* vault, const char* folder, medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kBackup, Text(folder), error, [&]() -> Status {
    MS_TRY(Require(folder != nullptr, "a folder is needed"));
    MS_ASSIGN(vault::Call call, Enter(vault));
    return vault::WriteBundleTo(call.core(), folder);
  });
}

medseal_code medseal_backup_freeze(medseal_vault* vault, std::uint64_t longest_ms, void (*work)(void* context),
                                   void* context, int* intact, medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kBackup, "freeze", error, [&]() -> Status {
    MS_TRY(Require(work != nullptr && intact != nullptr, "work and a place for its outcome are needed"));
    *intact = 0;
    MS_TRY(Require(longest_ms > 0 && longest_ms <= 3'600'000, "the time has to be bounded, by an hour at most"));
    MS_ASSIGN(vault::Call call, Enter(vault));
    bool stood = false;
    const Status status = vault::HoldForCopy(
        call.core(), std::chrono::milliseconds(longest_ms), [&] { work(context); }, stood);
    *intact = stood ? 1 : 0;
    return status;
  });
}

medseal_code medseal_restore(const medseal_restore_options* options, medseal_restored_callback on_patient,
                             void* context, medseal_restore_report* report, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(const medseal_restore_options known, Read(options));
    MS_ASSIGN(const vault::RestoreOptions restore, ReadRestore(known));
    vault::RestoreReport done;
    const Status status = vault::RestoreVault(restore, done);
    if (status.ok()) TellPatients(done, on_patient, context);
    Write(ReportOf(done), report);
    return status;
  });
}

medseal_code medseal_backup_drill(const medseal_restore_options* options, medseal_restore_report* report,
                                  medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(const medseal_restore_options known, Read(options));
    MS_ASSIGN(vault::RestoreOptions restore, ReadRestore(known));
    vault::DrillReport done;
    const Status status = vault::DrillRestore(std::move(restore), known.sample, done);
    medseal_restore_report out = ReportOf(done.restored);
    out.sampled = done.sampled;
    out.failed = done.failed;
    Write(out, report);
    return status;
  });
}

medseal_code medseal_provider_copies(medseal_vault* vault, medseal_provider_callback callback, void* context,
                                     medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(vault::Call call, Enter(vault));
    std::vector<vault::ProviderFacts> copies;
    MS_TRY(vault::ListProviderCopies(call.core(), copies));
    for (const vault::ProviderFacts& copy : copies) MS_TRY(Give(InfoOf(copy), callback, context));
    return Status::Ok();
  });
}

medseal_code medseal_provider_add(medseal_vault* vault, const medseal_keyring* copy, const medseal_cost* cost,
                                  medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kKeys, "provider copy add", error, [&]() -> Status {
    MS_ASSIGN(const medseal_keyring keyring, Read(copy));
    MS_TRY(Require(!Text(keyring.path).empty(), "the copy needs a path"));
    MS_ASSIGN(const keys::KeyringSecret secret, ReadSecret(keyring));
    MS_ASSIGN(const crypto::Argon2Cost known_cost, ReadCost(cost));
    MS_ASSIGN(vault::Call call, Enter(vault));
    return vault::AddProviderCopy(call.core(), vault->vault->options().store, keyring.path, secret, known_cost);
  });
}

medseal_code medseal_provider_forget(medseal_session* session, const char* uri, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kKeys, "provider copy forget", error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && uri != nullptr, "session and uri are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::ForgetProviderCopy(call.core(), call.desk(), uri);
  });
}

medseal_code medseal_provider_move(medseal_vault* vault, const medseal_keyring* to, const medseal_cost* cost,
                                   medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kKeys, "provider move", error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no vault"));
    MS_ASSIGN(const medseal_keyring keyring, Read(to));
    MS_TRY(Require(!Text(keyring.path).empty(), "the new provider needs a path"));
    MS_ASSIGN(const keys::KeyringSecret secret, ReadSecret(keyring));
    MS_ASSIGN(const crypto::Argon2Cost known_cost, ReadCost(cost));
    return vault::MoveProvider(*vault->vault, keyring.path, secret, known_cost);
  });
}

medseal_code medseal_rotate_root(medseal_vault* vault, const medseal_root_options* options,
                                 medseal_root_callback callback, void* context, medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kKeys, "rotate root", error, [&]() -> Status {
    MS_ASSIGN(const medseal_root_options known, ReadOptional(options));
    vault::RootOptions root;
    MS_ASSIGN(root.cost, ReadCost(known.cost));
    if (known.secret.size != 0) root.secret = SecretOf(known.secret, known.secret_is_key != 0);
    MS_ASSIGN(vault::Call call, Enter(vault));
    std::vector<vault::RootFacts> copies;
    const Status status = vault::RotateRoot(call.core(), root, copies);
    for (const vault::RootFacts& copy : copies) {
      const medseal_root_info info{sizeof(info), copy.uri.c_str(), copy.own, copy.on_token, CodeOf(copy.changed)};
      if (callback != nullptr) callback(context, &info);
    }
    return status;
  });
}
