// Lays out the numbered row keys.
#include "format/keys_of_rows.h"

#include <optional>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kBucketMark = 'B';
constexpr std::uint8_t kPatientMark = 'P';
constexpr std::uint8_t kMostBits = 32;

bool IsBucket(std::uint8_t bits, std::uint32_t bucket) {
  return bits <= kMostBits && std::uint64_t{bucket} >> bits == 0;
}

}  // namespace

Bytes KeyRowPrefix() { return {kPatientMark}; }

Bytes KeyRowPrefix(const ByteArray<16>& patient) {
  Bytes key;
  Writer(key).U8(kPatientMark).Raw(patient);
  return key;
}

Bytes KeyRowKey(const ByteArray<16>& patient, std::uint32_t bucket_key_version) {
  Bytes key = KeyRowPrefix(patient);
  Writer(key).U32(bucket_key_version);
  return key;
}

Bytes BucketPrefix(std::uint8_t bits) {
  Bytes key;
  Writer(key).U8(kBucketMark).U8(bits);
  return key;
}

Bytes BucketPrefix(std::uint8_t bits, std::uint32_t bucket) {
  Bytes key = BucketPrefix(bits);
  Writer(key).U32(bucket);
  return key;
}

Bytes BucketKeyKey(std::uint8_t bits, std::uint32_t bucket, std::uint32_t version, std::uint32_t epoch) {
  Bytes key = BucketPrefix(bits, bucket);
  Writer(key).U32(version).U32(epoch);
  return key;
}

Result<KeyRowPlace> ParseKeyRowKey(ByteView key) {
  Reader in(key);
  const std::uint8_t mark = in.U8();
  KeyRowPlace place{in.Fixed<16>(), 0};
  place.bucket_key_version = in.U32();
  if (!in.Done() || mark != kPatientMark || place.bucket_key_version == 0)
    return Status::Corrupt("key of a key row is not well-formed");
  return place;
}

Result<BucketKeyPlace> ParseBucketKeyKey(ByteView key) {
  Reader in(key);
  const std::uint8_t mark = in.U8();
  BucketKeyPlace place{};
  place.bits = in.U8();
  place.bucket = in.U32();
  place.version = in.U32();
  place.epoch = in.U32();
  if (!in.Done() || mark != kBucketMark || place.version == 0 || !IsBucket(place.bits, place.bucket))
    return Status::Corrupt("key of a bucket key is not well-formed");
  return place;
}

std::uint32_t BucketOf(const ByteArray<16>& patient, std::uint8_t bits) {
  const std::uint32_t leading =
      std::uint32_t{patient[0]} << 24 | std::uint32_t{patient[1]} << 16 | std::uint32_t{patient[2]} << 8 | patient[3];
  return bits == 0 ? 0 : leading >> (32 - bits);
}

ByteArray<16> FirstOfBucket(std::uint32_t bucket, std::uint8_t bits) {
  const std::uint32_t leading = bits == 0 ? 0 : bucket << (32 - bits);
  ByteArray<16> first{};
  for (int i = 0; i < 4; ++i) first[i] = static_cast<std::uint8_t>(leading >> (24 - 8 * i));
  return first;
}

Bytes MetaKey(std::uint32_t epoch, MetaKind kind, ByteView id) {
  Bytes key;
  Writer(key).U32(epoch).U8(static_cast<std::uint8_t>(kind)).Raw(id);
  return key;
}

Bytes MetaEpochPrefix(std::uint32_t epoch) {
  Bytes key;
  Writer(key).U32(epoch);
  return key;
}

namespace {

// Nothing for a kind that is not known.
std::optional<std::size_t> IdSize(MetaKind kind) {
  switch (kind) {
    case MetaKind::kMetaKey:
    case MetaKind::kSettings:
    case MetaKind::kRecovery:
    case MetaKind::kSigningSeed:
    case MetaKind::kKnownTime:
    case MetaKind::kLogKeys:
    case MetaKind::kLoginKey:
    case MetaKind::kAlertSinks:
    case MetaKind::kCanaries:
    case MetaKind::kPasswordSalt:
      return 0;
    case MetaKind::kCredential:
    case MetaKind::kSchema:
    case MetaKind::kPostingKey:
    case MetaKind::kJob:
    case MetaKind::kEpochEnd:
    case MetaKind::kLoginAttempts:
    case MetaKind::kCredentialTag:
    case MetaKind::kDeclaredJob:
    case MetaKind::kHabit:
      return 4;
    case MetaKind::kStatement:
    case MetaKind::kIndexKey:
    case MetaKind::kBrokenGlass:
    case MetaKind::kApproval:
    case MetaKind::kKeptAlert:
      return 8;
    case MetaKind::kPersonSlot:
      return 1 + 4 + 4;
    case MetaKind::kPendingUpload:
    case MetaKind::kProviderCopy:
    case MetaKind::kProviderChange:
    case MetaKind::kGivenUpCopy:
    case MetaKind::kBackupPlace:
    case MetaKind::kErasure:
    case MetaKind::kMark:
    case MetaKind::kFormerCanary:
      return 16;
    case MetaKind::kLedger:
      return 32;
  }
  return std::nullopt;
}

}  // namespace

Result<MetaKind> MetaKindOf(ByteView key) {
  Reader in(key);
  in.U32();
  const auto kind = static_cast<MetaKind>(in.U8());
  if (!in.ok() || !IdSize(kind).has_value()) return Status::Corrupt("key of a meta row is not well-formed");
  return kind;
}

Result<ByteView> MetaId(ByteView key, std::uint32_t epoch, MetaKind kind) {
  Reader in(key);
  const std::uint32_t stored_epoch = in.U32();
  const std::uint8_t stored_kind = in.U8();
  const ByteView id = in.Rest();
  if (!in.ok() || stored_epoch != epoch || stored_kind != static_cast<std::uint8_t>(kind) || id.size() != IdSize(kind))
    return Status::Corrupt("key of a meta row is not well-formed");
  return id;
}

Bytes AfterPrefix(ByteView prefix) {
  Bytes after(prefix.begin(), prefix.end());
  while (!after.empty() && after.back() == 0xff) after.pop_back();
  if (!after.empty()) ++after.back();
  return after;
}

}  // namespace mseal::format
