// Random bytes: straight from the system for what lives long, from a per-thread pool for salts, and the hedged salt.
#pragma once

#include "base/bytes.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"

namespace mseal::crypto {

// From the system's generator; a system call. Keys, handles, ephemerals.
void SystemRandom(MutableBytes out);
KeyBytes RandomKey();

// From this thread's pool, re-keyed from its own output (fast key erasure) and seeded by the system. Never for keys.
void PooledRandom(MutableBytes out);

// A uniformly random number below `bound` (at least 1), from the pool.
std::uint32_t PooledBelow(std::uint32_t bound);

// The salt of one write: the first 24 bytes of BLAKE2b over 24 pooled random bytes and everything that goes into the
// write, so that a stuck or cloned generator repeats nothing but identical ciphertext (FORMAT.md, "Salt").
class SaltHedge {
 public:
  SaltHedge();
  SaltHedge& AddKey(KeyView key);
  SaltHedge& AddContext(const Digest& digest);
  SaltHedge& AddPlaintext(ByteView plaintext);
  Salt Finish();

  // Tests replace the 24 random bytes, as a stuck generator would.
  explicit SaltHedge(const ByteArray<24>& random);

 private:
  Hasher hasher_;
};

}  // namespace mseal::crypto
