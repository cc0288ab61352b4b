// Writes and reads a header's content.
#include "format/header.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "format/key_row.h"
#include "format/padding.h"
#include "format/sealed.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kHeaderVersion = 1;
constexpr std::size_t kHeaderLengthSize = 4;
constexpr std::size_t kTagSize = kSealedOverhead - kSealedHead;

void WriteGroup(const HeaderGroup& group, SecretWriter& out) {
  out.U8(group.class_number).U8(static_cast<std::uint8_t>(group.state)).U32(group.field).U32(group.generation);
  out.U32(group.schema_version).U32(group.offset).U32(group.length).Raw(group.salt).Raw(group.commitment);
}

// A class has a slot, a data key has a generation, and the length is one that padding gives: what is sliced and opened
// by these numbers later need not ask again.
bool CanBe(const HeaderGroup& group) {
  if (group.class_number >= kSlots || group.length <= kTagSize) return false;
  const std::size_t content = group.length - kTagSize;
  return (group.state == GroupState::kSealed) == (group.generation != 0) && content == PaddedGroupSize(content);
}

HeaderGroup ReadGroup(Reader& in) {
  HeaderGroup group;
  group.class_number = in.U8();
  const std::uint8_t state = in.U8();
  group.state = static_cast<GroupState>(state);
  group.field = in.U32();
  group.generation = in.U32();
  group.schema_version = in.U32();
  group.offset = in.U32();
  group.length = in.U32();
  group.salt = in.Fixed<24>();
  group.commitment = in.Fixed<32>();
  if (state > 1 || !CanBe(group)) in.Fail();
  return group;
}

HeaderPosting ReadPosting(Reader& in) {
  HeaderPosting posting;
  posting.index = in.U32();
  posting.generation = in.U32();
  posting.token = in.Fixed<16>();
  return posting;
}

HeaderStream ReadStream(Reader& in) {
  HeaderStream stream;
  stream.field = in.U32();
  stream.id = in.Fixed<16>();
  stream.chunks = in.U32();
  return stream;
}

HeaderOrdered ReadOrdered(Reader& in) {
  HeaderOrdered ordered;
  ordered.index = in.U32();
  const ByteView value = in.Prefixed16();
  ordered.value.assign(value.begin(), value.end());
  return ordered;
}

// A hostile count ends at the end of the bytes, not in memory: nothing is reserved ahead.
template <typename T>
void ReadList(Reader& in, T (*read_one)(Reader&), std::vector<T>& list) {
  for (std::uint32_t left = in.U32(); left > 0 && in.ok(); --left) list.push_back(read_one(in));
}

Result<Header> ReadContent(Reader& in) {
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kHeaderVersion) return Status::UnsupportedVersion("record header");
  Header header;
  header.type = AsText(in.Prefixed8());
  header.record_id = SecretBytes::CopyOf(in.Prefixed16());
  header.version = in.U64();
  header.written_ms = in.U64();
  header.retain_until_ms = in.U64();
  ReadList(in, ReadGroup, header.groups);
  ReadList(in, ReadPosting, header.postings);
  ReadList(in, ReadStream, header.streams);
  ReadList(in, ReadOrdered, header.ordered);
  if (!in.Done() || header.version == 0) return Status::Corrupt("record header is not well-formed");
  return header;
}

}  // namespace

void WriteHeader(const Header& header, SecretBytes& out) {
  out.Clear();
  SecretWriter writer(out);
  writer.U32(0).U8(kHeaderVersion).Prefixed8(AsBytes(header.type)).Prefixed16(header.record_id.Reveal());
  writer.U64(header.version).U64(header.written_ms).U64(header.retain_until_ms);
  writer.U32(LengthAs<std::uint32_t>(header.groups.size()));
  for (const HeaderGroup& group : header.groups) WriteGroup(group, writer);
  writer.U32(LengthAs<std::uint32_t>(header.postings.size()));
  for (const HeaderPosting& posting : header.postings)
    writer.U32(posting.index).U32(posting.generation).Raw(posting.token);
  writer.U32(LengthAs<std::uint32_t>(header.streams.size()));
  for (const HeaderStream& stream : header.streams) writer.U32(stream.field).Raw(stream.id).U32(stream.chunks);
  writer.U32(LengthAs<std::uint32_t>(header.ordered.size()));
  for (const HeaderOrdered& ordered : header.ordered) writer.U32(ordered.index).Prefixed16(ordered.value);

  const auto length = LengthAs<std::uint32_t>(out.size() - kHeaderLengthSize);
  for (std::size_t i = 0; i < kHeaderLengthSize; ++i)
    out.Reveal()[i] = static_cast<std::uint8_t>(length >> (24 - 8 * i));
  out.Resize(PaddedHeaderSize(out.size()));
}

Result<Header> ParseHeader(ByteView content) {
  Reader in(content);
  const ByteView listed = in.Prefixed();
  const ByteView padding = in.Rest();
  const bool zero = std::all_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte == 0; });
  if (!in.ok() || !zero || content.size() != PaddedHeaderSize(kHeaderLengthSize + listed.size()))
    return Status::Corrupt("record header is not well-formed");
  Reader inner(listed);
  return ReadContent(inner);
}

}  // namespace mseal::format
