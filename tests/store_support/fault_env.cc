// The counting, failing file system in front of the real one.
#include "store_support/fault_env.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <thread>

#include "store/rocks_environment.h"
#include "store_support/unsynced.h"

namespace mseal::store {
namespace {

using rocksdb::DataVerificationInfo;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus MakeError(Fault fault, const std::string& what) {
  if (fault != Fault::kNoSpace) return IOStatus::IOError(what, "Input/output error");
  IOStatus status = IOStatus::NoSpace(what, "No space left on device");
  status.SetRetryable(true);  // as the real file system says it
  return status;
}

// Decides over each operation. One for all files of an environment.
class Judge {
 public:
  void FailAt(std::uint64_t n, Fault fault, bool sticky) {
    const std::lock_guard lock(mutex_);
    fail_at_ = n, fault_ = fault, sticky_ = sticky;
  }

  void CutPowerAt(std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    cut_at_ = n;
  }

  void CutPower() {
    const std::lock_guard lock(mutex_);
    CutPowerLocked();
  }

  void SlowSyncs(std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    sync_time_ = time;
  }
  std::chrono::milliseconds sync_time() const {
    const std::lock_guard lock(mutex_);
    return sync_time_;
  }

  std::uint64_t operations() const {
    const std::lock_guard lock(mutex_);
    return operations_;
  }

  std::string first_failure() const {
    const std::lock_guard lock(mutex_);
    return first_failure_;
  }

  // Counts an operation; its failure if it is to have one. A write passes `halve`, set if half of it is to be done
  // first.
  IOStatus Next(const char* operation, const std::string& file, bool* halve = nullptr) {
    const bool is_write = halve != nullptr;
    const std::lock_guard lock(mutex_);
    ++operations_;
    if (is_write) ++writes_;
    if (operations_ == cut_at_) CutPowerLocked();
    if (!Fails(is_write)) return IOStatus::OK();
    const std::string what = std::string(operation) + " " + std::filesystem::path(file).filename().string();
    if (first_failure_.empty()) first_failure_ = what;
    if (is_write) *halve = !dark_ && fault_ == Fault::kShortWrite;
    return MakeError(dark_ ? Fault::kIoError : fault_, what);
  }

  // Passes what was done on to the books, unless the power is off and the books are closed.
  template <typename Change>
  void Note(Change change) {
    const std::lock_guard lock(mutex_);
    if (!dark_) change(unsynced_);
  }

 private:
  bool Fails(bool is_write) const {
    if (dark_ || fail_at_ == 0) return dark_;
    if (fault_ == Fault::kShortWrite && !is_write) return false;
    const std::uint64_t count = fault_ == Fault::kShortWrite ? writes_ : operations_;
    return count == fail_at_ || (sticky_ && count > fail_at_);
  }
  void CutPowerLocked() {
    if (dark_) return;
    dark_ = true;
    unsynced_.Drop();
  }

