// Loads, draws and stores key rows.
#include "keys/patient_keys.h"

#include "format/keys_of_rows.h"

namespace mseal::keys {

using format::ContextItem;

PatientKeys::PatientKeys(const PatientHandle& handle_in, format::KeyRow row_in,
                         std::shared_ptr<const BucketKey> bucket_in)
    : handle(handle_in), row(std::move(row_in)), bucket(std::move(bucket_in)) {
  const KeyView patient_key = row.patient_key.Reveal();  // only to take subkeys from
  header = crypto::Subkey(patient_key, "ms.header");
  tag = crypto::Subkey(patient_key, "ms.tag");
  head = crypto::Subkey(patient_key, "ms.head");
  head_sum = crypto::Subkey(patient_key, "ms.headsum");
  void_group = crypto::Subkey(patient_key, "ms.void");
  padding = crypto::Subkey(patient_key, "ms.pad");
  const KeyView audit_key = row.audit_key.Reveal();  // likewise
  audit_token = crypto::Prf16(audit_key, "ms.logpatient", {});
  audit_what = crypto::Subkey(audit_key, "ms.logwhat");
  audit_head = crypto::Subkey(audit_key, "ms.loghead");
}

PatientKeys PatientKeys::Copy() const {
  format::KeyRow copy;
  copy.patient_key = KeyBytes::CopyOf(row.patient_key.Reveal());
  copy.audit_key = KeyBytes::CopyOf(row.audit_key.Reveal());
  copy.slot_counter = row.slot_counter;
  copy.slots = row.slots;
  return PatientKeys(handle, std::move(copy), bucket);
}

PatientKeyTable::PatientKeyTable(store::Rows& rows, const StoreId& store, seal::SuiteView suite, Buckets& buckets,
                                 std::size_t cached_patients)
    : rows_(rows), store_(store), suite_(suite), buckets_(buckets), cache_(cached_patients) {}

seal::Place PatientKeyTable::PlaceOf(const PatientHandle& patient, const BucketKey& bucket) const {
  format::Context context(format::ContextKind::kKeyRow);
  context.Add(ContextItem::kStore, store_).Add(ContextItem::kPatient, patient);
  context.AddNumber(ContextItem::kBucket, bucket.bucket).AddNumber(ContextItem::kVersion, bucket.version);
  return {.purpose = format::Purpose::kKeyRow, .suite = suite_, .context = seal::DigestOf(context)};
}

Result<std::shared_ptr<const PatientKeys>> PatientKeyTable::Load(const PatientHandle& patient) {
  auto known = cache_.Find(patient);
  if (known != nullptr) return known;
  return Reload(patient);
}

Result<std::shared_ptr<const PatientKeys>> PatientKeyTable::Reload(const PatientHandle& patient) {
  const std::uint32_t changes = ChangesOf(patient);
  MS_ASSIGN(PatientKeys read, Read(patient));
  auto keys = std::make_shared<const PatientKeys>(std::move(read));
  cache_.Insert(patient, keys);
  if (ChangesOf(patient) != changes) cache_.Erase(patient);
  return keys;
}

// Between the looks at bucket and row an epoch change may have taken both further: once more, then.
Result<PatientKeys> PatientKeyTable::Read(const PatientHandle& patient, const store::Snapshot* at) {
  std::uint32_t looked_for = 0;
  for (;;) {
    auto bucket = buckets_.Load(patient);
    // A bucket without a key has no patients; one whose key will not open is another matter.
    if (bucket.code() == StatusCode::kKeyUnavailable) return Status::NotFound("no such patient");
    MS_TRY(bucket.status());
    Bytes sealed;
    const Status got = rows_.Get(store::Table::kKeys, format::KeyRowKey(patient, (*bucket)->version), sealed, at);
    if (got.code() == StatusCode::kNotFound && looked_for != (*bucket)->version) {
      looked_for = (*bucket)->version;
      continue;
    }
    if (got.code() == StatusCode::kNotFound) return Status::NotFound("no such patient");
    MS_TRY(got);
    MS_ASSIGN(const SecretBytes content, Open(patient, **bucket, sealed));
    MS_ASSIGN(format::KeyRow row, format::ParseKeyRow(content.Reveal()));
    return PatientKeys(patient, std::move(row), *bucket);
  }
}

Result<SecretBytes> PatientKeyTable::Open(const PatientHandle& patient, const BucketKey& bucket,
                                          ByteView sealed) const {
  return seal::Open(bucket.key.Reveal(), PlaceOf(patient, bucket), sealed);
}

Status PatientKeyTable::Reseal(store::Batch& batch, const PatientHandle& patient, const BucketKey& from,
                               const BucketKey& to, ByteView sealed) const {
  MS_ASSIGN(const SecretBytes content, Open(patient, from, sealed));
  batch.Put(store::Table::kKeys, format::KeyRowKey(patient, to.version),
            seal::Seal(to.key.Reveal(), PlaceOf(patient, to), content.Reveal()));
  return Status::Ok();
}

Result<PatientKeys> PatientKeyTable::Draw(const PatientHandle& patient, store::Durability durability) {
  MS_ASSIGN(auto bucket, buckets_.LoadOrMake(patient, durability));
  format::KeyRow row;
  row.patient_key = crypto::RandomKey();
  row.audit_key = crypto::RandomKey();
  for (format::Slot& slot : row.slots) {
    crypto::PooledRandom(slot.current);
    crypto::PooledRandom(slot.previous);
  }
  return PatientKeys(patient, std::move(row), std::move(bucket));
}

void PatientKeyTable::Put(store::Batch& batch, const PatientKeys& keys) const {
  keys.bucket->RequireCurrent(batch);
  const SecretBytes content = format::WriteKeyRow(keys.row);
  batch.Put(store::Table::kKeys, format::KeyRowKey(keys.handle, keys.bucket->version),
            seal::Seal(keys.bucket->key.Reveal(), PlaceOf(keys.handle, *keys.bucket), content.Reveal()));
}

void PatientKeyTable::Remember(std::shared_ptr<const PatientKeys> keys) {
  ++ChangesOf(keys->handle);
  cache_.Insert(keys->handle, keys);
}

void PatientKeyTable::Forget(const PatientHandle& patient) {
  ++ChangesOf(patient);
  cache_.Erase(patient);
}

namespace {

seal::Place HeadPlace(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient) {
  format::Context context(format::ContextKind::kHead);
  context.Add(ContextItem::kStore, store).Add(ContextItem::kPatient, patient);
  return {.purpose = format::Purpose::kHead, .suite = suite, .context = seal::DigestOf(context)};
}

}  // namespace

Result<format::Head> ReadHead(const store::Rows& rows, const StoreId& store, seal::SuiteSet suite,
                              const PatientKeys& keys, const store::Snapshot* at) {
  Bytes sealed;
  const Status got = rows.Get(store::Table::kHeads, keys.handle, sealed, at);
  // A patient has a key row and a head, always both: one without the other was taken away.
  if (got.code() == StatusCode::kNotFound) return Status::AuthFailed("a patient's head is missing");
  MS_TRY(got);
  MS_ASSIGN(const SecretBytes content, seal::Open(keys.head.Reveal(), HeadPlace(store, suite, keys.handle), sealed));
  return format::ParseHead(content.Reveal());
}

void PutHead(store::Batch& batch, const StoreId& store, seal::SuiteSet suite, const PatientKeys& keys,
             const format::Head& head) {
  batch.Put(store::Table::kHeads, keys.handle,
            seal::Seal(keys.head.Reveal(), HeadPlace(store, suite, keys.handle), format::WriteHead(head)));
}

ByteArray<32> DigestOfRow(const PatientKeys& keys, ByteView row_key, ByteView header_commitment) {
  ByteArray<32> digest;
  crypto::Hasher("ms.headsum", keys.head_sum.Reveal(), digest.size())
      .AddPrefixed(row_key)
      .AddPrefixed(header_commitment)
      .Finish(digest);
  return digest;
}

}  // namespace mseal::keys
