// Base64 (RFC 4648).
#include "schema/base64.h"

#include <string_view>

namespace mseal::schema {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr ByteArray<256> kDigits = [] {
  ByteArray<256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  digits['-'] = 62;
  digits['_'] = 63;
  return digits;
}();

ByteView WithoutPadding(ByteView text) {
  if (text.size() % 4 != 0) return text;
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text = text.first(text.size() - 1);
  return text;
}

}  // namespace

void AppendBase64(ByteView bytes, SecretBytes& out) {
  const std::size_t start = out.size();
  out.Resize(start + (bytes.size() + 2) / 3 * 4);
  std::uint8_t* to = out.Reveal().data() + start;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t have = bytes.size() - at;
    const std::uint32_t bits = static_cast<std::uint32_t>(bytes[at]) << 16 |
                               static_cast<std::uint32_t>(have > 1 ? bytes[at + 1] : 0) << 8 |
                               (have > 2 ? bytes[at + 2] : 0);
    for (std::size_t i = 0; i < 4; ++i) {
      *to++ = i <= have ? static_cast<std::uint8_t>(kAlphabet[bits >> (18 - 6 * i) & 63]) : std::uint8_t{'='};
    }
  }
}

bool DecodeBase64(ByteView text, SecretBytes& out) {
  text = WithoutPadding(text);
  if (text.size() % 4 == 1) return false;
  const std::size_t start = out.size();
  out.Resize(start + text.size() / 4 * 3 + (text.size() % 4 ? text.size() % 4 - 1 : 0));
  std::uint8_t* to = out.Reveal().data() + start;
  std::uint32_t bits = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::uint8_t digit = kDigits[text[at]];
    if (digit == kNoDigit) return out.Resize(start), false;
    bits = bits << 6 | digit;
    if (at % 4 != 0) *to++ = static_cast<std::uint8_t>(bits >> (6 - 2 * (at % 4)));
  }
  return true;
}

}  // namespace mseal::schema
