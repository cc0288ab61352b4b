// The controls of the module that stands between a test and a real token: it forwards every call, and fails, hangs or
// changes the one that it is told to.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace mseal::keys {

// Shared by the test and the module, which is loaded into the test's process. Any thread.
class ShimControls {
 public:
  enum class Failure {
    kBefore,  // the call does not reach the token
    kAfter,   // it does, and its answer is lost
    kDies,    // neither this call nor any after it reaches the token
  };

  // Call number `at` from now, from 0, answers `code`; those that close always reach the token.
  void FailAt(std::uint64_t at, unsigned long code, Failure failure);
  // Every call of this function does, after the next `good` ones, without reaching the token, until FailNever.
  void FailAll(const std::string& function, unsigned long code, std::uint64_t good = 0);
  // Call number `at` from now waits for Release and goes on then.
  void HangAt(std::uint64_t at);
  void Release();
  void FailNever();
  // Keys are generated as extractable, whatever the template says.
  void GiveKeysAway(bool away);

  bool failed() const;                                     // since it was last told to
  bool hanging() const;                                    // a call is waiting now
  std::uint64_t Calls(const std::string& function) const;  // of this function, ever

  // For the module: what the call of this name is to answer instead, before and after it was forwarded; 0 for nothing.
  unsigned long Before(const char* function);
  unsigned long After();
  bool giving_keys_away() const { return giving_away_; }

 private:
  mutable std::mutex mutex_;
  std::condition_variable released_;
  std::map<std::string, std::uint64_t> calls_;
  struct FailingFunction {
    unsigned long code;
    std::uint64_t good;
  };
  std::map<std::string, FailingFunction> failing_functions_;
  std::uint64_t count_ = 0;
  std::uint64_t fail_at_ = UINT64_MAX;
  std::uint64_t hang_at_ = UINT64_MAX;
  unsigned long code_ = 0;
  Failure failure_ = Failure::kBefore;
  bool hanging_ = false;
  bool after_ = false;
  std::atomic<bool> giving_away_ = false;
};

// The controls of the module at `path`, which this loads.
ShimControls& ControlsOfShim(const char* path);

}  // namespace mseal::keys
