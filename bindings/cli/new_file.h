// A file that a command makes for somebody to keep.
#pragma once

#include <string>

#include "status.h"

namespace cli {

// Readable by its owner alone and synced; takes no file's place. `what` names it in a message. AlreadyExists, IoError.
Status WriteNewFile(const std::string& path, medseal::ByteView bytes, const std::string& what);

}  // namespace cli
