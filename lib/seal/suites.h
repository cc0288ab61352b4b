// Which suites a store's values are sealed under: the one that is written, and those that are opened still.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "crypto/aead.h"

namespace mseal::seal {

using crypto::Suite;

// At one moment: the newest, which seals, first; then the others, which open alone.
class SuiteSet {
 public:
  SuiteSet(Suite only) { suites_[0] = only; }  // NOLINT: a suite is a set of one
  // Every suite there is: for what has to be opened before it is known which of them a store named.
  static SuiteSet All(Suite newest = Suite::kChaCha20Poly1305) {
    const Suite other = newest == Suite::kAes256Gcm ? Suite::kChaCha20Poly1305 : Suite::kAes256Gcm;
    return SuiteSet(newest).With(other);
  }

  Suite newest() const { return suites_[0]; }
  const Suite* begin() const { return suites_.data(); }
  const Suite* end() const { return suites_.data() + count_; }
  bool Accepts(Suite suite) const { return suite == suites_[0] || (count_ == 2 && suite == suites_[1]); }

  // With another suite behind those there are, or before them.
  SuiteSet With(Suite other) const {
    SuiteSet wider = *this;
    if (!Accepts(other)) wider.suites_[wider.count_++] = other;
    return wider;
  }
  SuiteSet Under(Suite newest) const {
    SuiteSet next = newest;
    for (const Suite suite : *this) next = next.With(suite);
    return next;
  }

 private:
  std::array<Suite, 2> suites_{};  // as many as there are
  std::uint16_t count_ = 1;
};

// Those of a vault, which a statement of its chain changes while it is at work. Any thread may call; none waits.
class Suites {
 public:
  explicit Suites(const SuiteSet& first) : set_(first) {}
  SuiteSet now() const { return set_.load(std::memory_order_acquire); }
  void Change(const SuiteSet& next) { set_.store(next, std::memory_order_release); }

 private:
  std::atomic<SuiteSet> set_;
  static_assert(std::atomic<SuiteSet>::is_always_lock_free);
};

// What seals and opens for a vault looks its suites up here at each use; or a set that stays.
class SuiteView {
 public:
  SuiteView(Suite only) : fixed_(only) {}                                       // NOLINT: converts as SuiteSet does
  SuiteView(const SuiteSet& fixed) : fixed_(fixed) {}                           // NOLINT
  SuiteView(const Suites& live) : live_(&live), fixed_(live.now().newest()) {}  // NOLINT: `live` must outlive this

  SuiteSet now() const { return live_ != nullptr ? live_->now() : fixed_; }
  operator SuiteSet() const { return now(); }  // NOLINT

 private:
  const Suites* live_ = nullptr;
  SuiteSet fixed_;
};

}  // namespace mseal::seal
