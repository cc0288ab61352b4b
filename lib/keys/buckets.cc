// Loads and makes bucket keys.
#include "keys/buckets.h"

#include "format/keys_of_rows.h"

namespace mseal::keys {

using format::ContextItem;

void BucketKey::RequireCurrent(store::Batch& batch) const {
  batch.RequireEquals(store::Table::kKeys, row_key, row_value);
}

Buckets::Buckets(store::Rows& rows, const StoreId& store, crypto::Suite suite, std::uint32_t epoch,
                 const EpochSecret& secret, std::uint8_t bits)
    : rows_(rows), store_(store), suite_(suite), epoch_(epoch), secret_(secret), bits_(bits) {}

seal::Place Buckets::PlaceOf(std::uint32_t bucket, std::uint32_t version) const {
  format::Context context(format::ContextKind::kBucketKey);
  context.Add(ContextItem::kStore, store_)
      .AddNumber(ContextItem::kNumber, bits_)
      .AddNumber(ContextItem::kBucket, bucket);
  context.AddNumber(ContextItem::kVersion, version).AddNumber(ContextItem::kEpoch, epoch_);
  return {.purpose = format::Purpose::kBucketKey, .suite = suite_, .context = seal::DigestOf(context)};
}

Result<std::shared_ptr<const BucketKey>> Buckets::Load(const PatientHandle& patient) {
  const std::uint32_t bucket = format::BucketOf(patient, bits_);
  std::lock_guard lock(mutex_);
  const auto found = known_.find(bucket);
  if (found != known_.end()) return found->second;
  MS_ASSIGN(auto read, Read(bucket));
  return known_[bucket] = std::move(read);
}

Result<std::shared_ptr<const BucketKey>> Buckets::LoadOrMake(const PatientHandle& patient,
                                                             store::Durability durability) {
  auto loaded = Load(patient);
  if (loaded.ok() || loaded.code() != StatusCode::kKeyUnavailable) return loaded;
  const std::uint32_t bucket = format::BucketOf(patient, bits_);
  std::lock_guard lock(mutex_);
  const auto found = known_.find(bucket);
  if (found != known_.end()) return found->second;
  MS_ASSIGN(auto made, Make(bucket, durability));
  return known_[bucket] = std::move(made);
}

void Buckets::Forget(const PatientHandle& patient) {
  std::lock_guard lock(mutex_);
  known_.erase(format::BucketOf(patient, bits_));
}

// Of several versions the newest of this epoch counts: older ones wait for the end of an epoch change.
Result<std::shared_ptr<const BucketKey>> Buckets::Read(std::uint32_t bucket) const {
  const Bytes prefix = format::BucketPrefix(bits_, bucket);
  auto newest = std::make_shared<BucketKey>();
  const auto cursor = rows_.Scan(store::Table::kKeys, prefix, format::AfterPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    MS_ASSIGN(const format::BucketKeyPlace place, format::ParseBucketKeyKey(cursor->key()));
    if (place.epoch != epoch_ || place.version < newest->version) continue;
    newest->bucket = bucket;
    newest->version = place.version;
    newest->row_key.assign(cursor->key().begin(), cursor->key().end());
    newest->row_value.assign(cursor->value().begin(), cursor->value().end());
  }
  MS_TRY(cursor->status());
  if (newest->version == 0) return Status::KeyUnavailable("the bucket has no key in this epoch");
  MS_ASSIGN(newest->key, seal::UnwrapKey(secret_.Reveal(), PlaceOf(bucket, newest->version), newest->row_value));
  return std::shared_ptr<const BucketKey>(std::move(newest));
}

Result<std::shared_ptr<const BucketKey>> Buckets::Make(std::uint32_t bucket, store::Durability durability) {
  auto made = std::make_shared<BucketKey>();
  made->bucket = bucket;
  made->version = 1;
  made->key = crypto::RandomKey();
  made->row_key = format::BucketKeyKey(bits_, bucket, made->version, epoch_);
  made->row_value = seal::WrapKey(secret_.Reveal(), PlaceOf(bucket, made->version), made->key.Reveal());
  store::Batch batch;
  batch.RequireAbsent(store::Table::kKeys, made->row_key);
  batch.Put(store::Table::kKeys, made->row_key, made->row_value);
  MS_TRY(rows_.Commit(batch, durability));
  return std::shared_ptr<const BucketKey>(std::move(made));
}

}  // namespace mseal::keys
