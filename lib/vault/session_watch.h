// A thread that looks once a second, so that sessions nobody uses end although nobody calls.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace mseal::vault {

class SessionWatch {
 public:
  explicit SessionWatch(std::function<void()> look);
  ~SessionWatch();  // waits for a look that has begun
  SessionWatch(const SessionWatch&) = delete;
  SessionWatch& operator=(const SessionWatch&) = delete;

 private:
  void Run();

  std::function<void()> look_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace mseal::vault
