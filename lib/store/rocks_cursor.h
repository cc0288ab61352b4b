// Points in time and walks over RocksDB. Both keep their database open.
#pragma once

#include <rocksdb/db.h>

#include <memory>

#include "store/rocks_database.h"

namespace mseal::store {

class RocksSnapshot : public Snapshot {
 public:
  explicit RocksSnapshot(std::shared_ptr<RocksDatabase> database);
  ~RocksSnapshot() override;
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  std::shared_ptr<RocksDatabase> database_;
  const Holds::Hold hold_;
  const rocksdb::Snapshot* snapshot_;
};

// How to read at `at`, which came from this engine, or now when it is null.
rocksdb::ReadOptions ReadSettings(const Snapshot* at);

class RocksCursor : public Cursor {
 public:
  RocksCursor(std::shared_ptr<RocksDatabase> database, Table table, ByteView first, ByteView last, const Snapshot* at);
  RocksCursor(const RocksCursor&) = delete;
  RocksCursor& operator=(const RocksCursor&) = delete;

  bool Valid() const override;
  void Next() override;
  void Seek(ByteView key) override;
  ByteView key() const override;
  ByteView value() const override;
  Status status() const override;

 private:
  std::shared_ptr<RocksDatabase> database_;
  const Holds::Hold hold_;
  Bytes first_;  // the iterator looks at both bounds as long as it lives
  Bytes last_;
  rocksdb::Slice lower_;
  rocksdb::Slice upper_;
  std::unique_ptr<rocksdb::Iterator> rows_;
};

}  // namespace mseal::store
