// Reads and writes erasures.
#include "vault/erasures.h"

namespace mseal::vault {

using keys::MetaKind;

Result<format::Erasure> ReadErasure(const Core& core, const keys::PatientHandle& patient) {
  MS_ASSIGN(const SecretBytes content, core.meta->Get(MetaKind::kErasure, patient));
  return format::ParseErasure(content.Reveal());
}

void PutErasure(const Core& core, const keys::PatientHandle& patient, const format::Erasure& erasure,
                store::Batch& batch) {
  core.meta->Put(batch, MetaKind::kErasure, patient, format::WriteErasure(erasure));
}

Status ForEachErasure(const Core& core,
                      const std::function<Status(const keys::PatientHandle&, const format::Erasure&)>& visit) {
  return core.meta->ForEach(MetaKind::kErasure, [&](ByteView id, const SecretBytes& content) -> Status {
    MS_ASSIGN(const format::Erasure erasure, format::ParseErasure(content.Reveal()));
    keys::PatientHandle patient;
    CopyBytes(id, patient);
    return visit(patient, erasure);
  });
}

namespace {

using Loaded = Result<std::shared_ptr<const keys::PatientKeys>>;

Loaded OrErased(const Core& core, const keys::PatientHandle& patient, Loaded loaded) {
  if (loaded.code() != StatusCode::kNotFound) return loaded;
  const auto erasure = ReadErasure(core, patient);
  if (erasure.ok()) return Status::Erased("the patient was erased on purpose");
  return erasure.code() == StatusCode::kNotFound ? loaded.status() : erasure.status();
}

}  // namespace

Loaded LoadPatient(const Core& core, const keys::PatientHandle& patient) {
  return OrErased(core, patient, core.patients->Load(patient));
}

Loaded ReloadPatient(const Core& core, const keys::PatientHandle& patient) {
  return OrErased(core, patient, core.patients->Reload(patient));
}

}  // namespace mseal::vault
