// The content of a group: the fields of one class in one record, as a canonical list. Layout: FORMAT.md, "Group".
#pragma once

#include <cstdint>

#include "base/reader.h"
#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

enum class EntryKind : std::uint8_t {
  kInline = 0,  // the field's wire bytes
  kStream = 1,  // a stream reference in their place (stream.h)
};

struct GroupEntry {
  std::uint32_t field = 0;
  EntryKind kind = EntryKind::kInline;
  ByteView value;  // borrowed
};

inline constexpr std::size_t kGroupEntryHead = 9;

// Appends one entry to the list in `content`; entries come by ascending field number. Begin with BeginGroup, end with
// PadGroup.
void BeginGroup(SecretBytes& content);
void AppendEntry(SecretBytes& content, std::uint32_t field, EntryKind kind, ByteView value);
// For a value that comes in pieces: its head first, then the pieces with content.Append.
void AppendEntryHead(SecretBytes& content, std::uint32_t field, EntryKind kind, std::size_t value_size);
// Writes the list's length to its place and fills up. `least_size` is the size that the schema declares for list
// entries.
void PadGroup(SecretBytes& content, std::size_t least_size);
// The padded size of an empty list: what a void group takes.
std::size_t EmptyGroupSize(std::size_t least_size);

// Takes a group's entries one by one.
class GroupReader {
 public:
  // Checks the list's length, that the padding is zero, and that the size is one that PadGroup gives.
  explicit GroupReader(ByteView content);

  // The next entry. False at the end and after a failure.
  bool Next(GroupEntry& entry);
  // Ok at the clean end of the list; Corrupt if it is cut, unordered, of an unknown kind, or padded otherwise.
  Status Finish() const;

 private:
  Reader list_;
  bool failed_ = false;
  std::uint32_t last_field_ = 0;
};

}  // namespace mseal::format
