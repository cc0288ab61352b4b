// The content of a record row's sealed header: what the record is, and where and under which key each group lies.
// Layout: FORMAT.md, "Header".
#pragma once

#include <string>
#include <vector>

#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

enum class GroupState : std::uint8_t {
  kVoid = 0,    // nobody wrote it yet, or retention let it go: key stream
  kSealed = 1,  // sealed under the class's data key of this patient
};

struct HeaderGroup {
  std::uint8_t class_number = 0;
  GroupState state = GroupState::kVoid;
  std::uint32_t field = 0;           // the `class_by` field it holds alone, or 0 for the fields of a fixed class
  std::uint32_t generation = 0;      // of the data key
  std::uint32_t schema_version = 0;  // it was written under
  std::uint32_t offset = 0;          // in the row's body
  std::uint32_t length = 0;          // ciphertext and tag
  ByteArray<24> salt{};
  ByteArray<32> commitment{};
};

struct HeaderPosting {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  // of the index key
  ByteArray<16> token{};         // inner token
  bool operator==(const HeaderPosting&) const = default;
};

struct HeaderStream {
  std::uint32_t field = 0;
  ByteArray<16> id{};
  std::uint32_t chunks = 0;
  bool operator==(const HeaderStream&) const = default;
};

// A row of an ordered public index that belongs to the record.
struct HeaderOrdered {
  std::uint32_t index = 0;
  Bytes value;
  bool operator==(const HeaderOrdered&) const = default;
};

struct Header {
  std::string type;
  SecretBytes record_id;
  std::uint64_t version = 0;  // from 1
  std::uint64_t written_ms = 0;
  std::uint64_t retain_until_ms = 0;  // 0: without limit
  std::vector<HeaderGroup> groups;
  std::vector<HeaderPosting> postings;
  std::vector<HeaderStream> streams;
  std::vector<HeaderOrdered> ordered;
};

// Lengths have limits: the type's is one byte, that of the record id and of an ordered value two. Whoever takes them
// from outside looks first.
inline constexpr std::size_t kLongestType = 0xff;
inline constexpr std::size_t kLongestRecordId = 0xffff;
inline constexpr std::size_t kLongestOrdered = 0xffff;

// Padded, ready to seal, in `out` (cleared first).
void WriteHeader(const Header& header, SecretBytes& out);

//   UnsupportedVersion  written by a later medseal
//   Corrupt             cut, bytes left over, padded otherwise, a state, class, length or count that cannot be
Result<Header> ParseHeader(ByteView content);

}  // namespace mseal::format
