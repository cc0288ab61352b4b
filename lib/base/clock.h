// The time of day.
#pragma once

#include <cstdint>

namespace mseal {

// Milliseconds since 1970-01-01 UTC.
std::uint64_t NowMs();

// What NowMs gives from now on, in tests; 0 gives it back to the system.
void SetClockForTests(std::uint64_t ms);

}  // namespace mseal
