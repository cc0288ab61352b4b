// Writes, reads back and opens bundles.
#include "vault/bundle.h"

#include <sys/stat.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "base/clock.h"
#include "format/keys_of_rows.h"
#include "keys/new_file.h"
#include "store/backup_place.h"
#include "vault/backup_places.h"

namespace mseal::vault {
namespace {

namespace fs = std::filesystem;
using format::BundleList;
using format::BundlePart;
using format::BundleRow;
using store::Table;

constexpr std::string_view kListName = "list-";
constexpr std::string_view kPartName = "part-";
// Whatever files somebody puts into the folder, the number after it is there.
constexpr std::uint64_t kHighestNumber = UINT64_MAX / 2;

std::string NumberedName(std::string_view name, std::uint64_t number) {
  return std::string(name) + std::to_string(number);
}
std::string NumberedPath(const std::string& folder, std::string_view name, std::uint64_t number) {
  return folder + "/" + NumberedName(name, number);
}

// The numbers of the files of one name, ascending. What we never name so is not ours.
std::set<std::uint64_t> NumbersIn(const std::string& folder, std::string_view name) {
  std::set<std::uint64_t> numbers;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string file = entry->path().filename().string();
    if (!file.starts_with(name)) continue;
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(file.data() + name.size(), file.data() + file.size(), number);
    const bool ours = parsed.ec == std::errc() && number <= kHighestNumber && file == NumberedName(name, number);
    if (ours) numbers.insert(number);
  }
  return numbers;
}

seal::Place ListPlace(const keys::StoreId& store, seal::SuiteSet suite, std::uint32_t epoch, std::uint64_t number) {
  format::Context context(format::ContextKind::kBundle);
  context.Add(format::ContextItem::kStore, store)
      .AddNumber(format::ContextItem::kEpoch, epoch)
      .AddNumber(format::ContextItem::kNumber, number);
  return {.purpose = format::Purpose::kBundle, .suite = suite, .context = seal::DigestOf(context)};
}

std::string NamesOf(const keys::Epochs& epochs) {
  std::string names;
  for (const auto& epoch : epochs.all()) names += (names.empty() ? "" : " and ") + std::to_string(epoch->number);
  return names;
}

seal::Digest DigestOfList(ByteView covered) { return crypto::Hash("medseal.v1.bundl", covered); }
seal::Digest DigestOfPart(ByteView bytes) { return crypto::Hash("medseal.v1.bpart", bytes); }

// The rows of one table, or of a range of it, with the memory they lie in.
struct HeldRows {
  std::vector<std::pair<Bytes, Bytes>> held;

  void Add(const store::Cursor& cursor) {
    held.emplace_back(Bytes(cursor.key().begin(), cursor.key().end()),
                      Bytes(cursor.value().begin(), cursor.value().end()));
  }
  void Lend(Table table, std::vector<BundleRow>& out) const {
    for (const auto& [key, value] : held) out.push_back({static_cast<std::uint8_t>(table), key, value});
  }
};

// One point in time of the store, which has at least so many commits.
struct Standing {
  explicit Standing(Core& core) : commits(core.rows->CommitCounter()), at(core.rows->Freeze()) {}

  std::uint64_t commits;
  std::unique_ptr<store::Snapshot> at;
};

// Where a bundle goes.
struct Destination {
  PlaceId place{};  // zeros: none that is registered
  std::string folder;
  std::uint32_t newest_backup = 0;
};

// 0: there is none, or that cannot be told.
std::uint32_t NewestBackupIn(const Place& place) {
  const auto data = store::BackupPlace::Open(place.data(), {});
  if (!data.ok()) return 0;
  const auto list = (*data)->List();
  return list.ok() ? list->newest() : 0;
}

// One bundle on its way into a folder.
class BundleWriter {
 public:
  BundleWriter(Core& core, const Standing& standing, Destination to)
      : core_(core),
        at_(*standing.at),
        io_(core.file_io == nullptr ? keys::SystemFileIo() : *core.file_io),
        folder_(std::move(to.folder)) {
    list_.store = core.identity.store;
    list_.place = to.place;
    list_.commits = standing.commits;
    list_.newest_backup = to.newest_backup;
    list_.epoch = core.meta->epoch();
    list_.made_ms = NowMs();
    list_.bucket_bits = core.buckets->bits();
  }

