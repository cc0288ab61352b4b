// What a vault counts while it works: how its operations end, how long they take, and how far its log lags. Any thread
// records at any time: a count is one relaxed addition on a stripe that few threads share, without lock or allocation.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/status.h"

namespace mseal::vault {

// What hosts call. The names are labels of the rendered text and never change.
enum class Operation : std::uint8_t {
  kLogin,
  kGet,
  kPut,
  kDelete,
  kFind,
  kRange,
  kScan,
  kHistory,
  kPatient,
  kNext,
  kReadValue,
  kUpload,
  kImport,
  kErase,
  kRetention,
  kJobStep,
  kVerify,
  kBackup,
};
inline constexpr std::size_t kOperations = 18;
std::string_view NameOf(Operation operation);

inline constexpr std::size_t kOutcomes = static_cast<std::size_t>(StatusCode::kForked) + 1;

// Upper bounds of the latency histogram; a last bucket holds what took longer.
inline constexpr std::array<std::uint64_t, 18> kLatencyBoundsNs = {
    5'000,       10'000,      25'000,        50'000,        100'000,        250'000,
    500'000,     1'000'000,   2'500'000,     5'000'000,     10'000'000,     25'000'000,
    100'000'000, 250'000'000, 1'000'000'000, 2'500'000'000, 10'000'000'000, 60'000'000'000};

// The clock of intervals.
inline std::int64_t SteadyNs() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

class Metrics {
 public:
  void Record(Operation operation, StatusCode outcome, std::int64_t nanoseconds);

  struct OperationCounts {
    std::array<std::uint64_t, kOutcomes> outcomes{};
    std::array<std::uint64_t, kLatencyBoundsNs.size() + 1> buckets{};
    std::uint64_t nanoseconds = 0;
  };
  // The sum over all stripes. What is recorded meanwhile may be in it or not.
  OperationCounts Counts(Operation operation) const;

 private:
  struct OperationStripe {
    std::array<std::atomic<std::uint64_t>, kOutcomes> outcomes{};
    std::array<std::atomic<std::uint64_t>, kLatencyBoundsNs.size() + 1> buckets{};
    std::atomic<std::uint64_t> nanoseconds{0};
  };
  struct alignas(64) Stripe {
    std::array<OperationStripe, kOperations> operations;
  };
  static constexpr std::size_t kStripes = 8;
  static std::size_t OwnStripe();

  std::array<Stripe, kStripes> stripes_;
};

// Stands at the top of an operation and records it when it goes.
class Timed {
 public:
  Timed(Metrics& metrics, Operation operation) : metrics_(metrics), operation_(operation) {}
  ~Timed() { metrics_.Record(operation_, outcome_, SteadyNs() - begin_); }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

  Status End(Status status) {
    outcome_ = status.code();
    return status;
  }

 private:
  Metrics& metrics_;
  Operation operation_;
  StatusCode outcome_ = StatusCode::kResourceExhausted;  // only memory that runs out leaves without an end
  std::int64_t begin_ = SteadyNs();
};

}  // namespace mseal::vault
