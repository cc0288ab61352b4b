// Another root for every copy of the provider: a passphrase or key file for keyrings, other keys on tokens.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keys/provider_uri.h"
#include "vault/core.h"

namespace mseal::vault {

struct RootOptions {
  std::optional<keys::KeyringSecret> secret;  // of keyring files; a token keeps its PIN
  crypto::Argon2Cost cost;
};

struct RootFacts {
  std::string uri;
  bool own = false;               // the copy that the vault was opened with
  bool on_token = false;          // other keys there, and the same PIN
  Status changed = Status::Ok();  // else it has its root of before
};

// The epoch secrets stay as they are, so that only copies of the provider from before still open with the old root, and
// an epoch change of all buckets ends them. Killed anywhere, every copy opens with its old or its new root, and the
// same call finishes it. `out` says what became of each copy whatever ends the call.
//   InvalidArgument  a copy is a file and there is no secret for it, or one of no use: nothing was changed
//   KeyUnavailable   not every copy has its new root; the message names one
Status RotateRoot(Core& core, const RootOptions& options, std::vector<RootFacts>& out);

}  // namespace mseal::vault
