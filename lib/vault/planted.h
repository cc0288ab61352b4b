// The planted patients of an opened vault, so that every access can ask for them at once and without a lock.
#pragma once

#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "keys/patient_keys.h"

namespace mseal::vault {

// Any thread may call.
class Planted {
 public:
  bool Has(const keys::PatientHandle& patient) const {
    const Table* table = table_.load(std::memory_order_acquire);
    if (table == nullptr) return false;
    const std::uint64_t mark = MarkOf(patient);
    for (std::size_t at = mark & table->mask;; at = (at + 1) & table->mask) {
      if (table->marks[at] == mark) return true;
      if (table->marks[at] == 0) return false;
    }
  }
  std::size_t count() const {
    const Table* table = table_.load(std::memory_order_acquire);
    return table == nullptr ? 0 : table->count;
  }
  void Set(const std::vector<keys::PatientHandle>& patients);

  // The beginning of a handle, which is random; not 0.
  static std::uint64_t MarkOf(const keys::PatientHandle& patient) {
    std::uint64_t mark = 0;
    std::memcpy(&mark, patient.data(), sizeof(mark));
    return mark == 0 ? 1 : mark;
  }

 private:
  struct Table {
    std::vector<std::uint64_t> marks;  // at most a quarter of them taken
    std::size_t mask = 0;
    std::size_t count = 0;
  };

  // Readers hold no lock: the tables of before stay until the vault closes.
  std::atomic<const Table*> table_{nullptr};
  std::mutex mutex_;
  std::vector<std::unique_ptr<const Table>> tables_;
};

}  // namespace mseal::vault
