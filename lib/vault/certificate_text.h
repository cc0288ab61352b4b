// JSON for people: one member a line, in the order it is written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace mseal::vault {

std::string HexOf(ByteView bytes);
// Nothing unless `text` is exactly `out.size()` bytes in lower-case hex.
bool BytesOfHex(std::string_view text, MutableBytes out);
// ISO 8601 in UTC, to the millisecond.
std::string TimeText(std::uint64_t ms);

class JsonLines {
 public:
  JsonLines& Text(std::string_view name, std::string_view value) { return Member(name, Quoted(value)); }
  JsonLines& Number(std::string_view name, std::uint64_t value) { return Member(name, std::to_string(value)); }
  JsonLines& Truth(std::string_view name, bool value) { return Member(name, value ? "true" : "false"); }
  JsonLines& Null(std::string_view name) { return Member(name, "null"); }
  // A time, or null for 0.
  JsonLines& Time(std::string_view name, std::uint64_t ms) { return ms == 0 ? Null(name) : Text(name, TimeText(ms)); }
  JsonLines& List(std::string_view name, const std::vector<std::string>& texts);
  // Up to the last member, without the closing brace.
  const std::string& open() const { return text_; }

 private:
  JsonLines& Member(std::string_view name, std::string_view value);
  static std::string Quoted(std::string_view text);

  std::string text_ = "{";
};

}  // namespace mseal::vault
