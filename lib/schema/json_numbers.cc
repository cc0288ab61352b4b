// Conversion of numbers.
#include "schema/json_numbers.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace mseal::schema {
namespace {

using Type = google::protobuf::FieldDescriptor;

// The whole of `text` as a number of this type.
template <typename Number>
std::optional<Number> Whole(std::string_view text) {
  Number number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Integers may be written 1.0 or 1e3.
template <typename Integer>
std::optional<Integer> ParseInteger(std::string_view text) {
  if (const auto integer = Whole<Integer>(text)) return integer;
  const auto real = Whole<double>(text);
  constexpr double kExact = 9007199254740992;  // 2^53: up to here every integer is a double
  if (!real || std::floor(*real) != *real || std::abs(*real) > kExact) return std::nullopt;
  if (*real < static_cast<double>(std::numeric_limits<Integer>::min())) return std::nullopt;
  if (*real > static_cast<double>(std::numeric_limits<Integer>::max())) return std::nullopt;
  return static_cast<Integer>(*real);
}

// from_chars also knows "inf" and "nan" in any case; JSON has its own names.
bool IsNumberText(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos && text[0] != '+';
}

std::optional<double> ParseReal(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return IsNumberText(text) ? Whole<double>(text) : std::nullopt;
}

std::optional<float> ParseFloat(std::string_view text) {
  if (!IsNumberText(text)) {
    const auto named = ParseReal(text);
    return named ? std::optional(static_cast<float>(*named)) : std::nullopt;
  }
  return Whole<float>(text);
}

// `value` as `Wire` makes it, if there is one.
template <typename Value, typename ToWire>
bool Give(const std::optional<Value>& value, std::uint64_t& wire, ToWire to_wire) {
  if (value) wire = to_wire(*value);
  return value.has_value();
}

std::uint64_t Zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t Unzigzag(std::uint64_t wire) { return static_cast<std::int64_t>(wire >> 1 ^ (~(wire & 1) + 1)); }

template <typename Number>
void AppendText(Number number, SecretBytes& out) {
  ByteArray<32> text;
  const WipeOnExit wipe(text);
  char* begin = reinterpret_cast<char*>(text.data());
  const char* end = std::to_chars(begin, begin + text.size(), number).ptr;
  out.Append(ByteView(text).first(static_cast<std::size_t>(end - begin)));
}

template <typename Real>
void AppendReal(Real real, SecretBytes& out) {
  if (std::isnan(real)) return out.Append(AsBytes("NaN"));
  if (std::isinf(real)) return out.Append(AsBytes(real < 0 ? "-Infinity" : "Infinity"));
  AppendText(real, out);
}

}  // namespace

bool ParseNumber(const Type& field, ByteView bytes, std::uint64_t& wire) {
  const std::string_view text = AsText(bytes);
  const auto same = [](auto value) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(value)); };
  switch (field.type()) {
    case Type::TYPE_INT32:
    case Type::TYPE_ENUM:
      return Give(ParseInteger<std::int32_t>(text), wire, same);
    case Type::TYPE_SFIXED32:
      return Give(ParseInteger<std::int32_t>(text), wire,
                  [](std::int32_t value) { return static_cast<std::uint32_t>(value); });
    case Type::TYPE_SINT32:
      return Give(ParseInteger<std::int32_t>(text), wire,
                  [](std::int32_t value) { return static_cast<std::uint32_t>(Zigzag(value)); });
    case Type::TYPE_INT64:
    case Type::TYPE_SFIXED64:
      return Give(ParseInteger<std::int64_t>(text), wire, same);
    case Type::TYPE_SINT64:
      return Give(ParseInteger<std::int64_t>(text), wire, Zigzag);
    case Type::TYPE_UINT32:
    case Type::TYPE_FIXED32:
      return Give(ParseInteger<std::uint32_t>(text), wire, [](std::uint32_t value) { return value; });
    case Type::TYPE_UINT64:
    case Type::TYPE_FIXED64:
      return Give(ParseInteger<std::uint64_t>(text), wire, [](std::uint64_t value) { return value; });
    case Type::TYPE_FLOAT:
      return Give(ParseFloat(text), wire, [](float value) { return std::bit_cast<std::uint32_t>(value); });
    case Type::TYPE_DOUBLE:
      return Give(ParseReal(text), wire, [](double value) { return std::bit_cast<std::uint64_t>(value); });
    default:
      return false;
  }
}

void AppendNumberText(const Type& field, std::uint64_t wire, SecretBytes& out) {
  switch (field.type()) {
    case Type::TYPE_INT32:
    case Type::TYPE_SFIXED32:
    case Type::TYPE_ENUM:
      return AppendText(static_cast<std::int32_t>(wire), out);
    case Type::TYPE_SINT32:
      return AppendText(static_cast<std::int32_t>(Unzigzag(static_cast<std::uint32_t>(wire))), out);
    case Type::TYPE_INT64:
    case Type::TYPE_SFIXED64:
      return AppendText(static_cast<std::int64_t>(wire), out);
    case Type::TYPE_SINT64:
      return AppendText(Unzigzag(wire), out);
    case Type::TYPE_UINT32:
    case Type::TYPE_FIXED32:
      return AppendText(static_cast<std::uint32_t>(wire), out);
    case Type::TYPE_FLOAT:
      return AppendReal(std::bit_cast<float>(static_cast<std::uint32_t>(wire)), out);
    case Type::TYPE_DOUBLE:
      return AppendReal(std::bit_cast<double>(wire), out);
    default:
      return AppendText(wire, out);
  }
}

}  // namespace mseal::schema