  mutable std::mutex mutex_;
  std::uint64_t operations_ = 0;
  std::uint64_t writes_ = 0;  // among them
  std::uint64_t fail_at_ = 0;
  std::uint64_t cut_at_ = 0;
  Fault fault_ = Fault::kIoError;
  bool sticky_ = false;
  std::chrono::milliseconds sync_time_{0};
  bool dark_ = false;
  std::string first_failure_;
  Unsynced unsynced_;
};

class FaultWritable : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultWritable(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, Judge& judge)
      : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), judge_(judge) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return Write(data, [&](const Slice& part) { return target()->Append(part, options, debug); });
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const Slice& data, std::uint64_t offset, const IOOptions& options,
                            IODebugContext* debug) override {
    return Write(data, [&](const Slice& part) { return target()->PositionedAppend(part, offset, options, debug); });
  }
  IOStatus PositionedAppend(const Slice& data, std::uint64_t offset, const IOOptions& options,
                            const DataVerificationInfo&, IODebugContext* debug) override {
    return PositionedAppend(data, offset, options, debug);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("truncate", name_);
    if (!judged.ok()) return judged;
    const IOStatus done = target()->Truncate(size, options, debug);
    if (done.ok()) judge_.Note([&](Unsynced& books) { books.Truncated(name_, size); });
    return done;
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("close", name_);
    const IOStatus done = target()->Close(options, debug);  // a descriptor is given back even by a close that fails
    return judged.ok() ? done : judged;
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("flush", name_);
    return judged.ok() ? target()->Flush(options, debug) : judged;
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return Persist(); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return Persist(); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return judge_.Next("range sync", name_);  // promises nothing, so nothing is noted
  }
  IOStatus Allocate(std::uint64_t offset, std::uint64_t bytes, const IOOptions& options,
                    IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("allocate", name_);
    return judged.ok() ? target()->Allocate(offset, bytes, options, debug) : judged;
  }
  // Room set aside ahead of writes is a wish that may fail unnoticed, and megabytes of it for each new list of files
  // are most of what a short life costs.
  void PrepareWrite(std::size_t, std::size_t, const IOOptions&, IODebugContext*) override {}

 private:
  template <typename Put>
  IOStatus Write(const Slice& data, Put put) {
    bool halve = false;
    const IOStatus judged = judge_.Next("append", name_, &halve);
    if (!judged.ok() && !halve) return judged;
    const Slice part(data.data(), halve ? data.size() / 2 : data.size());
    const IOStatus done = put(part);
    if (done.ok()) judge_.Note([&](Unsynced& books) { books.Appended(name_, part.size()); });
    return judged.ok() ? done : judged;
  }

  // In the books alone: only they decide what a power cut takes, and waiting for a real disk would take hours.
  IOStatus Persist() {
    const IOStatus judged = judge_.Next("sync", name_);
    std::this_thread::sleep_for(judge_.sync_time());
    if (judged.ok()) judge_.Note([&](Unsynced& books) { books.Synced(name_); });
    return judged;
  }

  std::string name_;
  Judge& judge_;
};

class FaultSequential : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  FaultSequential(std::unique_ptr<rocksdb::FSSequentialFile> file, std::string name, Judge& judge)
      : FSSequentialFileOwnerWrapper(std::move(file)), name_(std::move(name)), judge_(judge) {}

  IOStatus Read(std::size_t size, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("read", name_);
    return judged.ok() ? target()->Read(size, options, result, scratch, debug) : judged;
  }
  IOStatus Skip(std::uint64_t size) override {
    const IOStatus judged = judge_.Next("skip", name_);
    return judged.ok() ? target()->Skip(size) : judged;
  }
  IOStatus PositionedRead(std::uint64_t offset, std::size_t size, const IOOptions& options, Slice* result,
                          char* scratch, IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("read", name_);
    return judged.ok() ? target()->PositionedRead(offset, size, options, result, scratch, debug) : judged;
  }

 private:
  std::string name_;
  Judge& judge_;
};

class FaultRandom : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FaultRandom(std::unique_ptr<rocksdb::FSRandomAccessFile> file, std::string name, Judge& judge)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), name_(std::move(name)), judge_(judge) {}

  IOStatus Read(std::uint64_t offset, std::size_t size, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) const override {
    const IOStatus judged = judge_.Next("read", name_);
    return judged.ok() ? target()->Read(offset, size, options, result, scratch, debug) : judged;
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("read", name_);
    return judged.ok() ? target()->MultiRead(requests, count, options, debug) : judged;
  }
  IOStatus Prefetch(std::uint64_t offset, std::size_t size, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("prefetch", name_);
    return judged.ok() ? target()->Prefetch(offset, size, options, debug) : judged;
  }

 private:
  std::string name_;
  Judge& judge_;
};

class FaultDirectory : public rocksdb::FSDirectory {
 public:
  FaultDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, std::string name, Judge& judge)
      : directory_(std::move(directory)), name_(std::move(name)), judge_(judge) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return Persist(); }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*, const rocksdb::DirFsyncOptions&) override {
    return Persist();
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("close folder", name_);
    const IOStatus done = directory_->Close(options, debug);
    return judged.ok() ? done : judged;
  }
  std::size_t GetUniqueId(char* id, std::size_t max_size) const override {
    return directory_->GetUniqueId(id, max_size);
  }

 private:
  IOStatus Persist() {
    const IOStatus judged = judge_.Next("sync folder", name_);
    if (judged.ok()) judge_.Note([&](Unsynced& books) { books.FolderSynced(name_); });
    return judged;
  }

  std::unique_ptr<rocksdb::FSDirectory> directory_;
  std::string name_;
  Judge& judge_;
};

