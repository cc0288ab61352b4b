// The header of a keyring file: from the secret to the key that its slots are sealed under.
#pragma once

#include "keys/file.h"
#include "keys/keyring_file.h"
#include "keys/keyring_slots.h"

namespace mseal::keys {

struct KeyringHeader {
  KeyringSecret::Kind kind = KeyringSecret::Kind::kPassphrase;
  KeyringBinding binding;
  crypto::Argon2Cost cost;  // zero for a key file
  crypto::PasswordSalt salt{};
  Bytes key_check;
};

// InvalidArgument: no keyring can be made or opened with this.
Status CheckSecret(const KeyringSecret& secret);

// InvalidArgument, ResourceExhausted as crypto::KeyFromPassword.
Result<KeyBytes> KeyOfSecret(const KeyringSecret& secret, const KeyringHeader& header);

// The header's page; the key check is made here.
Bytes SealKeyringHeader(KeyView key, const KeyringHeader& header);

//   Corrupt, UnsupportedVersion  it is not as it was written; an accident, since whoever changes it on purpose makes
//   the checksum anew
Result<KeyringHeader> ReadKeyringHeader(const File& file);

// WrongSecret unless `key` is the one that the header was made under.
Status CheckKey(KeyView key, const KeyringHeader& header);

}  // namespace mseal::keys
