// What holds a patient back from being erased or read, as rows of meta remember it. Layout: FORMAT.md, "Mark".
#pragma once

#include <optional>

#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

inline constexpr std::size_t kLongestReason = 240;
// All marks have one size: it shows neither which there are nor how much was said.
inline constexpr std::size_t kMarkSize = 512;

// Who set a mark, when, and why. The reason is text about a patient.
struct MarkEntry {
  std::uint64_t since_ms = 0;
  std::uint32_t by_person = 0;
  SecretBytes reason;  // 1 to kLongestReason bytes
};

struct Mark {
  std::optional<MarkEntry> hold;         // legal hold: nothing of the patient may be deleted
  std::optional<MarkEntry> restriction;  // GDPR art. 18: two persons together may read
  bool empty() const { return !hold.has_value() && !restriction.has_value(); }
};

// Of a mark that is not empty.
SecretBytes WriteMark(const Mark& mark);
Result<Mark> ParseMark(ByteView content);  // UnsupportedVersion, Corrupt

// How many marks there are, and the digest over all of them: one that was taken away or put back shows.
struct MarkTally {
  std::uint32_t count = 0;
  ByteArray<32> digest{};
};

Bytes WriteMarkTally(const MarkTally& tally);
Result<MarkTally> ParseMarkTally(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
