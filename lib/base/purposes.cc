// The list of purposes.
#include "base/purposes.h"

#include <algorithm>
#include <array>

namespace mseal {
namespace {

constexpr std::array<std::string_view, 6> kPurposes = {"care",  "billing",   "research",
                                                       "admin", "emergency", "migration"};
constexpr std::size_t kLongestOwn = 30;

bool IsOwn(std::string_view name) {
  constexpr std::string_view kPrefix = "x-";
  if (!name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= kLongestOwn && std::ranges::all_of(name, fits);
}

}  // namespace

bool IsPurpose(std::string_view name) { return std::ranges::find(kPurposes, name) != kPurposes.end() || IsOwn(name); }

}  // namespace mseal
