// BLAKE2b (RFC 7693) over pieces, plain or keyed, always with a personalisation that says what for.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/key_slab.h"
#include "crypto/kdf.h"

namespace mseal::crypto {

// A running BLAKE2b. `purpose` is at most 16 bytes. The state is wiped when dropped and lies in the object itself.
class Hasher {
 public:
  Hasher(std::string_view purpose, std::size_t output_size);
  Hasher(std::string_view purpose, KeyView key, std::size_t output_size);
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  Hasher& Add(ByteView bytes);
  // Adds the 8-byte big-endian length, then the bytes, so that pieces cannot run into each other.
  Hasher& AddPrefixed(ByteView bytes);
  // Ends the hash; out.size() is the output size given at the start (16 to 64).
  void Finish(MutableBytes out);

 private:
  alignas(64) std::uint8_t state_[384];
  std::size_t output_size_;  // zero once finished
};

// BLAKE2b-256 of `bytes`.
Digest Hash(std::string_view purpose, ByteView bytes);

// Keyed BLAKE2b with a 16- or 32-byte result: the PRF of row keys and tokens.
ByteArray<16> Prf16(KeyView key, std::string_view purpose, ByteView bytes);
ByteArray<32> Prf32(KeyView key, std::string_view purpose, ByteView bytes);

// Compares in a time that depends on the sizes alone.
[[nodiscard]] bool SameSecret(ByteView a, ByteView b);

}  // namespace mseal::crypto
