// Writes and reads rows of broken glass.
#include "format/broken_glass.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "format/statement.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kVersion = 1;

// A review has all of its parts or none, and another person's hand.
bool HasWholeReview(const BrokenGlass& glass) {
  if (glass.open()) return glass.reviewed_ms == 0 && glass.verdict.empty();
  return glass.reviewed_by != glass.person && !glass.verdict.empty() && glass.verdict.size() <= kLongestGlassText;
}

}  // namespace

SecretBytes WriteBrokenGlass(const BrokenGlass& glass) {
  SecretBytes content;
  content.Reserve(kBrokenGlassSize);
  SecretWriter(content)
      .U8(kVersion)
      .U32(glass.person)
      .U8(glass.class_number)
      .U64(glass.from_ms)
      .U64(glass.until_ms)
      .Prefixed16(glass.reason.Reveal())
      .U32(glass.reviewed_by)
      .U64(glass.reviewed_ms)
      .Prefixed16(glass.verdict.Reveal());
  content.Resize(kBrokenGlassSize);
  return content;
}

Result<BrokenGlass> ParseBrokenGlass(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("broken glass");
  BrokenGlass glass;
  glass.person = in.U32();
  glass.class_number = in.U8();
  glass.from_ms = in.U64();
  glass.until_ms = in.U64();
  glass.reason = SecretBytes::CopyOf(in.Prefixed16());
  glass.reviewed_by = in.U32();
  glass.reviewed_ms = in.U64();
  glass.verdict = SecretBytes::CopyOf(in.Prefixed16());
  if (glass.person == 0 || glass.class_number > kHighestClass || glass.until_ms <= glass.from_ms) in.Fail();
  if (glass.reason.empty() || glass.reason.size() > kLongestGlassText || !HasWholeReview(glass)) in.Fail();
  const ByteView padding = in.Rest();
  const bool clean = std::all_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte == 0; });
  if (!in.ok() || content.size() != kBrokenGlassSize || !clean)
    return Status::Corrupt("broken glass is not well-formed");
  return glass;
}

}  // namespace mseal::format
