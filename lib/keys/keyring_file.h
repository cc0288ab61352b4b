// The provider that is a file: epoch secrets under a passphrase or a 32-byte key file, the anchor in a file beside it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crypto/password.h"
#include "keys/file_io.h"
#include "keys/provider.h"

namespace mseal::keys {

struct KeyringOptions {
  crypto::Argon2Cost cost;                     // of a passphrase, at creation
  std::optional<ByteArray<16>> instance = {};  // none: drawn
};

// Makes the keyring at `path` with the first epoch's secret in it, and `path`.anchor with the first anchor: this epoch
// and zeros. Both readable by their owner alone. `io` outlives the provider; none: the system's.
//   AlreadyExists      something is at `path` or at `path`.anchor
//   InvalidArgument    the secret is empty or a key file is not 32 bytes; the cost is out of range
//   SuiteUnavailable   this machine cannot do `suite`
//   ResourceExhausted  the memory for Argon2id could not be had
//   IoError            nothing usable was left behind
Result<std::unique_ptr<KeyProvider>> CreateKeyring(const std::string& path, const KeyringSecret& secret,
                                                   const StoreId& store, crypto::Suite suite, std::uint32_t epoch,
                                                   const EpochSecret& first, const KeyringOptions& options = {},
                                                   FileIo* io = nullptr);

// Opens as long as one epoch's secret does: what is wrong with the other place, or with the anchor, shows in Damaged
// and ReadAnchor.
//   NotFound            there is no file at `path`
//   WrongSecret         it opens, with another passphrase or key file
//   AuthFailed, Corrupt it was changed or cut
//   UnsupportedVersion  it was made by a later medseal
//   InvalidArgument, SuiteUnavailable, ResourceExhausted  as CreateKeyring
Result<std::unique_ptr<KeyProvider>> OpenKeyring(const std::string& path, const KeyringSecret& secret,
                                                 FileIo* io = nullptr);

// Overwrites both slots of the keyring of this instance and what a change of its root left beside it, then takes it and
// its anchor away. Its secret is not needed for that, no more than to anybody who may write the file.
//   NotFound           there is no file at `path`
//   InvalidArgument    it is another instance's
//   Corrupt, UnsupportedVersion, IoError
Status RemoveKeyring(const std::string& path, const ByteArray<16>& instance, FileIo* io = nullptr);

// The same for one whose creation may have been interrupted: whatever there is of it goes, and nothing is fine too.
Status RemoveHalfMadeKeyring(const std::string& path, const ByteArray<16>& instance, FileIo* io = nullptr);

// What the file shows to someone without its secret (for `thief`, `status`).
struct KeyringFacts {
  KeyringSecret::Kind kind;
  StoreId store;
  ByteArray<16> instance;
  crypto::Argon2Cost cost;  // zero for a key file
  bool readable_by_others;  // its permissions are wider than its owner: to be warned of
};
//   NotFound, Corrupt, UnsupportedVersion  as OpenKeyring
Result<KeyringFacts> LookAtKeyring(const std::string& path);

}  // namespace mseal::keys
