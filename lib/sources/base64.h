// Decodes base64 as FHIR and HL7 attachments carry it.
#pragma once

#include <string_view>

#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::sources {

// Blanks and line ends between the letters are passed over; padding may be left out.
//   Corrupt  another letter, letters after the padding, or bits left over
Result<SecretBytes> DecodeBase64(std::string_view text);

}  // namespace mseal::sources
