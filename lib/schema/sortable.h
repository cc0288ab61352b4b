// Numbers as 64 bits that sort as the numbers do.
#pragma once

#include <bit>
#include <cstdint>

#include "base/secret_bytes.h"

namespace mseal::schema {

inline constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

inline std::uint64_t Sortable(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ kSignBit; }
inline std::uint64_t Sortable(std::uint64_t value) { return value; }
inline std::uint64_t Sortable(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return bits & kSignBit ? ~bits : bits | kSignBit;
}

// Appends the eight bytes, the highest first.
inline void AppendSortable(std::uint64_t sortable, SecretBytes& out) {
  ByteArray<8> big_endian;
  const WipeOnExit wipe(big_endian);
  for (std::size_t i = 0; i < 8; ++i) big_endian[i] = static_cast<std::uint8_t>(sortable >> 8 * (7 - i));
  out.Append(big_endian);
}

}  // namespace mseal::schema
