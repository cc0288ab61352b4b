// Which purposes and names a session may state.
#include "people/use.h"

#include <algorithm>

#include "base/bytes.h"
#include "format/clean_name.h"

namespace mseal::people {
namespace {

constexpr std::string_view kPurposes[] = {"care",      "billing", "research",        "admin",        "emergency",
                                          "migration", "audit",   "patient_request", "public_health"};
constexpr std::string_view kOwnPrefix = "x-";
constexpr std::size_t kLongestOwn = 32;

bool IsOwnPurpose(std::string_view purpose) {
  if (!purpose.starts_with(kOwnPrefix)) return false;
  const std::string_view name = purpose.substr(kOwnPrefix.size());
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= kLongestOwn && std::all_of(name.begin(), name.end(), allowed);
}

Status CheckAsserted(std::string_view text) {
  if (text.empty() || format::IsCleanText(AsBytes(text), kLongestAsserted)) return Status::Ok();
  return Status::InvalidArgument("on_behalf_of and origin are at most 128 bytes of clean text");
}

}  // namespace

std::span<const std::string_view> KnownPurposes() { return kPurposes; }

Status CheckUse(const Use& use) {
  if (use.purpose.empty())
    return Status::InvalidArgument("a purpose of use is needed: care, billing, research, admin, ...");
  const bool known = std::find(std::begin(kPurposes), std::end(kPurposes), use.purpose) != std::end(kPurposes);
  if (!known && !IsOwnPurpose(use.purpose))
    return Status::InvalidArgument(
        "there is no such purpose of use: care, billing, research, admin, emergency, migration, audit, "
        "patient_request, public_health, or x- and a name of your own");
  MS_TRY(CheckAsserted(use.on_behalf_of));
  return CheckAsserted(use.origin);
}

}  // namespace mseal::people
