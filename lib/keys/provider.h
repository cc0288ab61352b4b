// The one extension point of key custody: where epoch secrets and the anchor are kept, outside the data directory and
// every backup.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/key_slab.h"
#include "base/secret_bytes.h"
#include "base/status.h"
#include "crypto/aead.h"
#include "crypto/password.h"

namespace mseal::keys {

using EpochSecret = Key<struct EpochSecretRole>;
using StoreId = ByteArray<16>;

// How far the store had come when the anchor was last moved: what a store that lost data is measured against.
struct Anchor {
  std::uint32_t epoch = 0;
  std::uint64_t commit_counter = 0;
  std::uint64_t statement_number = 0;
  std::uint64_t audit_size = 0;
  ByteArray<32> audit_root{};
};

// What destroying an epoch secret on this medium proves.
enum class Assurance : std::uint8_t { kDeviceDestroyed, kOverwrittenMediumUnproven, kUnlinked };

// What opens a provider.
struct KeyringSecret {
  enum class Kind : std::uint8_t {
    kPassphrase = 1,
    kKeyFile = 2,
    kDerived = 3,  // what KeyProvider::Access gives
  };
  Kind kind = Kind::kPassphrase;
  SecretBytes bytes;  // the passphrase, or exactly 32 bytes
};

// Holds at most two epoch secrets, during a change of epoch, and one otherwise. Any thread may call.
// Every call answers IoError when the medium fails, AuthFailed or Corrupt when what it holds was changed, and, where it
// is a device, KeyUnavailable when that cannot be reached now.
class KeyProvider {
 public:
  virtual ~KeyProvider() = default;

  virtual const StoreId& store() const = 0;
  virtual const ByteArray<16>& instance() const = 0;  // this copy of the vault: two copies never share a provider
  virtual crypto::Suite suite() const = 0;
  virtual Assurance assurance() const = 0;
  // What opens this copy and no other, without a person: for an epoch change, which reaches all copies.
  virtual KeyringSecret Access() const = 0;

  virtual std::vector<std::uint32_t> Epochs() const = 0;            // ascending
  virtual Result<EpochSecret> Open(std::uint32_t epoch) const = 0;  // KeyUnavailable: not here
  // Writes into the spare place and reads back. AlreadyExists: both places are in use, or this epoch is here.
  virtual Status Write(std::uint32_t epoch, const EpochSecret& secret) = 0;
  // Overwrites on purpose, synced, with what an interrupted change of the root left of it. NotFound: not here. Refuses
  // (InvalidArgument) to destroy the only one.
  virtual Status Destroy(std::uint32_t epoch) = 0;

  // A new root: another passphrase or key file over the same secrets, or other keys on a token, which keeps its PIN and
  // asks for no secret. Prepare says what Access will answer, so that it can be remembered first; Switch changes over,
  // and then nothing of before opens what is here. Killed or failed in between, one of the two roots opens everything,
  // and both calls once more leave nothing of the other behind.
  //   InvalidArgument, ResourceExhausted  Prepare: as at creation;  AlreadyExists  something is in the way
  //   Unsupported                         Switch: the file system cannot do it in one step
  virtual Result<KeyringSecret> PrepareRoot(const KeyringSecret& next, const crypto::Argon2Cost& cost) = 0;
  virtual Status SwitchRoot() = 0;

  // True when one of the places holds something that does not open or cannot be read, so that this copy should be made
  // anew. Open answers AuthFailed or IoError for an epoch that may be there.
  virtual bool Damaged() const { return false; }

  // Nothing: this kind of provider had none to begin with. A provider that once had an anchor never says so: it answers
  // AuthFailed when the anchor is gone or was changed.
  virtual Result<std::optional<Anchor>> ReadAnchor() const = 0;
  // Never touches an epoch secret. On the medium when it returns. AuthFailed as ReadAnchor: a lost anchor is not begun
  // anew.
  virtual Status MoveAnchor(const Anchor& anchor) = 0;
  // Begins anew where ReadAnchor answers AuthFailed, and nowhere else (InvalidArgument): only once a person has
  // accepted that nothing proves the store's age any more.
  virtual Status ReplaceLostAnchor(const Anchor& anchor) {
    static_cast<void>(anchor);
    return Status::Unsupported("this provider cannot begin its anchor anew");
  }
};

}  // namespace mseal::keys
