// Reads, commits and upkeep of the RocksDB engine.
#include "store/rocks_rows.h"

#include <rocksdb/write_batch.h>

#include "store/rocks_cursor.h"
#include "store/rocks_purge.h"
#include "store/rocks_settings.h"
#include "store/rocks_slices.h"
#include "store/rocks_status.h"
#include "store/rocks_still_stand.h"

namespace mseal::store {
namespace {

using Operation = Batch::Operation;
using Kind = Operation::Kind;

rocksdb::Status AddTo(rocksdb::WriteBatch& writes, rocksdb::ColumnFamilyHandle* family, const Operation& operation) {
  switch (operation.kind) {
    case Kind::kPut:
      return writes.Put(family, ToSlice(operation.key), ToSlice(operation.value));
    case Kind::kDelete:
      return writes.Delete(family, ToSlice(operation.key));
    case Kind::kRequireAbsent:
    case Kind::kRequireEquals:
      break;  // judged before, not written
  }
  return rocksdb::Status::OK();
}

}  // namespace

Status RocksRows::Get(Table table, ByteView key, Bytes& value, const Snapshot* at) const {
  // Points into the block cache where it can; emptied before the call ends, so that it outlives no database.
  thread_local rocksdb::PinnableSlice pinned;
  const rocksdb::Status status = database_->db->Get(ReadSettings(at), database_->family(table), ToSlice(key), &pinned);
  value.clear();
  if (status.ok()) CopyOut(pinned, value);
  pinned.Reset();
  return FromRocks(status, "reading a row");
}

std::vector<Status> RocksRows::MultiGet(Table table, const std::vector<Bytes>& keys, std::vector<Bytes>& values,
                                        const Snapshot* at) const {
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const Bytes& key : keys) slices.push_back(ToSlice(key));
  std::vector<rocksdb::PinnableSlice> pinned(keys.size());
  std::vector<rocksdb::Status> found(keys.size());
  database_->db->MultiGet(ReadSettings(at), database_->family(table), keys.size(), slices.data(), pinned.data(),
                          found.data());
  values.resize(keys.size());
  std::vector<Status> statuses;
  statuses.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    values[i].clear();
    if (found[i].ok()) CopyOut(pinned[i], values[i]);
    statuses.push_back(FromRocks(found[i], "reading rows"));
  }
  return statuses;
}

std::unique_ptr<Cursor> RocksRows::Scan(Table table, ByteView first, ByteView last, const Snapshot* at) const {
  return std::make_unique<RocksCursor>(database_, table, first, last, at);
}

std::unique_ptr<Snapshot> RocksRows::Freeze() const { return std::make_unique<RocksSnapshot>(database_); }

Status RocksRows::Commit(const Batch& batch, Durability durability) {
  const CommitClaims::Claim claim(database_->claims, batch);
  MS_TRY(database_->CheckWritable());  // now: a failure may have come while it waited
  MS_TRY(Judge(batch));
  return Write(batch, durability);
}

Status RocksRows::Judge(const Batch& batch) const {
  thread_local Bytes stored;
  for (const Operation& operation : batch.operations()) {
    if (operation.kind == Kind::kPut || operation.kind == Kind::kDelete) continue;
    const Status found = Get(operation.table, operation.key, stored, nullptr);
    if (!found.ok() && found.code() != StatusCode::kNotFound) return found;
    const bool holds =
        operation.kind == Kind::kRequireAbsent ? !found.ok() : found.ok() && SameBytes(stored, operation.value);
    if (!holds) return Status::Conflict("a precondition of the batch does not hold");
  }
  return Status::Ok();
}

Status RocksRows::Write(const Batch& batch, Durability durability) {
  rocksdb::WriteBatch writes(batch.ApproximateBytes(), /*max_bytes=*/0, kProtectionBytesPerKey,
                             /*default_cf_ts_sz=*/0);
  for (const Operation& operation : batch.operations()) {
    const rocksdb::Status added = AddTo(writes, database_->family(operation.table), operation);
    if (!added.ok()) return FromRocks(added, "gathering a batch");
  }
  if (writes.Count() == 0) return Status::Ok();
  return database_->Wrote(database_->db->Write(WriteSettings(durability), &writes), "committing");
}

std::uint64_t RocksRows::CommitCounter() const { return database_->db->GetLatestSequenceNumber(); }

Status RocksRows::Sync() {
  if (database_->read_only) return Status::Ok();
  MS_TRY(database_->CheckWritable());
  return database_->Wrote(database_->db->FlushWAL(/*sync=*/true), "syncing the log");
}

Status RocksRows::Purge(const PurgeOptions& options, PurgeReport& report) {
  report = PurgeReport();
  MS_TRY(database_->CheckWritable());
  return RocksPurge(*database_, options, report).Run();
}

Result<std::unique_ptr<StillStand>> RocksRows::HoldStill() {
  MS_TRY(database_->CheckWritable());
  return RocksStillStand::Begin(database_);
}

Statistics RocksRows::Measure() const {
  Statistics statistics;
  for (int i = 0; i < kTableCount; ++i) {
    database_->db->GetIntProperty(database_->families[static_cast<std::size_t>(i)],
                                  rocksdb::DB::Properties::kEstimateNumKeys, &statistics.approximate_rows[i]);
  }
  // A measurement that cannot be made shows as zero; it decides nothing.
  const auto files = database_->Files();
  if (!files.ok()) return statistics;
  for (const rocksdb::Env::FileAttributes& file : *files) statistics.bytes_on_disk += file.size_bytes;
  return statistics;
}

}  // namespace mseal::store
