// Backup places over RocksDB's BackupEngine.
#include "store/backup_place.h"

#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "store/private_files.h"
#include "store/restored_folder.h"
#include "store/rocks_environment.h"
#include "store/rocks_rows.h"
#include "store/rocks_status.h"

namespace mseal::store {
namespace {

using rocksdb::BackupEngine;
using rocksdb::BackupEngineReadOnly;

constexpr std::uint64_t kProgressStep = 1 << 20;
constexpr std::string_view kDescriptions = "meta";  // the engine's folder of descriptions; makes a place a place

// What the engine and this file make in a place.
bool IsOfAPlace(const std::string& name) {
  constexpr std::string_view kOwn[] = {kDescriptions, "private", "shared", "shared_checksum", "LOCK", ".", ".."};
  return std::find(std::begin(kOwn), std::end(kOwn), name) != std::end(kOwn);
}

// The name within the place of the file that an engine's text speaks of. The rest of the text is not passed on.
std::string FileNamedIn(const std::string& text, const std::string& place) {
  const std::size_t at = text.find(place + "/");
  if (at == text.npos) return "";
  const std::size_t begin = at + place.size() + 1;
  return text.substr(begin, text.find_first_of(" ,;:'\"", begin) - begin);
}

Status FromEngine(const rocksdb::Status& status, std::string_view doing, const std::string& place) {
  if (status.IsIncomplete()) return Status::Cancelled("the backup was called off");
  const std::string words(doing);
  if (status.IsNoSpace()) return Status::ResourceExhausted(words + ": the disk is full");
  if (!status.IsCorruption() && !status.IsNotFound() && !status.IsPathNotFound()) return FromRocks(status, doing);
  const std::string file = FileNamedIn(status.ToString(), place);
  return Status::Corrupt(words + ": " + (file.empty() ? "a file is damaged" : file + " is damaged or gone"));
}

rocksdb::BackupEngineOptions Settings(const std::string& place, rocksdb::Env* env) {
  rocksdb::BackupEngineOptions settings(place, env);
  settings.share_table_files = true;
  settings.share_files_with_checksum = true;  // else stores that were restored apart would share by number alone
  settings.sync = true;
  settings.backup_log_files = true;
  settings.max_background_operations = 1;
  settings.callback_trigger_interval_size = kProgressStep;
  return settings;
}

Backup FromInfo(const rocksdb::BackupInfo& info) {
  const ByteView metadata = AsBytes(info.app_metadata);
  return {info.backup_id, info.timestamp, info.size, info.number_files, Bytes(metadata.begin(), metadata.end())};
}

bool Holds(const std::vector<rocksdb::BackupInfo>& backups, std::uint32_t number) {
  return std::any_of(backups.begin(), backups.end(), [&](const auto& info) { return info.backup_id == number; });
}

template <typename Engine>
Status CheckNumber(const Engine& engine, std::uint32_t number) {
  std::vector<rocksdb::BackupInfo> usable;
  std::vector<rocksdb::BackupID> damaged;
  engine.GetBackupInfo(&usable);
  engine.GetCorruptedBackups(&damaged);
  const bool known = Holds(usable, number) || std::find(damaged.begin(), damaged.end(), number) != damaged.end();
  return known ? Status::Ok() : Status::NotFound("the place has no backup of that number");
}

}  // namespace

struct BackupPlace::Files {
  Status CheckPlace() const;
  Status MakePlace();
  Result<std::unique_ptr<BackupEngineReadOnly>> Look() const;

