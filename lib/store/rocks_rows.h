// Rows kept in one RocksDB, a column family a table.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <memory>

#include "store/commit_claims.h"
#include "store/rows.h"
#include "store/write_stop.h"

namespace mseal::store {

// An open database and all it stands on. Snapshots and cursors share it: it closes when the last of them goes.
struct RocksDatabase {
  RocksDatabase() = default;
  ~RocksDatabase();
  RocksDatabase(const RocksDatabase&) = delete;
  RocksDatabase& operator=(const RocksDatabase&) = delete;

  rocksdb::ColumnFamilyHandle* family(Table table) const { return families[static_cast<std::size_t>(table)]; }

  std::unique_ptr<rocksdb::Env> own_env;  // null when the caller brought one
  rocksdb::Env* env = nullptr;
  std::shared_ptr<WriteStop> write_stop = std::make_shared<WriteStop>();
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, kTableCount> families{};
  rocksdb::ColumnFamilyHandle* unused_family = nullptr;  // RocksDB insists on one named "default"
  bool read_only = false;
};

class RocksRows : public Rows {
 public:
  explicit RocksRows(std::shared_ptr<RocksDatabase> database) : database_(std::move(database)) {}

  Status Get(Table table, ByteView key, Bytes& value, const Snapshot* at) const override;
  std::vector<Status> MultiGet(Table table, const std::vector<Bytes>& keys, std::vector<Bytes>& values,
                               const Snapshot* at) const override;
  std::unique_ptr<Cursor> Scan(Table table, ByteView first, ByteView last, const Snapshot* at) const override;
  std::unique_ptr<Snapshot> Freeze() const override;
  Status Commit(const Batch& batch, Durability durability) override;
  std::uint64_t CommitCounter() const override;
  Status Sync() override;
  Status Compact() override;
  Statistics Measure() const override;

 private:
  Status CheckWritable() const;
  Status Judge(const Batch& batch) const;
  Status Write(const Batch& batch, Durability durability);
  Status FlushTables();
  // The outcome of a call that writes; a failure stops further writing.
  Status Wrote(const rocksdb::Status& status, std::string_view doing);

  std::shared_ptr<RocksDatabase> database_;
  CommitClaims claims_;
};

}  // namespace mseal::store
