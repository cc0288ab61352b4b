// Parses and lays out the values of objects on a token.
#include "format/token.h"

#include "base/reader.h"
#include "base/writer.h"
#include "format/context.h"
#include "format/label.h"

namespace mseal::format {
namespace {

constexpr ByteArray<8> kMagic = {'m', 'e', 'd', 's', 'e', 'a', 'l', 'T'};

}  // namespace

std::string TokenEpochLabel(std::string_view name, std::uint32_t epoch) {
  return std::string(name) + "/epoch-" + std::to_string(epoch);
}

std::string TokenAnchorLabel(std::string_view name, std::size_t page) {
  return std::string(name) + "/anchor-" + std::to_string(page);
}

Result<TokenHeader> ParseTokenHeader(ByteView value) {
  Reader in(value);
  if (in.Fixed<8>() != kMagic) return Status::Corrupt("header on a token");
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kTokenVersion) return Status::UnsupportedVersion("header on a token");
  TokenHeader out;
  out.suite = in.U8();
  out.store = in.Fixed<16>();
  out.instance = in.Fixed<16>();
  if (!in.Done()) return Status::Corrupt("header on a token");
  return out;
}

Bytes EncodeTokenHeader(const TokenHeader& header) {
  Bytes value;
  Writer(value).Raw(kMagic).U8(kTokenVersion).U8(header.suite).Raw(header.store).Raw(header.instance);
  return value;
}

Result<TokenEpoch> ParseTokenEpoch(ByteView value) {
  Reader in(value);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kTokenVersion) return Status::UnsupportedVersion("epoch on a token");
  TokenEpoch out;
  out.instance = in.Fixed<16>();
  out.epoch = in.U32();
  out.nonce = in.Fixed<kTokenNonceSize>();
  out.message = in.Take(kEpochContentSize + kTokenTagSize);
  if (!in.Done()) return Status::Corrupt("epoch on a token");
  return out;
}

Bytes EncodeTokenEpoch(const TokenEpoch& epoch) {
  Bytes value;
  Writer(value).U8(kTokenVersion).Raw(epoch.instance).U32(epoch.epoch).Raw(epoch.nonce).Raw(epoch.message);
  return value;
}

Bytes TokenAssociatedData(const TokenHeader& header, std::uint32_t epoch) {
  Context context(ContextKind::kToken);
  context.Add(ContextItem::kStore, header.store)
      .Add(ContextItem::kInstance, header.instance)
      .AddNumber(ContextItem::kEpoch, epoch);
  Bytes data;
  Writer(data).Raw(context.bytes()).Raw(EncodeLabel({Purpose::kToken, header.suite}));
  return data;
}

Result<TokenKeyId> ParseTokenKeyId(ByteView id) {
  Reader in(id);
  TokenKeyId out;
  out.instance = in.Fixed<16>();
  out.epoch = in.U32();
  if (!in.Done()) return Status::Corrupt("id of a key on a token");
  return out;
}

Bytes EncodeTokenKeyId(const TokenKeyId& id) {
  Bytes bytes;
  Writer(bytes).Raw(id.instance).U32(id.epoch);
  return bytes;
}

Result<PersonKeyId> ParsePersonKeyId(ByteView id) {
  Reader in(id);
  PersonKeyId parsed;
  parsed.store = in.Fixed<16>();
  parsed.key = in.Fixed<16>();
  return in.Done() ? Result<PersonKeyId>(parsed) : Status::Corrupt("id of a person's key");
}

Bytes EncodePersonKeyId(const PersonKeyId& id) {
  Bytes bytes;
  Writer(bytes).Raw(id.store).Raw(id.key);
  return bytes;
}

Bytes PersonTokenAssociatedData(const PersonKeyId& id, std::uint32_t person) {
  Context context(ContextKind::kPersonToken);
  context.Add(ContextItem::kStore, id.store)
      .AddNumber(ContextItem::kPerson, person)
      .Add(ContextItem::kTokenKey, id.key);
  return Bytes(context.bytes().begin(), context.bytes().end());
}

}  // namespace mseal::format
