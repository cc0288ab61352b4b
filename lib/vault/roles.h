// Changes of what persons may do, which sessions at work feel at once: revoked classes, roles, disabled persons.
#pragma once

#include <functional>

#include "vault/vault.h"

namespace mseal::vault {

// `change` says one thing of the chain by the session's person. It is anchored before this returns, and every session
// has let go of what was taken from its person; those of a disabled person have ended. The caller is in no call of a
// session. Errors as Registry has them.
Status ChangePeople(Session& session,
                    const std::function<Status(people::Registry& registry, const people::Identity& who)>& change);
// The same for what takes more than the registry.
Status ChangePeopleAt(Session& session, const std::function<Status(Core& core, Desk& desk)>& change);

}  // namespace mseal::vault