class FaultFiles : public rocksdb::FileSystemWrapper {
 public:
  FaultFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "medseal.FaultFiles"; }
  Judge& judge() { return judge_; }

  IOStatus NewSequentialFile(const std::string& name, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file, IODebugContext* debug) override {
    return Open<FaultSequential>("open", name, file,
                                 [&] { return target()->NewSequentialFile(name, options, file, debug); });
  }
  IOStatus NewRandomAccessFile(const std::string& name, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file, IODebugContext* debug) override {
    return Open<FaultRandom>("open", name, file,
                             [&] { return target()->NewRandomAccessFile(name, options, file, debug); });
  }
  IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) override {
    const IOStatus made = Open<FaultWritable>("create", name, file,
                                              [&] { return target()->NewWritableFile(name, options, file, debug); });
    if (made.ok()) judge_.Note([&](Unsynced& books) { books.Made(name); });
    return made;
  }
  // The settings of the store never reuse a file; one that is reopened would be unknown to the books.
  IOStatus ReopenWritableFile(const std::string&, const FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>*,
                              IODebugContext*) override {
    return IOStatus::NotSupported("reopen");
  }
  IOStatus ReuseWritableFile(const std::string&, const std::string&, const FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) override {
    return IOStatus::NotSupported("reuse");
  }
  IOStatus NewRandomRWFile(const std::string&, const FileOptions&, std::unique_ptr<rocksdb::FSRandomRWFile>*,
                           IODebugContext*) override {
    return IOStatus::NotSupported("random writes");
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* folder, IODebugContext* debug) override {
    return Open<FaultDirectory>("open folder", name, folder,
                                [&] { return target()->NewDirectory(name, options, folder, debug); });
  }
  IOStatus NewLogger(const std::string& name, const IOOptions& options, std::shared_ptr<rocksdb::Logger>* logger,
                     IODebugContext* debug) override {
    return Do("create", name, [&] { return target()->NewLogger(name, options, logger, debug); });
  }

  IOStatus FileExists(const std::string& name, const IOOptions& options, IODebugContext* debug) override {
    // Where the engine looks for its archive of logs, it asserts that looking never fails (7.8.3, wal_manager.cc:76).
    if (name.ends_with("/archive")) return target()->FileExists(name, options, debug);
    return Do("look for", name, [&] { return target()->FileExists(name, options, debug); });
  }
  IOStatus GetChildren(const std::string& name, const IOOptions& options, std::vector<std::string>* names,
                       IODebugContext* debug) override {
    return Do("list", name, [&] { return target()->GetChildren(name, options, names, debug); });
  }
  IOStatus GetChildrenFileAttributes(const std::string& name, const IOOptions& options,
                                     std::vector<rocksdb::FileAttributes>* files, IODebugContext* debug) override {
    return Do("list", name, [&] { return target()->GetChildrenFileAttributes(name, options, files, debug); });
  }
  IOStatus CreateDir(const std::string& name, const IOOptions& options, IODebugContext* debug) override {
    return Do("make folder", name, [&] { return target()->CreateDir(name, options, debug); });
  }
  IOStatus CreateDirIfMissing(const std::string& name, const IOOptions& options, IODebugContext* debug) override {
    return Do("make folder", name, [&] { return target()->CreateDirIfMissing(name, options, debug); });
  }
  IOStatus DeleteDir(const std::string& name, const IOOptions& options, IODebugContext* debug) override {
    return Do("delete folder", name, [&] { return target()->DeleteDir(name, options, debug); });
  }
  IOStatus GetFileSize(const std::string& name, const IOOptions& options, std::uint64_t* size,
                       IODebugContext* debug) override {
    return Do("size", name, [&] { return target()->GetFileSize(name, options, size, debug); });
  }
  IOStatus GetFileModificationTime(const std::string& name, const IOOptions& options, std::uint64_t* time,
                                   IODebugContext* debug) override {
    return Do("time", name, [&] { return target()->GetFileModificationTime(name, options, time, debug); });
  }
  IOStatus GetFreeSpace(const std::string& name, const IOOptions& options, std::uint64_t* bytes,
                        IODebugContext* debug) override {
    return Do("free space", name, [&] { return target()->GetFreeSpace(name, options, bytes, debug); });
  }
  IOStatus IsDirectory(const std::string& name, const IOOptions& options, bool* is, IODebugContext* debug) override {
    return Do("look at", name, [&] { return target()->IsDirectory(name, options, is, debug); });
  }
  IOStatus LockFile(const std::string& name, const IOOptions& options, rocksdb::FileLock** lock,
                    IODebugContext* debug) override {
    return Do("lock", name, [&] { return target()->LockFile(name, options, lock, debug); });
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus judged = judge_.Next("unlock", "LOCK");
    const IOStatus done = target()->UnlockFile(lock, options, debug);  // else no later open in this process succeeds
    return judged.ok() ? done : judged;
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                    IODebugContext* debug) override {
    return Do("link", from, [&] { return target()->LinkFile(from, to, options, debug); });
  }

  IOStatus DeleteFile(const std::string& name, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus done = Do("delete", name, [&] { return target()->DeleteFile(name, options, debug); });
    if (done.ok()) judge_.Note([&](Unsynced& books) { books.Deleted(name); });
    return done;
  }
  IOStatus Truncate(const std::string& name, std::size_t size, const IOOptions& options,
                    IODebugContext* debug) override {
    const IOStatus done = Do("truncate", name, [&] { return target()->Truncate(name, size, options, debug); });
    if (done.ok()) judge_.Note([&](Unsynced& books) { books.Truncated(name, size); });
    return done;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    return Do("rename", from, [&] {
      judge_.Note([&](Unsynced& books) { books.Renaming(from, to); });
      return target()->RenameFile(from, to, options, debug);
    });
  }

 private:
  template <typename Action>
  IOStatus Do(const char* operation, const std::string& name, Action act) {
    const IOStatus judged = judge_.Next(operation, name);
    return judged.ok() ? act() : judged;
  }

  template <typename Faulty, typename File, typename Action>
  IOStatus Open(const char* operation, const std::string& name, std::unique_ptr<File>* file, Action open) {
    const IOStatus done = Do(operation, name, open);
    if (done.ok()) *file = std::make_unique<Faulty>(std::move(*file), name, judge_);
    return done;
  }

  Judge judge_;
};

