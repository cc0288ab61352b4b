// A custodian's share: a text that is kept on paper and typed in again. Layout: FORMAT.md, "Share".
#pragma once

#include "base/bytes.h"
#include "base/key_slab.h"
#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

inline constexpr std::uint8_t kShareVersion = 1;
inline constexpr std::size_t kLongestShareText = 4096;

struct Share {
  ByteArray<16> store{};
  std::uint32_t set = 0;       // from 1
  std::uint8_t number = 0;     // from 1
  std::uint8_t count = 0;      // of the set, at most 16
  std::uint8_t threshold = 0;  // so many give the key, at least 2
  KeyBytes bytes;
};

// The first bytes of the digest of EncodeShare.
using ShareChecksum = ByteArray<8>;

struct ShareText {
  Share share;
  ShareChecksum checksum{};
};

// Does not look whether the checksum fits. Blanks, line ends and the case of letters are free.
//   UnsupportedVersion  the version is not 1
//   Corrupt             not such a text, or numbers that make no sense
Result<ShareText> ParseShareText(ByteView text);
SecretBytes WriteShareText(const Share& share, const ShareChecksum& checksum);

// What checksum and digest are over.
SecretBytes EncodeShare(const Share& share);

}  // namespace mseal::format
