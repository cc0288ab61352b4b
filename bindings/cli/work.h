// Opens the vault, logs the person in, runs a command's work on both, and closes in order whatever happened.
#pragma once

#include <functional>

#include "common.h"
#include "status.h"

namespace cli {

// What a command ends with: its exit code, or the failure that gives it.
using Outcome = Result<int>;
inline constexpr int kDone = 0;
inline constexpr int kSomeRejected = 3;

Outcome WithVault(const Common& common, const std::function<Outcome(medseal::Vault&)>& work);
Outcome WithSession(const Common& common, const std::function<Outcome(medseal::Session&)>& work);
// What a person logs in with: one of the first two is empty.
struct Proof {
  Secret password;  // or the PIN of the token
  Secret key;
  std::string token;  // URI
};
// Where it comes from, beside the password or PIN: both empty, or one of them.
struct ProofPlace {
  const std::string& key_file;
  const std::string& token;
};
Result<Proof> ReadProof(const std::string& person, const SecretSource& password, const ProofPlace& place);
Result<medseal::Session> LogIn(medseal::Vault& vault, const Common& common);
// The same with what was read already.
Result<medseal::Session> LogIn(medseal::Vault& vault, const Common& common, const Proof& proof);

// Named by a pkcs11: URI.
bool IsOnToken(const std::string& keyring);
bool IsOnToken(const Common& common);
// What opens a keyring that is being made: a token's PIN is there already and asked for once.
Result<Secret> ReadNewKeyringSecret(const std::string& keyring, const SecretSource& passphrase,
                                    const std::string& key_file);
// The keyring's passphrase or key file, or the token's PIN; `chosen_now` asks twice for a passphrase.
Result<Secret> ReadKeyringSecret(const Common& common, bool chosen_now);
// InvalidArgument that names the option and the variable, if `value` is empty.
Status Require(const std::string& value, const char* what, const char* option, const char* variable);

}  // namespace cli
