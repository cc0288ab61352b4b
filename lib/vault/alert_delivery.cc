// Queues, tries, keeps and forgets alerts.
#include "vault/alert_delivery.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "vault/alert_settings.h"
#include "vault/certificate_text.h"
#include "vault/core.h"

namespace mseal::vault {
namespace {

using keys::MetaKind;
using std::chrono::milliseconds;

constexpr std::uint32_t kCallback = 0;  // as the id of a sink
constexpr milliseconds kFirstWait{100};
constexpr milliseconds kLongestWait{60'000};
constexpr milliseconds kPatienceAtClose{2'000};
constexpr int kAttempts = 4;  // at a batch that an epoch change overtakes

Bytes IdOf(std::uint64_t number) {
  Bytes id;
  Writer(id).U64(number);
  return id;
}

milliseconds WaitAfter(unsigned tries) { return std::min(kFirstWait * (1u << std::min(tries, 12u)), kLongestWait); }

bool IsZero(const ByteArray<16>& bytes) { return bytes == ByteArray<16>{}; }

// A row of alerts is worth no more than that: a store that takes no writes goes on. The anchor is left alone, which may
// be replaced under a thread that is in no call; what goes on record beside it moves it.
void CommitFew(Core& core, const std::function<void(store::Batch&)>& fill) {
  for (int i = 0; i < kAttempts; ++i) {
    store::Batch batch;
    fill(batch);
    const Status committed = core.meta->Commit(batch, store::Durability::kProcess);
    if (committed.code() != StatusCode::kConflict) return committed.Ignore("the alert is in the log in any case");
  }
}

}  // namespace

Status AlertDelivery::Load() {
  MS_ASSIGN(const format::AlertSinks sinks, ReadAlertSinks(core_));
  SetSinks(sinks.sinks);
  return core_.meta->ForEach(MetaKind::kKeptAlert, [this](ByteView id, const SecretBytes& content) -> Status {
    Waiting waiting;
    waiting.id = Reader(id).U64();
    MS_ASSIGN(waiting.alert, format::ParseKeptAlert(content.Reveal()));
    next_id_ = waiting.id + 1;
    ++found_;
    if (waiting_.size() < kMostWaiting) waiting_.push_back(std::move(waiting));
    return Status::Ok();
  });
}

// What was kept for sinks that are gone is told no more: the alert of what was undelivered has counted it.
void AlertDelivery::Start() {
  const std::vector<std::uint32_t> targets = Targets();
  std::vector<std::uint64_t> over;
  for (Waiting& waiting : waiting_) {
    std::erase_if(waiting.alert.sinks,
                  [&](std::uint32_t sink) { return std::find(targets.begin(), targets.end(), sink) == targets.end(); });
    if (waiting.alert.sinks.empty()) over.push_back(waiting.id);
  }
  std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.alert.sinks.empty(); });
  for (const std::uint64_t id : over) Forget(id);
  const std::lock_guard lock(mutex_);
  if (!waiting_.empty() && !thread_.joinable()) thread_ = std::thread([this] { Run(); });
}

std::vector<std::uint32_t> AlertDelivery::Targets() const {
  std::vector<std::uint32_t> targets;
  if (callback_ != nullptr) targets.push_back(kCallback);
  for (const auto& [id, sink] : sinks_) targets.push_back(id);
  return targets;
}

void AlertDelivery::Take(format::KeptAlert alert) {
  Waiting waiting;
  {
    const std::lock_guard lock(mutex_);
    alert.sinks = Targets();
    if (alert.sinks.empty() || stop_ || waiting_.size() >= kMostWaiting) return;
    waiting = {.id = next_id_++, .alert = std::move(alert)};
  }
  Keep(waiting);  // before it can be forgotten
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(waiting));
    if (!thread_.joinable() && !stop_) thread_ = std::thread([this] { Run(); });
  }
  wake_.notify_all();
}

void AlertDelivery::SetCallback(AlertCallback callback) {
  const std::scoped_lock lock(sending_, mutex_);
  callback_ = callback ? std::make_shared<const AlertCallback>(std::move(callback)) : nullptr;
}

