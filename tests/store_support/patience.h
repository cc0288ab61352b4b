// How thorough the loops over every file operation and every bit are.
#pragma once

#include <cstdint>

namespace mseal::store {

// Sanitizers slow each round down several times; they take every fifth, other builds each.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::uint64_t kOperationStep = 5;
#else
inline constexpr std::uint64_t kOperationStep = 1;
#endif

}  // namespace mseal::store
