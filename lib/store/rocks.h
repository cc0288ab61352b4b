// The RocksDB engine behind Rows.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "store/rows.h"

namespace mseal::store {

// What stands between the engine and the file system; made by tests (tests/store_support) that let operations fail.
// Opaque on purpose: it holds a rocksdb::Env, which no header outside store/ may name.
struct RocksEnvironment;

struct RocksOptions {
  bool create = false;     // make the store; AlreadyExists where one is
  bool read_only = false;  // every Commit answers Unsupported
  std::size_t block_cache_bytes = 64 << 20;
  std::size_t write_buffer_bytes = 64 << 20;
  RocksEnvironment* environment = nullptr;  // borrowed; the real file system when null
};

//   NoVault        there is no store at `path` and `create` is off
//   AlreadyExists  `create` is on and there is one
//   Locked         this or another process has it open for writing
//   Corrupt        its files are damaged
//   IoError        the medium failed
Result<std::unique_ptr<Rows>> OpenRocks(const std::string& path, const RocksOptions& options);

}  // namespace mseal::store
