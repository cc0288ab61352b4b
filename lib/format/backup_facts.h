// What a backup says of itself beside its data: whose it is and what it takes to use it. Layout: FORMAT.md, "Backup
// facts". Not sealed: it is a help for choosing, never a reason to trust.
#pragma once

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

struct BackupFacts {
  ByteArray<16> store{};
  std::uint32_t epoch = 0;  // that the data's own keys are under; a newer bundle serves them too
  std::uint32_t schema_version = 0;
  std::uint64_t statement_number = 0;
  std::uint64_t commit_counter = 0;
  std::uint64_t made_ms = 0;
};

Bytes WriteBackupFacts(const BackupFacts& facts);
Result<BackupFacts> ParseBackupFacts(ByteView bytes);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
