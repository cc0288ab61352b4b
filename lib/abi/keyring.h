// Reads the struct about keyrings.
#pragma once

#include "keys/keyring_file.h"
#include "medseal/medseal.h"

namespace mseal::abi {

Result<keys::KeyringSecret> ReadSecret(const medseal_keyring& keyring);
keys::KeyringSecret SecretOf(medseal_bytes bytes, bool is_key);

}  // namespace mseal::abi
