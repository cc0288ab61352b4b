// A class that somebody opened in need, as a row of meta remembers it until and after it was reviewed. Layout:
// FORMAT.md, "Broken glass".
#pragma once

#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

inline constexpr std::size_t kLongestGlassText = 240;
// All have one size: it does not show how much was said.
inline constexpr std::size_t kBrokenGlassSize = 544;

// Reason and verdict are text about patients.
struct BrokenGlass {
  std::uint32_t person = 0;
  std::uint8_t class_number = 0;
  std::uint64_t from_ms = 0;
  std::uint64_t until_ms = 0;
  SecretBytes reason;             // 1 to kLongestGlassText bytes
  std::uint32_t reviewed_by = 0;  // 0: nobody yet
  std::uint64_t reviewed_ms = 0;
  SecretBytes verdict;  // as the reason, once reviewed; else empty

  bool open() const { return reviewed_by == 0; }
};

SecretBytes WriteBrokenGlass(const BrokenGlass& glass);
Result<BrokenGlass> ParseBrokenGlass(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
