// Results on stdout. What was written is wiped from the buffer behind it.
#pragma once

#include <string_view>

#include "status.h"

namespace cli {

void OpenOutput();
void Write(std::string_view text);
void WriteLine(std::string_view text);
// Hands over what was written so far, for results that acknowledge something.
void FlushOutput();
// True when nobody reads stdout any more, or it cannot be written: going on is for nothing.
bool OutputGone();
// IoError: something was not written. Nobody being there to read (a closed pipe) is no failure.
Status CloseOutput();

}  // namespace cli
