// Adds up what operations record.
#include "vault/metrics.h"

#include <algorithm>

namespace mseal::vault {
namespace {

constexpr std::array<std::string_view, kOperations> kNames = {
    "login", "get",        "put",    "delete", "find",  "range",     "scan",     "history", "patient",
    "next",  "read_value", "upload", "import", "erase", "retention", "job_step", "verify",  "backup"};
static_assert(static_cast<std::size_t>(Operation::kBackup) + 1 == kOperations);

void Add(std::atomic<std::uint64_t>& count, std::uint64_t more) { count.fetch_add(more, std::memory_order_relaxed); }

}  // namespace

std::string_view NameOf(Operation operation) { return kNames[static_cast<std::size_t>(operation)]; }

// Threads take stripes in turn.
std::size_t Metrics::OwnStripe() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t own = next.fetch_add(1, std::memory_order_relaxed) % kStripes;
  return own;
}

void Metrics::Record(Operation operation, StatusCode outcome, std::int64_t nanoseconds) {
  OperationStripe& stripe = stripes_[OwnStripe()].operations[static_cast<std::size_t>(operation)];
  const auto took = static_cast<std::uint64_t>(std::max<std::int64_t>(0, nanoseconds));
  const auto bound = std::ranges::lower_bound(kLatencyBoundsNs, took);
  Add(stripe.outcomes[static_cast<std::size_t>(outcome)], 1);
  Add(stripe.buckets[static_cast<std::size_t>(bound - kLatencyBoundsNs.begin())], 1);
  Add(stripe.nanoseconds, took);
}

Metrics::OperationCounts Metrics::Counts(Operation operation) const {
  OperationCounts sum;
  for (const Stripe& stripe : stripes_) {
    const OperationStripe& one = stripe.operations[static_cast<std::size_t>(operation)];
    for (std::size_t i = 0; i < kOutcomes; ++i) sum.outcomes[i] += one.outcomes[i].load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < sum.buckets.size(); ++i)
      sum.buckets[i] += one.buckets[i].load(std::memory_order_relaxed);
    sum.nanoseconds += one.nanoseconds.load(std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace mseal::vault
