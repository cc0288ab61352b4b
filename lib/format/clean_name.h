// Which names of persons and classes are clean enough to be signed and shown.
#pragma once

#include "base/bytes.h"

namespace mseal::format {

inline constexpr std::size_t kLongestName = 64;

// True for 1 to 64 bytes of well-formed UTF-8 that neither begins nor ends with a space and holds no control character,
// line separator or sign that turns the direction of writing: two names that differ must not look alike in a list.
// Names are compared byte by byte; nothing is normalised here.
bool IsCleanName(ByteView name);
// The same for 1 to `longest` bytes.
bool IsCleanText(ByteView text, std::size_t longest);

}  // namespace mseal::format
