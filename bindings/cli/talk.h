// Everything that is said to the person on stderr: notices, warnings, failures with what to do next, and a progress
// line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "status.h"

namespace cli {

// With `json`, failures and rejected inputs are JSON lines.
void SetTalk(bool json);

void Say(const std::string& notice);
void Warn(const std::string& warning);
// An input that was not taken; the rest goes on.
void SayRejected(const std::string& place, const std::string& why, medseal_code code);
void SayFailed(const Error& error);

// One line that is drawn over itself, with rate and remaining time; nothing when stderr is no terminal.
class ProgressLine {
 public:
  // `unit` is what `done` counts; bytes are shown as MB, with the records made of them.
  ProgressLine(std::string what, std::string unit);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Update(std::uint64_t done, std::uint64_t in_all, std::uint64_t records);

 private:
  using Clock = std::chrono::steady_clock;
  std::string Text(std::uint64_t done, std::uint64_t in_all, std::uint64_t records, double seconds) const;

  std::string what_;
  std::string unit_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point drawn_{};
};

}  // namespace cli
