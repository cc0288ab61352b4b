// X25519 over libsodium.
#include "crypto/exchange.h"

#include <sodium.h>

#include <cstdlib>

#include "crypto/hash.h"
#include "crypto/init.h"

namespace mseal::crypto {

static_assert(crypto_scalarmult_curve25519_BYTES == kKeySize && crypto_scalarmult_curve25519_SCALARBYTES == kKeySize);

PublicKey PublicKeyOf(const PrivateKey& key) {
  RequireLibrary();
  PublicKey public_key;
  if (crypto_scalarmult_curve25519_base(public_key.data(), key.Reveal().data()) != 0) std::abort();  // it never fails
  return public_key;
}

Result<KeyBytes> SharedSecret(const PrivateKey& mine, const PublicKey& theirs) {
  RequireLibrary();
  KeyBytes shared;
  if (crypto_scalarmult_curve25519(shared.Fill().data(), mine.Reveal().data(), theirs.data()) != 0) {
    return Status::AuthFailed("public key of small order");
  }
  return shared;
}

KeyBytes SlotKey(KeyView shared, const PublicKey& ephemeral, const PublicKey& recipient) {
  KeyBytes key;
  Hasher("medseal.v1.slot.", kKeySize).Add(shared).Add(ephemeral).Add(recipient).Finish(key.Fill());
  return key;
}

}  // namespace mseal::crypto
