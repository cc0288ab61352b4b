// Reads through a batch's own writes.
#include "vault/overlay.h"

namespace mseal::vault {

Status Overlay::Get(store::Table table, ByteView key, Bytes& value) const {
  const auto found = written_.find(Place{table, Bytes(key.begin(), key.end())});
  if (found == written_.end()) return rows_.Get(table, key, value);
  if (!found->second.has_value()) return Status::NotFound("no such row");
  value = *found->second;
  return Status::Ok();
}

void Overlay::Put(store::Table table, ByteView key, ByteView value) {
  batch_.Put(table, key, value);
  written_[Place{table, Bytes(key.begin(), key.end())}] = Bytes(value.begin(), value.end());
}

void Overlay::Delete(store::Table table, ByteView key) {
  batch_.Delete(table, key);
  written_[Place{table, Bytes(key.begin(), key.end())}] = std::nullopt;
}

bool Overlay::Wrote(store::Table table, ByteView key) const {
  return written_.contains(Place{table, Bytes(key.begin(), key.end())});
}

}  // namespace mseal::vault
