// A small file that is written anew under its name: whoever reads it finds the one before or the new one whole, also
// after a loss of power.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::audit {

// `what` names it in a message. ResourceExhausted, IoError: the one before is there still.
Status ReplaceFile(const std::string& path, ByteView content, const char* what);

}  // namespace mseal::audit
