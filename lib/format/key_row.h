// The content of a key row: a patient's own keys, and per class a slot with the data key wrapped under the class key.
// One size for every patient. Layout: FORMAT.md, "Key row".
#pragma once

#include <array>

#include "base/key_slab.h"
#include "base/secret_bytes.h"
#include "base/status.h"
#include "format/sealed.h"

namespace mseal::format {

inline constexpr std::size_t kSlots = 16;
inline constexpr std::size_t kWrappedKeySize = kKeySize + kSealedOverhead;

enum class SlotState : std::uint8_t {
  kUnused = 0,   // random bytes; names the class key version it must be made under
  kCurrent = 1,  // one data key
  kBoth = 2,     // the current data key, and the one before it while a reseal goes on
};

struct Slot {
  SlotState state = SlotState::kUnused;
  std::uint32_t class_key_version = 0;
  std::uint32_t generation = 0;           // of the current data key; 0 while unused
  std::uint32_t previous_generation = 0;  // lower; 0 unless kBoth
  ByteArray<kWrappedKeySize> current{};
  ByteArray<kWrappedKeySize> previous{};
};

struct KeyRow {
  KeyBytes patient_key;
  KeyBytes audit_key;
  std::uint64_t slot_counter = 0;
  std::array<Slot, kSlots> slots;
};

inline constexpr std::size_t kKeyRowContentSize = 1 + 2 * kKeySize + 8 + kSlots * (13 + 2 * kWrappedKeySize);

SecretBytes WriteKeyRow(const KeyRow& row);
// UnsupportedVersion, or Corrupt for any other size and for states that cannot be.
Result<KeyRow> ParseKeyRow(ByteView content);

}  // namespace mseal::format
