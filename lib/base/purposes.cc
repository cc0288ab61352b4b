// The list of purposes.
#include "base/purposes.h"

#include <algorithm>

namespace mseal {
namespace {

constexpr std::string_view kPurposes[] = {"care",      "billing", "research",        "admin",        "emergency",
                                          "migration", "audit",   "patient_request", "public_health"};
constexpr std::size_t kLongestOwn = 32;

bool IsOwn(std::string_view name) {
  constexpr std::string_view kPrefix = "x-";
  if (!name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= kLongestOwn && std::ranges::all_of(name, fits);
}

}  // namespace

std::span<const std::string_view> KnownPurposes() { return kPurposes; }

bool IsPurpose(std::string_view name) {
  return std::ranges::find(kPurposes, name) != std::end(kPurposes) || IsOwn(name);
}

}  // namespace mseal
