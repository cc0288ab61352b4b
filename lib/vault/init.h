// Makes a vault: keyring, first epoch, founder, classes, schema.
#pragma once

#include <optional>
#include <string>

#include "keys/provider_uri.h"
#include "schema/schema.h"
#include "store/rocks.h"

namespace mseal::vault {

struct InitOptions {
  std::string store;    // a folder that is not there yet
  std::string keyring;  // URI of a provider that is not there yet
  keys::KeyringSecret secret;
  std::optional<crypto::Suite> suite;  // none: AES-256-GCM where the processor does it
  schema::SchemaText schema;
  std::string person;
  SecretBytes password;
  crypto::Argon2Cost cost;
  store::RocksEnvironment* environment = nullptr;  // tests let files fail
  keys::FileIo* file_io = nullptr;
};

// Nothing is left behind on failure. Errors as medseal_init has them.
Status InitVault(const InitOptions& options);

}  // namespace mseal::vault
