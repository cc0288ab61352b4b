// What a device shows to someone without anybody's password, and what the secrets lying on it would open.
#pragma once

#include <functional>
#include <string>

#include "base/status.h"

namespace mseal::vault {

struct ThiefOptions {
  std::string store;
  std::string keyring;          // its URI; empty: none was found
  std::string passphrase_file;  // empty: none
  std::string password_file;
  std::string person;  // whose password file it is
};

using ThiefLine = std::function<void(std::string_view what, std::string_view name, std::uint64_t count,
                                     std::uint64_t bytes, std::string_view detail)>;

// Reads the store's files as a thief would, read-only and without the lock. `opens_values`: the device alone suffices
// to read some person's fields.
//   NoVault  there is no store
Status LookAsThief(const ThiefOptions& options, const ThiefLine& line, bool& opens_values);

}  // namespace mseal::vault
