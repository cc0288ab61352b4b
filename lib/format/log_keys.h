// What the host keeps to run the log of accesses. Layout: FORMAT.md, "Log keys".
#pragma once

#include "base/key_slab.h"
#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

struct LogKeysContent {
  KeyBytes key;                       // never used directly
  KeyBytes seed;                      // of the Ed25519 key that signs checkpoints
  ByteArray<64> founder_signature{};  // over that key's public half
};

SecretBytes WriteLogKeys(const LogKeysContent& keys);
Result<LogKeysContent> ParseLogKeys(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
