// Writes and reads jobs.
#include "format/job.h"

#include "base/reader.h"
#include "base/writer.h"
#include "format/statement.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kJobVersion = 1;
constexpr std::uint32_t kLastSuiteStep = static_cast<std::uint32_t>(SuiteStep::kLookAtKeys);

// Subject and target as the kind takes them.
bool Fits(const Job& job) {
  switch (job.kind) {
    case JobKind::kClassRotation:
      return job.subject <= kHighestClass && job.target >= 2;
    case JobKind::kEpochChange:
      return (job.subject == static_cast<std::uint32_t>(EpochScope::kErased) ||
              job.subject == static_cast<std::uint32_t>(EpochScope::kAll)) &&
             job.target >= 2;
    case JobKind::kReseal:
      return job.subject <= kHighestClass && job.target == 0;
    case JobKind::kIndexRotation:
      return job.subject >= 1 && job.target >= 2;
    case JobKind::kIndexReEpoch:
      return (job.subject == 0) == (job.pass == 1) && job.target >= 2;
    case JobKind::kSuiteChange:
      return job.subject >= 1 && job.subject <= 254 && job.target >= 2 && job.pass <= kLastSuiteStep;
  }
  return false;
}

// What is there only from some point of the work on.
bool FitsState(const Job& job) {
  if (job.commits != 0 && (job.kind != JobKind::kReseal || job.pass == 1)) return false;
  if (job.state == JobState::kPassed) return job.ending_epoch >= 2;
  return job.state == JobState::kDone || job.ending_epoch == 0;
}

}  // namespace

bool IsKnown(JobKind kind) {
  switch (kind) {
    case JobKind::kClassRotation:
    case JobKind::kEpochChange:
    case JobKind::kReseal:
    case JobKind::kIndexRotation:
    case JobKind::kIndexReEpoch:
    case JobKind::kSuiteChange:
      return true;
  }
  return false;
}

bool IsKnown(JobState state) { return state >= JobState::kRunning && state <= JobState::kDone; }

Bytes WriteJob(const Job& job) {
  Bytes content;
  Writer(content)
      .U8(kJobVersion)
      .U8(static_cast<std::uint8_t>(job.kind))
      .U8(static_cast<std::uint8_t>(job.state))
      .U32(job.subject)
      .U32(job.target)
      .U32(job.pass)
      .Raw(job.next)
      .U64(job.seen)
      .U64(job.changed)
      .U64(job.changed_in_pass)
      .U64(job.started_ms)
      .U64(job.moved_ms)
      .U64(job.commits)
      .U32(job.ending_epoch);
  return content;
}

Result<Job> ParseJob(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kJobVersion) return Status::UnsupportedVersion("job");
  Job job;
  job.kind = static_cast<JobKind>(in.U8());
  job.state = static_cast<JobState>(in.U8());
  job.subject = in.U32();
  job.target = in.U32();
  job.pass = in.U32();
  job.next = in.Fixed<16>();
  job.seen = in.U64();
  job.changed = in.U64();
  job.changed_in_pass = in.U64();
  job.started_ms = in.U64();
  job.moved_ms = in.U64();
  job.commits = in.U64();
  job.ending_epoch = in.U32();
  if (!in.Done() || !IsKnown(job.state) || !Fits(job) || !FitsState(job) || job.pass < 1)
    return Status::Corrupt("job is not well-formed");
  return job;
}

}  // namespace mseal::format
