// Bytes between RocksDB's types and ours.
#pragma once

#include <rocksdb/slice.h>

#include "base/bytes.h"

namespace mseal::store {

// Never points to null, which an empty run may do: Debian's RocksDB is built with its assertions, this one among them.
inline rocksdb::Slice ToSlice(ByteView bytes) {
  return bytes.empty() ? rocksdb::Slice("", 0)
                       : rocksdb::Slice(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

inline ByteView ToView(const rocksdb::Slice& slice) {
  return {reinterpret_cast<const std::uint8_t*>(slice.data()), slice.size()};
}

// Reuses the memory of `value`.
inline void CopyOut(const rocksdb::Slice& slice, Bytes& value) {
  const ByteView bytes = ToView(slice);
  value.assign(bytes.begin(), bytes.end());
}

}  // namespace mseal::store
