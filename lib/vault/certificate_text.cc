// Writes JSON and its values.
#include "vault/certificate_text.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "base/utf8.h"

namespace mseal::vault {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

std::string HexOf(ByteView bytes) {
  std::string hex;
  for (const std::uint8_t byte : bytes) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

bool BytesOfHex(std::string_view text, MutableBytes out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t high = kDigits.find(text[2 * i]), low = kDigits.find(text[2 * i + 1]);
    if (high == kDigits.npos || low == kDigits.npos) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::string TimeText(std::uint64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm calendar{};
  ::gmtime_r(&seconds, &calendar);
  std::array<char, 32> text;
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &calendar);
  std::array<char, 8> fraction;
  std::snprintf(fraction.data(), fraction.size(), ".%03uZ", static_cast<unsigned>(ms % 1000));
  return std::string(text.data(), size) + fraction.data();
}

JsonLines& JsonLines::Member(std::string_view name, std::string_view value) {
  text_ += text_.size() == 1 ? "\n  " : ",\n  ";
  text_ += Quoted(name);
  text_ += ": ";
  text_ += value;
  return *this;
}

JsonLines& JsonLines::List(std::string_view name, const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    list += list.size() == 1 ? "\n    " : ",\n    ";
    list += Quoted(text);
  }
  list += texts.empty() ? "]" : "\n  ]";
  return Member(name, list);
}

// A path or a reason may be of any bytes. What is not UTF-8 could not be read back, so its bytes are told one by one.
std::string JsonLines::Quoted(std::string_view text) {
  const bool is_utf8 = IsUtf8(AsBytes(text));
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20 || (byte >= 0x80 && !is_utf8)) {
      std::array<char, 8> escape;
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(byte));
      quoted += escape.data();
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace mseal::vault
