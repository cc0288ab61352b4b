// Ed25519 over libsodium.
#include "crypto/sign.h"

#include <sodium.h>

#include <cstdlib>
#include <tuple>

#include "base/secret_bytes.h"
#include "crypto/init.h"

namespace mseal::crypto {
namespace {

static_assert(crypto_sign_ed25519_SEEDBYTES == kKeySize);
static_assert(crypto_sign_ed25519_PUBLICKEYBYTES == std::tuple_size_v<VerifyKey>);
static_assert(crypto_sign_ed25519_BYTES == std::tuple_size_v<Signature>);

// The library signs with seed ‖ public key, made anew from the seed each time: signing is rare, and a public half kept
// beside a private one can be swapped. Wiped when dropped.
struct KeyPair {
  explicit KeyPair(const SigningSeed& seed) {
    RequireLibrary();
    if (crypto_sign_ed25519_seed_keypair(verify_key.data(), secret.data(), seed.Reveal().data()) != 0) std::abort();
  }
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;
  ~KeyPair() { Wipe(secret); }

  VerifyKey verify_key;
  ByteArray<crypto_sign_ed25519_SECRETKEYBYTES> secret;
};

}  // namespace

VerifyKey VerifyKeyOf(const SigningSeed& seed) { return KeyPair(seed).verify_key; }

Signature Sign(const SigningSeed& seed, ByteView message) {
  const KeyPair pair(seed);
  Signature signature;
  if (crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(), pair.secret.data()) !=
      0) {
    std::abort();  // it never fails
  }
  return signature;
}

bool Verify(const VerifyKey& key, ByteView message, ByteView signature) {
  RequireLibrary();
  if (signature.size() != crypto_sign_ed25519_BYTES) return false;
  return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

}  // namespace mseal::crypto
