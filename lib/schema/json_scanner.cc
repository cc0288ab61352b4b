// The tokens of RFC 8259.
#include "schema/json_scanner.h"

#include <algorithm>

#include "schema/json.h"

namespace mseal::schema {
namespace {

bool IsDigit(std::uint8_t byte) { return byte >= '0' && byte <= '9'; }

int HexValue(std::uint8_t byte) {
  if (IsDigit(byte)) return byte - '0';
  const std::uint8_t lower = byte | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void AppendUtf8(std::uint32_t character, SecretBytes& out) {
  const auto tail = [&](int shift) { return static_cast<std::uint8_t>(0x80 | (character >> shift & 0x3f)); };
  const auto lead = [&](int mark, int shift) { return static_cast<std::uint8_t>(mark | character >> shift); };
  if (character < 0x80) return out.Append(ByteArray<1>{lead(0, 0)});
  if (character < 0x800) return out.Append(ByteArray<2>{lead(0xc0, 6), tail(0)});
  if (character < 0x10000) return out.Append(ByteArray<3>{lead(0xe0, 12), tail(6), tail(0)});
  out.Append(ByteArray<4>{lead(0xf0, 18), tail(12), tail(6), tail(0)});
}

}  // namespace

void JsonScanner::SkipBlanks() {
  while (at_ < json_.size() && (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\r' || json_[at_] == '\t'))
    ++at_;
}

bool JsonScanner::More(char closing, bool& first) {
  const bool was_first = std::exchange(first, false);
  if (!ok_ || Take(closing)) return false;
  return was_first || Expect(',');
}

bool JsonScanner::String(SecretBytes& out) {
  if (!Expect('"')) return false;
  while (ok_ && at_ < json_.size()) {
    const auto plain = [](std::uint8_t byte) { return byte >= 0x20 && byte != '"' && byte != '\\'; };
    const ByteView rest = json_.subspan(at_);
    const std::size_t run = static_cast<std::size_t>(std::ranges::find_if_not(rest, plain) - rest.begin());
    out.Append(rest.first(run));
    at_ += run;
    if (run == rest.size() || json_[at_] < 0x20) return Fail();
    if (json_[at_++] == '"') return true;
    if (!Escape(out)) return Fail();
  }
  return Fail();
}

// The escape behind a backslash.
bool JsonScanner::Escape(SecretBytes& out) {
  if (at_ == json_.size()) return false;
  constexpr std::string_view kLetters = "\"\\/bfnrtu";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const std::size_t letter = kLetters.find(static_cast<char>(json_[at_++]));
  if (letter == std::string_view::npos) return false;
  if (letter < kMeanings.size()) return out.Append(AsBytes(kMeanings.substr(letter, 1))), true;
  std::uint32_t high;
  if (!HexUnit(high) || (high >= 0xdc00 && high < 0xe000)) return false;
  if (high < 0xd800 || high >= 0xe000) return AppendUtf8(high, out), true;
  std::uint32_t low;
  if (at_ + 2 > json_.size() || json_[at_] != '\\' || json_[at_ + 1] != 'u') return false;
  at_ += 2;
  if (!HexUnit(low) || low < 0xdc00 || low >= 0xe000) return false;
  return AppendUtf8(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), out), true;
}

bool JsonScanner::HexUnit(std::uint32_t& unit) {
  if (json_.size() - at_ < 4) return false;
  unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int value = HexValue(json_[at_++]);
    if (value < 0) return false;
    unit = unit << 4 | static_cast<std::uint32_t>(value);
  }
  return true;
}

std::size_t JsonScanner::Digits() {
  const std::size_t start = at_;
  while (at_ < json_.size() && IsDigit(json_[at_])) ++at_;
  return at_ - start;
}

bool JsonScanner::Number(ByteView& out) {
  SkipBlanks();
  const std::size_t start = at_;
  const auto next_is = [&](std::string_view any) {
    return at_ < json_.size() && any.find(static_cast<char>(json_[at_])) != std::string_view::npos;
  };
  if (next_is("-")) ++at_;
  const bool zero = next_is("0");
  const std::size_t whole = Digits();
  if (whole == 0 || (zero && whole > 1)) return Fail();
  if (next_is(".") && (++at_, Digits() == 0)) return Fail();
  if (next_is("eE")) {
    ++at_;
    if (next_is("+-")) ++at_;
    if (Digits() == 0) return Fail();
  }
  out = Since(start);
  return ok_;
}

bool JsonScanner::Literal(std::string_view word) {
  SkipBlanks();
  if (!AsText(json_.subspan(at_)).starts_with(word)) return Fail();
  at_ += word.size();
  return ok_;
}

bool JsonScanner::Skip(int depth) {
  if (depth > kMaxJsonDepth) return Fail();
  SecretBytes text;
  ByteView number;
  switch (Peek()) {
    case '{':
      return SkipMembers('}', depth);
    case '[':
      return SkipMembers(']', depth);
    case '"':
      return String(text);
    case 't':
      return Literal("true");
    case 'f':
      return Literal("false");
    case 'n':
      return Literal("null");
    default:
      return Number(number);
  }
}

bool JsonScanner::SkipMembers(char closing, int depth) {
  ++at_;
  SecretBytes name;
  for (bool first = true; More(closing, first);) {
    if (closing == '}' && !(String(name) && Expect(':'))) return false;
    if (!Skip(depth + 1)) return false;
  }
  return ok_;
}

}  // namespace mseal::schema
