// Marks of a patient: a legal hold, under which nothing of them is deleted, and a restriction (GDPR art. 18), under
// which two persons together may read and write, and nobody else.
#pragma once

#include <functional>

#include "format/mark.h"
#include "vault/patients.h"

namespace mseal::vault {

using Marks = format::Mark;

// Each by the founder or a person who holds every class (else PermissionDenied), synced and anchored before the call
// returns. `reason` is text of 1 to 240 bytes (else InvalidArgument).
//   NotFound       no such patient, or (Release, Unrestrict) no such mark
//   AlreadyExists  (Hold, Restrict) the mark is there
// Whoever lifts a restriction could read alone from then on: Unrestrict takes two persons (else PermissionDenied).
Status Hold(Core& core, Desk& desk, const PatientName& patient, std::string_view reason);
Status Release(Core& core, Desk& desk, const PatientName& patient);
Status Restrict(Core& core, Desk& desk, const PatientName& patient, std::string_view reason);
Status Unrestrict(Core& core, Desk& desk, const PatientName& patient);

// Empty for a patient without marks, or nobody's handle. AuthFailed, Corrupt.
Result<Marks> ReadMarks(const Core& core, const keys::PatientHandle& patient);
// All marks, by patient; for who may set them (else PermissionDenied): a reason is not for everybody.
Status ListMarks(const Core& core, const Desk& desk,
                 const std::function<Status(const keys::PatientHandle& patient, const Marks& marks)>& visit);

// Before anything of the patient is destroyed; the caller holds the patient's lock until that is committed.
// PermissionDenied: there is a legal hold.
Status CheckNotHeld(const Core& core, const keys::PatientHandle& patient);

// Whether a session may see and change the patient's records at all.
bool MayOpen(const Core& core, const Desk& desk, const keys::PatientHandle& patient);
Status CheckMayOpen(const Core& core, const Desk& desk, const keys::PatientHandle& patient);  // PermissionDenied

// After the patient was erased: a commit of its own, and again nothing.
Status ForgetMarks(Core& core, const keys::PatientHandle& patient);

// The tally of a store that is being made.
void PutFirstTally(const keys::MetaTable& meta, store::Batch& batch);
// Reads all marks into memory. AuthFailed: they are not those of the tally; one was taken away or put back.
Status LoadMarks(Core& core);

}  // namespace mseal::vault
