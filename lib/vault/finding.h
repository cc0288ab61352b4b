// What an examination of a vault found: how bad, what, and what to do about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mseal::vault {

enum class Severity : std::uint8_t {
  kNote = 0,    // to know
  kYellow = 1,  // look at it
  kRed = 2,     // not safe as it is
};

// Holds no values and no ids: names of classes, roles, fields, files and, where a person who may see them asked, of
// persons.
struct Finding {
  Severity severity = Severity::kNote;
  std::string_view code;  // a stable word
  std::string text;
  std::string advice;  // empty: nothing to do
};

using Findings = std::vector<Finding>;

}  // namespace mseal::vault
