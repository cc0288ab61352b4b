// Who a name and a secret are, at the pace that policy sets: after failures an answer takes longer, and then the name
// is locked out for a while. Unknown names, wrong secrets and locked-out persons are answered alike and in the same
// time.
#pragma once

#include <functional>
#include <string_view>

#include "vault/vault.h"

namespace mseal::vault {

// Lets a call in for as long as the secret is looked at; the waiting is outside of it.
using LetIn = std::function<Result<Call>()>;

// The PIN of a token is tried here; that of a locked-out name is not, and then no token is asked.
//   WrongSecret  see above;  Closed, Forked  as `let_in` answers, which ends the waiting too
//   KeyUnavailable, or as PersonToken says  the token failed: nothing is counted
Result<people::Identity> Identify(const LetIn& let_in, std::string_view person, const people::LoginSecret& secret);

// Ends the lock-out of a person before its time.
//   PermissionDenied  the session's person may not decide over others;  NotFound  no person of that name
Status Unlock(Core& core, Desk& desk, std::string_view person);

}  // namespace mseal::vault
