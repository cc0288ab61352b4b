// Parses and lays out the pages of a keyring file.
#include "format/keyring.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr ByteArray<8> kMagic = {'m', 'e', 'd', 's', 'e', 'a', 'l', 'K'};
constexpr std::size_t kCovered = 8 + 1 + 1 + 1 + 1 + 4 + 4 + 3 * 16 + kKeyCheckSize;

bool AllZero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

Status Unreadable() { return Status::Corrupt("keyring header"); }

bool CostFitsKind(const KeyringHeader& header) {
  const bool has_cost = header.memory_kib != 0 && header.passes != 0;
  const bool has_none = header.memory_kib == 0 && header.passes == 0;
  return header.kind == KeyringKind::kPassphrase ? has_cost : has_none;
}

}  // namespace

Result<KeyringHeaderPage> ParseKeyringHeader(ByteView page) {
  Reader in(page);
  if (page.size() != kKeyringPage || in.Fixed<8>() != kMagic) return Unreadable();
  if (in.U8() != kKeyringVersion) return Status::UnsupportedVersion("keyring");
  KeyringHeaderPage out;
  const std::uint8_t kind = in.U8();
  out.header.kind = static_cast<KeyringKind>(kind);
  out.header.suite = in.U8();
  const std::uint8_t reserved = in.U8();
  out.header.memory_kib = in.U32();
  out.header.passes = in.U32();
  out.header.salt = in.Fixed<16>();
  out.header.store = in.Fixed<16>();
  out.header.instance = in.Fixed<16>();
  out.header.key_check = in.Take(kKeyCheckSize);
  out.checksum = in.Fixed<32>();
  out.covered = page.first(kCovered);
  if (kind < 1 || kind > 2 || reserved != 0 || !CostFitsKind(out.header)) return Unreadable();
  if (!AllZero(in.Rest()) || !in.ok()) return Unreadable();
  return out;
}

Bytes EncodeKeyringHeader(const KeyringHeader& header) {
  Bytes covered;
  Writer out(covered);
  out.Raw(kMagic).U8(kKeyringVersion).U8(static_cast<std::uint8_t>(header.kind)).U8(header.suite).U8(0);
  out.U32(header.memory_kib).U32(header.passes);
  out.Raw(header.salt).Raw(header.store).Raw(header.instance).Raw(header.key_check);
  return covered;
}

Bytes FinishKeyringHeader(ByteView covered, const ByteArray<32>& checksum) {
  Bytes page;
  Writer(page).Raw(covered).Raw(checksum);
  page.resize(kKeyringPage);
  return page;
}

Result<std::optional<ByteView>> ParseKeyringSlot(ByteView page) {
  if (page.size() != kKeyringPage) return Status::Corrupt("keyring slot is cut short");
  if (AllZero(page)) return std::optional<ByteView>();
  if (!AllZero(page.subspan(kKeyringSlotSize))) return Status::Corrupt("keyring slot");
  return std::optional(page.first(kKeyringSlotSize));
}

Bytes EncodeKeyringSlot(ByteView sealed) {
  Bytes page(sealed.begin(), sealed.end());
  page.resize(kKeyringPage);
  return page;
}

Result<EpochContent> ParseEpochContent(ByteView content) {
  Reader in(content);
  EpochContent out;
  out.epoch = in.U32();
  out.secret = in.Take(32);
  out.anchor_key = in.Take(32);
  if (!in.Done()) return Status::Corrupt("content of a keyring slot");
  return out;
}

SecretBytes EncodeEpochContent(const EpochContent& content) {
  SecretBytes bytes;
  bytes.Reserve(kEpochContentSize);
  SecretWriter(bytes).U32(content.epoch).Raw(content.secret).Raw(content.anchor_key);
  return bytes;
}

}  // namespace mseal::format
