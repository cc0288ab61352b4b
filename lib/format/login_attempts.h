// How often logins of one name failed of late, and the key that names go through. Layout: FORMAT.md, "Login attempts".
#pragma once

#include "base/bytes.h"
#include "base/key_slab.h"
#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

struct LoginAttempts {
  ByteArray<16> name{};  // tag of a name that nobody has; zeros for a person
  std::uint32_t failures = 0;
  std::uint64_t newest_ms = 0;
};

// Each: UnsupportedVersion, Corrupt.
Result<LoginAttempts> ParseLoginAttempts(ByteView content);
Bytes EncodeLoginAttempts(const LoginAttempts& attempts);
Result<KeyBytes> ParseLoginKey(ByteView content);
SecretBytes EncodeLoginKey(KeyView key);

}  // namespace mseal::format
