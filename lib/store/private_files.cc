// New files and folders are set to owner-only; a lock that another holds is told apart from a lock that failed.
#include "store/private_files.h"

#include <sys/stat.h>

#include <cerrno>
#include <string>

namespace mseal::store {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// A file system without modes (EPERM, ENOTSUP) has nothing to set; the mount decides there.
IOStatus CloseToOthers(const std::string& file, mode_t mode = S_IRUSR | S_IWUSR) {
  if (::chmod(file.c_str(), mode) == 0 || errno == EPERM || errno == ENOTSUP) return IOStatus::OK();
  return IOStatus::IOError("cannot set the mode of " + file, std::to_string(errno));
}

// RocksDB says so by its text alone: the first within this process, the second for another one.
bool IsHeldByAnother(const IOStatus& locked) {
  const std::string text = locked.ok() ? "" : locked.ToString();
  return text.find("lock hold by current process") != text.npos || text.find("While lock file") != text.npos;
}

class PrivateFiles : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "medseal.PrivateFiles"; }

  IOStatus NewWritableFile(const std::string& file, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) override {
    const IOStatus made = target()->NewWritableFile(file, options, result, debug);
    return made.ok() ? CloseToOthers(file) : made;
  }

  IOStatus NewRandomRWFile(const std::string& file, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* result, IODebugContext* debug) override {
    const IOStatus made = target()->NewRandomRWFile(file, options, result, debug);
    return made.ok() ? CloseToOthers(file) : made;
  }

  IOStatus CreateDir(const std::string& folder, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus made = target()->CreateDir(folder, options, debug);
    return made.ok() ? CloseToOthers(folder, S_IRWXU) : made;
  }

  // One that is there keeps its mode: it may be its owner's wish.
  IOStatus CreateDirIfMissing(const std::string& folder, const IOOptions& options, IODebugContext* debug) override {
    return CreateDir(folder, options, debug).ok() ? IOStatus::OK()
                                                  : target()->CreateDirIfMissing(folder, options, debug);
  }

  IOStatus LockFile(const std::string& file, const IOOptions& options, rocksdb::FileLock** lock,
                    IODebugContext* debug) override {
    const IOStatus made = target()->LockFile(file, options, lock, debug);
    if (IsHeldByAnother(made)) return IOStatus::Busy("the store is open elsewhere");
    // The file is empty: a mode that could not be set is no reason to give the lock back.
    if (made.ok()) CloseToOthers(file).PermitUncheckedError();
    return made;
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> MakePrivateFiles(const std::shared_ptr<rocksdb::FileSystem>& below) {
  return std::make_shared<PrivateFiles>(below);
}

}  // namespace mseal::store
