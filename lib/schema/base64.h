// Base64, in secret bytes.
#pragma once

#include "base/secret_bytes.h"

namespace mseal::schema {

// Appends `bytes` in the standard alphabet, with padding.
void AppendBase64(ByteView bytes, SecretBytes& out);

// Appends what `text` stands for; both alphabets, padding as one likes. False for anything else.
bool DecodeBase64(ByteView text, SecretBytes& out);

}  // namespace mseal::schema
