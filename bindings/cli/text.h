// Numbers, times and stored values as a person reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cli {

std::string Grouped(std::uint64_t number);    // 12 345
std::string Size(std::uint64_t bytes);        // 1.4 MB
std::string Duration(double seconds);         // 1 min 20 s
std::uint64_t NowMs();                        // since 1970, by this machine's clock
std::string TimeText(std::uint64_t unix_ms);  // 2026-01-31 09:30:00 UTC
std::string TimeIso(std::uint64_t unix_ms);   // 2026-01-31T09:30:00.250Z
// The beginning of a day written YYYY-MM-DD, UTC; nothing where that is no day from 1970 to 9999.
std::optional<std::uint64_t> ParseDate(std::string_view text);
// The same, or a moment written YYYY-MM-DDTHH:MM[:SS][Z], UTC.
std::optional<std::uint64_t> ParseMoment(std::string_view text);

// A stored value for a terminal: control characters are shown, not sent, so that a record cannot drive the screen.
std::string Printable(std::string_view value);
// The first `columns` characters, with an ellipsis if there were more; does not cut a UTF-8 character.
std::string Shortened(std::string_view text, std::size_t columns);
// Characters of UTF-8, taken as columns.
std::size_t Width(std::string_view text);
// Filled with blanks to `columns`.
std::string Padded(std::string_view text, std::size_t columns);

}  // namespace cli
