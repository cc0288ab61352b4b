// Splits a key into shares: so many of them give it back, and fewer say nothing of it (Shamir 1979, over GF(2^8), bytes
// one by one; FORMAT.md, "Share").
#pragma once

#include <span>
#include <vector>

#include "base/key_slab.h"
#include "base/status.h"

namespace mseal::crypto {

inline constexpr std::uint8_t kFewestNeeded = 2;  // of one share alone everybody would be a custodian
inline constexpr std::uint8_t kMostShares = 16;

struct KeyShare {
  std::uint8_t number = 0;  // from 1
  KeyBytes bytes;
};

// `count` shares with numbers from 1, of which any `needed` give the key back. Slow enough to be called seldom; may be
// called from any thread.
//   InvalidArgument    needed < 2, needed > count or count > 16
//   ResourceExhausted  the memory could not be had
Result<std::vector<KeyShare>> SplitKey(KeyView key, std::uint8_t needed, std::uint8_t count);

// The key, given at least as many of its shares as are needed. Fewer, or a share of something else among them, give
// another key that looks like any: whoever joins compares the result with something.
//   InvalidArgument    no share, a number 0, or a number twice
//   ResourceExhausted  the memory could not be had
Result<KeyBytes> JoinShares(std::span<const KeyShare* const> shares);

}  // namespace mseal::crypto
