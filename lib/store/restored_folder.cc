// Makes, fills and renames the folder.
#include "store/restored_folder.h"

#include <filesystem>
#include <vector>

#include "store/rocks_status.h"

namespace mseal::store {
namespace {

Status Outcome(const rocksdb::Status& status, std::string_view doing) {
  if (status.IsNoSpace()) return Status::ResourceExhausted(std::string(doing) + ": the disk is full");
  return FromRocks(status, doing);
}

bool IsItself(const std::string& name) { return name == "." || name == ".."; }

}  // namespace

RestoredFolder::RestoredFolder(rocksdb::Env& env, const std::string& folder)
    : env_(env), folder_(folder.substr(0, folder.find_last_not_of('/') + 1)), beside_(folder_ + ".restoring") {}

RestoredFolder::~RestoredFolder() {
  if (begun_) Clear().Ignore("the next restore removes it");
}

Status RestoredFolder::Begin() {
  std::vector<std::string> names;
  const rocksdb::Status listed = env_.GetChildren(folder_, &names);
  if (!listed.ok() && !listed.IsNotFound() && !listed.IsPathNotFound()) return Outcome(listed, "looking at the folder");
  std::erase_if(names, IsItself);
  if (!names.empty()) return Status::AlreadyExists("the folder to restore to is not empty");
  MS_TRY(Clear());
  const rocksdb::Status made = env_.CreateDir(beside_);
  if (!made.ok()) return Status::IoError("cannot make the folder to restore to");
  begun_ = true;
  return Status::Ok();
}

Status RestoredFolder::Finish() {
  MS_TRY(SyncNames(beside_));
  MS_TRY(Outcome(env_.RenameFile(beside_, folder_), "naming the restored folder"));
  begun_ = false;
  const std::string above = std::filesystem::path(folder_).parent_path().string();
  return SyncNames(above.empty() ? "." : above);
}

// The engine's files lie side by side, without folders.
Status RestoredFolder::Clear() {
  std::vector<std::string> names;
  const rocksdb::Status listed = env_.GetChildren(beside_, &names);
  if (listed.IsNotFound() || listed.IsPathNotFound()) return Status::Ok();
  MS_TRY(Outcome(listed, "looking for an earlier restore"));
  std::erase_if(names, IsItself);
  for (const std::string& name : names) {
    MS_TRY(Outcome(env_.DeleteFile(beside_ + "/" + name), "removing an earlier restore"));
  }
  return Outcome(env_.DeleteDir(beside_), "removing an earlier restore");
}

Status RestoredFolder::SyncNames(const std::string& folder) {
  std::unique_ptr<rocksdb::Directory> names;
  MS_TRY(Outcome(env_.NewDirectory(folder, &names), "syncing a folder"));
  return Outcome(names->Fsync(), "syncing a folder");
}

}  // namespace mseal::store