  std::string path;
  std::unique_ptr<rocksdb::Env> own_env;  // null when the caller brought one
  rocksdb::Env* env = nullptr;
};

namespace {

// The engine for writing, under the place's lock.
class Writing {
 public:
  Writing(std::string path, rocksdb::Env* env) : path_(std::move(path)), env_(env) {}
  ~Writing() {
    engine_.reset();
    if (lock_ != nullptr) env_->UnlockFile(lock_).PermitUncheckedError();  // the process's end would give it back
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  Status Begin() {
    const rocksdb::Status locked = env_->LockFile(path_ + "/LOCK", &lock_);
    if (!locked.ok()) return FromEngine(locked, "locking the backup place", path_);
    BackupEngine* engine = nullptr;
    const rocksdb::Status opened = BackupEngine::Open(Settings(path_, env_), env_, &engine);
    engine_.reset(engine);
    return Outcome(opened, "opening the backup place");
  }
  Status Outcome(const rocksdb::Status& status, std::string_view doing) const {
    return FromEngine(status, doing, path_);
  }
  BackupEngine& engine() { return *engine_; }

 private:
  const std::string path_;
  rocksdb::Env* const env_;
  rocksdb::FileLock* lock_ = nullptr;
  std::unique_ptr<BackupEngine> engine_;
};

rocksdb::CreateBackupOptions Watched(BackupEngine& engine, const std::function<bool(std::uint64_t)>& on_progress,
                                     std::uint64_t& copied) {
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;  // a table file is shared with the next backup, a log is copied each time
  options.progress_callback = [&engine, &on_progress, &copied] {
    copied += kProgressStep;
    if (on_progress && !on_progress(copied)) engine.StopBackup();
  };
  return options;
}

}  // namespace

Status BackupPlace::Files::CheckPlace() const {
  std::vector<std::string> names;
  const rocksdb::Status listed = env->GetChildren(path, &names);
  const bool missing = listed.IsNotFound() || listed.IsPathNotFound();
  if (!missing && !listed.ok()) return FromRocks(listed, "looking at the backup place");
  if (std::find(names.begin(), names.end(), kDescriptions) != names.end()) return Status::Ok();
  return Status::NotFound("there is no backup place");
}

Status BackupPlace::Files::MakePlace() {
  std::vector<std::string> names;
  const rocksdb::Status listed = env->GetChildren(path, &names);
  if (!listed.ok()) {
    const rocksdb::Status made = env->CreateDir(path);
    if (made.IsNoSpace()) return Status::ResourceExhausted("making the backup place: the disk is full");
    if (!made.ok()) return Status::IoError("cannot make the folder of the backup place");
  }
  if (!std::all_of(names.begin(), names.end(), IsOfAPlace)) {
    return Status::AlreadyExists("the folder of the backup place holds something else");
  }
  return Writing(path, env).Begin();
}

Result<std::unique_ptr<BackupEngineReadOnly>> BackupPlace::Files::Look() const {
  MS_TRY(CheckPlace());
  BackupEngineReadOnly* engine = nullptr;
  const rocksdb::Status opened = BackupEngineReadOnly::Open(Settings(path, env), env, &engine);
  if (!opened.ok()) return FromEngine(opened, "opening the backup place", path);
  return std::unique_ptr<BackupEngineReadOnly>(engine);
}

BackupPlace::BackupPlace(std::unique_ptr<Files> files) : files_(std::move(files)) {}
BackupPlace::~BackupPlace() = default;

Result<std::unique_ptr<BackupPlace>> BackupPlace::Open(const std::string& path, const BackupPlaceOptions& options) {
  auto files = std::make_unique<Files>();
  files->path = path.substr(0, path.find_last_not_of('/') + 1);
  if (options.environment == nullptr) {
    files->own_env = rocksdb::NewCompositeEnv(MakePrivateFiles(rocksdb::FileSystem::Default()));
  }
  files->env = options.environment != nullptr ? options.environment->env : files->own_env.get();
  Status there = files->CheckPlace();
  if (there.code() == StatusCode::kNotFound && options.create) there = files->MakePlace();
  MS_TRY(there);
  return std::unique_ptr<BackupPlace>(new BackupPlace(std::move(files)));
}

Result<Backup> BackupPlace::Create(Rows& rows, ByteView metadata,
                                   const std::function<bool(std::uint64_t)>& on_progress) {
  auto* engine_rows = dynamic_cast<RocksRows*>(&rows);
  if (engine_rows == nullptr) return Status::Unsupported("this engine makes no such backups");
  RocksDatabase& database = engine_rows->database();
  MS_TRY(database.CheckWritable());
  MS_TRY(files_->CheckPlace());
  if (!database.upkeep.try_acquire()) return Status::Locked("a purge, a backup or a standstill is under way");
  const UpkeepTurn turn(database);
  Writing place(files_->path, files_->env);
  MS_TRY(place.Begin());
  std::uint64_t copied = 0;
  rocksdb::BackupID number = 0;
  MS_TRY(place.Outcome(
      place.engine().CreateNewBackupWithMetadata(Watched(place.engine(), on_progress, copied), database.db.get(),
                                                 std::string(AsText(metadata)), &number),
      "making a backup"));
  rocksdb::BackupInfo info;
  MS_TRY(place.Outcome(place.engine().GetBackupInfo(number, &info), "looking at the new backup"));
  return FromInfo(info);
}

Result<BackupList> BackupPlace::List() const {
  MS_ASSIGN(const auto engine, files_->Look());
  std::vector<rocksdb::BackupInfo> infos;
  engine->GetBackupInfo(&infos);
  BackupList list;
  for (const rocksdb::BackupInfo& info : infos) list.usable.push_back(FromInfo(info));
  engine->GetCorruptedBackups(&list.damaged);
  return list;
}

Status BackupPlace::Verify(std::uint32_t number) const {
  MS_ASSIGN(const auto engine, files_->Look());
  MS_TRY(CheckNumber(*engine, number));
  const rocksdb::Status verified = engine->VerifyBackup(number, /*verify_with_checksum=*/true);
  return FromEngine(verified, "verifying a backup", files_->path);
}

Status BackupPlace::PruneToNewest(std::size_t count) {
  MS_TRY(files_->CheckPlace());
  Writing place(files_->path, files_->env);
  MS_TRY(place.Begin());
  const auto keep = static_cast<std::uint32_t>(std::min<std::size_t>(count, UINT32_MAX));
  MS_TRY(place.Outcome(place.engine().PurgeOldBackups(keep), "removing backups"));
  return place.Outcome(place.engine().GarbageCollect(), "removing what no backup needs");
}

Status BackupPlace::Prune(const std::vector<std::uint32_t>& numbers) {
  MS_TRY(files_->CheckPlace());
  Writing place(files_->path, files_->env);
  MS_TRY(place.Begin());
  for (const std::uint32_t number : numbers) {
    MS_TRY(CheckNumber(place.engine(), number));
    MS_TRY(place.Outcome(place.engine().DeleteBackup(number), "removing a backup"));
  }
  return place.Outcome(place.engine().GarbageCollect(), "removing what no backup needs");
}

Status BackupPlace::RestoreTo(std::uint32_t number, const std::string& folder) const {
  RestoredFolder restored(*files_->env, folder);  // outlives the engine, whose threads may still write into it
  MS_ASSIGN(const auto engine, files_->Look());
  MS_TRY(CheckNumber(*engine, number));
  MS_TRY(restored.Begin());
  const rocksdb::Status copied = engine->RestoreDBFromBackup(number, restored.beside(), restored.beside());
  if (copied.IsCorruption()) MS_TRY(Verify(number));  // names the file, which a restore does not
  MS_TRY(FromEngine(copied, "restoring a backup", files_->path));
  return restored.Finish();
}

}  // namespace mseal::store
