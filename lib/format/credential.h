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
inline constexpr std::size_t kSealedCredentialSize = kCredentialContentSize + kSealedOverhead;  // and the marks
inline constexpr std::size_t kTokenWrappedSize = 32 + 16;
inline constexpr std::size_t kPastMarkSize = 32;
inline constexpr std::size_t kMostPastMarks = 25;

enum class CredentialKind : std::uint8_t { kPassword = 1, kKeyFile = 2, kToken = 3 };

struct Credential {
  CredentialKind kind = CredentialKind::kPassword;
  std::uint32_t memory_kib = 0;  // of Argon2id; like what follows, of a password alone
  std::uint32_t passes = 0;
  ByteArray<16> salt{};
  ByteArray<16> token_key{};  // which key on the token; like what follows, of a token alone
  ByteArray<12> nonce{};
  ByteView wrapped{};  // borrowed, kTokenWrappedSize: what the token decrypts to the key of the sealed keys
  ByteView sealed{};   // borrowed
};

//   UnsupportedVersion  the version byte is not 1
//   Corrupt             another kind, or another size than its kind's
Result<Credential> ParseCredential(ByteView bytes);
Bytes EncodeCredential(const Credential& credential);

// What a credential seals. The views are borrowed.
struct CredentialContent {
  ByteView private_key;  // X25519
  ByteView seed;         // Ed25519
  ByteView founder_key;  // Ed25519, public
  ByteView past;         // marks of the passwords that the person has and had, the newest first
};
Result<CredentialContent> ParseCredentialContent(ByteView content);  // Corrupt: any other size
SecretBytes EncodeCredentialContent(const CredentialContent& content);

// By which a credential is known that somebody has already. Layout: FORMAT.md, "Credential tag".
struct CredentialTag {
  std::uint32_t class_key = 0;  // the version of everyone's class key that a password's tag is made with; 0: a key file or token
  ByteArray<32> tag{};
};
//   UnsupportedVersion  neither a key file's nor a password's
//   Corrupt             another size, or a class key of version 0
Result<CredentialTag> ParseCredentialTag(ByteView bytes);
Bytes EncodeCredentialTag(const CredentialTag& tag);

// What passwords of this store go through before they are compared. Layout: FORMAT.md, "Password salt".
struct PasswordSalt {
  std::uint32_t memory_kib = 0;  // of Argon2id
  std::uint32_t passes = 0;
  ByteArray<16> salt{};
};
// UnsupportedVersion, Corrupt.
Result<PasswordSalt> ParsePasswordSalt(ByteView bytes);
Bytes EncodePasswordSalt(const PasswordSalt& salt);

}  // namespace mseal::format
