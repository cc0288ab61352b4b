// Writes and reads jobs.
#include "format/job.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kJobVersion = 1;
constexpr std::uint8_t kHighestClass = 15;

bool IsKnown(JobKind kind) { return kind == JobKind::kClassRotation; }
bool IsKnown(JobState state) { return state >= JobState::kRunning && state <= JobState::kRewrapped; }

}  // namespace

Bytes WriteJob(const Job& job) {
  Bytes content;
  Writer(content)
      .U8(kJobVersion)
      .U8(static_cast<std::uint8_t>(job.kind))
      .U8(static_cast<std::uint8_t>(job.state))
      .U8(job.class_number)
      .U32(job.class_key_version)
      .U32(job.pass)
      .Raw(job.next)
      .U64(job.seen)
      .U64(job.changed)
      .U64(job.changed_in_pass)
      .U64(job.started_ms)
      .U64(job.moved_ms);
  return content;
}

Result<Job> ParseJob(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kJobVersion) return Status::UnsupportedVersion("job");
  Job job;
  job.kind = static_cast<JobKind>(in.U8());
  job.state = static_cast<JobState>(in.U8());
  job.class_number = in.U8();
  job.class_key_version = in.U32();
  job.pass = in.U32();
  job.next = in.Fixed<16>();
  job.seen = in.U64();
  job.changed = in.U64();
  job.changed_in_pass = in.U64();
  job.started_ms = in.U64();
  job.moved_ms = in.U64();
  const bool possible = IsKnown(job.kind) && IsKnown(job.state) && job.class_number <= kHighestClass &&
                        job.class_key_version >= 2 && job.pass >= 1;
  if (!in.Done() || !possible) return Status::Corrupt("job is not well-formed");
  return job;
}

}  // namespace mseal::format
