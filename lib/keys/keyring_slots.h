// The two places of a keyring file for an epoch's secret: written, read back and overwritten one at a time.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "format/keyring.h"
#include "keys/file.h"
#include "keys/provider.h"
#include "seal/seal.h"

namespace mseal::keys {

using AnchorKey = Key<struct AnchorKeyRole>;

// What everything in a keyring and its anchor is bound to.
struct KeyringBinding {
  StoreId store{};
  ByteArray<16> instance{};
  crypto::Suite suite = crypto::Suite::kChaCha20Poly1305;
};
seal::Place KeyringPlace(const KeyringBinding& binding, std::uint64_t number);

// The page of a slot with a secret in it.
Bytes SealKeyringSlot(KeyView key, const KeyringBinding& binding, std::size_t slot, std::uint32_t epoch,
                      const EpochSecret& secret, const AnchorKey& anchor_key);

// Puts random bytes, then zeros in the place of a slot; on the medium when it returns.
Status OverwriteKeyringSlot(File& file, std::size_t slot);

// One thread at a time. KeyProvider says how the calls answer.
class KeyringSlots {
 public:
  KeyringSlots(File file, KeyBytes key, const KeyringBinding& binding)
      : file_(std::move(file)), key_(std::move(key)), binding_(binding) {}

  // Looks at both slots on the medium.
  //   AuthFailed  neither opens;  Corrupt  both are empty;  IoError  neither can be read
  Status Inspect();
  const AnchorKey& anchor_key() const { return anchor_key_; }  // known once Inspect succeeded

  const KeyBytes& key() const { return key_; }

  std::vector<std::uint32_t> Epochs() const;  // ascending, as last seen
  bool Damaged() const;                       // as last seen
  Result<EpochSecret> Open(std::uint32_t epoch) const;
  Status Write(std::uint32_t epoch, const EpochSecret& secret);
  Status Destroy(std::uint32_t epoch);

  // Both pages as they are under another key; a slot that does not open is left free.
  Result<Bytes> SealedUnder(KeyView key) const;

 private:
  enum class State { kEmpty, kHolds, kDamaged, kUnreadable };
  struct Slot {
    State state = State::kEmpty;
    std::optional<std::uint32_t> epoch;  // what it holds, or held when it could last be read
  };
  struct Opened {
    std::uint32_t epoch = 0;
    EpochSecret secret;
    AnchorKey anchor_key;
  };

  Result<std::optional<Opened>> Read(std::size_t slot) const;
  Slot LookAt(std::size_t slot);
  std::optional<std::size_t> Find(State state) const;
  std::optional<std::size_t> FindEpoch(std::uint32_t epoch) const;
  Result<std::size_t> PlaceToWrite(std::uint32_t epoch) const;
  Result<std::size_t> PlaceToDestroy(std::uint32_t epoch) const;
  Status WriteAndReadBack(std::size_t slot, std::uint32_t epoch, const EpochSecret& secret);

  File file_;
  KeyBytes key_;
  KeyringBinding binding_;
  AnchorKey anchor_key_;
  std::array<Slot, format::kKeyringSlots> slots_;
};

}  // namespace mseal::keys
