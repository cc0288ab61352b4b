// Numbers holds in the order they open.
#include "store/holds.h"

#include <iterator>

namespace mseal::store {

std::uint64_t Holds::Mark() const {
  const std::lock_guard lock(mutex_);
  return next_;
}

Holds::Count Holds::Before(std::uint64_t mark) const {
  const std::lock_guard lock(mutex_);
  const auto end = since_.lower_bound(mark);
  if (end == since_.begin()) return {};
  return {static_cast<std::size_t>(std::distance(since_.begin(), end)),
          std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since_.begin()->second)};
}

std::uint64_t Holds::Add() {
  const std::lock_guard lock(mutex_);
  since_.emplace_hint(since_.end(), next_, Clock::now());
  return next_++;
}

void Holds::Remove(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  since_.erase(number);
}

}  // namespace mseal::store