  // The number of the bundle, once it was read back.
  Result<std::uint64_t> Write() {
    TakeUpOld();
    MS_TRY(WriteParts());
    MS_TRY(WriteList());
    MS_ASSIGN(const OpenedBundle bundle,
              OpenedBundle::Open(folder_, core_.identity.store, core_.identity.suite, *core_.epochs));
    if (bundle.list().number != list_.number) return Status::AuthFailed("another bundle lies in the place");
    MS_TRY(CheckWritten(bundle));
    RemoveOld();
    return list_.number;
  }

 private:
  // What the newest list names of parts can be named again where the rows are the same.
  void TakeUpOld() {
    const auto lists = NumbersIn(folder_, kListName);
    const auto parts = NumbersIn(folder_, kPartName);
    list_.number = lists.empty() ? 1 : *lists.rbegin() + 1;
    next_part_ = parts.empty() ? 1 : *parts.rbegin() + 1;
    auto old = OpenedBundle::Open(folder_, core_.identity.store, core_.identity.suite, *core_.epochs);
    if (!old.ok()) return;
    old_.emplace(std::move(*old));
    // One that is gone since, or cannot be listed now, stays known.
    if (old_->list().place == list_.place)
      list_.newest_backup = std::max(list_.newest_backup, old_->list().newest_backup);
    for (const BundlePart& part : old_->list().parts) known_[part.bucket] = &part;
  }

  // The old part that holds the same, read whole: what a medium lost of it since would be lost for good with the epoch.
  const BundlePart* SameInOld(const BundlePart& part) const {
    const auto known = known_.find(part.bucket);
    if (known == known_.end() || known->second->rows_digest != part.rows_digest) return nullptr;
    Bytes bytes;
    return old_->ReadPart(*known->second, bytes).ok() ? known->second : nullptr;
  }

  Status WriteParts() {
    const auto cursor =
        core_.rows->Scan(Table::kKeys, format::KeyRowPrefix(), format::AfterPrefix(format::KeyRowPrefix()), &at_);
    HeldRows bucket_rows;
    std::optional<std::uint32_t> bucket;
    std::uint32_t version = 0;  // of its key
    for (; cursor->Valid(); cursor->Next()) {
      MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
      const std::uint32_t own = core_.buckets->BucketOf(place.patient);
      if (bucket != own) {
        if (bucket.has_value()) MS_TRY(WritePart(*bucket, bucket_rows));
        bucket_rows = {};
        bucket = own;
        MS_ASSIGN(const auto key, core_.buckets->Read(own));
        version = key->version;
      }
      // Those under an older version wait to be dropped.
      if (place.bucket_key_version == version) bucket_rows.Add(*cursor);
    }
    MS_TRY(cursor->status());
    return bucket.has_value() ? WritePart(*bucket, bucket_rows) : Status::Ok();
  }

  Status WritePart(std::uint32_t bucket, const HeldRows& held) {
    std::vector<BundleRow> rows;
    held.Lend(Table::kKeys, rows);
    BundlePart part{.number = next_part_, .bucket = bucket, .rows = static_cast<std::uint32_t>(rows.size())};
    part.rows_digest = DigestOfRows(rows);
    if (const BundlePart* const same = SameInOld(part)) return list_.parts.push_back(*same), Status::Ok();
    const Bytes bytes = format::WriteBundlePart(part.number, rows);
    part.size = bytes.size();
    part.digest = DigestOfPart(bytes);
    MS_TRY(WriteFile(kPartName, part.number, bytes));
    ++next_part_;
    new_parts_.insert(part.number);
    list_.parts.push_back(part);
    return Status::Ok();
  }

