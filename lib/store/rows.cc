// What a batch holds and how tables are called.
#include "store/rows.h"

#include <array>

namespace mseal::store {
namespace {

using Kind = Batch::Operation::Kind;

Batch::Operation MakeOperation(Kind kind, Table table, ByteView key, ByteView value) {
  return {kind, table, Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end())};
}

}  // namespace

std::string_view TableName(Table table) {
  static constexpr std::array<std::string_view, kTableCount> kNames = {"records", "keys",  "heads",
                                                                       "index",   "audit", "meta"};
  return kNames[static_cast<std::size_t>(table)];
}

void Batch::Put(Table table, ByteView key, ByteView value) {
  written_[static_cast<std::size_t>(table)] = true;
  operations_.push_back(MakeOperation(Kind::kPut, table, key, value));
}

void Batch::Delete(Table table, ByteView key) {
  written_[static_cast<std::size_t>(table)] = true;
  operations_.push_back(MakeOperation(Kind::kDelete, table, key, {}));
}

void Batch::RequireAbsent(Table table, ByteView key) {
  operations_.push_back(MakeOperation(Kind::kRequireAbsent, table, key, {}));
}

void Batch::RequireEquals(Table table, ByteView key, ByteView value) {
  operations_.push_back(MakeOperation(Kind::kRequireEquals, table, key, value));
}

std::size_t Batch::ApproximateBytes() const {
  constexpr std::size_t kPerOperation = 16;  // tags, lengths and protection, roughly
  std::size_t total = 0;
  for (const Operation& operation : operations_) total += operation.key.size() + operation.value.size() + kPerOperation;
  return total;
}

}  // namespace mseal::store
