// Reads secrets.
#include "abi/login_secret.h"

namespace mseal::abi {

Result<GivenSecret> ReadSecret(const medseal_bytes& password, const medseal_bytes& key_file, const char* token) {
  MS_TRY(Require(password.size == 0 || key_file.size == 0, "a password or a key file is needed, not both"));
  GivenSecret given;
  if (token != nullptr && *token != 0) {
    MS_TRY(Require(key_file.size == 0, "a token opens with its PIN, not with a key file"));
    MS_ASSIGN(given.token, keys::PersonToken::At(token, View(password)));
    given.secret = people::LoginSecret::Token(given.token.get());
  } else if (key_file.size != 0) {
    given.secret = people::LoginSecret::KeyFile(View(key_file));
  } else {
    given.secret = people::LoginSecret(View(password));
  }
  return given;
}

}  // namespace mseal::abi