  static seal::Digest DigestOfRows(const std::vector<BundleRow>& rows) {
    seal::Digest digest;
    crypto::Hasher hasher("medseal.v1.brows", digest.size());
    for (const BundleRow& row : rows) hasher.AddPrefixed(row.key).AddPrefixed(row.value);
    hasher.Finish(digest);
    return digest;
  }

  // Bucket keys and meta of this epoch.
  Status WriteList() {
    HeldRows bucket_keys, meta;
    const Bytes bucket_prefix = format::BucketPrefix(core_.buckets->bits());
    const Bytes meta_prefix = format::MetaEpochPrefix(list_.epoch);
    auto cursor = core_.rows->Scan(Table::kKeys, bucket_prefix, format::AfterPrefix(bucket_prefix), &at_);
    for (; cursor->Valid(); cursor->Next()) {
      MS_ASSIGN(const format::BucketKeyPlace place, format::ParseBucketKeyKey(cursor->key()));
      if (place.epoch == list_.epoch) bucket_keys.Add(*cursor);
    }
    MS_TRY(cursor->status());
    cursor = core_.rows->Scan(Table::kMeta, meta_prefix, format::AfterPrefix(meta_prefix), &at_);
    for (; cursor->Valid(); cursor->Next()) meta.Add(*cursor);
    MS_TRY(cursor->status());
    bucket_keys.Lend(Table::kKeys, list_.rows);
    meta.Lend(Table::kMeta, list_.rows);
    Bytes bytes = format::WriteBundleList(list_);
    list_.rows.clear();
    const auto epoch = core_.epochs->Find(list_.epoch);
    const seal::Digest digest = DigestOfList(bytes);
    seal::Seal(epoch->secret.Reveal(), ListPlace(core_.identity.store, core_.identity.suite, list_.epoch, list_.number),
               digest, bytes);
    return WriteFile(kListName, list_.number, bytes);
  }

  Status WriteFile(std::string_view name, std::uint64_t number, ByteView bytes) {
    if (number > kHighestNumber)
      return Status::Corrupt("a file in the bundle's folder has the highest number there is: remove it");
    const std::string path = NumberedPath(folder_, name, number);
    core_.AtPoint("bundle file is written");
    keys::NewFile file(io_, path);
    MS_TRY(file.Write(bytes));
    MS_TRY(file.Publish());
    MS_TRY(keys::SyncFolderOf(io_, path));
    file.Keep();
    core_.AtPoint("bundle file was written");
    return Status::Ok();
  }

  // What was written now; the parts that were taken over have been read.
  Status CheckWritten(const OpenedBundle& bundle) {
    Bytes bytes;
    for (const BundlePart& part : bundle.list().parts) {
      if (new_parts_.contains(part.number)) MS_TRY(bundle.ReadPart(part, bytes).status());
    }
    return Status::Ok();
  }

  // Files that the new list does not need. What cannot be removed is left for the next time.
  void RemoveOld() {
    std::set<std::uint64_t> needed;
    for (const BundlePart& part : list_.parts) needed.insert(part.number);
    std::error_code ignored;
    for (const std::uint64_t number : NumbersIn(folder_, kListName)) {
      if (number != list_.number) fs::remove(NumberedPath(folder_, kListName, number), ignored);
    }
    for (const std::uint64_t number : NumbersIn(folder_, kPartName)) {
      if (!needed.contains(number)) fs::remove(NumberedPath(folder_, kPartName, number), ignored);
    }
  }

  Core& core_;
  const store::Snapshot& at_;
  keys::FileIo& io_;
  std::string folder_;
  BundleList list_;
  std::uint64_t next_part_ = 1;
  std::optional<OpenedBundle> old_;
  std::map<std::uint32_t, const BundlePart*> known_;  // of it, by bucket
  std::set<std::uint64_t> new_parts_;
};

}  // namespace

