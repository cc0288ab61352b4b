// How long the calls of one thread took, counted in buckets no wider than 1/32 of what they hold.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace mseal::bench {

class Latencies {
 public:
  void Add(std::uint64_t nanoseconds) {
    ++counts_[BucketOf(nanoseconds)];
    ++total_;
  }
  void Merge(const Latencies& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
  }
  std::uint64_t count() const { return total_; }
  // The upper end of the bucket that holds the value which `share` of all do not exceed.
  double Microseconds(double share) const {
    auto left = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::size_t bucket = 0;
    while (bucket + 1 < counts_.size() && left >= counts_[bucket]) left -= counts_[bucket++];
    return static_cast<double>(UpperEnd(bucket)) / 1000;
  }

 private:
  static constexpr unsigned kSteps = 32;  // per power of two

  static std::size_t BucketOf(std::uint64_t value) {
    if (value < kSteps) return value;
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - 6;  // leaves 32 to 63
    return static_cast<std::size_t>(shift) * kSteps + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t UpperEnd(std::size_t bucket) {
    if (bucket < 2 * kSteps) return bucket + 1;
    const std::size_t shift = bucket / kSteps - 1;
    return (bucket - shift * kSteps + 1) << shift;
  }

  std::array<std::uint64_t, 60 * kSteps> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace mseal::bench
