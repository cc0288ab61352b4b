// The time of day, and time that passes.
#pragma once

#include <cstdint>

namespace mseal {

// Milliseconds since 1970-01-01 UTC.
std::uint64_t NowMs();

// Milliseconds since the machine started, sleep included; nobody sets this clock.
std::uint64_t PassedMs();

// What PassedMs gives is so much more from now on, in tests.
void LetPassForTests(std::uint64_t ms);
// What NowMs gives from now on, in tests; 0 gives it back to the system.
void SetClockForTests(std::uint64_t ms);

}  // namespace mseal