Result<OpenedBundle> OpenedBundle::Open(const std::string& folder, const keys::StoreId& store, seal::SuiteSet suite,
                                        const keys::Epochs& epochs) {
  const auto lists = NumbersIn(folder, kListName);
  if (lists.empty()) return Status::NotFound("there is no bundle in the folder");
  OpenedBundle bundle;
  bundle.folder_ = folder;
  MS_ASSIGN(bundle.bytes_, ReadWholeFile(NumberedPath(folder, kListName, *lists.rbegin())));
  MS_ASSIGN(bundle.sealed_, format::ParseBundleList(bundle.bytes_));
  const BundleList& list = bundle.sealed_.list;
  if (list.store != store) return Status::AuthFailed("the bundle is another store's");
  const auto epoch = epochs.Find(list.epoch);
  if (epoch == nullptr)
    return Status::KeyUnavailable("the bundle needs the secret of epoch " + std::to_string(list.epoch) +
                                  "; this provider has that of " + NamesOf(epochs));
  MS_ASSIGN(const SecretBytes digest,
            seal::Open(epoch->secret.Reveal(), ListPlace(store, suite, list.epoch, list.number), bundle.sealed_.seal));
  if (!SameBytes(digest.Reveal(), DigestOfList(bundle.sealed_.covered)))
    return Status::AuthFailed("the bundle's list was changed");
  return bundle;
}

Result<std::vector<BundleRow>> OpenedBundle::ReadPart(const BundlePart& part, Bytes& bytes) const {
  MS_ASSIGN(bytes, ReadWholeFile(NumberedPath(folder_, kPartName, part.number)));
  if (DigestOfPart(bytes) != part.digest) return Status::AuthFailed("a part of the bundle was changed");
  return format::ParseBundlePart(bytes, part.number);
}

Status OpenedBundle::CheckParts() const {
  Bytes bytes;
  for (const BundlePart& part : list().parts) MS_TRY(ReadPart(part, bytes).status());
  return Status::Ok();
}

Status CheckSettled(const Core& core) {
  if (core.epochs->newest()->number == core.meta->epoch()) return Status::Ok();
  return Status::Conflict("the epoch is changing: finish that first, with medseal rotate resume");
}

namespace {

bool StillHas(const Core& core, const format::EpochEnd::Place& reached) {
  const std::string folder = Place{.id = reached.id, .facts = {.path = reached.name}}.bundle();
  const auto bundle = OpenedBundle::Open(folder, core.identity.store, core.identity.suite, *core.epochs);
  return bundle.ok() && bundle->list().place == reached.id && bundle->list().number == reached.bundle;
}

}  // namespace

Status RenewBundles(Core& core, std::vector<format::EpochEnd::Place>& places, std::string* missed) {
  const auto miss = [&](const std::string& why) {
    if (missed != nullptr) *missed += (missed->empty() ? "" : "; ") + why;
  };
  places.clear();
  MS_TRY(CheckSettled(core));
  const Standing standing(core);
  MS_TRY(ForEachPlace(core, [&](const Place& place) {
    format::EpochEnd::Place reached{place.id, 0, place.facts.path};
    const Status reachable = CheckReachable(core, place);
    if (reachable.ok()) {
      const auto number = BundleWriter(core, standing, {place.id, place.bundle(), NewestBackupIn(place)}).Write();
      if (number.ok()) reached.bundle = *number;
      if (!number.ok()) miss(reached.name + ": " + std::string(number.status().message()));
    } else {
      miss(std::string(reachable.message()));
    }
    places.push_back(std::move(reached));
    return Status::Ok();
  }));
  // Only now: places that a link makes one had theirs replaced by the last of them.
  for (format::EpochEnd::Place& reached : places) {
    if (reached.bundle == 0 || StillHas(core, reached)) continue;
    reached.bundle = 0;
    miss(reached.name + ": another registered place lies in the same folder, or its bundle does not read back");
  }
  return Status::Ok();
}

Status WriteBundleTo(Core& core, const std::string& folder) {
  const std::lock_guard lock(core.job_mutex);
  MS_TRY(CheckSettled(core));
  std::error_code error;
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && !fs::is_empty(folder, error))
    return Status::InvalidArgument("the folder for the bundle has to be a new or an empty one");
  const Standing standing(core);
  return BundleWriter(core, standing, {.folder = folder}).Write().status();
}

}  // namespace mseal::vault
