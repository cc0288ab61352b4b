// The keyring file: a header and two places for an epoch's secret. Layout: FORMAT.md, "Keyring file".
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "base/status.h"
#include "format/sealed.h"

namespace mseal::format {

inline constexpr std::uint8_t kKeyringVersion = 1;
inline constexpr std::size_t kKeyringPage =
    4096;  // header and slots begin at multiples of it: a torn write stays in one
inline constexpr std::size_t kKeyringSlots = 2;
inline constexpr std::size_t kKeyringSize = (1 + kKeyringSlots) * kKeyringPage;
inline constexpr std::size_t kKeyCheckSize = kSealedOverhead;  // a sealed value of nothing
inline constexpr std::size_t kEpochContentSize = 4 + 32 + 32;
inline constexpr std::size_t kKeyringSlotSize = kEpochContentSize + kSealedOverhead;

enum class KeyringKind : std::uint8_t { kPassphrase = 1, kKeyFile = 2 };

// Where the page of a slot lies, 0 or 1; and the number it is bound to, since the key check is bound to 0.
inline constexpr std::uint64_t KeyringSlotOffset(std::size_t slot) { return (1 + slot) * kKeyringPage; }
inline constexpr std::uint64_t KeyringSlotNumber(std::size_t slot) { return 1 + slot; }
inline constexpr std::uint64_t kKeyCheckNumber = 0;

// All but the checksum. `key_check` is borrowed.
struct KeyringHeader {
  KeyringKind kind = KeyringKind::kPassphrase;
  std::uint8_t suite = 0;
  std::uint32_t memory_kib = 0;  // of Argon2id; both numbers are 0 for a key file
  std::uint32_t passes = 0;
  ByteArray<16> salt{};
  ByteArray<16> store{};
  ByteArray<16> instance{};
  ByteView key_check;
};

struct KeyringHeaderPage {
  KeyringHeader header;
  ByteView covered;  // what the checksum is over; borrowed
  ByteArray<32> checksum{};
};

// Takes a whole page. Does not look whether the checksum agrees.
//   UnsupportedVersion  made by a later medseal
//   Corrupt             not a keyring, or changed
Result<KeyringHeaderPage> ParseKeyringHeader(ByteView page);

// The bytes that the checksum covers, then the page made of them.
Bytes EncodeKeyringHeader(const KeyringHeader& header);
Bytes FinishKeyringHeader(ByteView covered, const ByteArray<32>& checksum);

// Takes the page of a slot: the sealed value in it, borrowed, or nothing when the slot is empty.
//   Corrupt  neither
Result<std::optional<ByteView>> ParseKeyringSlot(ByteView page);
Bytes EncodeKeyringSlot(ByteView sealed);

// What a slot's sealed value holds. The views are borrowed.
struct EpochContent {
  std::uint32_t epoch = 0;
  ByteView secret;
  ByteView anchor_key;
};
Result<EpochContent> ParseEpochContent(ByteView content);  // Corrupt: any other size than kEpochContentSize
SecretBytes EncodeEpochContent(const EpochContent& content);

}  // namespace mseal::format
