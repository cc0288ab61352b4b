// Long work on the whole store, as a row of meta remembers it. Layout: FORMAT.md, "Job".
#pragma once

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

// Numbers are never used again.
enum class JobKind : std::uint8_t {
  kClassRotation = 1,  // subject: class; target: class-key version
  kEpochChange = 2,    // subject: EpochScope; target: the new epoch
  kReseal = 3,         // subject: class; target: 0
  kIndexRotation = 4,  // subject: index; target: index-key generation
  kIndexReEpoch = 5,   // subject: 0; target: posting-key generation
  kSuiteChange = 8,    // subject: suite; target: the epoch that all keys have to come to
};
enum class JobState : std::uint8_t {
  kRunning = 1,
  kPaused = 2,
  kPassed = 3,  // its own work is done: what it left behind dies with the next epoch change of all buckets
  kDone = 4,
};
// Whose bucket keys an epoch change makes anew.
enum class EpochScope : std::uint32_t { kErased = 1, kAll = 2 };

// Where a change of suite is: what its pass counts.
enum class SuiteStep : std::uint32_t {
  kRows = 1,        // every patient's rows, heads and slots are sealed anew
  kIndex = 2,       // a re-epoch of the index
  kEpoch = 3,       // an epoch change of all buckets
  kLookAtRows = 4,  // over the patients until nothing is found
  kLookAtKeys = 5,  // key rows, bucket keys, index and meta
};

struct Job {
  JobKind kind = JobKind::kClassRotation;
  JobState state = JobState::kRunning;
  std::uint32_t subject = 0;
  std::uint32_t target = 0;
  std::uint32_t pass = 1;  // over all patients; of an epoch change and a change of suite the step it is at
  ByteArray<16> next{};    // the first patient that this pass has not looked at
  std::uint64_t seen = 0;
  std::uint64_t changed = 0;
  std::uint64_t changed_in_pass = 0;
  std::uint64_t started_ms = 0;
  std::uint64_t moved_ms = 0;
  // Of a reseal that has sealed everything anew: the store's commit counter of then, or of later.
  std::uint64_t commits = 0;
  // Of a job that has passed: a change of all buckets to this epoch, or a later one, ends it.
  std::uint32_t ending_epoch = 0;
};

// Nothing is left of its own work.
inline bool IsOver(const Job& job) { return job.state == JobState::kPassed || job.state == JobState::kDone; }

bool IsKnown(JobKind kind);
bool IsKnown(JobState state);

Bytes WriteJob(const Job& job);
Result<Job> ParseJob(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
