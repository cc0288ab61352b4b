// What somebody proves with who they are.
#pragma once

#include "base/bytes.h"
#include "format/credential.h"

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

  CredentialKind kind = CredentialKind::kPassword;
  ByteView bytes;
};

}  // namespace mseal::people
