// Writes and reads bundles.
#include "format/bundle.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "format/sealed.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kListMagic = "medsealB";
constexpr std::string_view kPartMagic = "medsealb";
constexpr std::string_view kPlaceMagic = "medsealP";
constexpr std::size_t kSealSize = kSealedOverhead + 32;

void Begin(Bytes& out, std::string_view magic) { Writer(out).Raw(AsBytes(magic)).U8(kVersion); }

Status ReadBeginning(Reader& in, std::string_view magic) {
  const bool ours = SameBytes(in.Take(magic.size()), AsBytes(magic));
  const std::uint8_t version = in.U8();
  if (!in.ok() || !ours) return Status::Corrupt("not a file of this kind");
  return version == kVersion ? Status::Ok() : Status::UnsupportedVersion("backup place");
}

void WriteRows(Bytes& out, const std::vector<BundleRow>& rows) {
  Writer(out).U32(LengthAs<std::uint32_t>(rows.size()));
  for (const BundleRow& row : rows) Writer(out).U8(row.table).Prefixed16(row.key).Prefixed(row.value);
}

// Rows are read one by one: nothing is set aside for a count.
std::vector<BundleRow> ReadRows(Reader& in) {
  std::vector<BundleRow> rows;
  for (std::uint32_t left = in.U32(); left > 0 && in.ok(); --left)
    rows.push_back({in.U8(), in.Prefixed16(), in.Prefixed()});
  return rows;
}

}  // namespace

Bytes WriteBundleList(const BundleList& list) {
  Bytes out;
  Begin(out, kListMagic);
  Writer(out).Raw(list.store).Raw(list.place).U64(list.number).U32(list.epoch).U64(list.made_ms).U8(list.bucket_bits);
  Writer(out).U64(list.commits).U32(list.newest_backup);
  WriteRows(out, list.rows);
  Writer(out).U32(LengthAs<std::uint32_t>(list.parts.size()));
  for (const BundlePart& part : list.parts) {
    Writer(out).U64(part.number).U32(part.bucket).U32(part.rows).U64(part.size);
    Writer(out).Raw(part.digest).Raw(part.rows_digest);
  }
  return out;
}

Result<SealedBundleList> ParseBundleList(ByteView bytes) {
  if (bytes.size() < kSealSize) return Status::Corrupt("bundle list is cut short");
  SealedBundleList sealed;
  sealed.covered = bytes.first(bytes.size() - kSealSize);
  sealed.seal = bytes.last(kSealSize);
  Reader in(sealed.covered);
  MS_TRY(ReadBeginning(in, kListMagic));
  BundleList& list = sealed.list;
  list.store = in.Fixed<16>();
  list.place = in.Fixed<16>();
  list.number = in.U64();
  list.epoch = in.U32();
  list.made_ms = in.U64();
  list.bucket_bits = in.U8();
  list.commits = in.U64();
  list.newest_backup = in.U32();
  list.rows = ReadRows(in);
  for (std::uint32_t left = in.U32(); left > 0 && in.ok(); --left) {
    BundlePart part{in.U64(), in.U32(), in.U32(), in.U64(), in.Fixed<32>(), in.Fixed<32>()};
    list.parts.push_back(part);
  }
  if (!in.Done() || list.number == 0 || list.epoch == 0 || list.bucket_bits > 31)
    return Status::Corrupt("bundle list is not well-formed");
  return sealed;
}

Bytes WriteBundlePart(std::uint64_t number, const std::vector<BundleRow>& rows) {
  Bytes out;
  Begin(out, kPartMagic);
  Writer(out).U64(number);
  WriteRows(out, rows);
  return out;
}

Result<std::vector<BundleRow>> ParseBundlePart(ByteView bytes, std::uint64_t number) {
  Reader in(bytes);
  MS_TRY(ReadBeginning(in, kPartMagic));
  const std::uint64_t stored = in.U64();
  std::vector<BundleRow> rows = ReadRows(in);
  if (!in.Done() || stored != number) return Status::Corrupt("bundle part is not well-formed");
  return rows;
}

Bytes WritePlaceMark(const PlaceMark& mark) {
  Bytes out;
  Begin(out, kPlaceMagic);
  Writer(out).Raw(mark.store).Raw(mark.place);
  return out;
}

Result<PlaceMark> ParsePlaceMark(ByteView bytes) {
  Reader in(bytes);
  MS_TRY(ReadBeginning(in, kPlaceMagic));
  PlaceMark mark{in.Fixed<16>(), in.Fixed<16>()};
  if (!in.Done()) return Status::Corrupt("the mark of a backup place is not well-formed");
  return mark;
}

}  // namespace mseal::format
