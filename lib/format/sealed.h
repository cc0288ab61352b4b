// A value sealed on its own: keys, headers, heads, rows of meta. Layout: FORMAT.md, "Sealed".
#pragma once

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

inline constexpr std::uint8_t kSealedVersion = 1;
inline constexpr std::size_t kSealedHead = 2 + 24 + 32;
inline constexpr std::size_t kSealedOverhead = kSealedHead + 16;  // bytes a sealed value is longer than its content

struct Sealed {
  std::uint8_t suite = 0;
  ByteArray<24> salt{};
  ByteArray<32> commitment{};
  ByteView message;  // ciphertext, then the 16-byte tag; borrowed
};

//   UnsupportedVersion  the version byte is not 1
//   Corrupt             cut short
Result<Sealed> ParseSealed(ByteView bytes);

// Writes the bytes before the message.
void WriteSealedHead(std::uint8_t suite, const ByteArray<24>& salt, const ByteArray<32>& commitment, MutableBytes out);

}  // namespace mseal::format
