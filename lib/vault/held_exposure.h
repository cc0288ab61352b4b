// What lies open to who has a backup, or a class key: not what was read, but what could be.
#pragma once

#include <functional>
#include <string>

#include "vault/vault.h"

namespace mseal::vault {

struct HeldPatient {
  keys::PatientHandle patient{};
  std::uint16_t classes = 0;  // of which there are values
  std::uint16_t not_assessed =
      0;  // whose groups the session could not open: nobody can say here whether they hold a value
  std::uint64_t records = 0;
  std::uint64_t fields = 0;                 // values in the groups that were opened, replaced ones too
  std::uint64_t first_ms = 0, last_ms = 0;  // when they were written
};
struct HeldSummary {
  std::uint32_t backup = 0;
  std::uint64_t patients = 0;  // of whom something lies open, or may, canaries left out as everywhere below
  std::uint64_t records = 0;
  std::uint64_t fields = 0;
  std::uint64_t canaries = 0;
  std::uint64_t not_assessed = 0;  // patients of whom something could not be told
  std::uint64_t erased = 0;        // in the backup, and dead: their key row opens from nowhere
  std::uint64_t unreadable = 0;    // without a key row that opens, or with rows that were changed
};
using VisitHeld = std::function<Status(const HeldPatient&)>;

// What opens from one backup with the provider's secrets and the keys of now: patient after patient, as a restore would
// have them, from a copy that is made in the system's place for temporary files and goes again. Values are counted in
// the classes that the session may read. On record before it begins.
//   PermissionDenied  the session does not hold the class `audit`
//   NotFound          no such place is registered, or it has no backup of that number
//   and whatever opens a bundle: KeyUnavailable, AuthFailed, Corrupt
// `place`: its path; empty: the first that has it. `number` 0: the newest.
Status ExposureOfBackup(Core& core, Desk& desk, const std::string& place, std::uint32_t number, const VisitHeld& visit,
                        HeldSummary& summary);

// Whose values of a class one version of its key opens: those whose data keys are wrapped under it now, and those that
// were written before the next version was made, which an older copy of the disk has under it (by the clocks of both).
// What was written later, of a patient who was there before, may be under the same data key: it is not assessed.
//   PermissionDenied  the session does not hold the class `audit`;  NotFound  no such class, or version
Status ExposureOfKey(Core& core, Desk& desk, std::string_view class_name, std::uint32_t version, const VisitHeld& visit,
                     HeldSummary& summary);

}  // namespace mseal::vault
