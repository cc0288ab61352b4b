// What meta remembers of erased patients: read, listed, and told to whoever still asks for one.
#pragma once

#include <functional>

#include "format/erasure.h"
#include "vault/core.h"

namespace mseal::vault {

// NotFound: the patient was not erased.
Result<format::Erasure> ReadErasure(const Core& core, const keys::PatientHandle& patient);
void PutErasure(const Core& core, const keys::PatientHandle& patient, const format::Erasure& erasure,
                store::Batch& batch);
Status ForEachErasure(const Core& core,
                      const std::function<Status(const keys::PatientHandle&, const format::Erasure&)>& visit);

// A patient's keys as PatientKeyTable::Load gives them.
//   Erased  instead of NotFound, for a patient who was
Result<std::shared_ptr<const keys::PatientKeys>> LoadPatient(const Core& core, const keys::PatientHandle& patient);
// The same from the store.
Result<std::shared_ptr<const keys::PatientKeys>> ReloadPatient(const Core& core, const keys::PatientHandle& patient);

}  // namespace mseal::vault
