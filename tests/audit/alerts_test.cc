// What the rules of alerts count, and where they draw the line.
#include "audit/alerts.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <thread>
#include <vector>

namespace mseal::test {
namespace {

using audit::AlertLimits;
using audit::Crosses;
using audit::Habit;
using audit::PersonWatch;
using audit::ReadingHours;

constexpr std::uint64_t kHour = PersonWatch::kHourMs;
constexpr std::uint64_t kNow = 1'609'459'200'000;
constexpr std::uint64_t kPassed = 100 * kHour;

keys::PatientHandle PatientNumber(std::uint32_t number) {
  // Handles are random: these are spread alike.
  keys::PatientHandle handle{};
  std::uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15ull;
  std::memcpy(handle.data(), &mixed, sizeof(mixed));
  return handle;
}

TEST(Rules, EachHasItsOwnNumberNameAndSwitch) {
  std::set<std::uint8_t> numbers;
  std::set<std::string_view> names, switches;
  for (const audit::RuleEntry& entry : audit::RuleTable()) {
    EXPECT_TRUE(numbers.insert(static_cast<std::uint8_t>(entry.rule)).second);
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(audit::NameOf(entry.rule), entry.name);
    if (entry.policy.empty()) continue;
    EXPECT_TRUE(switches.insert(entry.policy).second) << entry.policy;
    EXPECT_EQ(audit::RuleOfPolicy(entry.policy), &entry);
  }
  EXPECT_EQ(audit::NameOf(static_cast<audit::Rule>(200)), "unknown");
  EXPECT_EQ(audit::RuleOfPolicy(""), nullptr);
  EXPECT_EQ(audit::RuleOfPolicy("login_attempts"), nullptr);
}

TEST(Lines, AreCrossedAtTheFirstAboveAndThenAtEachDoubling) {
  std::vector<std::uint64_t> at;
  for (std::uint64_t count = 0; count <= 100; ++count) {
    if (Crosses(count, 10)) at.push_back(count);
  }
  EXPECT_EQ(at, (std::vector<std::uint64_t>{11, 20, 40, 80}));
  EXPECT_TRUE(Crosses(1, 0));
  EXPECT_FALSE(Crosses(2, 0));
  EXPECT_FALSE(Crosses(~0u - 1, ~0u));
}

TEST(Hours, MaySpanMidnightAndAreAllWhenTheirEndsAreEqual) {
  const ReadingHours day{8, 18}, night{22, 6}, any{7, 7};
  EXPECT_FALSE(day.HasHour(7));
  EXPECT_TRUE(day.HasHour(8));
  EXPECT_TRUE(day.HasHour(17));
  EXPECT_FALSE(day.HasHour(18));
  EXPECT_TRUE(night.HasHour(23));
  EXPECT_TRUE(night.HasHour(5));
  EXPECT_FALSE(night.HasHour(6));
  EXPECT_TRUE(any.HasHour(3));
  EXPECT_TRUE(day.Has(kNow + 9 * kHour));  // kNow is midnight
  EXPECT_FALSE(day.Has(kNow));
}

TEST(Hours, AreWiderWithOneHourMore) {
  const ReadingHours day{8, 18};
  EXPECT_TRUE((ReadingHours{8, 19}.IsWiderThan(day)));
  EXPECT_TRUE((ReadingHours{20, 18}.IsWiderThan(day)));  // a later begin, but around midnight
  EXPECT_TRUE((ReadingHours{8, 8}.IsWiderThan(day)));
  EXPECT_FALSE((ReadingHours{9, 18}.IsWiderThan(day)));
  EXPECT_FALSE(day.IsWiderThan({0, 0}));
}

TEST(Watching, CountsDifferentPatientsOnce) {
  PersonWatch watch({}, kNow, kPassed);
  for (std::uint32_t i = 0; i < 3000; ++i) EXPECT_EQ(watch.Read(PatientNumber(i), kPassed), i + 1);
  for (std::uint32_t i = 0; i < 3000; ++i) EXPECT_EQ(watch.Read(PatientNumber(i), kPassed), 0u);
}

TEST(Watching, GoesOnCountingWhenItCannotTellThemApartAnyMore) {
  PersonWatch watch({}, kNow, kPassed);
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < 20'000; ++i) count = std::max(count, watch.Read(PatientNumber(i), kPassed));
  EXPECT_EQ(count, 20'000u);
}

TEST(Watching, BeginsAnewAfterAnHour) {
  PersonWatch watch({}, kNow, kPassed);
  EXPECT_EQ(watch.Read(PatientNumber(1), kPassed), 1u);
  EXPECT_EQ(watch.Read(PatientNumber(2), kPassed + kHour - 1), 2u);
  EXPECT_EQ(watch.Denied(kPassed), 1u);
  EXPECT_EQ(watch.Read(PatientNumber(1), kPassed + kHour), 1u);
  EXPECT_EQ(watch.Denied(kPassed + kHour), 1u);
}

TEST(Watching, TakesUpTheHourThatWasGoingOn) {
  Habit habit;
  bool changed = false;
  {
    PersonWatch watch({}, kNow, kPassed);
    for (std::uint32_t i = 0; i < 7; ++i) watch.Read(PatientNumber(i), kPassed);
    habit = watch.Take(kNow + kHour / 2, kPassed + kHour / 2, changed);
    EXPECT_TRUE(changed);
    watch.Take(kNow, kPassed, changed);
    EXPECT_FALSE(changed);
  }
  PersonWatch soon(habit, kNow + kHour / 2 + 1, 5);  // the machine was started again
  EXPECT_EQ(soon.Read(PatientNumber(100), 5), 8u);
  PersonWatch later(habit, kNow + kHour, kPassed);
  EXPECT_EQ(later.Read(PatientNumber(100), kPassed), 1u);
}

TEST(Watching, ThreadsThatReadTheSameCountItOnce) {
  PersonWatch watch({}, kNow, kPassed);
  std::atomic<std::uint32_t> added{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint32_t i = 0; i < 2000; ++i) added += watch.Read(PatientNumber(i), kPassed) != 0 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(added, 2000u);
}

TEST(Habits, TellNothingBeforeThereIsOne) {
  Habit habit;
  for (int i = 0; i < 7; ++i) {
    habit.patients = 10;
    habit.Fold();
  }
  EXPECT_EQ(habit.Limit({}), ~0u);
  habit.patients = 10;
  habit.Fold();
  EXPECT_EQ(habit.mean, 10'000u);
  EXPECT_EQ(habit.Limit({}), 50u);  // five times ten
}

TEST(Habits, OfWhoReadsLittleLeaveRoom) {
  const Habit habit{.hours = 100, .mean = 1000};
  EXPECT_EQ(habit.Limit({}), AlertLimits{}.habit_least);
}

TEST(Habits, FollowSlowlyAndIgnoreHoursWithoutReading) {
  Habit habit{.hours = 100, .mean = 10'000};
  habit.Fold();
  EXPECT_EQ(habit.hours, 100u);
  habit.patients = 90;
  habit.Fold();
  EXPECT_EQ(habit.mean, 20'000u);
}

}  // namespace
}  // namespace mseal::test
