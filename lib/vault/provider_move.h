// Moves a vault to another provider: the new one has everything and is registered before the old one is destroyed.
#pragma once

#include "vault/vault.h"

namespace mseal::vault {

// To a provider that is made now, or to a registered copy. The vault goes on with it; at every moment one of the two
// opens the store. Killed anywhere, the same call finishes it, and so does opening the vault with the new one once that
// was registered.
//   InvalidArgument  it is the provider that the vault is opened with, or lies inside the store
//   AlreadyExists    something else is there;  Conflict  the epoch is changing: finish that first
//   WrongSecret      it is a registered copy, and opens with another secret
//   KeyUnavailable   moved, but the old one cannot be reached: no epoch secret is dead before it could be destroyed
Status MoveProvider(Vault& vault, const std::string& uri, const keys::KeyringSecret& secret,
                    const crypto::Argon2Cost& cost);

}  // namespace mseal::vault
