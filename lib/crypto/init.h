// Makes the cipher library ready before its first use. Of this folder alone.
#pragma once

namespace mseal::crypto {

// Picks the library's implementations for this processor; stops the process if that fails.
bool InitLibrary();

// Every function of this folder that calls the library calls this first. Cheap once done, safe from any thread.
inline void RequireLibrary() {
  static const bool ready = InitLibrary();
  (void)ready;
}

}  // namespace mseal::crypto
