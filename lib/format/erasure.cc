// Writes and reads erasures and epoch ends.
#include "format/erasure.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kVersion = 1;

std::string Text16(Reader& in) { return std::string(AsText(in.Prefixed16())); }

}  // namespace

Bytes WriteErasure(const Erasure& erasure) {
  Bytes content;
  Writer(content)
      .U8(kVersion)
      .U8(static_cast<std::uint8_t>(erasure.state))
      .U32(erasure.epoch)
      .Raw(erasure.certificate)
      .U64(erasure.withdrawn_ms)
      .U64(erasure.dead_ms)
      .U32(erasure.person)
      .Prefixed16(AsBytes(erasure.reason))
      .U64(erasure.rows)
      .U64(erasure.bytes)
      .U32(erasure.postings)
      .U32(erasure.unreadable)
      .U32(erasure.bucket)
      .U32(erasure.bucket_key_version)
      .Prefixed16(erasure.bucket_key)
      .U32(erasure.posting_key);
  return content;
}

Result<Erasure> ParseErasure(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("erasure");
  Erasure erasure;
  erasure.state = static_cast<ErasureState>(in.U8());
  erasure.epoch = in.U32();
  erasure.certificate = in.Fixed<16>();
  erasure.withdrawn_ms = in.U64();
  erasure.dead_ms = in.U64();
  erasure.person = in.U32();
  erasure.reason = Text16(in);
  erasure.rows = in.U64();
  erasure.bytes = in.U64();
  erasure.postings = in.U32();
  erasure.unreadable = in.U32();
  erasure.bucket = in.U32();
  erasure.bucket_key_version = in.U32();
  const ByteView bucket_key = in.Prefixed16();
  erasure.bucket_key.assign(bucket_key.begin(), bucket_key.end());
  erasure.posting_key = in.U32();
  const bool known = erasure.state == ErasureState::kWithdrawn || erasure.state == ErasureState::kDead;
  const bool dated = (erasure.state == ErasureState::kDead) == (erasure.dead_ms != 0);
  if (!in.Done() || !known || !dated || erasure.epoch < 2 || erasure.person == 0 || erasure.posting_key == 0)
    return Status::Corrupt("erasure is not well-formed");
  return erasure;
}

Bytes WriteEpochEnd(const EpochEnd& end) {
  Bytes content;
  Writer(content).U8(kVersion).U32(end.scope).U32(end.buckets).U64(end.key_rows).U64(end.seals).U64(end.bytes);
  Writer(content).U32(static_cast<std::uint32_t>(end.places.size()));
  for (const EpochEnd::Place& place : end.places)
    Writer(content).Raw(place.id).U64(place.bundle).Prefixed16(AsBytes(place.name));
  Writer(content).U32(static_cast<std::uint32_t>(end.copies.size()));
  for (const EpochEnd::Copy& copy : end.copies)
    Writer(content).Raw(copy.instance).U8(copy.assurance).Prefixed16(AsBytes(copy.name));
  Writer(content).U64(end.destroyed_ms).U32(end.opens_tried).U32(end.opens_failed).U64(end.purged_ms);
  Writer(content).U8(end.purge_complete);
  return content;
}

Result<EpochEnd> ParseEpochEnd(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("epoch end");
  EpochEnd end;
  end.scope = in.U32();
  end.buckets = in.U32();
  end.key_rows = in.U64();
  end.seals = in.U64();
  end.bytes = in.U64();
  for (std::uint32_t left = in.U32(); left > 0 && in.ok(); --left) {
    EpochEnd::Place place;
    place.id = in.Fixed<16>();
    place.bundle = in.U64();
    place.name = Text16(in);
    end.places.push_back(std::move(place));
  }
  for (std::uint32_t left = in.U32(); left > 0 && in.ok(); --left) {
    EpochEnd::Copy copy;
    copy.instance = in.Fixed<16>();
    copy.assurance = in.U8();
    copy.name = Text16(in);
    end.copies.push_back(std::move(copy));
  }
  end.destroyed_ms = in.U64();
  end.opens_tried = in.U32();
  end.opens_failed = in.U32();
  end.purged_ms = in.U64();
  end.purge_complete = in.U8();
  const bool possible = (end.scope == 1 || end.scope == 2) && end.opens_failed <= end.opens_tried &&
                        end.purge_complete <= 1 && (end.purged_ms != 0 || end.purge_complete == 0);
  if (!in.Done() || !possible) return Status::Corrupt("epoch end is not well-formed");
  return end;
}

}  // namespace mseal::format
