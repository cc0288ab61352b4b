// A queue, a thread, and a clock that starts anew with each call to the token.
#include "keys/pkcs11_worker.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/key_slab.h"

namespace mseal::keys {
namespace {

using Clock = std::chrono::steady_clock;

Status NoAnswer() { return Status::KeyUnavailable("the token does not answer"); }

struct Item {
  std::function<Status()> job;
  bool abandoned = false;
  bool done = false;
  Status status;
};

}  // namespace

struct Pkcs11Worker::State {
  std::chrono::milliseconds deadline;
  std::mutex mutex;
  std::condition_variable wake;      // there is something to do
  std::condition_variable finished;  // a job, or the thread
  std::deque<std::shared_ptr<Item>> queue;
  std::shared_ptr<Item> running;
  Clock::time_point moved = Clock::now();  // when the newest call to the token began
  bool stuck = false;                      // somebody waited in vain for what is running
  bool stop = false;
  bool ended = false;
  std::thread thread;

  bool Late() const { return Clock::now() >= moved + deadline; }

  bool Idle() const { return queue.empty() && running == nullptr; }

  void Add(std::shared_ptr<Item> item) {
    if (Idle()) moved = Clock::now();
    queue.push_back(std::move(item));
    wake.notify_one();
  }

  bool Beat() {
    std::lock_guard lock(mutex);
    if (running != nullptr && running->abandoned) return false;
    moved = Clock::now();
    return true;
  }

  void Loop() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return stop || !queue.empty(); });
      if (queue.empty()) break;
      running = std::move(queue.front());
      queue.pop_front();
      if (!running->abandoned) RunOne(lock);
      running.reset();
      stuck = false;
      finished.notify_all();
    }
    ended = true;
    finished.notify_all();
  }

  void RunOne(std::unique_lock<std::mutex>& lock) {
    const std::shared_ptr<Item> item = running;
    moved = Clock::now();
    lock.unlock();
    Status status = item->job();
    item->job = nullptr;  // what it owned may be a session, whose end is a call to the token too
    lock.lock();
    item->status = std::move(status);
    item->done = true;
  }
};

Pkcs11Worker::Pkcs11Worker(std::chrono::milliseconds deadline) : state_(std::make_shared<State>()) {
  state_->deadline = deadline;
  state_->thread = std::thread([state = state_] { state->Loop(); });
}

Pkcs11Worker::~Pkcs11Worker() {
  if (ProcessWasForked()) {
    // The thread is not in this process, and its lock may be held for ever.
    static_cast<void>(new std::shared_ptr<State>(std::move(state_)));
    return;
  }
  std::unique_lock lock(state_->mutex);
  state_->stop = true;
  if (state_->Idle()) state_->moved = Clock::now();
  state_->wake.notify_one();
  while (!state_->ended && !state_->stuck && !state_->Late()) {
    state_->finished.wait_until(lock, state_->moved + state_->deadline);
  }
  std::thread thread = std::move(state_->thread);
  const bool ended = state_->ended;
  lock.unlock();
  ended ? thread.join() : thread.detach();
}

Status Pkcs11Worker::Run(std::function<Status()> job) {
  if (ProcessWasForked()) return Status::Forked("this process is a child of the one that opened the token");
  const auto item = std::make_shared<Item>();
  item->job = std::move(job);
  std::unique_lock lock(state_->mutex);
  if (state_->stuck) return NoAnswer();
  state_->Add(item);
  while (!item->done) {
    if (state_->Late()) {
      item->abandoned = true;
      state_->stuck = true;
      return NoAnswer();
    }
    state_->finished.wait_until(lock, state_->moved + state_->deadline);
  }
  return item->status;
}

void Pkcs11Worker::Post(std::function<Status()> job) {
  if (ProcessWasForked()) return;
  const auto item = std::make_shared<Item>();
  item->job = std::move(job);
  std::lock_guard lock(state_->mutex);
  state_->Add(item);
}

std::function<bool()> Pkcs11Worker::Gate() const {
  return [state = std::weak_ptr<State>(state_)] {
    const auto alive = state.lock();
    return alive != nullptr && alive->Beat();
  };
}

}  // namespace mseal::keys
