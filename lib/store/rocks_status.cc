// The mapping from RocksDB's outcomes.
#include "store/rocks_status.h"

#include <string>

namespace mseal::store {
namespace {

std::string Sentence(std::string_view doing, std::string_view trouble) {
  return std::string(doing) + ": " + std::string(trouble);
}

}  // namespace

Status FromRocks(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return Status::Ok();
  if (status.IsNotFound()) return Status::NotFound("no such row");
  // A file that the manifest names and that is gone is damage, not a failing medium: trying again does not help.
  if (status.IsCorruption() || status.IsPathNotFound()) return Status::Corrupt(Sentence(doing, "a file is damaged"));
  if (status.IsIOError()) return Status::IoError(Sentence(doing, status.ToString()));
  if (status.IsBusy()) return Status::Locked(Sentence(doing, "another has it open"));
  if (status.IsNotSupported()) return Status::Unsupported(Sentence(doing, "not offered by the engine"));
  return Status::IoError(Sentence(doing, "the engine refused"));
}

}  // namespace mseal::store
