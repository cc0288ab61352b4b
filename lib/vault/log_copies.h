// The log of accesses beside backups: copied with each, one copy a place that grows as the log does, and brought back
// by a restore.
#pragma once

#include <string>

#include "audit/log_files.h"
#include "vault/core.h"

namespace mseal::vault {

// Brings the copy in `folder` up to date with the log of the opened vault: finished segments that are missing, the one
// that is written, and last the checkpoint, which what was copied goes beyond. One at a time.
//   IoError, ResourceExhausted
Status CopyLogTo(Core& core, const std::string& folder);

// How a copied log fits.
enum class RestoredLog : std::uint8_t {
  kFits = 0,     // it is what its signed checkpoint says, and, as far as it reaches, what was anchored
  kMissing = 1,  // there was none: a new one begins
  kDamaged = 2,  // set aside as audit.damaged; a new one begins
  kForked = 3,   // whole, but not what was signed or anchored: somebody changed it
};

// A copy that was brought back, and the checkpoint that was signed when it was made.
struct LogCopy {
  RestoredLog state = RestoredLog::kMissing;
  std::string checkpoint;
};

// The log's copy in `from` into a store that is being restored.
Result<LogCopy> RestoreLog(const std::string& from, const std::string& store, const keys::StoreId& id);

// Once the vault is open: compares what was restored with its checkpoint and with the anchor of before, and puts the
// restore on record. `lost`: how many entries the anchor names that the copy does not have.
Status RecordRestore(Core& core, const std::string& store, const keys::Anchor& before, LogCopy& copy,
                     std::uint64_t& lost);

}  // namespace mseal::vault
