// Argon2id (RFC 9106, one lane): a key from a password.
#pragma once

#include "base/bytes.h"
#include "base/key_slab.h"
#include "base/status.h"

namespace mseal::crypto {

struct Argon2Cost {
  std::uint32_t memory_kib = 64 * 1024;
  std::uint32_t passes = 3;
};
inline constexpr Argon2Cost kArgon2Floor{19 * 1024, 2};
inline constexpr Argon2Cost kArgon2Ceiling{1024 * 1024, 10};
using PasswordSalt = ByteArray<16>;

// The size check for a salt that comes as plain bytes: InvalidArgument for any other size than 16.
Result<PasswordSalt> PasswordSaltFromBytes(ByteView bytes);

// InvalidArgument below the floor or above the ceiling in either number: a stored cost is looked at before any work is
// done for it.
Status CheckCost(const Argon2Cost& cost);

//   InvalidArgument    the cost is out of range, or the password is empty
//   ResourceExhausted  the memory could not be had
Result<KeyBytes> KeyFromPassword(ByteView password, const PasswordSalt& salt, const Argon2Cost& cost);

}  // namespace mseal::crypto
