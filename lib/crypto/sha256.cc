// SHA-256 by nettle, which uses the processor's own instructions for it where libsodium does not.
#include "crypto/sha256.h"

#include <nettle/sha2.h>

namespace mseal::crypto {

ByteArray<32> Sha256(std::initializer_list<ByteView> pieces) {
  sha256_ctx state;
  sha256_init(&state);
  for (const ByteView piece : pieces) sha256_update(&state, piece.size(), piece.data());
  ByteArray<32> out;
  sha256_digest(&state, out.size(), out.data());
  return out;
}

}  // namespace mseal::crypto
