// The founder's private keys sealed to the custodians. Layout: FORMAT.md, "Recovery".
#pragma once

#include "format/credential.h"

namespace mseal::format {

inline constexpr std::uint8_t kRecoveryVersion = 1;
inline constexpr std::size_t kRecoverySize = 1 + 32 + kCredentialContentSize + kSealedOverhead;

struct Recovery {
  ByteArray<32> ephemeral{};  // X25519, public
  ByteView sealed;            // CredentialContent; borrowed
};

//   UnsupportedVersion  the version byte is not 1
//   Corrupt             any other size than kRecoverySize
Result<Recovery> ParseRecovery(ByteView bytes);
Bytes EncodeRecovery(const Recovery& recovery);

}  // namespace mseal::format
