// From external ids to patients: found through the index of the class `directory`, made when they are first written to.
#pragma once

#include <optional>

#include "vault/core.h"

namespace mseal::vault {

class PatientChange;

// How a caller names a patient.
struct PatientName {
  ByteView external_id;
  const keys::PatientHandle* handle = nullptr;  // instead of the id
};

//   NotFound         no such patient
//   InvalidArgument  no name, or one that is too long
Result<keys::PatientHandle> FindPatient(Core& core, Desk& desk, const PatientName& name);

keys::PatientHandle DrawPatientHandle();

// Writes the directory record of a patient being created.
Status PutDirectory(PatientChange& change, ByteView external_id);

}  // namespace mseal::vault
