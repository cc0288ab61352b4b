// UTF-8, ISO 8859-1 and ISO 8859-15 are what European laboratories send.
#include "sources/attachment.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"
#include "schema/wire.h"
#include "sources/base64.h"

namespace mseal::sources {
namespace {

// Where Latin-9 differs from Latin-1.
constexpr std::array<std::pair<std::uint8_t, std::uint16_t>, 8> kLatin9 = {{{0xA4, 0x20AC},
                                                                            {0xA6, 0x0160},
                                                                            {0xA8, 0x0161},
                                                                            {0xB4, 0x017D},
                                                                            {0xB8, 0x017E},
                                                                            {0xBC, 0x0152},
                                                                            {0xBD, 0x0153},
                                                                            {0xBE, 0x0178}}};

std::uint32_t PointOf(std::uint8_t byte, Charset charset) {
  if (charset == Charset::kLatin9) {
    for (const auto& [from, to] : kLatin9) {
      if (byte == from) return to;
    }
  }
  return byte;
}

// Of a point below U+10000: as many bytes as a Latin letter or the euro sign needs.
void AppendUtf8(SecretBytes& out, std::uint32_t point) {
  ByteArray<3> bytes;
  std::size_t size = 0;
  if (point < 0x80) {
    bytes[size++] = static_cast<std::uint8_t>(point);
  } else {
    if (point >= 0x800) bytes[size++] = static_cast<std::uint8_t>(0xE0 | point >> 12);
    bytes[size++] = static_cast<std::uint8_t>(point < 0x800 ? 0xC0 | point >> 6 : 0x80 | (point >> 6 & 63));
    bytes[size++] = static_cast<std::uint8_t>(0x80 | (point & 63));
  }
  out.Append({bytes.data(), size});
}

bool SameLetters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '"')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '"')) text.remove_suffix(1);
  return text;
}

// The parameter charset of a media type, empty when it has none.
std::string_view CharsetOf(std::string_view media_type) {
  for (std::size_t at = media_type.find(';'); at != std::string_view::npos;) {
    const std::size_t next = media_type.find(';', at + 1);
    const std::string_view parameter = media_type.substr(at + 1, next == std::string_view::npos ? next : next - at - 1);
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos && SameLetters(Trimmed(parameter.substr(0, equals)), "charset")) {
      return Trimmed(parameter.substr(equals + 1));
    }
    at = next;
  }
  return {};
}

Result<Charset> CharsetNamed(std::string_view name) {
  for (const std::string_view utf8 : {"", "utf-8", "utf8", "us-ascii", "ascii"}) {
    if (SameLetters(name, utf8)) return Charset::kUtf8;
  }
  if (SameLetters(name, "iso-8859-1")) return Charset::kLatin1;
  if (SameLetters(name, "iso-8859-15")) return Charset::kLatin9;
  return Status::Unsupported("text in an encoding that is not known");
}

bool IsText(std::string_view media_type) {
  const std::string_view type = Trimmed(media_type.substr(0, media_type.find(';')));
  return SameLetters(type.substr(0, 5), "text/") || SameLetters(type, "application/xhtml+xml");
}

}  // namespace

Result<SecretBytes> ToUtf8(std::string_view text, Charset charset) {
  if (charset == Charset::kUtf8) {
    if (!IsUtf8(AsBytes(text))) return Status::Corrupt("text is not UTF-8");
    return SecretBytes::CopyOf(AsBytes(text));
  }
  SecretBytes out;
  out.Reserve(text.size() + text.size() / 8);
  for (const char c : text) AppendUtf8(out, PointOf(static_cast<std::uint8_t>(c), charset));
  return out;
}

Result<SecretBytes> TextOfAttachment(std::string_view media_type, std::string_view base64) {
  MS_ASSIGN(const SecretBytes decoded, DecodeBase64(base64));
  if (!IsText(media_type)) return SecretBytes();
  MS_ASSIGN(const Charset charset, CharsetNamed(CharsetOf(media_type)));
  return ToUtf8(AsText(decoded.Reveal()), charset);
}

}  // namespace mseal::sources
