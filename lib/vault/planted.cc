// Makes the tables that are looked into.
#include "vault/planted.h"

#include <bit>

namespace mseal::vault {

void Planted::Set(const std::vector<keys::PatientHandle>& patients) {
  const std::lock_guard lock(mutex_);
  auto table = std::make_unique<Table>();
  table->count = patients.size();
  table->marks.resize(std::bit_ceil(patients.size() * 4 + 4));
  table->mask = table->marks.size() - 1;
  for (const keys::PatientHandle& patient : patients) {
    std::size_t at = MarkOf(patient) & table->mask;
    while (table->marks[at] != 0) at = (at + 1) & table->mask;
    table->marks[at] = MarkOf(patient);
  }
  table_.store(patients.empty() ? nullptr : table.get(), std::memory_order_release);
  tables_.push_back(std::move(table));
}

}  // namespace mseal::vault
