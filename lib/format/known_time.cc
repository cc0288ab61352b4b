// Writes and reads the known time.
#include "format/known_time.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kKnownTimeVersion = 1;

}  // namespace

Bytes WriteKnownTime(std::uint64_t ms) {
  Bytes content;
  Writer(content).U8(kKnownTimeVersion).U64(ms);
  return content;
}

Result<std::uint64_t> ParseKnownTime(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kKnownTimeVersion) return Status::UnsupportedVersion("known time");
  const std::uint64_t ms = in.U64();
  if (!in.Done()) return Status::Corrupt("known time is not well-formed");
  return ms;
}

}  // namespace mseal::format
