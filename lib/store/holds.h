// Who still looks at the past: snapshots and cursors that are open, and since when.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>

namespace mseal::store {

// RocksDB counts snapshots but not cursors, and not which of them are older than an event. Thread-safe.
class Holds {
 public:
  using Clock = std::chrono::steady_clock;

  // One that is open. Made before the engine's own, so that what opens after a mark shows nothing from before it.
  class Hold {
   public:
    explicit Hold(Holds& holds) : holds_(holds), number_(holds.Add()) {}
    ~Hold() { holds_.Remove(number_); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    Holds& holds_;
    std::uint64_t number_;
  };

  struct Count {
    std::size_t open = 0;
    std::chrono::milliseconds oldest{0};
  };

  // Holds that open from now on are not among those before it.
  std::uint64_t Mark() const;
  Count Before(std::uint64_t mark) const;

 private:
  std::uint64_t Add();
  void Remove(std::uint64_t number);

  mutable std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, Clock::time_point> since_;
};

}  // namespace mseal::store
