// Rows kept in one RocksDB, a column family a table.
#pragma once

#include <memory>

#include "store/rocks_database.h"
#include "store/rows.h"

namespace mseal::store {

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
  Status Purge(const PurgeOptions& options, PurgeReport& report) override;
  Result<std::unique_ptr<StillStand>> HoldStill() override;
  Statistics Measure() const override;

  // For backups, which copy what it stands on.
  RocksDatabase& database() { return *database_; }

 private:
  Status Judge(const Batch& batch) const;
  Status Write(const Batch& batch, Durability durability);

  std::shared_ptr<RocksDatabase> database_;
};

}  // namespace mseal::store
