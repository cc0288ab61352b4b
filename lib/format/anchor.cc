// Parses and lays out the pages of an anchor file.
#include "format/anchor.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr ByteArray<8> kMagic = {'m', 'e', 'd', 's', 'e', 'a', 'l', 'A'};

bool AllZero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

Result<std::optional<ByteView>> ParseAnchorPage(ByteView page) {
  if (page.size() != kAnchorPage) return Status::Corrupt("anchor page is cut short");
  if (AllZero(page)) return std::optional<ByteView>();
  Reader in(page);
  const bool named = in.Fixed<8>() == kMagic;
  const ByteView sealed = in.Take(kAnchorContentSize + kSealedOverhead);
  if (!named || !AllZero(in.Rest())) return Status::Corrupt("anchor page");
  return std::optional(sealed);
}

Bytes EncodeAnchorPage(ByteView sealed) {
  Bytes page;
  Writer(page).Raw(kMagic).Raw(sealed);
  page.resize(kAnchorPage);
  return page;
}

Result<AnchorContent> ParseAnchorContent(ByteView content) {
  Reader in(content);
  AnchorContent out;
  out.counter = in.U64();
  out.epoch = in.U32();
  out.commit_counter = in.U64();
  out.statement_number = in.U64();
  out.audit_size = in.U64();
  out.audit_root = in.Fixed<32>();
  if (!in.Done() || out.counter == 0) return Status::Corrupt("content of an anchor");
  return out;
}

Bytes EncodeAnchorContent(const AnchorContent& content) {
  Bytes bytes;
  Writer out(bytes);
  out.U64(content.counter).U32(content.epoch).U64(content.commit_counter).U64(content.statement_number);
  out.U64(content.audit_size).Raw(content.audit_root);
  return bytes;
}

}  // namespace mseal::format
