// Restores, opens a sample, and cleans up.
#include "vault/drill.h"

#include "format/keys_of_rows.h"
#include "vault/patient_rows.h"
#include "vault/scratch.h"
#include "vault/vault.h"

namespace mseal::vault {
namespace {

using store::Table;

Status OpenWhole(Core& core, const keys::PatientHandle& patient, const store::Snapshot& at) {
  MS_ASSIGN(const auto keys, core.patients->Read(patient));
  MS_ASSIGN(const PatientRows rows, CollectPatient(core, keys, at));
  return CheckChunks(keys, rows, {});
}

Status OpenSample(Core& core, std::uint64_t sample, DrillReport& report) {
  const std::uint64_t patients = report.restored.patients.restored;
  const std::uint64_t every = sample == 0 || sample >= patients ? 1 : patients / sample;
  const auto at = core.rows->Freeze();
  const auto cursor =
      core.rows->Scan(Table::kKeys, format::KeyRowPrefix(), format::AfterPrefix(format::KeyRowPrefix()), at.get());
  for (std::uint64_t number = 0; cursor->Valid(); cursor->Next(), ++number) {
    if (number % every != 0) continue;
    MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
    const Status opened = OpenWhole(core, place.patient, *at);
    if (!opened.ok() && !IsDamage(opened.code())) return opened;
    ++report.sampled;
    report.failed += opened.ok() ? 0 : 1;
  }
  return cursor->status();
}

}  // namespace

Status DrillRestore(RestoreOptions options, std::uint64_t sample, DrillReport& report) {
  report = {};
  Scratch scratch;
  MS_TRY(scratch.Make(options.store));
  options.store = scratch.store();
  options.move_anchor = false;
  MS_TRY(RestoreVault(options, report.restored));
  OpenOptions open;
  open.store = options.store;
  open.keyring = options.keyring;
  open.secret = {options.secret.kind, SecretBytes::CopyOf(options.secret.bytes.Reveal())};
  open.restoring = true;
  open.file_io = options.file_io;
  MS_ASSIGN(const auto vault, Vault::Open(open));
  {
    MS_ASSIGN(Call call, vault->Enter());
    MS_TRY(OpenSample(call.core(), sample, report));
  }
  MS_TRY(vault->Close());
  if (report.failed == 0) return Status::Ok();
  return Status::AuthFailed("the drill failed: patients of the restored store do not open whole");
}

}  // namespace mseal::vault
