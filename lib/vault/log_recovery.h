// What opening a vault does with the end of the log that no anchor names yet: says what a loss of power may have taken,
// and which writes never took place.
#pragma once

#include "vault/core.h"

namespace mseal::vault {

// Puts on record what is found. `anchored`: entries before it were looked at when it was written down.
//   AuthFailed, Corrupt, IoError  the log or the store cannot be read
Status RecoverLog(Core& core, std::uint64_t anchored);

}  // namespace mseal::vault
