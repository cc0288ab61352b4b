// Opens the RocksDB engine: what lies at a path, and what may be done with it.
#include "store/rocks.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <vector>

#include "store/private_files.h"
#include "store/rocks_environment.h"
#include "store/rocks_rows.h"
#include "store/rocks_settings.h"
#include "store/rocks_status.h"
#include "store/warning_log.h"

namespace mseal::store {
namespace {

enum class Place {
  kEmpty,
  kStore,
  kHeadless,  // data, but not the file that says which
};

// RocksDB's own are called by a number, such as 000012.log.
bool HoldsRows(const std::string& file) {
  return file.front() >= '0' && file.front() <= '9' && (file.ends_with(".sst") || file.ends_with(".log"));
}

Result<Place> LookAt(rocksdb::Env& env, const std::string& path) {
  std::vector<std::string> files;
  const rocksdb::Status listed = env.GetChildren(path, &files);
  if (listed.IsNotFound()) return Place::kEmpty;
  if (!listed.ok()) return FromRocks(listed, "looking for the store");
  if (std::find(files.begin(), files.end(), "CURRENT") != files.end()) return Place::kStore;
  return std::any_of(files.begin(), files.end(), HoldsRows) ? Place::kHeadless : Place::kEmpty;
}

Status CheckPlace(Place place, bool create) {
  // A new database here would delete what is left of the old one.
  if (place == Place::kHeadless) return Status::Corrupt("the store's CURRENT file is missing");
  if (create && place == Place::kStore) return Status::AlreadyExists("there is a store already");
  if (!create && place == Place::kEmpty) return Status::NoVault("there is no store");
  return Status::Ok();
}

Status MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST) return Status::Ok();
  return Status::IoError("cannot make the folder of the store");
}

std::vector<rocksdb::ColumnFamilyDescriptor> Families(const RocksOptions& options) {
  const rocksdb::ColumnFamilyOptions settings = TableSettings(options);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (int i = 0; i < kTableCount; ++i) {
    families.emplace_back(std::string(TableName(static_cast<Table>(i))), settings);
  }
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, settings);
  return families;
}

std::shared_ptr<RocksDatabase> PrepareDatabase(const RocksOptions& options) {
  auto database = std::make_shared<RocksDatabase>();
  database->read_only = options.read_only;
  if (options.environment != nullptr) {
    database->env = options.environment->env;
  } else {
    database->own_env = rocksdb::NewCompositeEnv(MakePrivateFiles(rocksdb::FileSystem::Default()));
    database->env = database->own_env.get();
  }
  return database;
}

Status OpenDatabase(const std::string& path, const RocksOptions& options, RocksDatabase& database) {
  rocksdb::DBOptions settings = StoreSettings(options);
  settings.env = database.env;
  settings.info_log = MakeWarningLog(path);
  settings.listeners.push_back(database.write_stop);
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb::Status opened = options.read_only
                                     ? rocksdb::DB::OpenForReadOnly(settings, path, Families(options), &handles, &db)
                                     : rocksdb::DB::Open(settings, path, Families(options), &handles, &db);
  if (opened.IsInvalidArgument()) return Status::Corrupt("the store's tables are not those of this version");
  if (!opened.ok()) return FromRocks(opened, "opening the store");
  database.db.reset(db);
  std::copy_n(handles.begin(), kTableCount, database.families.begin());
  database.unused_family = handles.back();
  return Status::Ok();
}

std::uint64_t NumberOf(const std::string& file) {
  std::uint64_t number = 0;
  std::from_chars(file.data(), file.data() + file.size(), number);
  return number;
}

// This RocksDB keeps the log of each session that wrote nothing until some later session flushes: a store that is
// mostly read would gather a file at each opening. What cannot be removed is left for the next one.
void RemoveEmptyLogs(const std::string& path, RocksDatabase& database) {
  std::unique_ptr<rocksdb::LogFile> current;
  std::vector<rocksdb::Env::FileAttributes> files;
  if (!database.db->GetCurrentWalFile(&current).ok()) return;
  if (!database.env->GetChildrenFileAttributes(path, &files).ok()) return;
  for (const rocksdb::Env::FileAttributes& file : files) {
    const bool empty_log = file.size_bytes == 0 && HoldsRows(file.name) && file.name.ends_with(".log");
    if (!empty_log || NumberOf(file.name) >= current->LogNumber()) continue;
    database.env->DeleteFile(path + "/" + file.name).PermitUncheckedError();
  }
}

}  // namespace

Result<std::unique_ptr<Rows>> OpenRocks(const std::string& path, const RocksOptions& options) {
  const std::shared_ptr<RocksDatabase> database = PrepareDatabase(options);
  MS_ASSIGN(const Place place, LookAt(*database->env, path));
  MS_TRY(CheckPlace(place, options.create));
  if (options.create) MS_TRY(MakeFolder(path));
  MS_TRY(OpenDatabase(path, options, *database));
  if (!options.read_only) RemoveEmptyLogs(path, *database);
  return std::unique_ptr<Rows>(std::make_unique<RocksRows>(database));
}

}  // namespace mseal::store
