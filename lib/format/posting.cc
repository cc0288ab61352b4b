// Writes and reads a posting.
#include "format/posting.h"

#include <algorithm>

#include "base/reader.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kPostingVersion = 1;
enum : std::uint8_t { kFiller = 0, kRecord = 1 };

}  // namespace

ByteArray<kPostingSize> WritePosting(const std::optional<Posting>& posting) {
  ByteArray<kPostingSize> out{kPostingVersion, kFiller};
  if (!posting.has_value()) return out;
  out[1] = kRecord;
  CopyBytes(posting->patient, MutableBytes(out).subspan(2));
  CopyBytes(posting->record_tag, MutableBytes(out).subspan(18));
  return out;
}

Result<std::optional<Posting>> ParsePosting(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kPostingVersion) return Status::UnsupportedVersion("posting");
  const std::uint8_t kind = in.U8();
  Posting posting;
  posting.patient = in.Fixed<16>();
  posting.record_tag = in.Fixed<16>();
  if (!in.Done() || kind > kRecord) return Status::Corrupt("posting is not well-formed");
  if (kind == kRecord) return std::optional<Posting>(posting);
  if (!(posting == Posting{})) return Status::Corrupt("filler is not empty");
  return std::optional<Posting>();
}

}  // namespace mseal::format
