// Moves the anchor behind the commits: soon after each, at once when told, and never ahead of what is on the medium.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "keys/provider.h"
#include "store/rows.h"

namespace mseal::vault {

// How an opened store compares with its anchor.
enum class Freshness : std::uint8_t { kFresh = 0, kFreshUpTo = 1, kOlder = 2, kUnverified = 3 };

struct FreshnessReport {
  Freshness freshness = Freshness::kUnverified;
  std::uint64_t unanchored_commits = 0;
};

// Compares counter, statements and epoch with the anchor.
FreshnessReport CompareWithAnchor(const std::optional<keys::Anchor>& anchor, std::uint64_t commit_counter,
                                  std::uint64_t statements);

// How far behind the store its anchor is.
struct AnchorLag {
  std::uint64_t commits = 0;        // not anchored yet, in steps of the commit counter
  std::chrono::nanoseconds age{0};  // of the anchor: since it was moved, or since this keeper began
};

// Any thread may call. Borrows rows and provider, which must outlive it.
class AnchorKeeper {
 public:
  // `facts` gives epoch, newest statement and how far the log has been synced. `held`: the anchor stays where it is,
  // until a restore is whole.
  AnchorKeeper(store::Rows& rows, keys::KeyProvider& provider, std::function<Result<keys::Anchor>()> facts,
               bool held = false);
  ~AnchorKeeper();  // stops without moving: what is not anchored then shows as "fresh up to" at the next open

  // A commit happened, or an entry of the log: the anchor follows within kLongestWait.
  void Note();
  // Syncs the store and moves the anchor to what it holds now.
  Status Move();
  // Syncs the store; where the anchor would move to.
  Result<keys::Anchor> Aim();
  // Asks the provider once, and not any more after a move. Errors of the provider.
  Result<AnchorLag> Lag();

  static constexpr std::chrono::milliseconds kLongestWait{
      4000};  // design: no later than 5 s after the oldest unanchored commit

 private:
  void Run();

  store::Rows& rows_;
  keys::KeyProvider& provider_;
  std::function<Result<keys::Anchor>()> facts_;
  const bool held_;
  static constexpr std::uint64_t kUnread = ~std::uint64_t{0};
  std::atomic<std::uint64_t> anchored_{kUnread};  // commit counter, once it was moved or asked for
  std::atomic<std::chrono::steady_clock::time_point> moved_{std::chrono::steady_clock::now()};
  std::mutex move_mutex_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> pending_{false};
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace mseal::vault
