// Writes and reads the heads of log segments.
#include "format/log_segment.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::string_view kMark = "medseal log";
constexpr std::uint8_t kVersion = 1;

}  // namespace

ByteArray<kLogCell> WriteLogSegmentHead(const LogSegmentHead& head) {
  Bytes bytes;
  Writer(bytes)
      .Raw(AsBytes(kMark))
      .U8(kVersion)
      .Raw(head.store)
      .U64(head.number)
      .U64(head.first_entry)
      .U64(head.begun_ms);
  ByteArray<kLogCell> cell{};
  std::copy(bytes.begin(), bytes.end(), cell.begin());
  return cell;
}

Result<LogSegmentHead> ParseLogSegmentHead(ByteView cell) {
  Reader in(cell);
  const bool marked = AsText(in.Take(kMark.size())) == kMark;
  const std::uint8_t version = in.U8();
  if (in.ok() && marked && version != kVersion) return Status::UnsupportedVersion("log segment");
  LogSegmentHead head;
  head.store = in.Fixed<16>();
  head.number = in.U64();
  head.first_entry = in.U64();
  head.begun_ms = in.U64();
  const ByteView rest = in.Take(kLogCell - kMark.size() - 1 - 16 - 3 * 8);
  const bool empty = std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0; });
  if (!in.Done() || !marked || !empty || head.number == 0) return Status::Corrupt("log segment is not well-formed");
  return head;
}

}  // namespace mseal::format
