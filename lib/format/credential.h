// A person's stored credential: what their password must go through, and the private keys it opens. Layout: FORMAT.md,
// "Credential".
#pragma once

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "base/status.h"
#include "format/sealed.h"

namespace mseal::format {

inline constexpr std::uint8_t kCredentialVersion = 1;
inline constexpr std::size_t kCredentialContentSize = 3 * 32;
inline constexpr std::size_t kCredentialSize = 1 + 4 + 4 + 16 + kCredentialContentSize + kSealedOverhead;

struct Credential {
  std::uint32_t memory_kib = 0;  // of Argon2id
  std::uint32_t passes = 0;
  ByteArray<16> salt{};
  ByteView sealed;  // borrowed
};

//   UnsupportedVersion  the version byte is not 1
//   Corrupt             any other size than kCredentialSize
Result<Credential> ParseCredential(ByteView bytes);
Bytes EncodeCredential(const Credential& credential);

// What a credential seals. The views are borrowed.
struct CredentialContent {
  ByteView private_key;  // X25519
  ByteView seed;         // Ed25519
  ByteView founder_key;  // Ed25519, public
};
Result<CredentialContent> ParseCredentialContent(ByteView content);  // Corrupt: any other size
SecretBytes EncodeCredentialContent(const CredentialContent& content);

}  // namespace mseal::format
