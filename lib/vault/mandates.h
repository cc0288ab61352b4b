// Mandates: signed orders to move records in or out. A mandate is a file that travels, a signed note (C2SP signed-note)
// of the text in format/mandate.h; persons of this vault sign it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/mandate.h"
#include "vault/core.h"

namespace mseal::vault {

// The text of a new one, for people to read and sign: `draft` with an id, this vault, the time, and as many signers as
// policy asks for at least. `patients`: external ids, where it is of these alone.
//   InvalidArgument  CheckMandate refuses it, the schema has no such type or field, or it says too much for one
Result<std::string> MakeMandate(const Core& core, format::Mandate draft, std::span<const ByteView> patients);
// What stands for the patients of a list in the mandate of that id, in whatever order they are.
format::MandatePatients DigestOfPatients(const ByteArray<16>& mandate, std::span<const ByteView> patients);

struct MandateView {
  format::Mandate mandate;
  std::string text;                            // that is signed
  std::vector<people::PersonNumber> counting;  // who signed it, may sign, and has those keys now
  unsigned needed = 0;                         // as it says and policy asks for now
  bool expired = false;
};

// `file`: signed by anybody, or by nobody yet.
//   Corrupt, UnsupportedVersion  it is no mandate
//   InvalidArgument              it is another vault's, or of what the schema does not have
//   AuthFailed                   what is signed in the name of a person is not by their key: it was changed
Result<MandateView> JudgeMandate(const Core& core, std::string_view file);
// PermissionDenied: it is over, or too few have signed it; the message says which.
Status CheckInForce(const MandateView& view);

// The file with the signatures of those at the session who may sign (MaySign in approvals.h).
//   PermissionDenied  none of them may, or it is over;  AlreadyExists  it bears theirs
// and as JudgeMandate has them.
Result<std::string> SignMandate(const Core& core, const Desk& desk, std::string_view file);

}  // namespace mseal::vault
