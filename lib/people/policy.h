// The settings of a vault that are policy: a table of what there is, what it may be, and which way is weaker.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mseal::people {

enum class Weaker : std::uint8_t { kHigher = 1, kLower = 2 };

struct PolicyEntry {
  std::string_view name;  // letters, digits and underscores; never used again for another thing
  std::uint64_t initial;  // until a statement says otherwise
  std::uint64_t least;
  std::uint64_t most;
  Weaker weaker;
  std::string_view help;
};

namespace policy {

inline constexpr std::string_view kPasswordMinLength = "password_min_length";
inline constexpr std::string_view kPasswordHistory = "password_history";
inline constexpr std::string_view kLoginDelayMs = "login_delay_ms";
inline constexpr std::string_view kLoginAttempts = "login_attempts";
inline constexpr std::string_view kLockoutMinutes = "lockout_minutes";
inline constexpr std::string_view kSessionsPerPerson = "sessions_per_person";
inline constexpr std::string_view kSessionIdleMinutes = "session_idle_minutes";
inline constexpr std::string_view kSessionMaxHours = "session_max_hours";
inline constexpr std::string_view kBreakGlassMinutes = "break_glass_minutes";
inline constexpr std::string_view kBreakGlassReviewHours = "break_glass_review_hours";
inline constexpr std::string_view kClassKeyDays = "class_key_days";
inline constexpr std::string_view kEpochDays = "epoch_days";
inline constexpr std::string_view kUnusedAccountDays = "unused_account_days";
inline constexpr std::string_view kBackupDays = "backup_days";
inline constexpr std::string_view kApprovals = "approvals";
inline constexpr std::string_view kApprovalHours = "approval_hours";
inline constexpr std::string_view kEraseAlone = "erase_alone";
// What alerts go by; which rules are on has a row a rule, `alert_` and its name (audit/alerts.h).
inline constexpr std::string_view kAlertFailedLogins = "alert_after_failed_logins";
inline constexpr std::string_view kAlertFailedLoginsOfAll = "alert_after_failed_logins_of_all";
inline constexpr std::string_view kAlertPatientsPerHour = "alert_patients_per_hour";
inline constexpr std::string_view kAlertHabitFactor = "alert_habit_factor";
inline constexpr std::string_view kAlertHabitLeast = "alert_habit_least";
inline constexpr std::string_view kAlertHoursFrom = "alert_hours_from";
inline constexpr std::string_view kAlertHoursTo = "alert_hours_to";
inline constexpr std::string_view kAlertDenials = "alert_after_denials";
inline constexpr std::string_view kAlertClockMinutes = "alert_clock_minutes";
inline constexpr std::string_view kAlertKeyDays = "alert_key_days";
inline constexpr std::string_view kAlertCertificateDays = "alert_certificate_days";

}  // namespace policy

// All there are. A further setting is a further row (policy.cc).
std::span<const PolicyEntry> PolicyTable();
// Null: there is no such setting.
const PolicyEntry* FindPolicy(std::string_view name);
// Whether a change makes the vault weaker, which takes a second person. False for a name that there is not.
bool Weakens(std::string_view name, std::uint64_t before, std::uint64_t after);

}  // namespace mseal::people
