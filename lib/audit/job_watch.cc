// Compares what a job reads with its terms.
#include "audit/job_watch.h"

#include <algorithm>
#include <cstdlib>

namespace mseal::audit {
namespace {

constexpr std::uint64_t kMinuteMs = 60'000;
constexpr std::uint64_t kDayMs = 24 * 60 * kMinuteMs;
constexpr std::uint64_t kFirstDay = 3;  // 1970-01-01 was a Thursday

}  // namespace

std::optional<std::uint64_t> DailyWindow::BegunBefore(std::uint64_t time_ms) const {
  const std::uint64_t since = (time_ms + kDayMs - from * kMinuteMs) % kDayMs;
  const std::uint64_t length = from == to ? kDayMs : (to * kMinuteMs + kDayMs - from * kMinuteMs) % kDayMs;
  if (since >= length || since > time_ms) return std::nullopt;
  const std::uint64_t begun = time_ms - since;
  const std::uint64_t day = (begun / kDayMs + kFirstDay) % 7;
  return (days >> day & 1) != 0 ? std::optional(begun) : std::nullopt;
}

JobWatch::Answer JobWatch::Saw(const Read& read, const Moment& now) {
  const auto window = terms_.window.BegunBefore(now.time_ms);
  const std::lock_guard lock(mutex_);
  if (over_ || !window.has_value() || now.time_ms >= terms_.until_ms || !Believes(now)) return Answer::kOutside;
  if (*window != tally_.window_ms) BeginWindow(*window);
  if (left_) return Answer::kNoMore;
  if (!Names(read)) return Answer::kOutside;
  if (patients_.insert(read.patient).second) ++tally_.patients;
  return tally_.patients <= terms_.patients ? Answer::kWithin : Answer::kOutside;
}

void JobWatch::End() {
  const std::lock_guard lock(mutex_);
  over_ = true;
}

JobWatch::Within JobWatch::Leave() {
  const std::lock_guard lock(mutex_);
  Within within;
  if (left_) return within;
  left_ = true;
  within.patients.assign(patients_.begin(), patients_.end());
  within.others = tally_.patients - static_cast<std::uint32_t>(patients_.size());
  patients_.clear();
  return within;
}

JobTally JobWatch::tally() const {
  const std::lock_guard lock(mutex_);
  return tally_;
}

bool JobWatch::Believes(const Moment& now) const {
  const auto offset = [](const Moment& at) {
    return static_cast<std::int64_t>(at.time_ms) - static_cast<std::int64_t>(at.passed_ms);
  };
  return static_cast<std::uint64_t>(std::abs(offset(now) - offset(begun_))) < step_ms_;
}

bool JobWatch::Names(const Read& read) const {
  const auto type = terms_.types.find(read.type);
  if (type == terms_.types.end()) return false;
  if (!type->second.has_value()) return true;
  return std::all_of(read.fields.begin(), read.fields.end(),
                     [&](std::uint32_t field) { return type->second->contains(field); });
}

void JobWatch::BeginWindow(std::uint64_t window_ms) {
  tally_ = {.window_ms = window_ms, .patients = 0};
  patients_.clear();
  left_ = false;
}

}  // namespace mseal::audit
