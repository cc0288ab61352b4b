// Which patients are planted, and what more of them are made from. Layout: FORMAT.md, "Canaries" and "Former canary".
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/key_slab.h"
#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

inline constexpr std::size_t kMostCanaries = 4096;

struct Canaries {
  KeyBytes seed;
  std::uint64_t next_number = 0;  // of the one that is made next
  std::vector<ByteArray<16>> patients;
};
SecretBytes WriteCanaries(const Canaries& canaries);
Result<Canaries> ParseCanaries(ByteView content);  // UnsupportedVersion, Corrupt

// Of one that was rotated away: when it was erased, in ms since 1970-01-01 UTC.
Bytes WriteFormerCanary(std::uint64_t erased_ms);
Result<std::uint64_t> ParseFormerCanary(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
