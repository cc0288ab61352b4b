// Other keys and another password for a person, and an end to the sessions that work with the old ones.
#pragma once

#include "vault/vault.h"

namespace mseal::vault {

// By the person themselves, whose session here goes on with the new keys, or by the founder for anybody. Waits for the
// calls that run on the sessions it ends, and for those of `session` when it is about its own person.
//   NotFound  no person of that name;  PermissionDenied  neither that person nor the founder
Status RotatePerson(Session& session, std::string_view person, const people::LoginSecret& secret,
                    const crypto::Argon2Cost& cost);

// A class that a person held, and the rotation of it.
struct RotatedClass {
  std::string name;
  Status begun = Status::Ok();
  std::uint32_t job = 0;
};

// For a person whose secret is known to others: RotatePerson, then the beginning of a rotation of every class they
// held. Where nothing was begun, by an epoch change of all buckets. Each rotation ends in one that they share. `out`
// says what became of each class:
//   PermissionDenied  the session does not hold it, or is not the founder's: rotate it with one that may
//   AlreadyExists     it was being rotated, and the new key was sealed to the old one: rotate it again after that job
Status RotateCompromisedPerson(Session& session, std::string_view person, const people::LoginSecret& secret,
                               const crypto::Argon2Cost& cost, std::vector<RotatedClass>& out);

}  // namespace mseal::vault
