// The table of policy.
#include "people/policy.h"

#include <algorithm>

namespace mseal::people {
namespace {

using enum Weaker;

constexpr PolicyEntry kTable[] = {
    {policy::kPasswordMinLength, 12, 8, 128, kLower, "characters that a password has at least"},
    {policy::kPasswordHistory, 5, 0, 24, kLower, "passwords of before that a person may not take again"},
    {policy::kLoginDelayMs, 250, 0, 10'000, kLower, "wait after a failed login; it doubles with each further one"},
    {policy::kLoginAttempts, 10, 3, 100, kHigher, "failed logins in a row that lock a name out"},
    {policy::kLockoutMinutes, 15, 1, 1'440, kLower, "how long it is locked out, and how long failures count"},
    {policy::kSessionsPerPerson, 64, 1, 10'000, kHigher, "sessions that one person may have at a time"},
    {policy::kSessionIdleMinutes, 30, 1, 1'440, kHigher, "a session that nobody uses for so long ends"},
    {policy::kSessionMaxHours, 12, 1, 168, kHigher, "a session ends after so long in any case"},
    {policy::kBreakGlassMinutes, 60, 1, 1'440, kHigher, "how long a broken glass lets its person read at most"},
    {policy::kBreakGlassReviewHours, 72, 1, 720, kHigher, "a broken glass that nobody reviewed for so long is overdue"},
    {policy::kClassKeyDays, 730, 1, 3'650, kHigher, "a class key that was not rotated for so long is overdue (doctor)"},
    {policy::kEpochDays, 365, 1, 3'650, kHigher, "an epoch that lasts longer is overdue (doctor)"},
    {policy::kUnusedAccountDays, 90, 1, 3'650, kHigher, "a person without a login for so long is told of (doctor)"},
    {policy::kBackupDays, 7, 1, 365, kHigher, "a newest backup that is older is stale (doctor)"},
};

}  // namespace

std::span<const PolicyEntry> PolicyTable() { return kTable; }

const PolicyEntry* FindPolicy(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kTable), std::end(kTable), [&](const PolicyEntry& entry) { return entry.name == name; });
  return found == std::end(kTable) ? nullptr : found;
}

bool Weakens(std::string_view name, std::uint64_t before, std::uint64_t after) {
  const PolicyEntry* const entry = FindPolicy(name);
  if (entry == nullptr) return false;
  return entry->weaker == Weaker::kLower ? after < before : after > before;
}

}  // namespace mseal::people
