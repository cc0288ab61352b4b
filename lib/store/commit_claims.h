// Keeps a commit from writing a row between another commit's judgement of that row and its write.
#pragma once

#include <bitset>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "store/rows.h"

namespace mseal::store {

// Commits go on side by side, so that the engine can group their syncs, unless one writes what the other judges. Rows
// are known by hash: two that share a hash cost a wait, never a missed meeting. First come, first served, so a commit
// that writes a much-judged row is not starved and no two commits wait for each other.
class CommitClaims {
 public:
  // Held while the batch is judged and written.
  class Claim {
   public:
    // Waits for every earlier claim that meets this one. `claims` must outlive it.
    Claim(CommitClaims& claims, const Batch& batch);
    ~Claim();
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

   private:
    friend class CommitClaims;
    static constexpr std::size_t kHashes = 1024;
    bool Meets(const Claim& other) const;

    CommitClaims& claims_;
    std::bitset<kHashes> judged_;
    std::bitset<kHashes> written_;
  };

  // While it lives no claim is let in. Waits for those that were. `claims` must outlive it.
  class Pause {
   public:
    explicit Pause(CommitClaims& claims);
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    CommitClaims& claims_;
  };

 private:
  bool IsFree(const Claim& claim) const;

  std::mutex mutex_;
  std::condition_variable left_;
  std::size_t waiting_ = 0;
  std::size_t let_in_ = 0;
  std::size_t pauses_ = 0;
  std::vector<const Claim*> claims_;  // in order of arrival
};

}  // namespace mseal::store
