// The anchor file: two pages written in turn, each with the whole anchor. Layout: FORMAT.md, "Anchor".
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/status.h"
#include "format/sealed.h"

namespace mseal::format {

inline constexpr std::size_t kAnchorPage = 4096;  // one write, which a power cut tears at worst within
inline constexpr std::size_t kAnchorPages = 2;
inline constexpr std::size_t kAnchorSize = kAnchorPages * kAnchorPage;
inline constexpr std::size_t kAnchorContentSize = 8 + 4 + 8 + 8 + 8 + 32;

// What a page seals.
struct AnchorContent {
  std::uint64_t counter = 0;  // one more with every move: the page with the higher one is the newest
  std::uint32_t epoch = 0;
  std::uint64_t commit_counter = 0;
  std::uint64_t statement_number = 0;
  std::uint64_t audit_size = 0;
  ByteArray<32> audit_root{};
};

// Takes a whole page: the sealed value in it, borrowed, or nothing when the page was never written.
//   Corrupt  neither
Result<std::optional<ByteView>> ParseAnchorPage(ByteView page);
Bytes EncodeAnchorPage(ByteView sealed);

Result<AnchorContent> ParseAnchorContent(ByteView content);  // Corrupt: any other size, or the counter is 0
Bytes EncodeAnchorContent(const AnchorContent& content);

}  // namespace mseal::format
