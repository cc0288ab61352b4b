// How far things are filled up, so that sizes say little (FORMAT.md, "Padding").
#pragma once

#include <bit>
#include <cstddef>

namespace mseal::format {

// Padmé (Nikitin and others, "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019): at
// most 12 % more, and only O(log log size) bits of the size left to see.
inline std::size_t Padme(std::size_t size) {
  if (size < 2) return size;
  const int exponent = std::bit_width(size) - 1;
  const int kept = std::bit_width(static_cast<unsigned>(exponent));
  if (exponent <= kept) return size;
  const std::size_t mask = (std::size_t{1} << (exponent - kept)) - 1;
  return (size + mask) & ~mask;
}

inline std::size_t RoundUp(std::size_t size, std::size_t step) { return (size + step - 1) / step * step; }

// The size a group's content of `size` bytes is filled up to.
inline std::size_t PaddedGroupSize(std::size_t size) { return size <= 512 ? RoundUp(size, 32) : Padme(size); }

// The size a row of `size` bytes is filled up to.
inline std::size_t PaddedRowSize(std::size_t size) { return size <= 2048 ? RoundUp(size, 256) : Padme(size); }

// The size a header's content is filled up to: the number of postings must not show.
inline std::size_t PaddedHeaderSize(std::size_t size) { return size <= 2048 ? RoundUp(size, 128) : Padme(size); }

}  // namespace mseal::format
