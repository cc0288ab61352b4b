// Loads, makes and renews bucket keys.
#include "keys/buckets.h"

#include "format/keys_of_rows.h"

namespace mseal::keys {

using format::ContextItem;
using store::Table;

namespace {

seal::Place PlaceOf(const StoreId& store, seal::SuiteSet suite, const BucketKeyFacts& facts) {
  format::Context context(format::ContextKind::kBucketKey);
  context.Add(ContextItem::kStore, store)
      .AddNumber(ContextItem::kNumber, facts.bits)
      .AddNumber(ContextItem::kBucket, facts.bucket)
      .AddNumber(ContextItem::kVersion, facts.version)
      .AddNumber(ContextItem::kEpoch, facts.epoch);
  return {.purpose = format::Purpose::kBucketKey, .suite = suite, .context = seal::DigestOf(context)};
}

}  // namespace

Result<KeyBytes> UnwrapBucketKey(const StoreId& store, seal::SuiteSet suite, const BucketKeyFacts& facts,
                                 const EpochSecret& secret, ByteView wrapped) {
  return seal::UnwrapKey(secret.Reveal(), PlaceOf(store, suite, facts), wrapped);
}

void BucketKey::RequireCurrent(store::Batch& batch) const {
  batch.RequireEquals(Table::kKeys, row_key, row_value);
  batch.RequireAbsent(Table::kKeys, next_row_key);
}

Buckets::Buckets(store::Rows& rows, const StoreId& store, seal::SuiteView suite, const Epochs& epochs,
                 std::uint8_t bits)
    : rows_(rows), store_(store), suite_(suite), epochs_(epochs), bits_(bits) {}

std::uint32_t Buckets::BucketOf(const PatientHandle& patient) const { return format::BucketOf(patient, bits_); }

Buckets::Hold::Hold(Buckets& buckets, const PatientHandle& patient) {
  locks_.emplace_back(buckets.LockOf(buckets.BucketOf(patient)));
}

// Several buckets may share a lock: each lock once, in the order of their addresses.
Buckets::Hold::Hold(Buckets& buckets, const std::vector<PatientHandle>& patients) {
  std::set<std::shared_mutex*> mutexes;
  for (const PatientHandle& patient : patients) mutexes.insert(&buckets.LockOf(buckets.BucketOf(patient)));
  for (std::shared_mutex* mutex : mutexes) locks_.emplace_back(*mutex);
}

Result<std::shared_ptr<const BucketKey>> Buckets::Load(const PatientHandle& patient) {
  const std::uint32_t bucket = BucketOf(patient);
  std::lock_guard lock(mutex_);
  const auto found = known_.find(bucket);
  if (found != known_.end()) return ++hits_, found->second;
  ++misses_;
  MS_ASSIGN(auto read, Read(bucket));
  return known_[bucket] = std::move(read);
}

Result<std::shared_ptr<const BucketKey>> Buckets::LoadOrMake(const PatientHandle& patient,
                                                             store::Durability durability) {
  auto loaded = Load(patient);
  if (loaded.ok() || loaded.code() != StatusCode::kKeyUnavailable) return loaded;
  const std::uint32_t bucket = BucketOf(patient);
  std::lock_guard lock(mutex_);
  const auto found = known_.find(bucket);
  if (found != known_.end()) return found->second;
  MS_ASSIGN(auto made, Make(bucket, durability));
  return known_[bucket] = std::move(made);
}

void Buckets::Forget(const PatientHandle& patient) {
  std::lock_guard lock(mutex_);
  known_.erase(BucketOf(patient));
}

CacheCounts Buckets::Counts() {
  std::lock_guard lock(mutex_);
  return {hits_, misses_, known_.size()};
}

void Buckets::Remember(std::shared_ptr<const BucketKey> key) {
  std::lock_guard lock(mutex_);
  known_[key->bucket] = std::move(key);
}

Result<std::set<std::uint32_t>> Buckets::All() const {
  std::set<std::uint32_t> buckets;
  const Bytes prefix = format::BucketPrefix(bits_);
  const auto cursor = rows_.Scan(Table::kKeys, prefix, format::AfterPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    MS_ASSIGN(const format::BucketKeyPlace place, format::ParseBucketKeyKey(cursor->key()));
    buckets.insert(place.bucket);
  }
  MS_TRY(cursor->status());
  return buckets;
}

void Buckets::WaitForHolders() {
  for (Lock& lock : locks_) const std::unique_lock held(lock.mutex);
}

// The highest version counts, whatever epoch it is sealed under; of one version the row of the newest epoch.
Result<std::shared_ptr<const BucketKey>> Buckets::Read(std::uint32_t bucket) const {
  const Bytes prefix = format::BucketPrefix(bits_, bucket);
  auto newest = std::make_shared<BucketKey>();
  std::shared_ptr<const Epoch> under;
  const auto cursor = rows_.Scan(Table::kKeys, prefix, format::AfterPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    MS_ASSIGN(const format::BucketKeyPlace place, format::ParseBucketKeyKey(cursor->key()));
    auto epoch = epochs_.Find(place.epoch);
    if (epoch == nullptr || place.version < newest->version) continue;
    newest->bucket = bucket;
    newest->version = place.version;
    newest->row_key.assign(cursor->key().begin(), cursor->key().end());
    newest->row_value.assign(cursor->value().begin(), cursor->value().end());
    under = std::move(epoch);
  }
  MS_TRY(cursor->status());
  if (under == nullptr) return Status::KeyUnavailable("the bucket has no key in the epochs that are open");
  newest->next_row_key = format::BucketKeyKey(bits_, bucket, newest->version + 1, under->number + 1);
  MS_ASSIGN(newest->key, UnwrapBucketKey(store_, suite_, {bits_, bucket, newest->version, under->number}, under->secret,
                                         newest->row_value));
  return std::shared_ptr<const BucketKey>(std::move(newest));
}

std::shared_ptr<const BucketKey> Buckets::Wrap(std::uint32_t bucket, std::uint32_t version, KeyBytes key) const {
  const auto epoch = epochs_.newest();
  auto made = std::make_shared<BucketKey>();
  made->bucket = bucket;
  made->version = version;
  made->key = std::move(key);
  made->row_key = format::BucketKeyKey(bits_, bucket, version, epoch->number);
  made->row_value = seal::WrapKey(epoch->secret.Reveal(),
                                  PlaceOf(store_, suite_, {bits_, bucket, version, epoch->number}), made->key.Reveal());
  made->next_row_key = format::BucketKeyKey(bits_, bucket, version + 1, epoch->number + 1);
  return made;
}

std::shared_ptr<const BucketKey> Buckets::Renew(const BucketKey& old) const {
  return Wrap(old.bucket, old.version + 1, crypto::RandomKey());
}

std::shared_ptr<const BucketKey> Buckets::Carry(const BucketKey& old) const {
  return Wrap(old.bucket, old.version, KeyBytes::CopyOf(old.key.Reveal()));
}

Result<bool> Buckets::IsRenewed(std::uint32_t bucket) const {
  MS_ASSIGN(const auto newest, Read(bucket));
  const std::uint32_t epoch = epochs_.newest()->number;
  MS_ASSIGN(const format::BucketKeyPlace place, format::ParseBucketKeyKey(newest->row_key));
  if (place.epoch != epoch) return false;
  Bytes value;
  const Status before = rows_.Get(Table::kKeys, format::BucketKeyKey(bits_, bucket, newest->version, epoch - 1), value);
  if (before.code() == StatusCode::kNotFound) return true;
  MS_TRY(before);
  return false;
}

Result<std::shared_ptr<const BucketKey>> Buckets::Make(std::uint32_t bucket, store::Durability durability) {
  auto made = Wrap(bucket, 1, crypto::RandomKey());
  store::Batch batch;
  batch.RequireAbsent(Table::kKeys, made->row_key);
  batch.Put(Table::kKeys, made->row_key, made->row_value);
  MS_TRY(rows_.Commit(batch, durability));
  return made;
}

}  // namespace mseal::keys
