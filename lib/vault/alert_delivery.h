// Brings alerts to their sinks, on a thread of its own: whoever raised one does not wait. What a sink did not take is
// kept in meta, also across openings.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "format/alert_rows.h"
#include "vault/alert_sinks.h"

namespace mseal::vault {

struct Core;

// Takes an alert, or says no: it is tried again later.
using AlertCallback = std::function<bool(const ShownAlert&)>;

// Any thread may call. Borrows the core, which must outlive it.
class AlertDelivery {
 public:
  explicit AlertDelivery(Core& core) : core_(core) {}
  ~AlertDelivery() { Close(); }
  AlertDelivery(const AlertDelivery&) = delete;
  AlertDelivery& operator=(const AlertDelivery&) = delete;

  // Sinks and kept alerts, as meta has them. AuthFailed, Corrupt: none of them is used.
  Status Load();
  // What Load found undelivered.
  std::uint64_t found() const { return found_; }
  // Begins to deliver what Load found.
  void Start();

  // On its way when it returns, and kept if the store takes writes. Without a sink: nothing.
  void Take(format::KeptAlert alert);
  // An alert that is being given to the callback of before is waited for. Empty: none.
  void SetCallback(AlertCallback callback);
  void SetSinks(const std::vector<format::AlertSink>& sinks);
  // Tries what was not tried yet, then stops; the rest stays kept.
  void Close();

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    std::uint64_t id = 0;
    format::KeptAlert alert;
    unsigned tries = 0;
    Clock::time_point due{};
  };
  static constexpr std::size_t kMostWaiting = 1024;

  void Run();
  void TryAll(std::unique_lock<std::mutex>& lock);
  bool Try(Waiting& waiting);
  void Keep(const Waiting& waiting);
  void Forget(std::uint64_t id);
  std::vector<std::uint32_t> Targets() const;
  bool SendTo(std::uint32_t sink, const ShownAlert& alert);
  ShownAlert Shown(const format::KeptAlert& alert) const;

  Core& core_;
  std::uint64_t found_ = 0;

  std::mutex sending_;  // held while an alert is being sent; before mutex_
  std::mutex mutex_;    // guards what follows
  std::condition_variable wake_;
  std::deque<Waiting> waiting_;
  std::map<std::uint32_t, std::shared_ptr<AlertSink>> sinks_;
  std::shared_ptr<const AlertCallback> callback_;
  std::uint64_t next_id_ = 1;
  bool stop_ = false;
  Clock::time_point close_by_{};
  std::thread thread_;
};

}  // namespace mseal::vault
