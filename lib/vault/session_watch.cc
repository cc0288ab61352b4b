// Runs the thread that looks for sessions whose time is over.
#include "vault/session_watch.h"

#include <chrono>

namespace mseal::vault {

SessionWatch::SessionWatch(std::function<void()> look) : look_(std::move(look)), thread_([this] { Run(); }) {}

SessionWatch::~SessionWatch() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void SessionWatch::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_.wait_for(lock, std::chrono::seconds(1), [this] { return stop_; });
    if (stop_) return;
    lock.unlock();
    look_();
    lock.lock();
  }
}

}  // namespace mseal::vault
