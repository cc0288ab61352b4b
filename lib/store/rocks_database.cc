// What reads, commits and upkeep of the open database share.
#include "store/rocks_database.h"

#include "store/rocks_status.h"

namespace mseal::store {

RocksDatabase::~RocksDatabase() {
  if (db == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : families) {
    if (handle != nullptr) db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  if (unused_family != nullptr) db->DestroyColumnFamilyHandle(unused_family).PermitUncheckedError();
  // What was acknowledged is in the log already; a failure to close loses nothing of it.
  db->Close().PermitUncheckedError();
}

Status RocksDatabase::CheckWritable() const {
  if (read_only) return Status::Unsupported("the store is open for reading only");
  return write_stop->Check();
}

Status RocksDatabase::Wrote(const rocksdb::Status& status, std::string_view doing) {
  const Status outcome = FromRocks(status, doing);
  if (!outcome.ok()) write_stop->Stop(outcome);
  return outcome;
}

Status RocksDatabase::FlushTables() {
  return Wrote(db->Flush(rocksdb::FlushOptions(), {families.begin(), families.end()}), "writing out the log");
}

Result<std::vector<rocksdb::Env::FileAttributes>> RocksDatabase::Files() const {
  std::vector<rocksdb::Env::FileAttributes> files;
  const rocksdb::Status listed = env->GetChildrenFileAttributes(db->GetName(), &files);
  if (!listed.ok()) return FromRocks(listed, "listing the files of the store");
  return files;
}

}  // namespace mseal::store
