// Gathers a restored store beside its place and moves it there when it is whole.
#include "vault/restore.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>

#include "base/reader.h"
#include "format/backup_facts.h"
#include "format/keys_of_rows.h"
#include "keys/file.h"
#include "store/backup_place.h"
#include "vault/backup_places.h"
#include "vault/copied_folder.h"
#include "vault/index_re_epoch.h"
#include "vault/patient_change.h"
#include "vault/patient_rows.h"
#include "vault/provider_copies.h"
#include "vault/reseal.h"
#include "vault/suite_change.h"
#include "vault/vault.h"

namespace mseal::vault {
namespace {

namespace fs = std::filesystem;
using keys::MetaKind;
using keys::PatientHandle;
using store::Table;

constexpr std::size_t kToldEvery = 256;  // patients

bool IsFolder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

// Where the data comes from.
class Source {
 public:
  Status Find(const RestoreOptions& options, const keys::StoreId& store) {
    log_ = options.from + "/log";
    if (IsFolder(options.from + "/data")) return FindBackup(options, store);
    if (!IsFolder(RowsFolder(options.from)))
      return Status::NotFound("there is neither a backup place nor a copy of a store at the path to restore from");
    if (options.backup != 0) return Status::InvalidArgument("a copy of a store has no numbered backups");
    if (options.bundle.empty())
      return Status::InvalidArgument("a copy of a store needs a bundle beside it: name the newest with --bundle");
    copy_ = RowsFolder(options.from);
    log_ = LogFolder(options.from);
    return Status::Ok();
  }

  Status WriteTo(const std::string& folder) const {
    return place_ != nullptr ? place_->RestoreTo(number_, folder) : CopyFolder(copy_, folder);
  }
  // Where a copy of the log of accesses would be.
  std::string log() const { return log_; }
  std::uint32_t number() const { return number_; }
  std::uint32_t newest() const { return newest_; }  // whole or damaged; 0: a copy

 private:
  Status FindBackup(const RestoreOptions& options, const keys::StoreId& store) {
    MS_ASSIGN(place_, store::BackupPlace::Open(options.from + "/data", {.environment = options.environment}));
    MS_ASSIGN(const store::BackupList list, place_->List());
    newest_ = list.newest();
    for (const store::Backup& backup : list.usable) {
      if (options.backup != 0 && backup.number != options.backup) continue;
      number_ = backup.number;
      MS_ASSIGN(const format::BackupFacts facts, format::ParseBackupFacts(backup.metadata));
      if (facts.store != store) return Status::AuthFailed("the backup is another store's than the provider's");
    }
    if (number_ != 0) return Status::Ok();
    const auto& damaged = list.damaged;
    if (std::find(damaged.begin(), damaged.end(), options.backup) != damaged.end())
      return place_->Verify(options.backup);  // says what is wrong with it
    return Status::NotFound("the place has no such backup: medseal backup list");
  }

  std::unique_ptr<store::BackupPlace> place_;  // or null: a copy
  std::uint32_t number_ = 0, newest_ = 0;
  std::string copy_;
  std::string log_;
};

// The folder in which the store gathers, under a lock that its later place is locked by too.
class Beside {
 public:
  explicit Beside(const std::string& store) : store_(Clean(store)), path_(store_ + ".restoring") {}
  ~Beside() {
    std::error_code ignored;  // what is left is removed by the next restore to the same place
    if (begun_) fs::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

  Status Begin() {
    std::error_code error;
    if (fs::exists(store_, error) && !(IsFolder(store_) && fs::is_empty(store_, error)))
      return Status::AlreadyExists("something is at the store's path");
    if (mkdir(path_.c_str(), S_IRWXU) != 0 && errno != EEXIST)
      return Status::IoError("the folder beside the store cannot be made: " + std::generic_category().message(errno));
    MS_TRY(Lock());
    begun_ = true;
    for (fs::directory_iterator entry(path_, error), end; !error && entry != end; entry.increment(error)) {
      if (entry->path().filename() != "medseal.lock") fs::remove_all(entry->path(), error);
    }
    return error ? Status::IoError("an earlier restore's folder cannot be removed: " + error.message()) : Status::Ok();
  }

  Status Lock() {
    MS_ASSIGN(StoreLock lock, StoreLock::Take(path_));
    lock_ = std::make_unique<StoreLock>(std::move(lock));
    return Status::Ok();
  }
  void Unlock() { lock_.reset(); }

  Status Finish() {
    std::error_code error;
    fs::remove(store_, error);  // an empty folder may be there
    fs::rename(path_, store_, error);
    if (error) return Status::IoError("the store's folder cannot be moved to its place: " + error.message());
    begun_ = false;
    return SyncFolderOf(store_);
  }

 private:
  static std::string Clean(const std::string& store) {
    std::error_code ignored;  // an empty path stays one, and is refused before anything is done
    std::string clean = fs::absolute(store, ignored).lexically_normal().string();
    while (clean.size() > 1 && clean.back() == '/') clean.pop_back();
    return clean;
  }

  std::string store_, path_;
  std::unique_ptr<StoreLock> lock_;
  bool begun_ = false;
};

// The records of a restored store: the index built anew, deletions done again, leftovers of uploads removed.
class RecordsRestore {
 public:
  RecordsRestore(Core& core, const RestoreOptions& options, RestoreReport& report)
      : core_(core), options_(options), report_(report) {}

