// What a caller gives to log in with, or to log in with from now on.
#pragma once

#include <memory>

#include "abi/call.h"
#include "keys/person_token.h"
#include "people/login_secret.h"

namespace mseal::abi {

// Borrows what was given; owns the token, which stays unlocked for as long as this lives.
struct GivenSecret {
  people::LoginSecret secret;
  std::unique_ptr<keys::PersonToken> token;
};

// A password, a key file, or the URI of a token with its PIN where a password would be.
//   InvalidArgument  a password and a key file, or a key file and a token; and as PersonToken::At
// The PIN is tried by whoever uses the secret, at the pace that guessing is held to.
Result<GivenSecret> ReadSecret(const medseal_bytes& password, const medseal_bytes& key_file, const char* token);

}  // namespace mseal::abi
