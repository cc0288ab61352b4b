// Windows of declared jobs, and what lies within their terms.
#include "audit/job_watch.h"

#include <gtest/gtest.h>

namespace mseal::audit {
namespace {

using Answer = JobWatch::Answer;

constexpr std::uint64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr std::uint64_t kMonday = 1'609'718'400'000;  // 2021-01-04T00:00Z
constexpr std::uint64_t kPassed = 1'000'000'000'000;
constexpr std::uint32_t kFields[] = {1, 2};

JobTerms Terms() {
  JobTerms terms;
  terms.types["Patient"] = std::set<std::uint32_t>{1, 2};
  terms.types["LabResult"];
  terms.patients = 2;
  terms.window = {.from = 22 * 60, .to = 6 * 60, .days = 0x7f};
  terms.until_ms = kMonday + 7 * kDay;
  return terms;
}
JobWatch Watch(JobTerms terms = Terms(), JobTally tally = {}) {
  return JobWatch("billing", std::move(terms), tally, {kMonday, kPassed}, 10 * kMinute);
}
JobWatch::Moment After(std::uint64_t ms) { return {kMonday + ms, kPassed + ms}; }
JobWatch::Read Of(std::uint64_t patient, std::string_view type = "Patient") { return {type, kFields, patient}; }

TEST(DailyWindow, ThatSpansMidnightBelongsToTheDayItBeginsOn) {
  const DailyWindow window{.from = 22 * 60, .to = 6 * 60, .days = 1};  // Monday
  EXPECT_EQ(window.BegunBefore(kMonday + 22 * kHour), kMonday + 22 * kHour);
  EXPECT_EQ(window.BegunBefore(kMonday + 30 * kHour - 1), kMonday + 22 * kHour);
  EXPECT_EQ(window.BegunBefore(kMonday + 30 * kHour), std::nullopt);
  EXPECT_EQ(window.BegunBefore(kMonday + 22 * kHour - 1), std::nullopt);
  EXPECT_EQ(window.BegunBefore(kMonday + kHour), std::nullopt);  // Sunday's
  EXPECT_EQ(window.BegunBefore(kMonday + 46 * kHour), std::nullopt);
}

TEST(DailyWindow, LastsADayWhenItEndsWhereItBegins) {
  const DailyWindow window{.from = 60, .to = 60, .days = 0x7f};
  EXPECT_EQ(window.BegunBefore(kMonday + kHour), kMonday + kHour);
  EXPECT_EQ(window.BegunBefore(kMonday + kHour - 1), kMonday - 23 * kHour);
  EXPECT_EQ(window.BegunBefore(0), std::nullopt);
}

TEST(JobWatch, OtherTypesFieldsAndTimesAreOutside) {
  JobWatch watch = Watch();
  const std::uint32_t other[] = {1, 3};
  EXPECT_EQ(watch.Saw(Of(1), After(23 * kHour)), Answer::kWithin);
  EXPECT_EQ(watch.Saw({"LabResult", other, 1}, After(23 * kHour)), Answer::kWithin);
  EXPECT_EQ(watch.Saw({"Patient", other, 1}, After(23 * kHour)), Answer::kOutside);
  EXPECT_EQ(watch.Saw(Of(1, "directory"), After(23 * kHour)), Answer::kOutside);
  EXPECT_EQ(watch.Saw(Of(1), After(12 * kHour)), Answer::kOutside);
  EXPECT_EQ(watch.Saw(Of(1), After(6 * kDay + 23 * kHour)), Answer::kWithin);
  EXPECT_EQ(watch.Saw(Of(1), After(7 * kDay + kHour)), Answer::kOutside);
}

TEST(JobWatch, PatientsCountOnceAWindow) {
  JobWatch watch = Watch();
  for (const std::uint64_t patient : {1, 2, 1, 2})
    EXPECT_EQ(watch.Saw(Of(patient), After(23 * kHour)), Answer::kWithin);
  EXPECT_EQ(watch.Saw(Of(3), After(29 * kHour)), Answer::kOutside);
  EXPECT_EQ(watch.Leave().patients.size(), 3u);
  EXPECT_EQ(watch.Saw(Of(1), After(29 * kHour)), Answer::kNoMore);
  EXPECT_EQ(watch.Leave().patients.size(), 0u);
  EXPECT_EQ(watch.Saw(Of(3), After(47 * kHour)), Answer::kWithin);
  EXPECT_EQ(watch.tally().patients, 1u);
}

TEST(JobWatch, WhatWasReadBeforeThisProcessCounts) {
  JobWatch watch = Watch(Terms(), {.window_ms = kMonday + 22 * kHour, .patients = 1});
  EXPECT_EQ(watch.Saw(Of(1), After(23 * kHour)), Answer::kWithin);
  EXPECT_EQ(watch.Saw(Of(2), After(23 * kHour)), Answer::kOutside);
  EXPECT_EQ(watch.Leave().others, 1u);
}

TEST(JobWatch, AClockThatWasSetIsNotBelieved) {
  JobWatch watch = Watch();
  EXPECT_EQ(watch.Saw(Of(1), {kMonday + 23 * kHour, kPassed + 23 * kHour - 9 * kMinute}), Answer::kWithin);
  EXPECT_EQ(watch.Saw(Of(1), {kMonday + 23 * kHour, kPassed + 31 * kHour}), Answer::kOutside);
  EXPECT_EQ(watch.Saw(Of(1), {kMonday + 23 * kHour, kPassed + kHour}), Answer::kOutside);
}

TEST(JobWatch, NothingIsWithinOneThatEnded) {
  JobWatch watch = Watch();
  watch.End();
  EXPECT_EQ(watch.Saw(Of(1), After(23 * kHour)), Answer::kOutside);
}

}  // namespace
}  // namespace mseal::audit
