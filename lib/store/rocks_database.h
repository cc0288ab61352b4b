// An open RocksDB with all it stands on.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <semaphore>
#include <vector>

#include "store/commit_claims.h"
#include "store/holds.h"
#include "store/rows.h"
#include "store/write_stop.h"

namespace mseal::store {

// Snapshots, cursors and standstills share it: it closes when the last of them goes.
struct RocksDatabase {
  RocksDatabase() = default;
  ~RocksDatabase();
  RocksDatabase(const RocksDatabase&) = delete;
  RocksDatabase& operator=(const RocksDatabase&) = delete;

  rocksdb::ColumnFamilyHandle* family(Table table) const { return families[static_cast<std::size_t>(table)]; }

  Status CheckWritable() const;
  // The outcome of a call that writes; a failure stops further writing.
  Status Wrote(const rocksdb::Status& status, std::string_view doing);
  // Writes what is in memory into table files; the logs that held it are deleted.
  Status FlushTables();
  Result<std::vector<rocksdb::Env::FileAttributes>> Files() const;

  std::unique_ptr<rocksdb::Env> own_env;  // null when the caller brought one
  rocksdb::Env* env = nullptr;
  std::shared_ptr<WriteStop> write_stop = std::make_shared<WriteStop>();
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, kTableCount> families{};
  rocksdb::ColumnFamilyHandle* unused_family = nullptr;  // RocksDB insists on one named "default"
  bool read_only = false;

  CommitClaims claims;
  Holds snapshots;
  Holds cursors;
  // Taken by a purge, a backup or a standstill, each of which upsets the others; given back by an UpkeepTurn. No mutex,
  // since who ends a standstill may be another thread than who began it.
  std::binary_semaphore upkeep{1};
};

// Gives back an upkeep that was taken.
class UpkeepTurn {
 public:
  explicit UpkeepTurn(RocksDatabase& database) : database_(database) {}
  ~UpkeepTurn() { database_.upkeep.release(); }
  UpkeepTurn(const UpkeepTurn&) = delete;
  UpkeepTurn& operator=(const UpkeepTurn&) = delete;

 private:
  RocksDatabase& database_;
};

}  // namespace mseal::store
