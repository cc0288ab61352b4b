// The locks of several patients held at once.
#pragma once

#include <algorithm>
#include <vector>

#include "vault/core.h"

namespace mseal::vault {

// Taken in the order of their addresses: nobody else holds more than one.
class LockedPatients {
 public:
  LockedPatients(PatientLocks& locks, const std::vector<keys::PatientHandle>& patients) {
    for (const keys::PatientHandle& patient : patients) mutexes_.push_back(&locks.Of(patient));
    std::sort(mutexes_.begin(), mutexes_.end());
    mutexes_.erase(std::unique(mutexes_.begin(), mutexes_.end()), mutexes_.end());
    for (std::mutex* mutex : mutexes_) mutex->lock();
  }
  ~LockedPatients() {
    for (std::mutex* mutex : mutexes_) mutex->unlock();
  }
  LockedPatients(const LockedPatients&) = delete;
  LockedPatients& operator=(const LockedPatients&) = delete;

 private:
  std::vector<std::mutex*> mutexes_;
};

}  // namespace mseal::vault
