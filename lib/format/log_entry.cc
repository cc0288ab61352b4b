// Writes and reads entries of the log.
#include "format/log_entry.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "format/log_segment.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kTag = 16;
constexpr std::size_t kPadding = 32;
constexpr std::size_t kMostPeaks = 64;
constexpr std::uint8_t kHasWhat = 1;
constexpr std::uint8_t kHasHead = 2;

// Version and kind, which every entry begins with.
Status TakeStart(Reader& in, LogEntryKind kind) {
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("log entry");
  if (in.U8() != static_cast<std::uint8_t>(kind)) in.Fail();
  return Status::Ok();
}

Status NotWellFormed() { return Status::Corrupt("an entry of the log is not well-formed"); }

void WriteSealed(const LogSealed& sealed, Bytes& out) { Writer(out).Raw(sealed.commitment).Prefixed16(sealed.message); }

LogSealed TakeSealed(Reader& in) {
  LogSealed sealed;
  sealed.commitment = in.Fixed<32>();
  sealed.message = in.Prefixed16();
  if (sealed.message.size() < kTag) in.Fail();
  return sealed;
}

void Pad(SecretBytes& content) { content.Resize((content.size() + kPadding - 1) / kPadding * kPadding); }

bool IsPadding(ByteView rest, ByteView content) {
  return rest.size() < kPadding && content.size() % kPadding == 0 &&
         std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::string_view Cut(std::string_view text, std::size_t limit) { return text.substr(0, limit); }

// Field numbers are small: seven bits a byte, the lowest first, the highest bit says that another follows.
void WriteNumber(std::uint32_t number, SecretBytes& out) {
  for (; number >= 0x80; number >>= 7) SecretWriter(out).U8(static_cast<std::uint8_t>(number | 0x80));
  SecretWriter(out).U8(static_cast<std::uint8_t>(number));
}

std::uint32_t TakeNumber(Reader& in) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    const std::uint8_t byte = in.U8();
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) != 0) continue;
    if (number > 0xffffffff || (byte == 0 && shift != 0)) in.Fail();
    return static_cast<std::uint32_t>(number);
  }
  return in.Fail(), 0;
}

}  // namespace

Result<LogEntryKind> LogEntryKindOf(ByteView entry) {
  Reader in(entry);
  const std::uint8_t version = in.U8();
  const std::uint8_t kind = in.U8();
  if (!in.ok()) return NotWellFormed();
  if (version != kVersion || kind < 1 || kind > static_cast<std::uint8_t>(LogEntryKind::kAccess))
    return Status::UnsupportedVersion("log entry");
  return static_cast<LogEntryKind>(kind);
}

Bytes WriteLogChain(const LogChain& chain) {
  Bytes entry;
  Writer out(entry);
  out.U8(kVersion).U8(static_cast<std::uint8_t>(LogEntryKind::kChain)).U64(chain.size);
  out.U8(LengthAs<std::uint8_t>(chain.peaks.size()));
  for (const auto& peak : chain.peaks) out.Raw(peak);
  return entry;
}

Result<LogChain> ParseLogChain(ByteView entry) {
  Reader in(entry);
  MS_TRY(TakeStart(in, LogEntryKind::kChain));
  LogChain chain;
  chain.size = in.U64();
  const std::size_t count = in.U8();
  if (count > kMostPeaks) in.Fail();
  for (std::size_t i = 0; i < count && in.ok(); ++i) chain.peaks.push_back(in.Fixed<32>());
  if (!in.Done()) return NotWellFormed();
  return chain;
}

Bytes WriteLogMark(const LogMark& mark) {
  Bytes entry;
  Writer(entry)
      .U8(kVersion)
      .U8(static_cast<std::uint8_t>(LogEntryKind::kMark))
      .U8(static_cast<std::uint8_t>(mark.kind))
      .U64(mark.time_ms)
      .Raw(mark.boot);
  return entry;
}

Result<LogMark> ParseLogMark(ByteView entry) {
  Reader in(entry);
  MS_TRY(TakeStart(in, LogEntryKind::kMark));
  LogMark mark;
  const std::uint8_t kind = in.U8();
  mark.kind = static_cast<LogMarkKind>(kind);
  mark.time_ms = in.U64();
  mark.boot = in.Fixed<16>();
  if (!in.Done() || kind < 1 || (kind > 3 && mark.kind != LogMarkKind::kRestored)) return NotWellFormed();
  return mark;
}

Bytes WriteLogAuditKey(const LogAuditKey& key) {
  Bytes entry;
  Writer(entry)
      .U8(kVersion)
      .U8(static_cast<std::uint8_t>(LogEntryKind::kAuditKey))
      .Raw(key.id)
      .U32(key.class_key_version)
      .Raw(key.ephemeral)
      .Prefixed16(key.sealed);
  return entry;
}

Result<LogAuditKey> ParseLogAuditKey(ByteView entry) {
  Reader in(entry);
  MS_TRY(TakeStart(in, LogEntryKind::kAuditKey));
  LogAuditKey key;
  key.id = in.Fixed<16>();
  key.class_key_version = in.U32();
  key.ephemeral = in.Fixed<32>();
  key.sealed = in.Prefixed16();
  if (!in.Done() || key.class_key_version == 0) return NotWellFormed();
  return key;
}

