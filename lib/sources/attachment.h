// Text out of attachments, and between the encodings that texts come in.
#pragma once

#include <string_view>

#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::sources {

enum class Charset : std::uint8_t { kUtf8, kLatin1, kLatin9 };

// `text` in UTF-8.  Corrupt: it is said to be UTF-8 and is not.
Result<SecretBytes> ToUtf8(std::string_view text, Charset charset);

// The text of a base64 attachment; empty for what is no text by its media type.
//   Corrupt      not base64, or not in the encoding its media type says
//   Unsupported  text in an encoding that is not known here
Result<SecretBytes> TextOfAttachment(std::string_view media_type, std::string_view base64);

}  // namespace mseal::sources
