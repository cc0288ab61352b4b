// Signed checkpoints as they lie beside a log or were kept by others.
#pragma once

#include <string>
#include <string_view>

#include "audit/checkpoint.h"

namespace mseal::audit {

// The note in a file; empty when there is none. Corrupt: it is too long for one;  IoError.
Result<std::string> ReadCheckpointFile(const std::string& path);

// What a note says of a log. `key` is the verifier key that must have signed it; empty: nobody's signature is asked.
//   Corrupt     it is no signed checkpoint, or `key` is none
//   AuthFailed  the key did not sign it
Result<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view key);

}  // namespace mseal::audit
