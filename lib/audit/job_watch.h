// What a declared job may read and what it has read: pure, without a store or a clock of its own.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace mseal::audit {

// A stretch of time that begins at one minute of certain days, UTC.
struct DailyWindow {
  std::uint16_t from = 0;    // minute of the day
  std::uint16_t to = 0;      // not included; before `from`: on the next day; equal: a day later
  std::uint8_t days = 0x7f;  // on which one begins: bit 0 Monday, bit 6 Sunday

  // When the window began that the time lies in; nothing if it lies in none.
  std::optional<std::uint64_t> BegunBefore(std::uint64_t time_ms) const;
};

struct JobTerms {
  // By type, the numbers of the fields that may be opened; nothing beside a type: all of them.
  std::map<std::string, std::optional<std::set<std::uint32_t>>, std::less<>> types;
  std::uint32_t patients = 0;  // in one window
  DailyWindow window;
  std::uint64_t until_ms = 0;  // not included
};

struct JobTally {
  std::uint64_t window_ms = 0;  // when it began
  std::uint32_t patients = 0;   // read in it
};

// All sessions of one declared job. Any thread may call.
class JobWatch {
 public:
  // The time of day and the time that has passed, as base/clock.h has them.
  struct Moment {
    std::uint64_t time_ms = 0;
    std::uint64_t passed_ms = 0;
  };
  struct Read {
    std::string_view type;
    std::span<const std::uint32_t> fields;
    std::uint64_t patient = 0;  // the beginning of the handle
  };
  enum class Answer : std::uint8_t {
    kWithin = 0,
    kOutside = 1,
    kNoMore = 2,  // another session of the job was outside before, in this window
  };

  // A clock that is set by `step_ms` after `begun` is not believed, and then nothing is within the terms.
  JobWatch(std::string name, JobTerms terms, const JobTally& tally, const Moment& begun, std::uint64_t step_ms)
      : name_(std::move(name)), terms_(std::move(terms)), tally_(tally), begun_(begun), step_ms_(step_ms) {}

  const std::string& name() const { return name_; }
  Answer Saw(const Read& read, const Moment& now);
  // Nothing is within the terms any more: it was revoked, or the clock is not believed.
  void End();

  // Somebody was outside: the patients that were read within, to be counted by other rules from now on. Once in a
  // window; afterwards there are none.
  struct Within {
    std::vector<std::uint64_t> patients;
    std::uint32_t others = 0;  // read before this process: nobody knows which
  };
  Within Leave();
  JobTally tally() const;

 private:
  bool Believes(const Moment& now) const;
  bool Names(const Read& read) const;
  void BeginWindow(std::uint64_t window_ms);

  const std::string name_;
  const JobTerms terms_;
  mutable std::mutex mutex_;
  JobTally tally_;
  std::unordered_set<std::uint64_t> patients_;  // counted in the tally, in this process
  const Moment begun_;
  const std::uint64_t step_ms_;
  bool over_ = false;
  bool left_ = false;  // in this window
};

}  // namespace mseal::audit
