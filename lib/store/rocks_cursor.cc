// Snapshots and cursors of the RocksDB engine.
#include "store/rocks_cursor.h"

#include "store/rocks_slices.h"
#include "store/rocks_status.h"

namespace mseal::store {

RocksSnapshot::RocksSnapshot(std::shared_ptr<RocksDatabase> database)
    : database_(std::move(database)), hold_(database_->snapshots), snapshot_(database_->db->GetSnapshot()) {}

RocksSnapshot::~RocksSnapshot() { database_->db->ReleaseSnapshot(snapshot_); }

rocksdb::ReadOptions ReadSettings(const Snapshot* at) {
  rocksdb::ReadOptions settings;
  settings.verify_checksums = true;
  if (at != nullptr) settings.snapshot = static_cast<const RocksSnapshot*>(at)->get();
  return settings;
}

RocksCursor::RocksCursor(std::shared_ptr<RocksDatabase> database, Table table, ByteView first, ByteView last,
                         const Snapshot* at)
    : database_(std::move(database)),
      hold_(database_->cursors),
      first_(first.begin(), first.end()),
      last_(last.begin(), last.end()),
      lower_(ToSlice(first_)),
      upper_(ToSlice(last_)) {
  rocksdb::ReadOptions settings = ReadSettings(at);
  settings.iterate_lower_bound = &lower_;
  if (!last_.empty()) settings.iterate_upper_bound = &upper_;
  rows_.reset(database_->db->NewIterator(settings, database_->family(table)));
  rows_->Seek(lower_);
}

bool RocksCursor::Valid() const { return rows_->Valid(); }
void RocksCursor::Next() { rows_->Next(); }
void RocksCursor::Seek(ByteView key) { rows_->Seek(ToSlice(key)); }
ByteView RocksCursor::key() const { return ToView(rows_->key()); }
ByteView RocksCursor::value() const { return ToView(rows_->value()); }
Status RocksCursor::status() const { return FromRocks(rows_->status(), "walking over rows"); }

}  // namespace mseal::store
