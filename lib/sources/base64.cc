// Four letters in, three bytes out.
#include "sources/base64.h"

namespace mseal::sources {
namespace {

constexpr std::uint8_t kBlank = 64, kPad = 65, kWrong = 66;

constexpr std::array<std::uint8_t, 256> MakeTable() {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> table{};
  for (std::uint8_t& entry : table) entry = kWrong;
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    table[static_cast<unsigned char>(kLetters[i])] = static_cast<std::uint8_t>(i);
  }
  for (const char blank : {' ', '\t', '\r', '\n'}) table[static_cast<unsigned char>(blank)] = kBlank;
  table[static_cast<unsigned char>('=')] = kPad;
  return table;
}

constexpr std::array<std::uint8_t, 256> kTable = MakeTable();

}  // namespace

Result<SecretBytes> DecodeBase64(std::string_view text) {
  SecretBytes decoded(text.size() / 4 * 3 + 3);
  const MutableBytes out = decoded.Reveal();
  std::size_t size = 0, letters = 0, pads = 0;
  std::uint32_t group = 0;
  for (const char c : text) {
    const std::uint8_t value = kTable[static_cast<unsigned char>(c)];
    if (value == kBlank) continue;
    if (value == kPad) {
      ++pads;
      continue;
    }
    if (value == kWrong || pads > 0) return Status::Corrupt("not base64");
    group = group << 6 | value;
    if (++letters % 4 != 0) continue;
    for (const int shift : {16, 8, 0}) out[size++] = static_cast<std::uint8_t>(group >> shift);
    group = 0;
  }
  const std::size_t over = letters % 4;
  if (over == 1 || pads > 2 || (pads > 0 && (over + pads) % 4 != 0)) return Status::Corrupt("base64 is cut short");
  if (over == 2) out[size++] = static_cast<std::uint8_t>(group >> 4);
  if (over == 3) out[size++] = static_cast<std::uint8_t>(group >> 10);
  if (over == 3) out[size++] = static_cast<std::uint8_t>(group >> 2);
  if ((over == 2 && (group & 15) != 0) || (over == 3 && (group & 3) != 0)) return Status::Corrupt("bits left over");
  decoded.Resize(size);
  return decoded;
}

}  // namespace mseal::sources
