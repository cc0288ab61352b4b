// Providers by name: a keyring file or a PKCS#11 token, whichever a URI says.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "keys/keyring_file.h"
#include "keys/pkcs11_uri.h"
#include "keys/provider.h"

namespace mseal::keys {

// What a provider's URI means: one of the two.
struct ProviderPlace {
  std::string file;               // a keyring's path
  std::optional<TokenUri> token;  // and a name on it
};

// Takes a bare path, file:PATH (which is not decoded), or pkcs11:token=NAME;object=NAME[?module-path=/PATH].
//   InvalidArgument  it is empty, does not parse, has another scheme or a host
// A path with a colon in its first part is written ./a:b.
Result<ProviderPlace> ParseProviderUri(const std::string& uri);
Result<bool> IsOnToken(const std::string& uri);  // InvalidArgument

struct ProviderOptions {
  crypto::Argon2Cost cost = {};                      // of a file's passphrase, at creation
  std::chrono::milliseconds token_deadline{10'000};  // see TokenOptions
  std::optional<ByteArray<16>> instance = {};        // of one that is made; none: drawn
  FileIo* file_io = nullptr;                         // outlives the provider; none: the system's
};

// As CreateKeyring or CreateOnToken. The secret is the file's passphrase or key, or the token's PIN.
Result<std::unique_ptr<KeyProvider>> CreateProvider(const std::string& uri, const KeyringSecret& secret,
                                                    const StoreId& store, crypto::Suite suite, std::uint32_t epoch,
                                                    const EpochSecret& first, const ProviderOptions& options = {});
// As OpenKeyring or OpenOnToken.
Result<std::unique_ptr<KeyProvider>> OpenProvider(const std::string& uri, const KeyringSecret& secret,
                                                  const ProviderOptions& options = {});

// Destroys the provider of this instance with every secret it holds, the last one too: for a vault that has moved to
// another, or came to nothing. Nobody has it open.
//   NotFound         none is there
//   InvalidArgument  another instance is there;  else as OpenProvider
Status RemoveProvider(const std::string& uri, const KeyringSecret& secret, const ByteArray<16>& instance,
                      const ProviderOptions& options = {});

// The same for one whose creation may have been interrupted: whatever there is of it goes, and nothing is fine too.
Status RemoveHalfMadeProvider(const std::string& uri, const KeyringSecret& secret, const ByteArray<16>& instance,
                              const ProviderOptions& options = {});

}  // namespace mseal::keys
