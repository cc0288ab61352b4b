// Ctrl-C and its kin: the first asks running work to end in order, the second ends the process.
#pragma once

namespace cli {

void CatchInterrupts();
bool Interrupted();
// Waits until `descriptor` can be read, or ended. False: a signal came first, however shortly before.
bool WaitToRead(int descriptor);

}  // namespace cli
