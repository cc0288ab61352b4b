// Examines a vault and the machine it is open on for anything that is not safe.
#pragma once

#include "vault/finding.h"
#include "vault/vault.h"

namespace mseal::vault {

// Files that lie on this machine, as far as the caller knows them; empty: none.
struct SecretFiles {
  std::string passphrase;  // of the keyring, or its key
  std::string password;    // of a person
};

// All findings, in the order of what they are about. `session` may be null: then nothing is said that takes the log of
// accesses, and no person is named. An examination that fails is a red finding. Closed, Forked.
Result<Findings> Examine(Vault& vault, Session* session, const SecretFiles& files);

}  // namespace mseal::vault
