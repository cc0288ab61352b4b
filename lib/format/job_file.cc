// Writes and reads the job file.
#include "format/job_file.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr ByteArray<8> kMagic = {'m', 'e', 'd', 's', 'e', 'a', 'l', 'J'};
constexpr std::uint8_t kVersion = 1;

}  // namespace

Bytes WriteJobFile(const JobFileContent& content) {
  Bytes out;
  Writer(out)
      .Raw(kMagic)
      .U8(kVersion)
      .U32(content.number)
      .U8(static_cast<std::uint8_t>(content.kind))
      .U8(static_cast<std::uint8_t>(content.state))
      .U32(content.pass)
      .U64(content.done)
      .U64(content.in_all)
      .U64(content.per_second)
      .U64(content.started_ms)
      .U64(content.written_ms)
      .Raw(content.checksum);
  return out;
}

Result<JobFileContent> ParseJobFile(ByteView file) {
  Reader in(file);
  const bool named = in.Fixed<8>() == kMagic;
  const std::uint8_t version = in.U8();
  if (named && in.ok() && version != kVersion) return Status::UnsupportedVersion("job file");
  JobFileContent content;
  content.number = in.U32();
  content.kind = static_cast<JobKind>(in.U8());
  content.state = static_cast<JobState>(in.U8());
  content.pass = in.U32();
  content.done = in.U64();
  content.in_all = in.U64();
  content.per_second = in.U64();
  content.started_ms = in.U64();
  content.written_ms = in.U64();
  content.checksum = in.Fixed<32>();
  const bool fits = content.number >= 1 && content.pass >= 1 && content.done <= content.in_all;
  if (!named || !in.Done() || !fits || !IsKnown(content.kind) || !IsKnown(content.state))
    return Status::Corrupt("job file is not well-formed");
  return content;
}

}  // namespace mseal::format
