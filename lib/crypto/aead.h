// Authenticated encryption: the two suites a store may be sealed with, behind one pair of calls.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/key_slab.h"
#include "base/status.h"

namespace mseal::crypto {

enum class Suite : std::uint8_t {
  kChaCha20Poly1305 = 1,  // RFC 8439, on every machine
  kAes256Gcm = 2,         // NIST SP 800-38D, where the processor has AES instructions
};

inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kNonceSize = 12;
using Nonce = ByteArray<kNonceSize>;

// The suite that byte `number` of a stored value names.
//   UnsupportedVersion  no suite has this number; 0 and 255 never will
Result<Suite> SuiteFromNumber(std::uint8_t number);

// Ok, or SuiteUnavailable when this machine cannot do `suite`.
Status CheckSuite(Suite suite);

// The size checks for keys and nonces that come as plain bytes: InvalidArgument for any other size.
Result<KeyView> KeyFromBytes(ByteView bytes);
Result<Nonce> NonceFromBytes(ByteView bytes);

// Encrypts `plaintext` into `out`, which is kTagSize bytes longer and does not overlap it. CheckSuite came before.
void AeadSeal(Suite suite, KeyView key, const Nonce& nonce, ByteView plaintext, MutableBytes out,
              ByteView associated = {});

// Decrypts `sealed` into `out`, which is kTagSize bytes shorter and does not overlap it. False when the tag does not
// agree or `sealed` is shorter than a tag; `out` is then zero.
[[nodiscard]] bool AeadOpen(Suite suite, KeyView key, const Nonce& nonce, ByteView sealed, MutableBytes out,
                            ByteView associated = {});

// Fills `out` with the ChaCha20 key stream of `key` under the zero nonce (RFC 8439, section 2.4).
void Keystream(KeyView key, MutableBytes out);

}  // namespace mseal::crypto
