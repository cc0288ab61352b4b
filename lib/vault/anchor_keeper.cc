// Runs the thread that moves the anchor.
#include "vault/anchor_keeper.h"

namespace mseal::vault {

FreshnessReport CompareWithAnchor(const std::optional<keys::Anchor>& anchor, std::uint64_t commit_counter,
                                  std::uint64_t statements) {
  if (!anchor.has_value()) return {Freshness::kUnverified, 0};
  if (commit_counter < anchor->commit_counter || statements < anchor->statement_number) return {Freshness::kOlder, 0};
  if (commit_counter == anchor->commit_counter) return {Freshness::kFresh, 0};
  return {Freshness::kFreshUpTo, commit_counter - anchor->commit_counter};
}

AnchorKeeper::AnchorKeeper(store::Rows& rows, keys::KeyProvider& provider, std::function<Result<keys::Anchor>()> facts,
                           bool held)
    : rows_(rows), provider_(provider), facts_(std::move(facts)), held_(held), thread_([this] { Run(); }) {}

AnchorKeeper::~AnchorKeeper() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void AnchorKeeper::Note() {
  if (pending_.load(std::memory_order_relaxed)) return;
  {
    std::lock_guard lock(mutex_);
    pending_ = true;
  }
  wake_.notify_all();
}

Result<keys::Anchor> AnchorKeeper::Aim() {
  // Read before the sync: the anchor never names what a power cut may lose.
  MS_ASSIGN(keys::Anchor anchor, facts_());
  anchor.commit_counter = rows_.CommitCounter();
  MS_TRY(rows_.Sync());
  return anchor;
}

Status AnchorKeeper::Move() {
  std::lock_guard lock(move_mutex_);
  MS_ASSIGN(const keys::Anchor anchor, Aim());
  if (held_) return Status::Ok();
  MS_TRY(provider_.MoveAnchor(anchor));
  anchored_ = anchor.commit_counter;
  moved_ = std::chrono::steady_clock::now();
  return Status::Ok();
}

Result<AnchorLag> AnchorKeeper::Lag() {
  if (anchored_ == kUnread) {
    std::lock_guard lock(move_mutex_);
    MS_ASSIGN(const auto anchor, provider_.ReadAnchor());
    if (anchored_ == kUnread) anchored_ = anchor.has_value() ? anchor->commit_counter : 0;
  }
  const std::uint64_t anchored = anchored_, now = rows_.CommitCounter();
  return AnchorLag{now > anchored ? now - anchored : 0, std::chrono::steady_clock::now() - moved_.load()};
}

void AnchorKeeper::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_.wait(lock, [this] { return pending_ || stop_; });
    wake_.wait_for(lock, kLongestWait, [this] { return stop_; });
    if (stop_) return;
    pending_ = false;
    lock.unlock();
    Move().Ignore("the next commit tries again, and close reports a provider that stays away");
    lock.lock();
  }
}

}  // namespace mseal::vault