void WriteLogAccess(const LogAccess& access, Bytes& out) {
  out.clear();
  const int parts = (access.what.has_value() ? kHasWhat : 0) | (access.head.has_value() ? kHasHead : 0);
  Writer(out)
      .U8(kVersion)
      .U8(static_cast<std::uint8_t>(LogEntryKind::kAccess))
      .U8(static_cast<std::uint8_t>(parts))
      .Raw(access.key_id)
      .Raw(access.person_token)
      .Raw(access.patient_token)
      .Raw(access.salt);
  WriteSealed(access.who, out);
  if (access.what.has_value()) WriteSealed(*access.what, out);
  if (!access.head.has_value()) return;
  WriteSealed(*access.head, out);
  WriteSealed(*access.place, out);
}

Result<LogAccess> ParseLogAccess(ByteView entry) {
  Reader in(entry);
  MS_TRY(TakeStart(in, LogEntryKind::kAccess));
  LogAccess access;
  const std::uint8_t parts = in.U8();
  access.key_id = in.Fixed<16>();
  access.person_token = in.Fixed<16>();
  access.patient_token = in.Fixed<16>();
  access.salt = in.Fixed<24>();
  access.who = TakeSealed(in);
  if ((parts & kHasWhat) != 0) access.what = TakeSealed(in);
  if ((parts & kHasHead) != 0) access.head = TakeSealed(in), access.place = TakeSealed(in);
  if (!in.Done() || parts > (kHasWhat | kHasHead)) return NotWellFormed();
  return access;
}

void WriteLogWho(const LogWho& who, SecretBytes& out) {
  out.Clear();
  SecretWriter(out)
      .U8(kVersion)
      .U32(who.person)
      .U8(who.operation)
      .U8(who.outcome)
      .U8(who.code)
      .U64(who.time_ms)
      .U64(who.incident)
      .U64(who.number)
      .Raw(who.patient)
      .Prefixed8(AsBytes(Cut(who.purpose, kLogTextLimit)))
      .Prefixed8(AsBytes(Cut(who.origin, kLogTextLimit)))
      .Prefixed8(AsBytes(Cut(who.on_behalf_of, kLogTextLimit)))
      .Prefixed16(AsBytes(Cut(who.detail, kLogDetailLimit)));
  Pad(out);
}

Result<LogWho> ParseLogWho(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("who of a log entry");
  LogWho who;
  who.person = in.U32();
  who.operation = in.U8();
  who.outcome = in.U8();
  who.code = in.U8();
  who.time_ms = in.U64();
  who.incident = in.U64();
  who.number = in.U64();
  who.patient = in.Fixed<16>();
  who.purpose = AsText(in.Prefixed8());
  who.origin = AsText(in.Prefixed8());
  who.on_behalf_of = AsText(in.Prefixed8());
  who.detail = AsText(in.Prefixed16());
  if (!in.ok() || !IsPadding(in.Rest(), content)) return Status::Corrupt("who of a log entry is not well-formed");
  return who;
}

void WriteLogWhat(const LogWhat& what, SecretBytes& out) {
  out.Clear();
  SecretWriter(out)
      .U8(kVersion)
      .U32(what.schema_version)
      .U64(what.record_version)
      .U16(what.classes)
      .U16(what.redacted)
      .Prefixed8(AsBytes(Cut(what.type, kLogTextLimit)))
      .Prefixed16(what.record_id)
      .U16(LengthAs<std::uint16_t>(what.fields.size()));
  for (const std::uint32_t field : what.fields) WriteNumber(field, out);
  Pad(out);
}

Result<LogWhat> ParseLogWhat(ByteView content, std::vector<std::uint32_t>& fields) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("what of a log entry");
  LogWhat what;
  what.schema_version = in.U32();
  what.record_version = in.U64();
  what.classes = in.U16();
  what.redacted = in.U16();
  what.type = AsText(in.Prefixed8());
  what.record_id = in.Prefixed16();
  const std::size_t count = in.U16();
  fields.clear();
  for (std::size_t i = 0; i < count && in.ok(); ++i) fields.push_back(TakeNumber(in));
  what.fields = fields;
  if (!in.ok() || !IsPadding(in.Rest(), content)) return Status::Corrupt("what of a log entry is not well-formed");
  return what;
}

ByteArray<kLogHeadSize> WriteLogHead(const LogHead& head) {
  Bytes content;
  Writer(content).U64(head.version).Raw(head.digest);
  ByteArray<kLogHeadSize> out;
  CopyBytes(content, out);
  return out;
}

Result<LogHead> ParseLogHead(ByteView content) {
  Reader in(content);
  LogHead head;
  head.version = in.U64();
  head.digest = in.Fixed<32>();
  if (!in.Done()) return Status::Corrupt("the head in a log entry is not well-formed");
  return head;
}

}  // namespace mseal::format
