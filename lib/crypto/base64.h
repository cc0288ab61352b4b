// Base64 (RFC 4648 section 4), padded and canonical: each byte string has one text, and each text one byte string.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace mseal::crypto {

std::string ToBase64(ByteView bytes);
// Nothing for any text that ToBase64 does not give.
std::optional<Bytes> FromBase64(std::string_view text);

}  // namespace mseal::crypto
