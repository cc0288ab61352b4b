// The table of rules, and counting.
#include "audit/alerts.h"

#include <algorithm>

namespace mseal::audit {
namespace {

constexpr std::uint32_t kHoursOfAHabit = 8;
constexpr std::uint64_t kThousand = 1000;

constexpr RuleEntry kRules[] = {
    {Rule::kFailedLogins, "failed-logins", "alert_failed_logins", "logins of one name failed in a row"},
    {Rule::kFailedLoginsOfAll, "failed-logins-of-all", "alert_failed_logins_of_all", "logins of many names failed"},
    {Rule::kLockOut, "lock-out", "alert_lock_out", "a name was locked out"},
    {Rule::kTwoPlaces, "two-places", "alert_two_places", "one person is at work in two places"},
    {Rule::kBulkRead, "bulk-read", "alert_bulk_read", "a person read more patients in an hour than policy allows"},
    {Rule::kAboveHabit, "above-habit", "alert_above_habit", "a person read far more patients than they use to"},
    {Rule::kOutsideHours, "outside-hours", "alert_outside_hours", "somebody read outside the hours that are set"},
    {Rule::kOutsideJob, "outside-job", "alert_outside_job", "a declared job read what was not declared"},
    {Rule::kCanary, "canary", "alert_canary", "a planted patient was touched"},
    {Rule::kBreakGlass, "break-glass", "alert_break_glass", "somebody broke the glass"},
    {Rule::kDenials, "denials", "alert_denials", "a person tried again and again what they may not"},
    {Rule::kIntegrity, "integrity", "alert_integrity", "something stored does not authenticate"},
    {Rule::kFreshness, "freshness", "alert_freshness", "the store is older than it should be"},
    {Rule::kClock, "clock", "alert_clock", "the clock was set, or is not believed"},
    {Rule::kAuditGap, "audit-gap", "alert_audit_gap", "entries of the log may be missing after a loss of power"},
    {Rule::kUndelivered, "undelivered", "alert_undelivered", "alerts of before could not be delivered"},
    {Rule::kKeyOverdue, "key-overdue", "alert_key_overdue", "the epoch secret is older than policy allows"},
    {Rule::kCertificateOverdue, "certificate-overdue", "alert_certificate_overdue", "an erasure is not over in time"},
    {Rule::kRuleDisabled, "rule-disabled", "", "a rule was turned off, or its limit made weaker"},
    {Rule::kTest, "test", "", "somebody tried whether alerts arrive"},
};

}  // namespace

std::span<const RuleEntry> RuleTable() { return kRules; }

std::string_view NameOf(Rule rule) {
  for (const RuleEntry& entry : kRules) {
    if (entry.rule == rule) return entry.name;
  }
  return "unknown";
}

const RuleEntry* RuleOfPolicy(std::string_view policy) {
  for (const RuleEntry& entry : kRules) {
    if (!entry.policy.empty() && entry.policy == policy) return &entry;
  }
  return nullptr;
}

bool Crosses(std::uint64_t count, std::uint64_t limit) {
  if (count <= limit) return false;
  if (count == limit + 1) return true;
  if (limit == 0 || count % limit != 0) return false;
  const std::uint64_t times = count / limit;
  return (times & (times - 1)) == 0;
}

bool TellsOfDamage(StatusCode code) {
  return code == StatusCode::kAuthFailed || code == StatusCode::kCorrupt || code == StatusCode::kStale;
}

bool ReadingHours::HasHour(std::uint8_t hour) const {
  if (!set()) return true;
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

bool ReadingHours::IsWiderThan(const ReadingHours& before) const {
  for (std::uint8_t hour = 0; hour < 24; ++hour) {
    if (HasHour(hour) && !before.HasHour(hour)) return true;
  }
  return false;
}

// ---- habits

std::uint32_t Habit::Limit(const AlertLimits& limits) const {
  if (hours < kHoursOfAHabit) return ~std::uint32_t{0};
  const std::uint64_t far = mean * limits.habit_factor / kThousand;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(std::max<std::uint64_t>(far, limits.habit_least), ~0u));
}

// The mean of the first hours, and from then on one that follows slowly.
void Habit::Fold() {
  if (patients == 0) return;
  hours = std::min(hours + 1, ~0u - 1);
  const std::uint64_t weight = std::min(hours, kHoursOfAHabit);
  mean = (mean * (weight - 1) + patients * kThousand) / weight;
  patients = 0;
  begun_ms = 0;
}

// ---- one person

PersonWatch::PersonWatch(const Habit& habit, std::uint64_t now_ms, std::uint64_t passed_ms)
    : begun_(passed_ms), habit_(habit) {
  const std::uint64_t age = now_ms - habit_.begun_ms;
  if (now_ms < habit_.begun_ms || age >= kHourMs) {
    habit_.Fold();
    return;
  }
  patients_ = habit_.patients;  // of a session that ended: whom it read is not known any more
  begun_ = passed_ms - std::min(age, passed_ms);
}

void PersonWatch::BeginHour(std::uint64_t passed_ms) {
  const std::lock_guard lock(mutex_);
  if (passed_ms - begun_.load() < kHourMs) return;
  habit_.patients = patients_.exchange(0);
  habit_.Fold();
  for (auto& slot : slots_) slot.store(0, std::memory_order_relaxed);
  denials_ = 0;
  begun_.store(passed_ms, std::memory_order_release);
}

std::uint32_t PersonWatch::Add(std::uint64_t mark) {
  if (patients_.load(std::memory_order_relaxed) < kMostSlots) {
    for (std::size_t at = mark % kSlots;; at = (at + 1) % kSlots) {
      std::uint64_t there = slots_[at].load(std::memory_order_relaxed);
      if (there == mark) return 0;
      if (there != 0) continue;
      if (slots_[at].compare_exchange_strong(there, mark, std::memory_order_relaxed)) break;
      if (there == mark) return 0;
    }
  }
  if (!changed_.load(std::memory_order_relaxed)) changed_.store(true, std::memory_order_relaxed);
  return patients_.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::uint32_t PersonWatch::Join(std::span<const std::uint64_t> patients, std::uint32_t others,
                                std::uint64_t passed_ms) {
  if (passed_ms - begun_.load(std::memory_order_acquire) >= kHourMs) BeginHour(passed_ms);
  for (const std::uint64_t patient : patients) Add(patient);
  return patients_.fetch_add(others, std::memory_order_relaxed) + others;
}

std::uint32_t PersonWatch::Denied(std::uint64_t passed_ms) {
  if (passed_ms - begun_.load(std::memory_order_acquire) >= kHourMs) BeginHour(passed_ms);
  return denials_.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::uint32_t PersonWatch::HabitLimit(const AlertLimits& limits, std::uint64_t passed_ms) {
  if (passed_ms - begun_.load(std::memory_order_acquire) >= kHourMs) BeginHour(passed_ms);
  const std::lock_guard lock(mutex_);
  return habit_.Limit(limits);
}

Habit PersonWatch::Take(std::uint64_t now_ms, std::uint64_t passed_ms, bool& changed) {
  const std::lock_guard lock(mutex_);
  changed = changed_.exchange(false);
  Habit habit = habit_;
  habit.patients = patients_.load();
  habit.begun_ms = now_ms - std::min(passed_ms - begun_.load(), now_ms);
  return habit;
}

}  // namespace mseal::audit
