// What somebody proves with who they are.
#pragma once

#include "base/bytes.h"
#include "format/credential.h"

namespace mseal::keys {
class PersonToken;
}

namespace mseal::people {

using format::CredentialKind;

// Borrows the bytes. A password, unless it says otherwise.
struct LoginSecret {
  LoginSecret() = default;
  LoginSecret(ByteView password) : bytes(password) {}  // NOLINT(google-explicit-constructor): most secrets are one
  static LoginSecret KeyFile(ByteView content) {
    LoginSecret secret(content);
    secret.kind = CredentialKind::kKeyFile;
    return secret;
  }

  // Whoever looks at it has unlocked it. None: it takes another PIN than was given, so that whoever's it is cannot be
  // logged in.
  static LoginSecret Token(keys::PersonToken* token) {
    LoginSecret secret;
    secret.kind = CredentialKind::kToken;
    secret.token = token;
    return secret;
  }

  CredentialKind kind = CredentialKind::kPassword;
  ByteView bytes;                      // of a password or key file
  keys::PersonToken* token = nullptr;  // borrowed; one thread at a time
};

}  // namespace mseal::people
