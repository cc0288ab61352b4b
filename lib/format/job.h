// Long work on the whole store, as a row of meta remembers it. Layout: FORMAT.md, "Job".
#pragma once

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

// Numbers are never used again.
enum class JobKind : std::uint8_t { kClassRotation = 1 };
enum class JobState : std::uint8_t {
  kRunning = 1,
  kPaused = 2,
  kRewrapped = 3,  // a whole pass found no slot on an older version
};

struct Job {
  JobKind kind = JobKind::kClassRotation;
  JobState state = JobState::kRunning;
  std::uint8_t class_number = 0;
  std::uint32_t class_key_version = 0;
  std::uint32_t pass = 1;
  ByteArray<16> next{};  // the first patient that this pass has not looked at
  std::uint64_t seen = 0;
  std::uint64_t changed = 0;
  std::uint64_t changed_in_pass = 0;
  std::uint64_t started_ms = 0;
  std::uint64_t moved_ms = 0;
};

Bytes WriteJob(const Job& job);
Result<Job> ParseJob(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
