// Which patients are held or restricted, in memory: what every read and write asks.
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "keys/ids.h"

namespace mseal::vault {

// Any thread may call. Who changes a patient's marks holds the patient's lock, so that no writer is between a look and
// its commit. While nobody is marked a look is one load.
class MarkedPatients {
 public:
  bool IsHeld(const keys::PatientHandle& patient) const { return held_.Contains(patient); }
  bool IsRestricted(const keys::PatientHandle& patient) const { return restricted_.Contains(patient); }
  std::size_t held() const { return held_.size(); }
  std::size_t restricted() const { return restricted_.size(); }
  void Set(const keys::PatientHandle& patient, bool held, bool restricted) {
    held_.Set(patient, held);
    restricted_.Set(patient, restricted);
  }
  // Held from the reading of the marks to the commit of a change: the tally is over all of them.
  std::mutex& change_mutex() { return change_mutex_; }

 private:
  class Handles {
   public:
    bool Contains(const keys::PatientHandle& patient) const {
      if (size_.load(std::memory_order_acquire) == 0) return false;
      const std::shared_lock lock(mutex_);
      return handles_.contains(patient);
    }
    std::size_t size() const { return size_.load(std::memory_order_acquire); }
    void Set(const keys::PatientHandle& patient, bool in) {
      const std::unique_lock lock(mutex_);
      if (in)
        handles_.insert(patient);
      else
        handles_.erase(patient);
      size_.store(handles_.size(), std::memory_order_release);
    }

   private:
    std::atomic<std::size_t> size_{0};
    mutable std::shared_mutex mutex_;
    std::set<keys::PatientHandle> handles_;
  };

  Handles held_;
  Handles restricted_;
  std::mutex change_mutex_;
};

}  // namespace mseal::vault
