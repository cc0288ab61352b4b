// Every RocksDB setting this project depends on, with its reason.
#pragma once

#include <rocksdb/options.h>

#include "store/rocks.h"

namespace mseal::store {

// Of the store as a whole. `env` and the listeners are left to the caller.
rocksdb::DBOptions StoreSettings(const RocksOptions& options);

// Of each table; all share one block cache.
rocksdb::ColumnFamilyOptions TableSettings(const RocksOptions& options);

rocksdb::WriteOptions WriteSettings(Durability durability);

// Bytes of checksum that guard a key and its value on their way from a batch into log and memory.
inline constexpr std::size_t kProtectionBytesPerKey = 8;

}  // namespace mseal::store
