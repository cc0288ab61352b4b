// Argon2id over libsodium.
#include "crypto/password.h"

#include <sodium.h>

#include <tuple>

#include "crypto/init.h"

namespace mseal::crypto {
namespace {

static_assert(crypto_pwhash_argon2id_SALTBYTES == std::tuple_size_v<PasswordSalt>);

bool Within(std::uint32_t value, std::uint32_t floor, std::uint32_t ceiling) {
  return value >= floor && value <= ceiling;
}

}  // namespace

Result<PasswordSalt> PasswordSaltFromBytes(ByteView bytes) {
  PasswordSalt salt;
  if (bytes.size() != salt.size()) return Status::InvalidArgument("a password salt has 16 bytes");
  CopyBytes(bytes, salt);
  return salt;
}

Status CheckCost(const Argon2Cost& cost) {
  if (!Within(cost.memory_kib, kArgon2Floor.memory_kib, kArgon2Ceiling.memory_kib)) {
    return Status::InvalidArgument("Argon2id memory is out of range");
  }
  if (!Within(cost.passes, kArgon2Floor.passes, kArgon2Ceiling.passes)) {
    return Status::InvalidArgument("Argon2id passes are out of range");
  }
  return Status::Ok();
}

Result<KeyBytes> KeyFromPassword(ByteView password, const PasswordSalt& salt, const Argon2Cost& cost) {
  RequireLibrary();
  MS_TRY(CheckCost(cost));
  if (password.empty()) return Status::InvalidArgument("the password is empty");
  KeyBytes key;
  const std::size_t memory = std::size_t{cost.memory_kib} * 1024;
  if (crypto_pwhash_argon2id(key.Fill().data(), kKeySize, reinterpret_cast<const char*>(password.data()),
                             password.size(), salt.data(), cost.passes, memory,
                             crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
    return Status::ResourceExhausted("memory for Argon2id");
  }
  return key;
}

}  // namespace mseal::crypto
