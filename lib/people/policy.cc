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
    {policy::kApprovals, 2, 1, 16, kLower, "persons who sign what takes several (medseal approve)"},
    {policy::kApprovalHours, 72, 1, 720, kHigher, "hours after which what was signed for is over"},
    {policy::kEraseAlone, 20, 1, 100'000, kHigher, "patients that a person may erase in 24 hours without others"},
    {policy::kAlertFailedLogins, 5, 1, 100, kHigher, "failed logins of one name in a row that alert"},
    {policy::kAlertFailedLoginsOfAll, 50, 5, 10'000, kHigher, "failed logins of all names together that alert"},
    {policy::kAlertPatientsPerHour, 200, 1, 3'000, kHigher, "patients a person may read in an hour without an alert"},
    {policy::kAlertHabitFactor, 5, 2, 100, kHigher, "times what a person usually reads in an hour that alert"},
    {policy::kAlertHabitLeast, 50, 1, 3'000, kHigher, "patients in an hour that are within anybody's habit"},
    {policy::kAlertHoursFrom, 0, 0, 23, kLower, "hour (UTC) from which people read; equal to alert_hours_to: at any"},
    {policy::kAlertHoursTo, 0, 0, 23, kHigher, "hour (UTC) from which reading alerts"},
    {policy::kAlertDenials, 20, 1, 1'000, kHigher, "denied accesses of a person in an hour that alert"},
    {policy::kAlertClockMinutes, 10, 1, 1'440, kHigher, "minutes that the clock may be set by without an alert"},
    {policy::kAlertKeyDays, 400, 1, 3'660, kHigher, "age of the epoch secret that alerts"},
    {policy::kAlertCertificateDays, 30, 1, 366, kHigher, "days after which an erasure that is not over alerts"},
    {"alert_failed_logins", 1, 0, 1, kLower, "alert when logins of one name fail"},
    {"alert_failed_logins_of_all", 1, 0, 1, kLower, "alert when logins of many names fail"},
    {"alert_lock_out", 1, 0, 1, kLower, "alert when a name is locked out"},
    {"alert_two_places", 1, 0, 1, kLower, "alert when one person is at work in two places"},
    {"alert_bulk_read", 1, 0, 1, kLower, "alert when a person reads many patients"},
    {"alert_above_habit", 1, 0, 1, kLower, "alert when a person reads far more patients than they use to"},
    {"alert_outside_hours", 1, 0, 1, kLower, "alert when somebody reads outside the hours that are set"},
    {"alert_outside_job", 1, 0, 1, kLower, "alert when a declared job reads what was not declared"},
    {"alert_canary", 1, 0, 1, kLower, "alert when a planted patient is touched"},
    {"alert_break_glass", 1, 0, 1, kLower, "alert when somebody breaks the glass"},
    {"alert_denials", 1, 0, 1, kLower, "alert when a person tries what they may not"},
    {"alert_integrity", 1, 0, 1, kLower, "alert when something stored does not authenticate"},
    {"alert_freshness", 1, 0, 1, kLower, "alert when the store is older than it should be"},
    {"alert_clock", 1, 0, 1, kLower, "alert when the clock was set"},
    {"alert_audit_gap", 1, 0, 1, kLower, "alert when entries of the log may be missing"},
    {"alert_undelivered", 1, 0, 1, kLower, "alert when alerts could not be delivered"},
    {"alert_key_overdue", 1, 0, 1, kLower, "alert when the epoch secret is too old"},
    {"alert_certificate_overdue", 1, 0, 1, kLower, "alert when an erasure is not over in time"},
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
