// SHA-256 by libsodium.
#include "crypto/sha256.h"

#include <sodium.h>

namespace mseal::crypto {

ByteArray<32> Sha256(std::initializer_list<ByteView> pieces) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const ByteView piece : pieces) crypto_hash_sha256_update(&state, piece.data(), piece.size());
  ByteArray<32> out;
  crypto_hash_sha256_final(&state, out.data());
  return out;
}

}  // namespace mseal::crypto
