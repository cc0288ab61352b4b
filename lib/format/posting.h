// The content of a posting: which record has the value, or filler where one was taken away. Layout: FORMAT.md,
// "Posting".
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

struct Posting {
  ByteArray<16> patient{};
  ByteArray<16> record_tag{};
  bool operator==(const Posting&) const = default;
};

inline constexpr std::size_t kPostingSize = 34;

// Nothing stands for filler.
ByteArray<kPostingSize> WritePosting(const std::optional<Posting>& posting);
Result<std::optional<Posting>> ParsePosting(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
