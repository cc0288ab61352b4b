// Counts calls and says which fail. In the module, and in the test that holds the module's.
#include <dlfcn.h>

#include <cstdlib>
#include <string_view>
#include <utility>

#include "keys_support/token_shim.h"

namespace mseal::keys {

void ShimControls::FailAt(std::uint64_t at, unsigned long code, Failure failure) {
  std::lock_guard lock(mutex_);
  count_ = 0, fail_at_ = at, code_ = code, failure_ = failure;
}

void ShimControls::FailAll(const std::string& function, unsigned long code, std::uint64_t good) {
  std::lock_guard lock(mutex_);
  failing_functions_[function] = {code, good};
}

void ShimControls::HangAt(std::uint64_t at) {
  std::lock_guard lock(mutex_);
  count_ = 0, hang_at_ = at;
}

void ShimControls::Release() {
  std::lock_guard lock(mutex_);
  hang_at_ = UINT64_MAX;
  released_.notify_all();
}

void ShimControls::FailNever() {
  std::lock_guard lock(mutex_);
  fail_at_ = UINT64_MAX;
  failing_functions_.clear();
}

void ShimControls::GiveKeysAway(bool away) { giving_away_ = away; }

bool ShimControls::failed() const {
  std::lock_guard lock(mutex_);
  return count_ > fail_at_;
}

bool ShimControls::hanging() const {
  std::lock_guard lock(mutex_);
  return hanging_;
}

std::uint64_t ShimControls::Calls(const std::string& function) const {
  std::lock_guard lock(mutex_);
  const auto found = calls_.find(function);
  return found == calls_.end() ? 0 : found->second;
}

unsigned long ShimControls::Before(const char* function) {
  std::unique_lock lock(mutex_);
  ++calls_[function];
  const std::uint64_t number = count_++;
  if (number == hang_at_) {
    hanging_ = true;
    released_.wait(lock, [this] { return hang_at_ == UINT64_MAX; });
    hanging_ = false;
  }
  const auto failing = failing_functions_.find(function);
  if (failing != failing_functions_.end() && failing->second.good-- == 0) {
    failing->second.good = 0;
    return failing->second.code;
  }
  // A process that ends, or dies, has its session closed whatever else fails.
  const std::string_view name = function;
  if (name == "C_CloseSession" || name == "C_Finalize") return 0;
  // A module that started and said that it did not would stay as it is for the rest of the process.
  const bool answered = failure_ == Failure::kAfter && name != "C_Initialize";
  after_ = number == fail_at_ && answered;
  if (number > fail_at_ && failure_ == Failure::kDies) return code_;
  return number == fail_at_ && !answered ? code_ : 0;
}

unsigned long ShimControls::After() {
  std::lock_guard lock(mutex_);
  return std::exchange(after_, false) ? code_ : 0;
}

ShimControls& ControlsOfShim(const char* path) {
  void* const module = dlopen(path, RTLD_NOW | RTLD_LOCAL);  // stays loaded
  if (module == nullptr) std::abort();                       // no test can go on without it
  const auto here = reinterpret_cast<ShimControls* (*)()>(dlsym(module, "ShimControlsHere"));
  if (here == nullptr) std::abort();
  return *here();
}

}  // namespace mseal::keys
