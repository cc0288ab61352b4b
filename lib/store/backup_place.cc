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

// Where and through what a place is reached.
struct Access {
  std::string path;
  rocksdb::Env* env = nullptr;

  Status Outcome(const rocksdb::Status& status, std::string_view doing) const;
  // The engine takes all files of a folder that it could not list for missing.
  bool WasNotListed(const rocksdb::Status& status) const;
};

Status Access::Outcome(const rocksdb::Status& status, std::string_view doing) const {
  if (status.IsIncomplete()) return Status::Cancelled("the backup was called off");
  const std::string words(doing);
  if (status.IsNoSpace()) return Status::ResourceExhausted(words + ": the disk is full");
  if (!status.IsCorruption() && !status.IsNotFound() && !status.IsPathNotFound()) return FromRocks(status, doing);
  if (WasNotListed(status)) return Status::IoError(words + ": a folder could not be listed");
  const std::string file = FileNamedIn(status.ToString(), path);
  return Status::Corrupt(words + ": " + (file.empty() ? "a file is damaged" : file + " is damaged or gone"));
}

bool Access::WasNotListed(const rocksdb::Status& status) const {
  const std::string text = status.ToString();
  const std::string file = FileNamedIn(text, path);
  // A description may lack something, too.
  if (file.empty() || file.starts_with(kDescriptions) || text.find("missing") == text.npos) return false;
  return !env->FileExists(path + "/" + file).IsNotFound();  // also when that cannot be told
}

rocksdb::BackupEngineOptions Settings(const Access& place) {
  rocksdb::BackupEngineOptions settings(place.path, place.env);
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

// A backup that the engine wrongly takes for damaged would lose its files to the next call that tidies up.
template <typename Engine>
Status CheckDamage(const Engine& engine, const Access& place) {
  std::vector<rocksdb::BackupID> damaged;
  engine.GetCorruptedBackups(&damaged);
  for (const rocksdb::BackupID number : damaged) {
    const rocksdb::Status why = engine.VerifyBackup(number);
    if (place.WasNotListed(why)) return place.Outcome(why, "opening the backup place");
  }
  return Status::Ok();
}

}  // namespace

struct BackupPlace::Files {
  Status CheckPlace() const;
  Status MakePlace();
  Result<std::unique_ptr<BackupEngineReadOnly>> Look() const;

  Access place;
  std::unique_ptr<rocksdb::Env> own_env;  // null when the caller brought one
};

