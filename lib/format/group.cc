// Writes and reads the canonical list of a group.
#include "format/group.h"

#include <algorithm>

#include "base/writer.h"
#include "format/padding.h"

namespace mseal::format {
namespace {

constexpr std::size_t kListHead = 4;

bool AllZero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

void BeginGroup(SecretBytes& content) {
  content.Clear();
  SecretWriter(content).U32(0);
}

void AppendEntryHead(SecretBytes& content, std::uint32_t field, EntryKind kind, std::size_t value_size) {
  SecretWriter(content).U32(field).U8(static_cast<std::uint8_t>(kind)).U32(LengthAs<std::uint32_t>(value_size));
}

void AppendEntry(SecretBytes& content, std::uint32_t field, EntryKind kind, ByteView value) {
  AppendEntryHead(content, field, kind, value.size());
  content.Append(value);
}

void PadGroup(SecretBytes& content, std::size_t least_size) {
  const auto list_size = LengthAs<std::uint32_t>(content.size() - kListHead);
  for (std::size_t i = 0; i < kListHead; ++i)
    content.Reveal()[i] = static_cast<std::uint8_t>(list_size >> (24 - 8 * i));
  content.Resize(PaddedGroupSize(std::max(content.size(), kListHead + least_size)));
}

std::size_t EmptyGroupSize(std::size_t least_size) { return PaddedGroupSize(kListHead + least_size); }

GroupReader::GroupReader(ByteView content) : list_(ByteView{}) {
  Reader in(content);
  const ByteView list = in.Prefixed();
  failed_ = !in.ok() || !AllZero(in.Rest()) || content.size() != PaddedGroupSize(content.size());
  if (!failed_) list_ = Reader(list);
}

bool GroupReader::Next(GroupEntry& entry) {
  if (failed_ || list_.Done()) return false;
  entry.field = list_.U32();
  const std::uint8_t kind = list_.U8();
  entry.kind = static_cast<EntryKind>(kind);
  entry.value = list_.Prefixed();
  failed_ = !list_.ok() || kind > 1 || entry.field <= last_field_;
  last_field_ = entry.field;
  return !failed_;
}

Status GroupReader::Finish() const {
  return failed_ || !list_.Done() ? Status::Corrupt("group content is not a canonical list") : Status::Ok();
}

}  // namespace mseal::format
