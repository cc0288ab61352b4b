// Whether bytes are text.
#pragma once

#include "base/bytes.h"

namespace mseal {

// Whether `text` is UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. A zero byte is a character.
bool IsUtf8(ByteView text);

}  // namespace mseal
