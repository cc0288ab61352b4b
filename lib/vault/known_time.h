// Whether the clock can be believed: the newest time that the vault knew, and what the clock says now.
#pragma once

#include <chrono>

#include "vault/core.h"

namespace mseal::vault {

enum class ClockState : std::uint8_t {
  kBelieved = 0,
  kBehind = 1,   // earlier than what the vault knew, or than its newest row
  kAhead = 2,    // too far after what the vault knew
  kUnknown = 3,  // the known time is gone
};

// A clock further ahead than this is not believed. At a vault that nobody logs in to for longer, a second person
// confirms the time.
inline constexpr std::chrono::hours kLongestLeap{31 * 24};
// Clocks are set back a little all the time.
inline constexpr std::chrono::minutes kSmallestStep{10};

// `newest_row_ms`: when the newest row was written, as its writer's clock had it.
Result<ClockState> JudgeClock(const Core& core, std::uint64_t now_ms, std::uint64_t newest_row_ms);

// At each login: moves the known time to the clock, if that is believed and at least an hour on. It never goes back.
Status FollowClock(Core& core);

// Two persons said that the clock is right.
void PutKnownTime(const keys::MetaTable& meta, std::uint64_t ms, store::Batch& batch);

}  // namespace mseal::vault
