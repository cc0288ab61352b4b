// The rules that alerts go by, and what they count of a person: pure, without a store or a clock of their own.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>

#include "audit/access.h"

namespace mseal::audit {

// Numbers are never used again. FORMAT.md, "Kept alert".
enum class Rule : std::uint8_t {
  kFailedLogins = 1,
  kFailedLoginsOfAll = 2,
  kLockOut = 3,
  kTwoPlaces = 4,
  kBulkRead = 5,
  kAboveHabit = 6,
  kOutsideHours = 7,
  kOutsideJob = 8,
  kCanary = 9,
  kBreakGlass = 10,
  kDenials = 11,
  kIntegrity = 12,
  kFreshness = 13,
  kClock = 14,
  kAuditGap = 15,
  kUndelivered = 16,
  kKeyOverdue = 17,
  kCertificateOverdue = 18,
  kRuleDisabled = 19,  // always on
  kTest = 20,          // always on
};

struct RuleEntry {
  Rule rule;
  std::string_view name;    // ends with a zero byte
  std::string_view policy;  // that turns it off at 0; empty: always on
  std::string_view help;
};
std::span<const RuleEntry> RuleTable();
// "unknown" for a number that there is not.
std::string_view NameOf(Rule rule);
// The rule that a setting of policy turns off, or null.
const RuleEntry* RuleOfPolicy(std::string_view policy);

// Whether `count` is where an alert is due: the first above the limit, and then each time it has doubled.
bool Crosses(std::uint64_t count, std::uint64_t limit);
// Whether an outcome tells that something stored was changed.
bool TellsOfDamage(StatusCode code);

// Hours of the day, UTC, in which people read; at any hour when both are equal. It may span midnight.
struct ReadingHours {
  std::uint8_t from = 0;
  std::uint8_t to = 0;  // not included
  bool set() const { return from != to; }
  bool Has(std::uint64_t time_ms) const { return HasHour(static_cast<std::uint8_t>(time_ms / 3'600'000 % 24)); }
  bool HasHour(std::uint8_t hour) const;
  // Whether there is an hour in it that `before` lacks.
  bool IsWiderThan(const ReadingHours& before) const;
};

// What rules compare with; from policy.
struct AlertLimits {
  std::uint32_t failed_logins = 5;
  std::uint32_t failed_logins_of_all = 50;
  std::uint32_t patients_per_hour = 200;
  std::uint32_t habit_factor = 5;
  std::uint32_t habit_least = 50;
  std::uint32_t denials = 20;
  std::uint32_t clock_minutes = 10;
  std::uint32_t key_days = 400;
  std::uint32_t certificate_days = 30;
  ReadingHours hours;
  std::uint32_t off = 0;  // bit n: rule n

  bool On(Rule rule) const { return (off >> static_cast<unsigned>(rule) & 1) == 0; }
};

// How many patients a person reads in an hour in which they read.
struct Habit {
  std::uint32_t hours = 0;     // that it is made of
  std::uint64_t mean = 0;      // thousandths of a patient
  std::uint64_t begun_ms = 0;  // of the hour that goes on, by the time of day
  std::uint32_t patients = 0;  // in that hour

  // What alerts in one hour, or none before there is a habit.
  std::uint32_t Limit(const AlertLimits& limits) const;
  // The hour that went on is over: what was read in it counts from now on.
  void Fold();
};

// What one person does, in all their sessions. Any thread may call; a read takes no lock and allocates nothing, but for
// the first in an hour.
class PersonWatch {
 public:
  static constexpr std::uint64_t kHourMs = 3'600'000;

  explicit PersonWatch(const Habit& habit, std::uint64_t now_ms, std::uint64_t passed_ms);

  // A patient was read. How many different ones in this hour, if that is one more; otherwise 0.
  std::uint32_t Read(const keys::PatientHandle& patient, std::uint64_t passed_ms) {
    if (passed_ms - begun_.load(std::memory_order_acquire) >= kHourMs) BeginHour(passed_ms);
    return Add(MarkOf(patient));
  }
  // The beginning of a handle, which is random; not 0.
  static std::uint64_t MarkOf(const keys::PatientHandle& patient) {
    std::uint64_t mark = 0;
    std::memcpy(&mark, patient.data(), sizeof(mark));
    return mark == 0 ? 1 : mark;
  }
  // Patients, by the beginnings of their handles, and others of whom nobody knows which, were read and not counted yet.
  // How many there are now in this hour.
  std::uint32_t Join(std::span<const std::uint64_t> patients, std::uint32_t others, std::uint64_t passed_ms);
  std::uint32_t Denied(std::uint64_t passed_ms);
  // By the hours that are over.
  std::uint32_t HabitLimit(const AlertLimits& limits, std::uint64_t passed_ms);
  // The habit as it is to be kept. `changed`: whether anything was read since it was taken last.
  Habit Take(std::uint64_t now_ms, std::uint64_t passed_ms, bool& changed);

 private:
  static constexpr std::size_t kSlots = 4096;
  static constexpr std::uint32_t kMostSlots = kSlots * 3 / 4;  // more than any limit; beyond, every patient is another

  void BeginHour(std::uint64_t passed_ms);
  std::uint32_t Add(std::uint64_t mark);

  std::atomic<std::uint64_t> begun_;  // of this hour
  std::atomic<std::uint32_t> patients_{0};
  std::atomic<std::uint32_t> denials_{0};
  std::atomic<bool> changed_{false};
  std::array<std::atomic<std::uint64_t>, kSlots> slots_{};  // beginnings of handles, which are random
  std::mutex mutex_;                                        // guards the habit and the begin of an hour
  Habit habit_;
};

}  // namespace mseal::audit