// After an error in the background RocksDB sleeps for a second, which a test of a thousand errors cannot wait for.
class ImpatientClock : public rocksdb::SystemClockWrapper {
 public:
  ImpatientClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "medseal.ImpatientClock"; }
  void SleepForMicroseconds(int micros) override { target_->SleepForMicroseconds(std::min(micros, 1000)); }
};

class FaultyEnv : public rocksdb::EnvWrapper {
 public:
  explicit FaultyEnv(const std::shared_ptr<FaultFiles>& files) : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = files;
    system_clock_ = std::make_shared<ImpatientClock>();
  }
};

}  // namespace

struct FaultEnv::Parts {
  std::shared_ptr<FaultFiles> files = std::make_shared<FaultFiles>();
  FaultyEnv env = FaultyEnv(files);
  RocksEnvironment environment{&env};
};

FaultEnv::FaultEnv() : parts_(std::make_unique<Parts>()) {}
FaultEnv::~FaultEnv() = default;

RocksEnvironment* FaultEnv::environment() { return &parts_->environment; }

void FaultEnv::FailAt(std::uint64_t n, Fault fault, bool sticky) { parts_->files->judge().FailAt(n, fault, sticky); }
void FaultEnv::CutPowerAt(std::uint64_t n) { parts_->files->judge().CutPowerAt(n); }
void FaultEnv::CutPower() { parts_->files->judge().CutPower(); }
void FaultEnv::SlowSyncs(std::chrono::milliseconds time) { parts_->files->judge().SlowSyncs(time); }
std::uint64_t FaultEnv::operations() const { return parts_->files->judge().operations(); }
std::string FaultEnv::first_failure() const { return parts_->files->judge().first_failure(); }

}  // namespace mseal::store
