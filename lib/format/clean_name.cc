// Decodes a name character by character and refuses what does not belong in one.
#include "format/clean_name.h"

#include "base/reader.h"

namespace mseal::format {
namespace {

constexpr std::uint32_t kNotACharacter = 0xffffffff;

struct Sequence {
  std::size_t following;   // bytes after the first
  std::uint32_t lead;      // what the first byte contributes
  std::uint32_t smallest;  // below this the sequence is longer than it need be
};

// What a first byte announces; `following` above 3 when no character begins with it.
Sequence SequenceOf(std::uint8_t first) {
  if (first < 0x80) return {0, first, 0};
  if ((first & 0xe0) == 0xc0) return {1, first & 0x1fu, 0x80};
  if ((first & 0xf0) == 0xe0) return {2, first & 0x0fu, 0x800};
  if ((first & 0xf8) == 0xf0) return {3, first & 0x07u, 0x10000};
  return {4, 0, 0};
}

// The next character, or kNotACharacter where the bytes are not UTF-8.
std::uint32_t NextCharacter(Reader& in) {
  const Sequence sequence = SequenceOf(in.U8());
  if (sequence.following > 3) return kNotACharacter;
  std::uint32_t character = sequence.lead;
  for (const std::uint8_t byte : in.Take(sequence.following)) {
    if ((byte & 0xc0) != 0x80) return kNotACharacter;
    character = character << 6 | (byte & 0x3fu);
  }
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (!in.ok() || character < sequence.smallest || character > 0x10ffff || surrogate) return kNotACharacter;
  return character;
}

bool Within(std::uint32_t character, std::uint32_t first, std::uint32_t last) {
  return character >= first && character <= last;
}

bool Allowed(std::uint32_t character) {
  if (character == kNotACharacter || character < 0x20 || Within(character, 0x7f, 0x9f)) return false;
  const bool separator = Within(character, 0x2028, 0x2029);
  const bool direction = character == 0x61c || Within(character, 0x200e, 0x200f) || Within(character, 0x202a, 0x202e) ||
                         Within(character, 0x2066, 0x2069);
  return !separator && !direction && character != 0xfeff;
}

}  // namespace

bool IsCleanName(ByteView name) { return IsCleanText(name, kLongestName); }

bool IsCleanText(ByteView text, std::size_t longest) {
  if (text.empty() || text.size() > longest || text.front() == ' ' || text.back() == ' ') return false;
  Reader in(text);
  while (in.remaining() > 0) {
    if (!Allowed(NextCharacter(in))) return false;
  }
  return true;
}

}  // namespace mseal::format
