// Writes and reads provider copies, given-up copies, provider changes and backup places.
#include "format/custody.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kHighestSecretKind = 3;
constexpr std::uint8_t kHighestAssurance = 2;

}  // namespace

SecretBytes WriteProviderCopy(const ProviderCopy& copy) {
  SecretBytes content;
  SecretWriter(content)
      .U8(kVersion)
      .U8(copy.secret_kind)
      .U64(copy.added_ms)
      .Prefixed16(AsBytes(copy.uri))
      .Prefixed16(copy.secret.Reveal());
  return content;
}

Result<ProviderCopy> ParseProviderCopy(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("provider copy");
  ProviderCopy copy;
  copy.secret_kind = in.U8();
  copy.added_ms = in.U64();
  copy.uri = AsText(in.Prefixed16());
  copy.secret = SecretBytes::CopyOf(in.Prefixed16());
  const bool known = copy.secret_kind >= 1 && copy.secret_kind <= kHighestSecretKind;
  if (!in.Done() || !known || copy.uri.empty() || copy.secret.empty())
    return Status::Corrupt("provider copy is not well-formed");
  return copy;
}

SecretBytes WriteGivenUpCopy(const GivenUpCopy& copy) {
  SecretBytes content;
  SecretWriter(content)
      .U8(kVersion)
      .U8(copy.secret_kind)
      .U32(copy.first_epoch)
      .U32(copy.last_epoch)
      .U32(copy.person)
      .U32(copy.witness)
      .U64(copy.given_up_ms)
      .U64(copy.destroyed_ms)
      .U8(copy.assurance)
      .Prefixed16(AsBytes(copy.uri))
      .Prefixed16(copy.secret.Reveal());
  return content;
}

namespace {

bool IsSound(const GivenUpCopy& copy) {
  const bool known = copy.secret_kind >= 1 && copy.secret_kind <= kHighestSecretKind;
  const bool epochs = copy.first_epoch >= 1 && copy.first_epoch <= copy.last_epoch;
  const bool two = copy.person != 0 && copy.witness != 0 && copy.person != copy.witness;
  const std::uint8_t highest = copy.destroyed_ms == 0 ? 0 : kHighestAssurance;
  return known && epochs && two && copy.assurance <= highest && !copy.uri.empty() && !copy.secret.empty();
}

}  // namespace

Result<GivenUpCopy> ParseGivenUpCopy(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("given-up copy");
  GivenUpCopy copy;
  copy.secret_kind = in.U8();
  copy.first_epoch = in.U32();
  copy.last_epoch = in.U32();
  copy.person = in.U32();
  copy.witness = in.U32();
  copy.given_up_ms = in.U64();
  copy.destroyed_ms = in.U64();
  copy.assurance = in.U8();
  copy.uri = AsText(in.Prefixed16());
  copy.secret = SecretBytes::CopyOf(in.Prefixed16());
  if (!in.Done() || !IsSound(copy)) return Status::Corrupt("given-up copy is not well-formed");
  return copy;
}

SecretBytes WriteProviderChange(const ProviderChange& change) {
  SecretBytes content;
  SecretWriter(content)
      .U8(kVersion)
      .U8(static_cast<std::uint8_t>(change.what))
      .U8(change.secret_kind)
      .Prefixed16(AsBytes(change.uri))
      .Prefixed16(change.secret.Reveal());
  return content;
}

Result<ProviderChange> ParseProviderChange(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("provider change");
  ProviderChange change;
  const std::uint8_t what = in.U8();
  change.what = static_cast<ProviderChange::What>(what);
  change.secret_kind = in.U8();
  change.uri = AsText(in.Prefixed16());
  change.secret = SecretBytes::CopyOf(in.Prefixed16());
  const bool known = what >= 1 && what <= 3 && change.secret_kind >= 1 && change.secret_kind <= kHighestSecretKind;
  const bool told = !change.secret.empty() || change.what == ProviderChange::What::kArriving;
  if (!in.Done() || !known || !told || change.uri.empty()) return Status::Corrupt("provider change is not well-formed");
  return change;
}

Bytes WriteBackupPlace(const BackupPlace& place) {
  Bytes content;
  Writer(content)
      .U8(kVersion)
      .U8(static_cast<std::uint8_t>(place.kind))
      .U64(place.added_ms)
      .Prefixed16(AsBytes(place.path));
  return content;
}

Result<BackupPlace> ParseBackupPlace(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("backup place");
  BackupPlace place;
  place.kind = static_cast<PlaceKind>(in.U8());
  place.added_ms = in.U64();
  place.path = AsText(in.Prefixed16());
  const bool known = place.kind == PlaceKind::kBackups || place.kind == PlaceKind::kCopies;
  if (!in.Done() || !known || place.path.empty()) return Status::Corrupt("backup place is not well-formed");
  return place;
}

}  // namespace mseal::format
