// What the opaque environment of rocks.h holds; for the engine and for tests that stand between it and the files.
#pragma once

#include <rocksdb/env.h>

namespace mseal::store {

struct RocksEnvironment {
  rocksdb::Env* env = nullptr;  // borrowed
};

}  // namespace mseal::store