void AlertDelivery::SetSinks(const std::vector<format::AlertSink>& sinks) {
  const std::scoped_lock lock(sending_, mutex_);
  sinks_.clear();
  for (const format::AlertSink& sink : sinks) {
    if (CheckSink(sink).ok()) sinks_.emplace(sink.id, MakeSink(sink));
  }
}

// ---- the thread

void AlertDelivery::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    auto next = Clock::time_point::max();
    for (const Waiting& waiting : waiting_) next = std::min(next, waiting.due);
    if (next > Clock::now()) {
      if (next == Clock::time_point::max())
        wake_.wait(lock);
      else
        wake_.wait_until(lock, next);
      continue;
    }
    TryAll(lock);
  }
}

// Those that are due, oldest first. `lock` is let go of while one is sent.
void AlertDelivery::TryAll(std::unique_lock<std::mutex>& lock) {
  std::deque<Waiting> taken;
  taken.swap(waiting_);
  std::deque<Waiting> left;
  const auto now = Clock::now();
  for (Waiting& waiting : taken) {
    bool done = false;
    const bool in_time = !stop_ || (waiting.tries == 0 && Clock::now() < close_by_);
    if (waiting.due <= now && in_time) {
      lock.unlock();
      done = Try(waiting);
      if (done) Forget(waiting.id);
      lock.lock();
      waiting.due = Clock::now() + WaitAfter(waiting.tries++);
    }
    if (!done) left.push_back(std::move(waiting));
  }
  // What came meanwhile is younger.
  for (Waiting& waiting : waiting_) left.push_back(std::move(waiting));
  waiting_ = std::move(left);
}

// Whether no sink is left that wants it.
bool AlertDelivery::Try(Waiting& waiting) {
  const ShownAlert shown = Shown(waiting.alert);
  const std::size_t before = waiting.alert.sinks.size();
  std::erase_if(waiting.alert.sinks, [&](std::uint32_t sink) { return SendTo(sink, shown); });
  if (waiting.alert.sinks.empty()) return true;
  if (waiting.alert.sinks.size() != before) Keep(waiting);
  return false;
}

// A sink that was taken away wants nothing any more.
bool AlertDelivery::SendTo(std::uint32_t id, const ShownAlert& alert) {
  const std::lock_guard sending(sending_);
  std::shared_ptr<AlertSink> sink;
  std::shared_ptr<const AlertCallback> callback;
  {
    const std::lock_guard lock(mutex_);
    if (id == kCallback) callback = callback_;
    const auto found = sinks_.find(id);
    if (found != sinks_.end()) sink = found->second;
  }
  if (callback != nullptr) return (*callback)(alert);
  return sink == nullptr || sink->Send(alert).ok();
}

ShownAlert AlertDelivery::Shown(const format::KeptAlert& alert) const {
  ShownAlert shown{.time_ms = alert.time_ms,
                   .store = HexOf(core_.identity.store),
                   .rule = std::string(audit::NameOf(static_cast<audit::Rule>(alert.rule))),
                   .person = {},
                   .session = IsZero(alert.session) ? "" : HexOf(alert.session),
                   .patient = IsZero(alert.patient) ? "" : HexOf(alert.patient),
                   .number = alert.number};
  const auto chain = core_.registry->chain();
  const people::Person* const person = chain->FindPerson(alert.person);
  if (person != nullptr) shown.person = person->name;
  return shown;
}

// ---- rows

void AlertDelivery::Keep(const Waiting& waiting) {
  if (core_.read_only) return;
  CommitFew(core_, [&](store::Batch& batch) {
    core_.meta->Put(batch, MetaKind::kKeptAlert, IdOf(waiting.id), format::WriteKeptAlert(waiting.alert));
  });
}

void AlertDelivery::Forget(std::uint64_t id) {
  if (core_.read_only) return;
  CommitFew(core_, [&](store::Batch& batch) { core_.meta->Delete(batch, MetaKind::kKeptAlert, IdOf(id)); });
}

void AlertDelivery::Close() {
  std::thread thread;
  {
    const std::lock_guard lock(mutex_);
    if (!stop_) close_by_ = Clock::now() + kPatienceAtClose;
    stop_ = true;
    thread.swap(thread_);
  }
  wake_.notify_all();
  if (thread.joinable()) thread.join();
  std::unique_lock lock(mutex_);
  TryAll(lock);
  waiting_.clear();
}

}  // namespace mseal::vault
