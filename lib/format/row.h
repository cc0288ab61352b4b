// A row of the table `records`: public part, sealed header, then the groups and the padding that the header tells
// apart. Layout: FORMAT.md, "Record row".
#pragma once

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

enum class RowKind : std::uint8_t {
  kRecord = 1,
  kChunk = 2,  // of a stream
};

struct Row {
  ByteView front;        // version, kind and public part: what the header's context covers
  ByteView public_part;  // a list of {field, length, wire bytes}
  ByteView header;       // a sealed value
  ByteView body;         // groups and padding
};

// What public part and groups of one record may take together: offsets have 32 bits, and a row lies in memory whole.
// Larger values are streams. Whoever makes a row looks first.
inline constexpr std::size_t kLongestBody = std::size_t{64} << 20;

// The row's kind, from its first two bytes. UnsupportedVersion or Corrupt.
Result<RowKind> KindOfRow(ByteView bytes);

// The result borrows `bytes`.
//   UnsupportedVersion  the version is not 1
//   Corrupt             cut short, or not a record row
Result<Row> ParseRow(ByteView bytes);

// Starts a record row in `out` (cleared first): the front, to which the caller appends the sealed header with
// AppendHeader.
void BeginRow(ByteView public_part, Bytes& out);
void AppendHeader(ByteView sealed_header, Bytes& out);

// A chunk's row: its sealed message behind version and kind. Corrupt when that is shorter than a tag or longer than a
// chunk.
inline constexpr std::size_t kChunkHead = 2;
void BeginChunk(Bytes& out);
Result<ByteView> ParseChunk(ByteView bytes);

// Entries of the public part, by ascending field number.
void AppendPublicEntry(Bytes& part, std::uint32_t field, ByteView wire);

class PublicReader {
 public:
  explicit PublicReader(ByteView part) : rest_(part) {}
  bool Next(std::uint32_t& field, ByteView& wire);  // false at the end
  Status Finish() const;                            // Corrupt if the list was cut or unordered

 private:
  ByteView rest_;
  std::uint32_t last_field_ = 0;
  bool failed_ = false;
};

}  // namespace mseal::format
