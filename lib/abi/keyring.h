// Reads the struct about keyrings.
#pragma once

#include "keys/keyring_file.h"
#include "medseal/medseal.h"

namespace mseal::abi {

Result<keys::KeyringSecret> ReadSecret(const medseal_keyring& keyring);

}  // namespace mseal::abi
