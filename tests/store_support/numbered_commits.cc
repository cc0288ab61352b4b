// Writes and examines numbered commits.
#include "store_support/numbered_commits.h"

#include <cstdio>

namespace mseal::store {
namespace {

constexpr std::string_view kNewest = "newest";

std::string KeyOf(int n) {
  char key[16];
  std::snprintf(key, sizeof key, "row%08d", n);
  return key;
}

std::string ValueOf(int n, std::size_t size) {
  std::string value = std::to_string(n) + ":";
  while (value.size() < size) value += static_cast<char>('a' + (n + value.size()) % 26);
  return value;
}

// Counts the rows of a table and checks that they are 1, 2, 3 and so on.
Result<int> CountRows(const Rows& rows, Table table) {
  int n = 0;
  const auto cursor = rows.Scan(table, AsBytes("row"), AsBytes("rox"));
  for (; cursor->Valid(); cursor->Next()) {
    ++n;
    if (AsText(cursor->key()) != KeyOf(n)) return Status::Corrupt("number " + std::to_string(n) + " is missing");
    if (AsText(cursor->value()) != ValueOf(n, cursor->value().size())) {
      return Status::Corrupt("number " + std::to_string(n) + " is damaged");
    }
  }
  MS_TRY(cursor->status());
  return n;
}

}  // namespace

Status CommitNumber(Rows& rows, int n, Durability durability, std::size_t value_size) {
  Batch batch;
  batch.Put(Table::kRecords, AsBytes(KeyOf(n)), AsBytes(ValueOf(n, value_size)));
  batch.Put(Table::kIndex, AsBytes(KeyOf(n)), AsBytes(ValueOf(n, 8)));
  batch.Put(Table::kHeads, AsBytes(kNewest), AsBytes(std::to_string(n)));
  return rows.Commit(batch, durability);
}

Result<int> NewestNumber(const Rows& rows) {
  Bytes value;
  const Status found = rows.Get(Table::kHeads, AsBytes(kNewest), value);
  if (!found.ok() && found.code() != StatusCode::kNotFound) return found;
  const int newest = found.ok() ? std::stoi(std::string(AsText(value))) : 0;
  MS_ASSIGN(const int records, CountRows(rows, Table::kRecords));
  MS_ASSIGN(const int index, CountRows(rows, Table::kIndex));
  if (records == newest && index == newest) return newest;
  return Status::Corrupt("tables disagree: " + std::to_string(records) + ", " + std::to_string(index) + ", " +
                         std::to_string(newest));
}

}  // namespace mseal::store
