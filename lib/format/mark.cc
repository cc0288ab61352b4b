// Writes and reads marks.
#include "format/mark.h"

#include <algorithm>
#include <cstdlib>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kMarkVersion = 1;
constexpr std::uint8_t kTallyVersion = 1;
constexpr std::uint8_t kHold = 1;
constexpr std::uint8_t kRestriction = 2;

void WriteEntry(SecretWriter& out, const MarkEntry& entry) {
  out.U64(entry.since_ms).U32(entry.by_person).Prefixed16(entry.reason.Reveal());
}

std::optional<MarkEntry> ReadEntry(Reader& in) {
  MarkEntry entry;
  entry.since_ms = in.U64();
  entry.by_person = in.U32();
  entry.reason = SecretBytes::CopyOf(in.Prefixed16());
  if (entry.by_person == 0 || entry.reason.empty() || entry.reason.size() > kLongestReason) in.Fail();
  return entry;
}

}  // namespace

SecretBytes WriteMark(const Mark& mark) {
  if (mark.empty()) std::abort();  // rule: a mark that says nothing is no mark
  SecretBytes content;
  content.Reserve(kMarkSize);
  SecretWriter out(content);
  out.U8(kMarkVersion).U8((mark.hold.has_value() ? kHold : 0) | (mark.restriction.has_value() ? kRestriction : 0));
  if (mark.hold.has_value()) WriteEntry(out, *mark.hold);
  if (mark.restriction.has_value()) WriteEntry(out, *mark.restriction);
  content.Resize(kMarkSize);
  return content;
}

Result<Mark> ParseMark(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kMarkVersion) return Status::UnsupportedVersion("mark");
  const std::uint8_t set = in.U8();
  if (set == 0 || set > (kHold | kRestriction)) in.Fail();
  Mark mark;
  if ((set & kHold) != 0) mark.hold = ReadEntry(in);
  if ((set & kRestriction) != 0) mark.restriction = ReadEntry(in);
  const ByteView padding = in.Rest();
  const bool clean = std::all_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte == 0; });
  if (!in.ok() || content.size() != kMarkSize || !clean) return Status::Corrupt("mark is not well-formed");
  return mark;
}

Bytes WriteMarkTally(const MarkTally& tally) {
  Bytes content;
  Writer(content).U8(kTallyVersion).U32(tally.count).Raw(tally.digest);
  return content;
}

Result<MarkTally> ParseMarkTally(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kTallyVersion) return Status::UnsupportedVersion("tally of marks");
  MarkTally tally;
  tally.count = in.U32();
  tally.digest = in.Fixed<32>();
  if (!in.Done()) return Status::Corrupt("tally of marks is not well-formed");
  return tally;
}

}  // namespace mseal::format
