// The time of day.
#pragma once

#include <cstdint>

namespace mseal {

// Milliseconds since 1970-01-01 UTC.
std::uint64_t NowMs();

}  // namespace mseal
