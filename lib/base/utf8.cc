// Tells UTF-8 from what is not.
#include "base/utf8.h"

#include <cstring>

namespace mseal {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080u;

std::uint64_t Load8(const std::uint8_t* at) {
  std::uint64_t eight;
  std::memcpy(&eight, at, 8);
  return eight;
}

// Nearly all text is ASCII, and most of it is short.
bool IsAscii(ByteView text) {
  const std::size_t size = text.size();
  std::uint64_t bits = 0;
  if (size < 8) {
    for (const std::uint8_t byte : text) bits |= byte;
    return (bits & 0x80) == 0;
  }
  for (std::size_t at = 0; at + 8 < size; at += 8) bits |= Load8(text.data() + at);
  return ((bits | Load8(text.data() + size - 8)) & kHighBits) == 0;
}

// The length of the ASCII run at the front, in steps of eight.
std::size_t AsciiRun(ByteView text) {
  std::size_t run = 0;
  while (run + 8 <= text.size() && (Load8(text.data() + run) & kHighBits) == 0) run += 8;
  return run;
}

bool IsTail(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }

// The size of the character at the front, 0 when it is not well-formed (Unicode 15, table 3-7).
std::size_t CharacterSize(ByteView text) {
  const std::uint8_t lead = text[0];
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xc2 && lead < 0xe0   ? 2
                           : (lead & 0xf0) == 0xe0       ? 3
                           : lead >= 0xf0 && lead < 0xf5 ? 4
                                                         : 0;
  if (size == 0 || size > text.size()) return 0;
  const std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (text[1] < low || text[1] > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!IsTail(text[i])) return 0;
  }
  return size;
}

}  // namespace

bool IsUtf8(ByteView text) {
  if (IsAscii(text)) return true;
  for (std::size_t at = AsciiRun(text); at < text.size();) {
    const std::size_t size = CharacterSize(text.subspan(at));
    if (size == 0) return false;
    at += size;
    if (size == 1) at += AsciiRun(text.subspan(at));
  }
  return true;
}

}  // namespace mseal
