// Erasing a patient: everything of theirs leaves the live store at once, and an epoch change then takes the key that
// older copies need.
#pragma once

#include "format/erasure.h"
#include "vault/patients.h"
#include "vault/vault.h"

namespace mseal::vault {

struct Erased {
  keys::PatientHandle patient{};
  format::Erasure erasure;
  std::uint32_t job = 0;  // the epoch change that was joined; 0: it is over
};

// Withdraws the patient: rows, history, chunks, head and key row are deleted in one synced batch, postings overwritten
// with filler, keys in memory let go of. `reason` has 1 to 4 096 bytes of UTF-8. Once more: the same answer.
//   NotFound          no such patient; an erased one is known by handle alone
//   PermissionDenied  only the founder and whoever has a role that erases does, and nobody who is under legal hold; or
//                     it is one more than a person erases alone, and too few signed it
//   InvalidArgument   no reason, or too long a one
Status ErasePatient(Session& session, const PatientName& name, std::string_view reason, Erased& out);

// What takes the others along when a person erases more patients than policy lets them alone (erase_alone), in 24
// hours: one approval of all that are named and of the reason (approvals.h). It lets its holder erase each of them
// without a further one. An unknown or erased patient is none of them.
class ErasePermit {
 public:
  // Errors as RequireApproval has them, and FindPatient but NotFound and Erased; ResourceExhausted: above 65 536.
  static Result<ErasePermit> Get(Session& session, const std::vector<PatientName>& names, std::string_view reason);

  ErasePermit(ErasePermit&& other) noexcept { *this = std::move(other); }
  ErasePermit& operator=(ErasePermit&& other) noexcept;
  ~ErasePermit() { Release(); }

 private:
  friend Status ErasePatient(Session&, const PatientName&, std::string_view, Erased&);
  ErasePermit() = default;
  // `patients`: not erased yet, in order.
  static Result<ErasePermit> Require(Core& core, Desk& desk, std::vector<keys::PatientHandle> patients,
                                     std::string_view reason);
  void Release();

  std::shared_ptr<ErasuresAlone> alone_;  // null: others signed, or nothing is to be erased
  people::PersonNumber person_ = 0;
  std::uint64_t count_ = 0;
};
Status ErasePatient(Session& session, const PatientName& name, std::string_view reason, const ErasePermit& permit,
                    Erased& out);

}  // namespace mseal::vault
