// What every command understands: where the vault is, who works on it and how results are written.
#pragma once

#include <cstdint>
#include <string>

namespace cli {

// Where a secret comes from: a descriptor before a file, a file before a prompt.
struct SecretSource {
  std::string file;
  int descriptor = -1;
};

struct Common {
  std::string store;
  std::string keyring;
  SecretSource passphrase;
  std::string key_file;  // 32 bytes, instead of a passphrase
  std::string person;
  SecretSource password;
  std::string person_key;    // key file, instead of a password
  std::string person_token;  // URI; the password is its PIN
  std::string purpose;
  std::string on_behalf_of;
  std::string origin;
  std::string job;            // declared; empty: none
  std::string second_person;  // who joins the session
  SecretSource second_password;
  std::string glass_reason;  // empty: no glass is broken
  std::string glass_class;   // empty: the only one there is
  std::uint64_t glass_minutes = 0;
  std::string metrics;  // the file they are written to when the command ends; empty: none
  std::string second_key;
  std::string second_token;
  std::string durability = "power";
  bool accept_stale = false;
  bool json = false;
  bool allow_argv = false;
  bool yes = false;
};

}  // namespace cli
