// Reads the system's clocks.
#include "base/clock.h"

#include <time.h>

#include <atomic>
#include <chrono>

namespace mseal {
namespace {

std::atomic<std::uint64_t> g_fixed_ms{0};
std::atomic<std::uint64_t> g_passed_ms{0};

}  // namespace

std::uint64_t NowMs() {
  const std::uint64_t fixed = g_fixed_ms.load(std::memory_order_relaxed);
  if (fixed != 0) return fixed;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::uint64_t PassedMs() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000 +
         g_passed_ms.load(std::memory_order_relaxed);
}

void LetPassForTests(std::uint64_t ms) { g_passed_ms.fetch_add(ms, std::memory_order_relaxed); }

void SetClockForTests(std::uint64_t ms) { g_fixed_ms.store(ms, std::memory_order_relaxed); }

}  // namespace mseal