  Status Run() {
    StepOptions step;
    step.on_progress = [&](const format::Job& job, std::uint64_t) { return Tell(RestoreStep::kIndex, job.seen); };
    MS_TRY(RebuildIndex(core_, step));
    MS_TRY(ReopenSuiteChange(core_));
    MS_TRY(ReopenReseals(core_));
    MS_TRY(ReplayLedger());
    return LookAtPatients();
  }

 private:
  bool Tell(RestoreStep step, std::uint64_t done) const {
    return !options_.on_progress || options_.on_progress(step, done, report_.patients.restored);
  }

  struct Deletion {
    std::uint64_t version = 0;  // that the head became by it
    keys::RecordTag tag{};
    bool operator<(const Deletion& other) const { return version < other.version; }
  };

  Status ReplayLedger() {
    std::map<PatientHandle, std::vector<Deletion>> ledger;
    MS_TRY(core_.meta->ForEach(MetaKind::kLedger, [&](ByteView id, const SecretBytes& content) {
      keys::RecordHandle record;
      CopyBytes(id, record);
      ledger[keys::PatientOf(record)].push_back({Reader(content.Reveal()).U64(), keys::TagOf(record)});
      return Status::Ok();
    }));
    for (auto& [patient, deletions] : ledger) {
      std::sort(deletions.begin(), deletions.end());
      const Status replayed = Replay(patient, deletions);
      // Listed as damaged later. Whoever is not in the data has nothing to delete.
      const bool passed = IsDamage(replayed.code()) || replayed.code() == StatusCode::kNotFound ||
                          replayed.code() == StatusCode::kErased;
      if (!passed) MS_TRY(replayed);
    }
    return Status::Ok();
  }

  Status Replay(const PatientHandle& patient, const std::vector<Deletion>& deletions) {
    const std::lock_guard lock(core_.locks.Of(patient));
    Desk nobody;
    MS_ASSIGN(const auto change, PatientChange::OpenByHost(core_, nobody, patient));
    const std::uint64_t restored_version = change->head_version();
    std::uint64_t deleted = 0;
    for (const Deletion& deletion : deletions) {
      if (deletion.version <= restored_version) continue;
      MS_ASSIGN(const bool did, change->DeleteAgain(deletion.tag, deletion.version));
      deleted += did;
    }
    MS_TRY(change->Commit());
    report_.records_deleted += deleted;
    return Status::Ok();
  }

  Status LookAtPatients() {
    const auto at = core_.rows->Freeze();
    const auto cursor =
        core_.rows->Scan(Table::kKeys, format::KeyRowPrefix(), format::AfterPrefix(format::KeyRowPrefix()), at.get());
    for (std::uint64_t done = 0; cursor->Valid(); cursor->Next()) {
      MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
      const Status whole = LookAtPatient(place.patient, *at);
      if (IsDamage(whole.code()))
        report_.damaged.push_back(place.patient);
      else
        MS_TRY(whole);
      if (++done % kToldEvery == 0 && !Tell(RestoreStep::kRecords, done))
        return Status::Cancelled("the restore was cancelled");
    }
    return cursor->status();
  }

