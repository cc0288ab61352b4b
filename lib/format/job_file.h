// What stands of a job in a file of its own, for whoever may not open the vault. Layout: FORMAT.md, "Job file". Not
// sealed, and it says nothing of whom or what a job is about.
#pragma once

#include "format/job.h"

namespace mseal::format {

struct JobFileContent {
  std::uint32_t number = 1;
  JobKind kind = JobKind::kClassRotation;
  JobState state = JobState::kRunning;
  std::uint32_t pass = 1;
  std::uint64_t done = 0;        // patients behind it in this pass
  std::uint64_t in_all = 0;      // about
  std::uint64_t per_second = 0;  // patients, since the step began; 0: no step is working
  std::uint64_t started_ms = 0;
  std::uint64_t written_ms = 0;
  ByteArray<32> checksum{};  // of all that is before it; whoever has a hash compares it
};

inline constexpr std::size_t kJobFileCovered = 59;
inline constexpr std::size_t kJobFileSize = kJobFileCovered + 32;

Bytes WriteJobFile(const JobFileContent& content);
Result<JobFileContent> ParseJobFile(ByteView file);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
