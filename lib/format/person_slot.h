// A class key sealed to one person. Layout: FORMAT.md, "Person slot".
#pragma once

#include "base/bytes.h"
#include "base/status.h"
#include "format/sealed.h"

namespace mseal::format {

inline constexpr std::uint8_t kPersonSlotVersion = 1;
inline constexpr std::size_t kPersonSlotSize = 1 + 32 + 32 + kSealedOverhead;

struct PersonSlot {
  ByteArray<32> ephemeral{};  // X25519, public
  ByteView sealed;            // borrowed
};

//   UnsupportedVersion  the version byte is not 1
//   Corrupt             any other size than kPersonSlotSize
Result<PersonSlot> ParsePersonSlot(ByteView bytes);
Bytes EncodePersonSlot(const PersonSlot& slot);

}  // namespace mseal::format