  Status LookAtPatient(const PatientHandle& patient, const store::Snapshot& at) {
    MS_ASSIGN(const auto keys, core_.patients->Read(patient));
    MS_ASSIGN(const format::Head head,
              keys::ReadHead(*core_.rows, core_.identity.store, core_.identity.suite, keys, &at));
    MS_ASSIGN(const PatientRows rows, CollectPatient(core_, keys, at));
    MS_TRY(DropUploads(NamedChunks(keys, rows), rows.chunks));
    MS_TRY(CheckChunks(keys, rows, rows.chunks));
    if (keys.row.slot_counter < head.slot_counter)
      return Status::AuthFailed("the key row is older than the patient's head");
    return Status::Ok();
  }

  // Chunks of uploads that were under way when the data was backed up.
  Status DropUploads(const std::set<Bytes>& named, const std::set<Bytes>& there) {
    store::Batch batch;
    for (const Bytes& chunk : there) {
      if (!named.contains(chunk)) batch.Delete(Table::kRecords, chunk);
    }
    return batch.empty() ? Status::Ok() : core_.CommitAs(batch, store::Durability::kProcess);
  }

  Core& core_;
  const RestoreOptions& options_;
  RestoreReport& report_;
};

class Restore {
 public:
  Restore(const RestoreOptions& options, RestoreReport& report)
      : options_(options), report_(report), beside_(options.store) {}

  Status Run() {
    MS_TRY(CheckPaths());
    MS_TRY(OpenProvider());
    MS_TRY(source_.Find(options_, identity_.store));
    report_.backup = source_.number();
    MS_TRY(OpenBundle());
    MS_TRY(beside_.Begin());
    MS_TRY(RestoreRows());
    MS_TRY(RestoreRecords());
    AtPoint("restore is whole");
    if (options_.move_anchor) MS_TRY(MoveAnchor());
    AtPoint("anchor was moved");
    return beside_.Finish();
  }

 private:
  void AtPoint(std::string_view name) const {
    if (options_.crash_point) options_.crash_point(name);
  }

  Status CheckPaths() const {
    if (options_.store.empty() || options_.from.empty() || options_.keyring.empty())
      return Status::InvalidArgument("a restore takes a place, a store and a keyring");
    if (IsInside(options_.store, options_.from))
      return Status::InvalidArgument("the store may not lie inside what it is restored from");
    MS_ASSIGN(const keys::ProviderPlace keyring, keys::ParseProviderUri(options_.keyring));
    if (!keyring.token.has_value() && IsInside(keyring.file, options_.store))
      return Status::InvalidArgument("the keyring may not lie inside the store");
    return Status::Ok();
  }

  Status OpenProvider() {
    auto provider = keys::OpenProvider(options_.keyring, options_.secret, {.file_io = options_.file_io});
    if (provider.code() == StatusCode::kNotFound)
      return Status::KeyUnavailable("there is no keyring at its path or of its name");
    MS_TRY(provider.status());
    provider_ = std::move(*provider);
    identity_.store = provider_->store();
    for (const std::uint32_t number : provider_->Epochs()) {
      MS_ASSIGN(keys::EpochSecret secret, provider_->Open(number));
      keys::Epoch epoch{number, std::move(secret)};
      if (epochs_ == nullptr)
        epochs_ = std::make_unique<keys::Epochs>(std::move(epoch));
      else
        epochs_->Add(std::move(epoch));
    }
    if (epochs_ != nullptr) return Status::Ok();
    return Status::KeyUnavailable("the keyring holds no epoch secret");
  }

  Status OpenBundle() {
    std::string folder = options_.bundle.empty() ? options_.from : options_.bundle;
    if (IsFolder(folder + "/bundle")) folder += "/bundle";
    MS_ASSIGN(OpenedBundle bundle, OpenedBundle::Open(folder, identity_.store, identity_.suite, *epochs_));
    MS_TRY(bundle.CheckParts());
    report_.bundle = bundle.list().number;
    report_.epoch = bundle.list().epoch;
    report_.bundle_made_ms = bundle.list().made_ms;
    bundle_.emplace(std::move(bundle));
    report_.changes_lost = IsBehindProvider();
    if (options_.backup == 0) report_.newer_backup = NewerBackup();
    return Status::Ok();
  }

