// A secret that somebody is to log in with from now on, before it is stored: judged at a pace that tells nobody much of
// the secrets of others.
#pragma once

#include "vault/vault.h"

namespace mseal::vault {

// For the session's own person, or for another by one who was found to be allowed to. A password that turns out to be
// another person's counts as a failed login of who asked, is on record and alerts as one does. So often as policy
// locks a name out (login_attempts, lockout_minutes), a person may change their own, and come to others' by chance.
// The PIN of a token is tried here, and one that it does not take is counted likewise.
//   PermissionDenied  too often of late;  InvalidArgument, AlreadyExists  as people::Registry::Judge
//   WrongSecret, KeyUnavailable  as keys::PersonToken::Unlock
Result<people::NewSecret> JudgeSecret(Core& core, const Desk& desk, const people::SecretOwner& owner,
                                      const people::LoginSecret& secret, const crypto::Argon2Cost& cost);

// Another secret, and with it other keys, for the session's own person, who proves once more that they know the one
// until now: whoever finds a session that is open does not. Waits as RotatePerson does.
//   WrongSecret  `now` is not the secret; counts as a failed login
//   PermissionDenied, InvalidArgument, AlreadyExists  as JudgeSecret
Status ChangeOwnSecret(Session& session, const people::LoginSecret& now, const people::LoginSecret& secret,
                       const crypto::Argon2Cost& cost);

}  // namespace mseal::vault
