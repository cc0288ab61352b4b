// Checkpoints (C2SP tlog-checkpoint): how large the log is and what its root is, as the text of a signed note. Whoever
// keeps one can tell later whether the log still begins as it did then.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/tree.h"

namespace mseal::audit {

struct Checkpoint {
  std::string origin;  // which log; one line
  std::uint64_t size = 0;
  TreeHash root{};
  std::vector<std::string> extensions;  // further lines, none of them empty
};

// The line by which the checkpoints of a store's log name it.
std::string LogOrigin(const ByteArray<16>& store);
// Of the newest checkpoint of the log in a folder.
std::string CheckpointPath(const std::string& folder);

std::string WriteCheckpoint(const Checkpoint& checkpoint);
// Corrupt: `text` is not what WriteCheckpoint gives.
Result<Checkpoint> ParseCheckpoint(std::string_view text);

}  // namespace mseal::audit
