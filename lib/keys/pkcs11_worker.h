// One thread that makes all calls to a token, so that a token that hangs holds up nobody for longer than a deadline.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/status.h"

namespace mseal::keys {

// Any thread may call, jobs excepted.
class Pkcs11Worker {
 public:
  // How long one call to the token may take.
  explicit Pkcs11Worker(std::chrono::milliseconds deadline);
  // Waits for what was handed over as long as the token answers; a thread that hangs is left to itself, with all that
  // its jobs own.
  ~Pkcs11Worker();
  Pkcs11Worker(const Pkcs11Worker&) = delete;
  Pkcs11Worker& operator=(const Pkcs11Worker&) = delete;

  // Runs `job` on the thread and gives back how it ended.
  //   KeyUnavailable  a call of it, or of a job before it, took too long. The job then ends before its next call, and
  //                   until the token comes back every Run answers this at once. What the job refers to must outlive
  //                   it: it owns a share.
  //   Forked          this process is a child of the one that made the worker
  Status Run(std::function<Status()> job);
  // Hands over a job that nobody waits for.
  void Post(std::function<Status()> job);

  // For jobs: to be asked before each call to the token. False: nobody waits any more, so make no further call.
  std::function<bool()> Gate() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Run for a job with a value.
template <typename T>
Result<T> Ask(Pkcs11Worker& worker, std::function<Result<T>()> job) {
  auto answer = std::make_shared<std::optional<Result<T>>>();  // of the job too, which may end after the waiting did
  MS_TRY(worker.Run([answer, job = std::move(job)] {
    answer->emplace(job());
    return Status::Ok();
  }));
  return std::move(**answer);
}

}  // namespace mseal::keys
