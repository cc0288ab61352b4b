// Initialises libsodium.
#include "crypto/init.h"

#include <sodium.h>

#include <cstdlib>

namespace mseal::crypto {

bool InitLibrary() {
  if (sodium_init() < 0) std::abort();  // no generator, no ciphers: nothing safe can follow
  return true;
}

}  // namespace mseal::crypto
