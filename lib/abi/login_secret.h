// What a caller gives to log in with, or to log in with from now on.
#pragma once

#include "abi/call.h"
#include "people/login_secret.h"

namespace mseal::abi {

// Borrows what is given. InvalidArgument: both.
inline Result<people::LoginSecret> ReadSecret(const medseal_bytes& password, const medseal_bytes& key_file) {
  MS_TRY(Require(password.size == 0 || key_file.size == 0, "a password or a key file is needed, not both"));
  if (key_file.size != 0) return people::LoginSecret::KeyFile(View(key_file));
  return people::LoginSecret(View(password));
}

}  // namespace mseal::abi