namespace {

// The engine for writing, under the place's lock.
class Writing {
 public:
  explicit Writing(const Access& place) : place_(place) {}
  ~Writing() {
    engine_.reset();
    if (lock_ != nullptr) place_.env->UnlockFile(lock_).PermitUncheckedError();  // the process's end would give it back
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  Status Begin() {
    MS_TRY(place_.Outcome(place_.env->LockFile(place_.path + "/LOCK", &lock_), "locking the backup place"));
    BackupEngine* engine = nullptr;
    const rocksdb::Status opened = BackupEngine::Open(Settings(place_), place_.env, &engine);
    engine_.reset(engine);
    MS_TRY(place_.Outcome(opened, "opening the backup place"));
    return CheckDamage(*engine_, place_);
  }
  BackupEngine& engine() { return *engine_; }

 private:
  const Access& place_;
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
  const rocksdb::Status listed = place.env->GetChildren(place.path, &names);
  const bool missing = listed.IsNotFound() || listed.IsPathNotFound();
  if (!missing && !listed.ok()) return FromRocks(listed, "looking at the backup place");
  if (std::find(names.begin(), names.end(), kDescriptions) != names.end()) return Status::Ok();
  return Status::NotFound("there is no backup place");
}

Status BackupPlace::Files::MakePlace() {
  std::vector<std::string> names;
  const rocksdb::Status listed = place.env->GetChildren(place.path, &names);
  if (!listed.ok()) {
    const rocksdb::Status made = place.env->CreateDir(place.path);
    if (made.IsNoSpace()) return Status::ResourceExhausted("making the backup place: the disk is full");
    if (!made.ok()) return Status::IoError("cannot make the folder of the backup place");
  }
  if (!std::all_of(names.begin(), names.end(), IsOfAPlace)) {
    return Status::AlreadyExists("the folder of the backup place holds something else");
  }
  return Writing(place).Begin();
}

Result<std::unique_ptr<BackupEngineReadOnly>> BackupPlace::Files::Look() const {
  MS_TRY(CheckPlace());
  BackupEngineReadOnly* engine = nullptr;
  const rocksdb::Status opened = BackupEngineReadOnly::Open(Settings(place), place.env, &engine);
  std::unique_ptr<BackupEngineReadOnly> opened_engine(engine);
  MS_TRY(place.Outcome(opened, "opening the backup place"));
  MS_TRY(CheckDamage(*engine, place));
  return opened_engine;
}

BackupPlace::BackupPlace(std::unique_ptr<Files> files) : files_(std::move(files)) {}
BackupPlace::~BackupPlace() = default;

Result<std::unique_ptr<BackupPlace>> BackupPlace::Open(const std::string& path, const BackupPlaceOptions& options) {
  auto files = std::make_unique<Files>();
  files->place.path = path.substr(0, path.find_last_not_of('/') + 1);
  if (options.environment == nullptr) {
    files->own_env = rocksdb::NewCompositeEnv(MakePrivateFiles(rocksdb::FileSystem::Default()));
  }
  files->place.env = options.environment != nullptr ? options.environment->env : files->own_env.get();
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
  Writing writing(files_->place);
  MS_TRY(writing.Begin());
  std::uint64_t copied = 0;
  rocksdb::BackupID number = 0;
  MS_TRY(files_->place.Outcome(
      writing.engine().CreateNewBackupWithMetadata(Watched(writing.engine(), on_progress, copied), database.db.get(),
                                                   std::string(AsText(metadata)), &number),
      "making a backup"));
  rocksdb::BackupInfo info;
  MS_TRY(files_->place.Outcome(writing.engine().GetBackupInfo(number, &info), "looking at the new backup"));
  return FromInfo(info);
}

std::uint32_t BackupList::newest() const {
  std::uint32_t number = usable.empty() ? 0 : usable.back().number;
  for (const std::uint32_t each : damaged) number = std::max(number, each);
  return number;
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
  return files_->place.Outcome(verified, "verifying a backup");
}

Status BackupPlace::PruneToNewest(std::size_t count) {
  MS_TRY(files_->CheckPlace());
  Writing writing(files_->place);
  MS_TRY(writing.Begin());
  const auto keep = static_cast<std::uint32_t>(std::min<std::size_t>(count, UINT32_MAX));
  MS_TRY(files_->place.Outcome(writing.engine().PurgeOldBackups(keep), "removing backups"));
  return files_->place.Outcome(writing.engine().GarbageCollect(), "removing what no backup needs");
}

Status BackupPlace::Prune(const std::vector<std::uint32_t>& numbers) {
  MS_TRY(files_->CheckPlace());
  Writing writing(files_->place);
  MS_TRY(writing.Begin());
  for (const std::uint32_t number : numbers) {
    MS_TRY(CheckNumber(writing.engine(), number));
    MS_TRY(files_->place.Outcome(writing.engine().DeleteBackup(number), "removing a backup"));
  }
  return files_->place.Outcome(writing.engine().GarbageCollect(), "removing what no backup needs");
}

Status BackupPlace::RestoreTo(std::uint32_t number, const std::string& folder) const {
  RestoredFolder restored(*files_->place.env, folder);  // outlives the engine, whose threads may still write into it
  MS_ASSIGN(const auto engine, files_->Look());
  MS_TRY(CheckNumber(*engine, number));
  MS_TRY(restored.Begin());
  const rocksdb::Status copied = engine->RestoreDBFromBackup(number, restored.beside(), restored.beside());
  if (copied.IsCorruption()) MS_TRY(Verify(number));  // names the file, which a restore does not
  MS_TRY(files_->place.Outcome(copied, "restoring a backup"));
  return restored.Finish();
}

}  // namespace mseal::store
