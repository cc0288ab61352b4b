// The newest time of day that a vault has reason to believe. Layout: FORMAT.md, "Known time".
#pragma once

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

Bytes WriteKnownTime(std::uint64_t ms);
Result<std::uint64_t> ParseKnownTime(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
