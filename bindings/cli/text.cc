#include "text.h"

#include <fmt/core.h>
#include <time.h>

#include <charconv>
#include <chrono>

namespace cli {
namespace {

tm Calendar(std::uint64_t unix_ms) {
  const time_t seconds = static_cast<time_t>(unix_ms / 1000);
  tm out{};
  gmtime_r(&seconds, &out);
  return out;
}

std::string Formatted(const char* format, std::uint64_t unix_ms) {
  const tm calendar = Calendar(unix_ms);
  char text[64];
  return std::string(text, strftime(text, sizeof text, format, &calendar));
}

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }
// C0, DEL, and C1 in its UTF-8 form (C2 80 .. C2 9F).
bool IsControl(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7F) return true;
  return byte == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
}

}  // namespace

std::string Grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, " ");
  return digits;
}

std::string Size(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1000;
  for (const char* unit : {"kB", "MB", "GB"}) {
    if (value < 1000) return fmt::format("{:.1f} {}", value, unit);
    value /= 1000;
  }
  return fmt::format("{:.1f} TB", value);
}

std::string Duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::uint64_t NowMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::string TimeText(std::uint64_t unix_ms) { return Formatted("%Y-%m-%d %H:%M:%S UTC", unix_ms); }

std::optional<std::uint64_t> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto number = [&](std::size_t at, std::size_t size) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + size, value);
    return error == std::errc() && end == text.data() + at + size ? value : 0;
  };
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(number(0, 4))),
                                        std::chrono::month(number(5, 2)), std::chrono::day(number(8, 2))};
  if (!day.ok() || day.year() < std::chrono::year(1970)) return {};
  const std::chrono::milliseconds since = std::chrono::sys_days(day).time_since_epoch();
  return static_cast<std::uint64_t>(since.count());
}

std::optional<std::uint64_t> ParseMoment(std::string_view text) {
  const auto day = ParseDate(text.substr(0, 10));
  if (!day.has_value() || text.size() == 10) return day;
  std::string_view rest = text.substr(10);
  if (rest.ends_with('Z')) rest.remove_suffix(1);
  if ((rest.size() != 6 && rest.size() != 9) || rest[0] != 'T') return {};
  constexpr unsigned kLimits[] = {24, 60, 60};
  std::uint64_t seconds = 0;
  for (std::size_t part = 0; part < 3; ++part) {
    const std::size_t at = 1 + 3 * part;
    unsigned value = 0;
    if (at < rest.size()) {
      const auto [end, error] = std::from_chars(rest.data() + at, rest.data() + at + 2, value);
      const bool apart = part == 0 || rest[at - 1] == ':';
      if (error != std::errc() || end != rest.data() + at + 2 || !apart || value >= kLimits[part]) return {};
    }
    seconds = seconds * 60 + value;
  }
  return *day + seconds * 1000;
}

std::string TimeIso(std::uint64_t unix_ms) {
  return fmt::format("{}.{:03}Z", Formatted("%Y-%m-%dT%H:%M:%S", unix_ms), unix_ms % 1000);
}

std::string Printable(std::string_view value) {
  std::string out;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (!IsControl(value, at)) {
      out += value[at];
    } else if (value[at] == '\n') {
      out += "\\n";
    } else {
      const bool two_bytes = static_cast<unsigned char>(value[at]) == 0xC2;
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(value[two_bytes ? ++at : at]));
    }
  }
  return out;
}

std::size_t Width(std::string_view text) {
  std::size_t width = 0;
  for (const char byte : text) width += IsContinuation(byte) ? 0 : 1;
  return width;
}

std::string Shortened(std::string_view text, std::size_t columns) {
  if (Width(text) <= columns) return std::string(text);
  std::size_t end = 0;
  for (std::size_t width = 0; end < text.size(); ++end) {
    if (!IsContinuation(text[end]) && ++width == columns) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string Padded(std::string_view text, std::size_t columns) {
  std::string out(text);
  const std::size_t width = Width(text);
  if (width < columns) out.append(columns - width, ' ');
  return out;
}

}  // namespace cli
