// Lays out and takes apart record rows and chunk rows.
#include "format/row.h"

#include "base/reader.h"
#include "base/writer.h"
#include "format/sealed.h"
#include "format/stream.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kRowVersion = 1;
constexpr std::size_t kRowHead = 2;
constexpr std::size_t kTagSize = kSealedOverhead - kSealedHead;

}  // namespace

Result<RowKind> KindOfRow(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kRowVersion) return Status::UnsupportedVersion("record row");
  const std::uint8_t kind = in.U8();
  if (!in.ok() || kind < 1 || kind > 2) return Status::Corrupt("record row is of no known kind");
  return static_cast<RowKind>(kind);
}

Result<Row> ParseRow(ByteView bytes) {
  MS_ASSIGN(const RowKind kind, KindOfRow(bytes));
  if (kind != RowKind::kRecord) return Status::Corrupt("not a record row");
  Reader in(bytes.subspan(kRowHead));
  Row row;
  row.public_part = in.Prefixed();
  row.front = bytes.first(in.ok() ? kRowHead + 4 + row.public_part.size() : 0);
  row.header = in.Prefixed();
  row.body = in.Rest();
  if (!in.ok()) return Status::Corrupt("record row is cut short");
  return row;
}

void BeginRow(ByteView public_part, Bytes& out) {
  out.clear();
  Writer(out).U8(kRowVersion).U8(static_cast<std::uint8_t>(RowKind::kRecord)).Prefixed(public_part);
}

void AppendHeader(ByteView sealed_header, Bytes& out) { Writer(out).Prefixed(sealed_header); }

void BeginChunk(Bytes& out) {
  out.clear();
  Writer(out).U8(kRowVersion).U8(static_cast<std::uint8_t>(RowKind::kChunk));
}

Result<ByteView> ParseChunk(ByteView bytes) {
  MS_ASSIGN(const RowKind kind, KindOfRow(bytes));
  if (kind != RowKind::kChunk) return Status::Corrupt("not a chunk row");
  const ByteView message = bytes.subspan(kChunkHead);
  if (message.size() < kTagSize || message.size() > kTagSize + kChunkSize)
    return Status::Corrupt("chunk row has a size that cannot be");
  return message;
}

void AppendPublicEntry(Bytes& part, std::uint32_t field, ByteView wire) { Writer(part).U32(field).Prefixed(wire); }

bool PublicReader::Next(std::uint32_t& field, ByteView& wire) {
  if (failed_ || rest_.empty()) return false;
  Reader in(rest_);
  field = in.U32();
  wire = in.Prefixed();
  failed_ = !in.ok() || field <= last_field_;
  last_field_ = field;
  rest_ = in.Rest();
  return !failed_;
}

Status PublicReader::Finish() const {
  return failed_ || !rest_.empty() ? Status::Corrupt("public part is not a canonical list") : Status::Ok();
}

}  // namespace mseal::format
