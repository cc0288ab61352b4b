// Witnesses (C2SP tlog-cosignature): somebody apart from the vault signs a checkpoint, and only if its log goes on from
// the one that they signed before. Who trusts the witness knows that no two logs are shown to two people.
#pragma once

#include <string>
#include <string_view>

#include "audit/log_proof.h"
#include "crypto/sign.h"

namespace mseal::audit {

// A witness by name and key; the text is what others verify with. InvalidArgument: it is no name.
Result<std::string> WriteWitnessKey(std::string_view name, const crypto::VerifyKey& key);

struct CosignRequest {
  std::string_view name;            // of the witness
  std::string_view log_key;         // verifier key of the log
  std::string_view last{};          // what this witness signed last; empty: nothing yet
  const LogProof* proof = nullptr;  // that the new checkpoint's log goes on from it
  std::string_view checkpoint{};    // the new one, where `last` is empty
  std::uint64_t time_s = 0;         // since 1970-01-01 UTC
};

// The new checkpoint with the witness's signature behind the others.
//   AuthFailed       its log does not go on from the last one; the log did not sign it, or this witness not the last
//   InvalidArgument  the witness's name or the time is none;  Corrupt
Result<std::string> Cosign(const CosignRequest& request, const crypto::SigningSeed& seed);

// When a witness signed a note, in seconds.
//   AuthFailed  they did not;  Corrupt: it is no note, or the key is none
Result<std::uint64_t> CosignedAt(std::string_view note, std::string_view witness_key);

}  // namespace mseal::audit
