// What a provider keeps on a PKCS#11 token, as the values of its objects. Layout: FORMAT.md, "PKCS#11 token".
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/status.h"
#include "format/keyring.h"

namespace mseal::format {

inline constexpr std::uint8_t kTokenVersion = 1;
inline constexpr std::size_t kTokenHeaderSize = 8 + 1 + 1 + 16 + 16;
inline constexpr std::size_t kTokenNonceSize = 12;  // AES-GCM's own
inline constexpr std::size_t kTokenTagSize = 16;
inline constexpr std::size_t kTokenEpochSize = 1 + 16 + 4 + kTokenNonceSize + kEpochContentSize + kTokenTagSize;

// CKA_APPLICATION of the data objects: what kind each is.
inline constexpr std::string_view kTokenHeaderKind = "medseal.v1.header";
inline constexpr std::string_view kTokenEpochKind = "medseal.v1.epoch";
inline constexpr std::string_view kTokenAnchorKind = "medseal.v1.anchor";

// Labels of a provider's objects; the header has the provider's name itself.
std::string TokenEpochLabel(std::string_view name, std::uint32_t epoch);
std::string TokenAnchorLabel(std::string_view name, std::size_t page);

struct TokenHeader {
  std::uint8_t suite = 0;
  ByteArray<16> store{};
  ByteArray<16> instance{};
};
//   UnsupportedVersion  made by a later medseal;  Corrupt  not a header
Result<TokenHeader> ParseTokenHeader(ByteView value);
Bytes EncodeTokenHeader(const TokenHeader& header);

// An epoch's content, encrypted by the token. `message` is borrowed.
struct TokenEpoch {
  ByteArray<16> instance{};
  std::uint32_t epoch = 0;
  ByteArray<kTokenNonceSize> nonce{};
  ByteView message;
};
//   UnsupportedVersion  made by a later medseal;  Corrupt  not an epoch
Result<TokenEpoch> ParseTokenEpoch(ByteView value);
Bytes EncodeTokenEpoch(const TokenEpoch& epoch);

// What the token authenticates with the message, so that it opens in its place alone.
Bytes TokenAssociatedData(const TokenHeader& header, std::uint32_t epoch);

// Of the keys that persons log in with. Layout: FORMAT.md, "Person token".
inline constexpr std::string_view kPersonKeyLabel = "medseal.v1.person";
struct PersonKeyId {
  ByteArray<16> store{};
  ByteArray<16> key{};
};
Result<PersonKeyId> ParsePersonKeyId(ByteView id);  // Corrupt: any other size
Bytes EncodePersonKeyId(const PersonKeyId& id);
// What the token authenticates, so that a credential opens as its person's alone.
Bytes PersonTokenAssociatedData(const PersonKeyId& id, std::uint32_t person);

// CKA_ID of an epoch's key.
struct TokenKeyId {
  ByteArray<16> instance{};
  std::uint32_t epoch = 0;
};
Result<TokenKeyId> ParseTokenKeyId(ByteView id);  // Corrupt: any other size
Bytes EncodeTokenKeyId(const TokenKeyId& id);

}  // namespace mseal::format
