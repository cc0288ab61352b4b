// Masking of text.
#include "schema/mask.h"

#include <algorithm>
#include <array>

#include "schema/wire.h"

namespace mseal::schema {
namespace {

constexpr std::string_view kStars = "****";

bool IsDigit(std::uint8_t byte) { return byte >= '0' && byte <= '9'; }
bool BeginsCharacter(std::uint8_t byte) { return (byte & 0xc0) != 0x80; }

std::size_t Characters(ByteView text) { return static_cast<std::size_t>(std::ranges::count_if(text, BeginsCharacter)); }

ByteView LastCharacters(ByteView text, std::size_t count) {
  std::size_t at = text.size();
  for (; count > 0 && at > 0; --count) {
    do --at;
    while (at > 0 && !BeginsCharacter(text[at]));
  }
  return text.subspan(at);
}

ByteView FirstCharacter(ByteView text) {
  std::size_t size = 1;
  while (size < text.size() && !BeginsCharacter(text[size])) ++size;
  return text.first(size);
}

// YYYY, YYYY-MM..., or a run of digits as long as HL7 writes dates and times.
ByteView YearOf(ByteView text) {
  constexpr std::size_t kYear = 4;
  const auto digits = static_cast<std::size_t>(std::ranges::find_if_not(text, IsDigit) - text.begin());
  const bool ends = digits == text.size();
  const std::uint8_t next = ends ? 0 : text[digits];
  const bool is_iso = digits == kYear && (ends || next == '-');
  const bool is_hl7 =
      digits >= 6 && digits <= 14 && digits % 2 == 0 && (ends || next == '.' || next == '+' || next == '-');
  const bool is_near = text.size() >= kYear && (text[0] == '1' || text[0] == '2');
  return is_near && (is_iso || is_hl7) ? text.first(kYear) : ByteView();
}

struct Shown {
  ByteView before;  // the stars
  ByteView behind;
};

Shown ShownOf(Mask mask, ByteView text) {
  const auto last = [&](std::size_t count) {
    return Characters(text) < 2 * count ? Shown{} : Shown{{}, LastCharacters(text, count)};
  };
  switch (mask) {
    case Mask::kLast2:
      return last(2);
    case Mask::kLast4:
      return last(4);
    case Mask::kFirst1:
      return Characters(text) < 2 ? Shown{} : Shown{FirstCharacter(text), {}};
    case Mask::kYear:
      return {YearOf(text), {}};
    case Mask::kNone:
    case Mask::kAll:
      return {};
  }
  std::abort();  // the enumeration is closed
}

void AppendVarint(SecretBytes& out, std::uint64_t value) {
  std::array<std::uint8_t, 10> bytes;
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<std::uint8_t>(value | 0x80);
  bytes[size++] = static_cast<std::uint8_t>(value);
  out.Append(ByteView(bytes).first(size));
}

}  // namespace

std::string_view NameOf(Mask mask) {
  constexpr std::array<std::string_view, 6> kNames = {"NO_MASK", "LAST4", "ALL", "FIRST1", "LAST2", "YEAR"};
  return kNames[static_cast<std::size_t>(mask)];
}

SecretBytes MaskText(Mask mask, ByteView text) {
  const Shown shown = ShownOf(mask, text);
  SecretBytes masked;
  masked.Append(shown.before);
  masked.Append(AsBytes(kStars));
  masked.Append(shown.behind);
  return masked;
}

Result<SecretBytes> MaskWire(const FieldPlan& field, ByteView wire) {
  SecretBytes masked;
  WireReader in(wire);
  for (Occurrence found; in.Next(found);) {
    if (found.number != field.number || found.wire_type != WireType::kLength)
      return Status::Corrupt("a stored value is not of its field");
    const SecretBytes text = MaskText(field.mask, found.payload);
    AppendVarint(masked, std::uint64_t{found.number} << 3 | static_cast<std::uint64_t>(WireType::kLength));
    AppendVarint(masked, text.size());
    masked.Append(text.Reveal());
  }
  if (!in.ok()) return Status::Corrupt("a stored value does not parse");
  return masked;
}

}  // namespace mseal::schema
