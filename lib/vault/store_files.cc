// Locks and looks at the store's files.
#include "vault/store_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace mseal::vault {
namespace fs = std::filesystem;

std::string RowsFolder(const std::string& store) { return store + "/rows"; }

Status CheckVaultAt(const std::string& store) {
  std::error_code error;
  if (fs::is_directory(RowsFolder(store), error)) return Status::Ok();
  if (error == std::errc::permission_denied)
    return Status::IoError("the store's folder cannot be looked into: " + error.message());
  return Status::NoVault("there is no vault at this path");
}

namespace {

std::string LockFile(const std::string& store) { return store + "/medseal.lock"; }

Status CannotOpenLock() {
  return Status::IoError("the store's lock file cannot be opened: " + std::generic_category().message(errno));
}

struct flock WholeFile() {
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return whole;
}

}  // namespace

Result<StoreLock> StoreLock::Take(const std::string& store) {
  const int descriptor = open(LockFile(store).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return CannotOpenLock();
  struct flock whole = WholeFile();
  if (fcntl(descriptor, F_OFD_SETLK, &whole) == 0) return StoreLock(descriptor);
  close(descriptor);
  return Status::Locked("another process, or another part of this one, has the vault open");
}

Result<bool> StoreLock::IsTaken(const std::string& store) {
  const int descriptor = open(LockFile(store).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0 && errno == ENOENT) return false;
  if (descriptor < 0) return CannotOpenLock();
  struct flock whole = WholeFile();
  const int asked = fcntl(descriptor, F_OFD_GETLK, &whole);
  close(descriptor);
  if (asked != 0) return Status::IoError("the store's lock cannot be asked for");
  return whole.l_type != F_UNLCK;
}

StoreLock::StoreLock(StoreLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

StoreLock& StoreLock::operator=(StoreLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool IsInside(const std::string& path, const std::string& folder) {
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(fs::absolute(path), error);
  const fs::path outer = fs::weakly_canonical(fs::absolute(folder), error);
  const fs::path relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

bool OnSameDevice(const std::string& a, const std::string& b) {
  struct stat stat_a = {}, stat_b = {};
  return stat(a.c_str(), &stat_a) == 0 && stat(b.c_str(), &stat_b) == 0 && stat_a.st_dev == stat_b.st_dev;
}

Status SyncFolderOf(const std::string& path) {
  const std::string folder = fs::absolute(path).parent_path().string();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Status::IoError("the store's parent folder cannot be opened");
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced ? Status::Ok() : Status::IoError("the store's parent folder cannot be synced");
}

}  // namespace mseal::vault
