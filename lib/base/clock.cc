// Reads the system clock.
#include "base/clock.h"

#include <atomic>
#include <chrono>

namespace mseal {
namespace {

std::atomic<std::uint64_t> g_fixed_ms{0};

}  // namespace

std::uint64_t NowMs() {
  const std::uint64_t fixed = g_fixed_ms.load(std::memory_order_relaxed);
  if (fixed != 0) return fixed;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

void SetClockForTests(std::uint64_t ms) { g_fixed_ms.store(ms, std::memory_order_relaxed); }

}  // namespace mseal
