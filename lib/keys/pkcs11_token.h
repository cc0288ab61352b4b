// The provider that is a PKCS#11 token: epoch secrets under keys that never leave it, the anchor in objects beside
// them.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "keys/keyring_file.h"
#include "keys/pkcs11_uri.h"
#include "keys/provider.h"

namespace mseal::keys {

struct TokenOptions {
  // How long one call to the token may take. Past it the provider answers KeyUnavailable, at once from then on until
  // the token has come back, and nothing else waits.
  std::chrono::milliseconds deadline{10'000};
  std::optional<ByteArray<16>> instance = {};  // of one that is made; none: drawn
};

// Beside what KeyProvider says, every call of the provider answers
//   KeyUnavailable  the module or the token is not there, or does not answer. Later calls log in anew, with the PIN
//   that
//                   was taken; once the token refuses it, WrongSecret, and it is not tried again
//   Forked          in a child of the process that opened it
// Several providers may be on one token and in one process; the first logs it in, and the others' PIN is compared with
// that one.

// Makes the objects of the name that the URI has, with the first epoch's secret and the first anchor: this epoch and
// zeros. `pin` is the token's user PIN.
//   AlreadyExists      something of this name is on the token
//   WrongSecret        the token takes another PIN. It was tried once: tokens lock after a few wrong ones, then the
//                      message says that
//   InvalidArgument    the PIN is empty or a key file; several tokens are meant
//   Unsupported        the token cannot do AES-256-GCM with a key that it keeps
//   ResourceExhausted  the token has no room
//   SuiteUnavailable   this machine cannot do `suite`
// Whatever fails, what was made is destroyed again as long as the token answers.
Result<std::unique_ptr<KeyProvider>> CreateOnToken(const TokenUri& uri, const KeyringSecret& pin, const StoreId& store,
                                                   crypto::Suite suite, std::uint32_t epoch, const EpochSecret& first,
                                                   const TokenOptions& options = {});

// Opens as long as one epoch's secret does.
//   NotFound             nothing of this name is on the token
//   AuthFailed, Corrupt  what is there was changed
//   UnsupportedVersion   it was made by a later medseal
//   WrongSecret, InvalidArgument, SuiteUnavailable  as CreateOnToken
Result<std::unique_ptr<KeyProvider>> OpenOnToken(const TokenUri& uri, const KeyringSecret& pin,
                                                 const TokenOptions& options = {});

// Destroys every object of the provider of this instance, its last secret too, and those that an interrupted creation
// left without a header.
//   NotFound  it is not there, nor half of it;  InvalidArgument  another instance has the name
Status RemoveFromToken(const TokenUri& uri, const KeyringSecret& pin, const ByteArray<16>& instance,
                       const TokenOptions& options = {});

}  // namespace mseal::keys
