// Other keys and another password for a person, and an end to the sessions that work with the old ones.
#pragma once

#include "vault/vault.h"

namespace mseal::vault {

// By the person themselves, whose session here goes on with the new keys, or by the founder for anybody. Waits for the
// calls that run on the sessions it ends, and for those of `session` when it is about its own person.
//   NotFound  no person of that name;  PermissionDenied  neither that person nor the founder
Status RotatePerson(Session& session, std::string_view person, ByteView password, const crypto::Argon2Cost& cost);

}  // namespace mseal::vault
