// A gate that lets many in together or one alone. Neither keeps the other out for ever: those who came while one was
// alone go in before the next may be.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <shared_mutex>

namespace mseal::vault {

// For std::shared_lock and std::unique_lock; the standard's own shared mutex may let an unbroken stream of one kind
// starve the other. One thread at a time asks to be alone.
class Gate {
 public:
  void lock_shared() {
    std::unique_lock guard(mutex_);
    if (!alone_ && !wanted_) return ++inside_, void();
    const std::uint64_t turn = turn_;
    ++waiting_;
    changed_.wait(guard, [&] { return turn_ != turn; });  // counted in by whoever changed the turn
  }
  void unlock_shared() {
    const std::lock_guard guard(mutex_);
    if (--inside_ == 0) changed_.notify_all();
  }
  void lock() {
    std::unique_lock guard(mutex_);
    wanted_ = true;
    changed_.wait(guard, [&] { return inside_ == 0; });
    wanted_ = false;
    alone_ = true;
  }
  void unlock() {
    const std::lock_guard guard(mutex_);
    alone_ = false;
    inside_ = waiting_;
    waiting_ = 0;
    ++turn_;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t inside_ = 0;
  std::uint64_t waiting_ = 0;
  std::uint64_t turn_ = 0;
  bool wanted_ = false;
  bool alone_ = false;
};

}  // namespace mseal::vault
