// The two suites over libsodium.
#include "crypto/aead.h"

#include <sodium.h>

#include <cstdlib>

#include "base/secret_bytes.h"
#include "crypto/init.h"

namespace mseal::crypto {
namespace {

static_assert(crypto_aead_chacha20poly1305_ietf_KEYBYTES == kKeySize && crypto_aead_aes256gcm_KEYBYTES == kKeySize);
static_assert(crypto_aead_chacha20poly1305_ietf_NPUBBYTES == kNonceSize &&
              crypto_aead_aes256gcm_NPUBBYTES == kNonceSize);
static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == kTagSize && crypto_aead_aes256gcm_ABYTES == kTagSize);

// The library's two pairs of calls have the same shape: the one place that chooses between them.
struct Calls {
  decltype(&crypto_aead_chacha20poly1305_ietf_encrypt) seal;
  decltype(&crypto_aead_chacha20poly1305_ietf_decrypt) open;
};

Calls CallsOf(Suite suite) {
  switch (suite) {
    case Suite::kChaCha20Poly1305:
      return {crypto_aead_chacha20poly1305_ietf_encrypt, crypto_aead_chacha20poly1305_ietf_decrypt};
    case Suite::kAes256Gcm:
      return {crypto_aead_aes256gcm_encrypt, crypto_aead_aes256gcm_decrypt};
  }
  std::abort();  // rule: a Suite comes from SuiteFromNumber or is named in code
}

}  // namespace

Result<Suite> SuiteFromNumber(std::uint8_t number) {
  switch (number) {
    case static_cast<std::uint8_t>(Suite::kChaCha20Poly1305):
      return Suite::kChaCha20Poly1305;
    case static_cast<std::uint8_t>(Suite::kAes256Gcm):
      return Suite::kAes256Gcm;
    default:
      return Status::UnsupportedVersion("suite");
  }
}

Status CheckSuite(Suite suite) {
  RequireLibrary();
  if (suite == Suite::kAes256Gcm && crypto_aead_aes256gcm_is_available() == 0) {
    return Status::SuiteUnavailable("AES-256-GCM needs a processor with AES instructions");
  }
  return Status::Ok();
}

Result<KeyView> KeyFromBytes(ByteView bytes) {
  if (bytes.size() != kKeySize) return Status::InvalidArgument("a key has 32 bytes");
  return KeyView(bytes.data(), kKeySize);
}

Result<Nonce> NonceFromBytes(ByteView bytes) {
  if (bytes.size() != kNonceSize) return Status::InvalidArgument("a nonce has 12 bytes");
  Nonce nonce;
  CopyBytes(bytes, nonce);
  return nonce;
}

void AeadSeal(Suite suite, KeyView key, const Nonce& nonce, ByteView plaintext, MutableBytes out, ByteView associated) {
  RequireLibrary();
  if (out.size() != plaintext.size() + kTagSize) std::abort();  // rule: `out` is a tag longer than the plaintext
  const int failed = CallsOf(suite).seal(out.data(), nullptr, plaintext.data(), plaintext.size(), associated.data(),
                                         associated.size(), nullptr, nonce.data(), key.data());
  if (failed != 0) std::abort();  // rule: CheckSuite came before; `out` holds nothing that may be stored
}

bool AeadOpen(Suite suite, KeyView key, const Nonce& nonce, ByteView sealed, MutableBytes out, ByteView associated) {
  RequireLibrary();
  if (sealed.size() < kTagSize) return Wipe(out), false;
  if (out.size() != sealed.size() - kTagSize) std::abort();  // rule: `out` is a tag shorter than the sealed bytes
  const int failed = CallsOf(suite).open(out.data(), nullptr, nullptr, sealed.data(), sealed.size(), associated.data(),
                                         associated.size(), nonce.data(), key.data());
  if (failed != 0) return Wipe(out), false;
  return true;
}

void Keystream(KeyView key, MutableBytes out) {
  RequireLibrary();
  if (out.empty()) return;  // the library takes no null pointer
  static_assert(crypto_stream_chacha20_ietf_KEYBYTES == kKeySize);
  constexpr ByteArray<crypto_stream_chacha20_ietf_NONCEBYTES> kZeroNonce{};
  if (crypto_stream_chacha20_ietf(out.data(), out.size(), kZeroNonce.data(), key.data()) != 0) std::abort();
}

}  // namespace mseal::crypto
