// The keys of the log itself, which the host has: by them it finds entries and signs checkpoints, and opens none.
#pragma once

#include "base/key_slab.h"
#include "base/secret_bytes.h"
#include "base/status.h"
#include "crypto/sign.h"
#include "keys/provider.h"

namespace mseal::audit {

struct LogKeys {
  KeyBytes month;                         // tokens of person and month
  KeyBytes index;                         // proves the pages of index files
  KeyBytes place;                         // seals whose head a write's entry tells of
  crypto::SigningSeed signer;             // of checkpoints
  crypto::Signature founder_signature{};  // over the signer's public half
};

// Content of a row of meta. FORMAT.md, "Log keys".
SecretBytes DrawLogKeys(const keys::StoreId& store, const crypto::SigningSeed& founder);
Result<LogKeys> ReadLogKeys(ByteView content);  // UnsupportedVersion, Corrupt

// Whether the founder signed it as the key of this store's checkpoints.
bool IsFoundersLogKey(const keys::StoreId& store, const crypto::VerifyKey& founder, const crypto::VerifyKey& key,
                      ByteView signature);

// By it the entries of one person in one month (counted from January 1970, UTC) are found.
ByteArray<16> MonthToken(const LogKeys& keys, std::uint32_t person, std::uint32_t month);
// Of a time in ms since 1970-01-01 UTC.
std::uint32_t MonthOf(std::uint64_t time_ms);

}  // namespace mseal::audit