  // What was done since the bundle was made cannot be told, only that there was something.
  bool IsBehindProvider() const {
    const format::BundleList& list = bundle_->list();
    if (epochs_->newest()->number > list.epoch) return true;
    const auto anchor = provider_->ReadAnchor();
    if (!anchor.ok() || !anchor->has_value()) return false;  // the report says that it was lost
    return (*anchor)->epoch > list.epoch || (*anchor)->commit_counter > list.commits;
  }

  // Numbers are each place's own: another place's bundle does not know them.
  std::uint32_t NewerBackup() const {
    const std::uint32_t in_bundle = options_.bundle.empty() ? bundle_->list().newest_backup : 0;
    const std::uint32_t newest = std::max(source_.newest(), in_bundle);
    return newest > source_.number() ? newest : 0;
  }

  Status RestoreRows() {
    AtPoint("data is restored");
    MS_TRY(source_.WriteTo(RowsFolder(beside_.path())));
    MS_ASSIGN(log_, RestoreLog(source_.log(), beside_.path(), identity_.store));
    AtPoint("data was restored");
    if (options_.on_progress && !options_.on_progress(RestoreStep::kKeys, 0, 0))
      return Status::Cancelled("the restore was cancelled");
    MS_ASSIGN(const auto rows, store::OpenRocks(RowsFolder(beside_.path()), {.environment = options_.environment}));
    MS_TRY(RestoreKeys(*rows, *bundle_, identity_, suites_, *epochs_, report_.patients));
    AtPoint("keys were restored");
    return rows->Sync();
  }

  // In the opened vault, which takes the lock over.
  Status RestoreRecords() {
    OpenOptions open;
    open.store = beside_.path();
    open.keyring = options_.keyring;
    open.secret = {options_.secret.kind, SecretBytes::CopyOf(options_.secret.bytes.Reveal())};
    open.restoring = true;
    open.environment = options_.environment;
    open.file_io = options_.file_io;
    open.crash_point = options_.crash_point;
    beside_.Unlock();
    MS_ASSIGN(const auto vault, Vault::Open(open));
    {
      MS_ASSIGN(Call call, vault->Enter());
      MS_TRY(RecordsRestore(call.core(), options_, report_).Run());
      const auto before = provider_->ReadAnchor();
      MS_TRY(RecordRestore(call.core(), beside_.path(), before.ok() && before->has_value() ? **before : keys::Anchor{},
                           log_, report_.log_entries_lost));
      report_.log = log_.state;
      MS_ASSIGN(anchor_, call.core().anchor->Aim());
      if (options_.move_anchor) {
        MS_ASSIGN(report_.copies_missed, MoveAnchorsOfOthers(call.core(), anchor_));
      }
    }
    MS_TRY(vault->Close());
    return beside_.Lock();
  }

  Status MoveAnchor() {
    const auto known = provider_->ReadAnchor();
    report_.anchor_was_lost = known.code() == StatusCode::kAuthFailed;
    if (report_.anchor_was_lost) return provider_->ReplaceLostAnchor(anchor_);
    MS_TRY(known.status());
    if (known->has_value() && (*known)->statement_number > anchor_.statement_number)
      report_.statements_lost = (*known)->statement_number - anchor_.statement_number;
    report_.changes_lost |= report_.statements_lost != 0;
    return provider_->MoveAnchor(anchor_);
  }

  const RestoreOptions& options_;
  RestoreReport& report_;
  Beside beside_;
  Source source_;
  std::unique_ptr<keys::KeyProvider> provider_;
  std::unique_ptr<keys::Epochs> epochs_;
  seal::Suites suites_{seal::SuiteSet::All()};  // until the bundle's chain is known
  StoreIdentity identity_{{}, suites_};
  std::optional<OpenedBundle> bundle_;
  LogCopy log_;
  keys::Anchor anchor_;
};

}  // namespace

Status RestoreVault(const RestoreOptions& options, RestoreReport& report) {
  report = {};
  return Restore(options, report).Run();
}

}  // namespace mseal::vault
