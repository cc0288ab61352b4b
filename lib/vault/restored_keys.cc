// Puts the keys of a restore together, bucket by bucket.
#include "vault/restored_keys.h"

#include <map>
#include <set>

#include "format/erasure.h"
#include "format/keys_of_rows.h"

namespace mseal::vault {
namespace {

using keys::BucketKey;
using keys::MetaKind;
using keys::PatientHandle;
using store::Durability;
using store::Table;

constexpr std::size_t kRowsPerBatch = 4096;

// A key row that opens.
struct Candidate {
  const BucketKey* under = nullptr;
  Bytes sealed;
  std::uint64_t slot_counter = 0;
};

class KeyRestore {
 public:
  KeyRestore(store::Rows& rows, const OpenedBundle& bundle, const StoreIdentity& identity, seal::Suites& suites,
             const keys::Epochs& epochs, RestoredPatients& out)
      : rows_(rows),
        bundle_(bundle),
        identity_(identity),
        suites_(suites),
        epochs_(epochs),
        bits_(bundle.list().bucket_bits),
        buckets_(rows, identity.store, identity.suite, epochs, bits_),
        table_(rows, identity.store, identity.suite, buckets_, /*cached_patients=*/1),
        out_(out) {}

  Status Run() {
    MS_TRY(ReplaceMeta());
    MS_TRY(ReadMeta());
    MS_TRY(TakeBucketKeysOfData());
    MS_TRY(TakeBucketKeysOfBundle());
    for (const format::BundlePart& part : bundle_.list().parts) parts_[part.bucket] = &part;
    for (std::uint64_t bucket = 0; bucket < std::uint64_t{1} << bits_; ++bucket)
      MS_TRY(RestoreBucket(static_cast<std::uint32_t>(bucket)));
    MS_TRY(Flush(Durability::kPower));
    if (out_.restored == 0 && !out_.unreadable.empty())
      return Status::AuthFailed("no patient of the data opens with this bundle: one of the two is another store's");
    return Status::Ok();
  }

 private:
  Status Flush(Durability durability) {
    MS_TRY(rows_.Commit(batch_, durability));
    batch_.Clear();
    return Status::Ok();
  }
  Status FlushWhenLarge() {
    return batch_.operations().size() < kRowsPerBatch ? Status::Ok() : Flush(Durability::kProcess);
  }

  // ---- meta

  // Uploads that were under way are left out: whose chunks they were is told by the headers of the data.
  Status ReplaceMeta() {
    const auto cursor = rows_.Scan(Table::kMeta, {}, {});
    for (; cursor->Valid(); cursor->Next()) batch_.Delete(Table::kMeta, cursor->key());
    MS_TRY(cursor->status());
    for (const format::BundleRow& row : bundle_.list().rows) {
      if (row.table != static_cast<std::uint8_t>(Table::kMeta)) continue;
      MS_ASSIGN(const MetaKind kind, format::MetaKindOf(row.key));
      if (kind != MetaKind::kPendingUpload) batch_.Put(Table::kMeta, row.key, row.value);
    }
    return Flush(Durability::kProcess);
  }

  Status ReadMeta() {
    MS_ASSIGN(const auto meta,
              keys::MetaTable::Open(rows_, identity_.store, identity_.suite, *epochs_.Find(bundle_.list().epoch)));
    MS_TRY(meta->CheckAll());
    MS_ASSIGN(const auto registry, people::Registry::Load(rows_, *meta, identity_.store, identity_.suite));
    MS_TRY(crypto::CheckSuite(registry->chain()->suites().newest()));
    suites_.Change(registry->chain()->suites());
    return meta->ForEach(MetaKind::kErasure, [&](ByteView id, const SecretBytes&) {
      PatientHandle patient;
      CopyBytes(id, patient);
      erased_.insert(patient);
      return Status::Ok();
    });
  }

  // ---- bucket keys

  // Null: not under a secret that is at hand.
  Result<std::unique_ptr<BucketKey>> OpenBucketKey(ByteView row_key, ByteView row_value) const {
    MS_ASSIGN(const format::BucketKeyPlace place, format::ParseBucketKeyKey(row_key));
    const auto epoch = epochs_.Find(place.epoch);
    if (epoch == nullptr || place.bits != bits_) return std::unique_ptr<BucketKey>();
    auto key = std::make_unique<BucketKey>();
    key->bucket = place.bucket;
    key->version = place.version;
    key->row_key.assign(row_key.begin(), row_key.end());
    key->row_value.assign(row_value.begin(), row_value.end());
    MS_ASSIGN(key->key,
              keys::UnwrapBucketKey(identity_.store, identity_.suite, {bits_, place.bucket, place.version, place.epoch},
                                    epoch->secret, row_value));
    return key;
  }

  // They all leave their table; those that open may still open what the bundle does not have.
  Status TakeBucketKeysOfData() {
    const Bytes prefix = format::BucketPrefix(bits_);
    const auto cursor = rows_.Scan(Table::kKeys, prefix, format::AfterPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      batch_.Delete(Table::kKeys, cursor->key());
      auto key = OpenBucketKey(cursor->key(), cursor->value());
      if (key.ok() && *key != nullptr) own_[(*key)->bucket][(*key)->version] = std::move(*key);
    }
    MS_TRY(cursor->status());
    return Flush(Durability::kProcess);
  }

  Status TakeBucketKeysOfBundle() {
    for (const format::BundleRow& row : bundle_.list().rows) {
      if (row.table != static_cast<std::uint8_t>(Table::kKeys)) continue;
      MS_ASSIGN(auto key, OpenBucketKey(row.key, row.value));
      if (key == nullptr) return Status::AuthFailed("a bucket key of the bundle is not of its epoch");
      auto& known = current_[key->bucket];
      if (known == nullptr || known->version < key->version) known = std::move(key);
    }
    return Status::Ok();
  }

  // ---- one bucket

  using Candidates = std::map<PatientHandle, Candidate>;

  Status RestoreBucket(std::uint32_t bucket) {
    Candidates best;
    std::set<PatientHandle> in_data;
    MS_TRY(TakeRowsOfBundle(bucket, best));
    MS_TRY(TakeRowsOfData(bucket, best, in_data));
    MS_TRY(AddOwners(Table::kHeads, bucket, in_data));
    MS_TRY(AddOwners(Table::kRecords, bucket, in_data));
    const BucketKey* const current = CurrentOf(bucket);
    if (current != nullptr && !best.empty()) batch_.Put(Table::kKeys, current->row_key, current->row_value);
    for (auto& [patient, candidate] : best) {
      in_data.erase(patient);
      MS_TRY(Decide(patient, candidate, *current));
    }
    for (const PatientHandle& patient : in_data) MS_TRY(LeaveOut(patient, out_.unreadable));
    return FlushWhenLarge();
  }

  // The bundle's key of the bucket, or the data's newest where the bundle has none.
  const BucketKey* CurrentOf(std::uint32_t bucket) const {
    const auto current = current_.find(bucket);
    if (current != current_.end()) return current->second.get();
    const auto own = own_.find(bucket);
    return own == own_.end() ? nullptr : own->second.rbegin()->second.get();
  }

  // Comes first: where the counters are equal the bundle's stays, whose slots are those that its meta knows.
  Status TakeRowsOfBundle(std::uint32_t bucket, Candidates& best) {
    const auto part = parts_.find(bucket);
    if (part == parts_.end()) return Status::Ok();
    const auto current = current_.find(bucket);
    if (current == current_.end()) return Status::AuthFailed("the bundle lacks a bucket's key");
    Bytes bytes;
    MS_ASSIGN(const auto rows, bundle_.ReadPart(*part->second, bytes));
    for (const format::BundleRow& row : rows) {
      MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(row.key));
      MS_ASSIGN(const bool opens, Take(place, row.value, *current->second, best));
      if (!opens) return Status::AuthFailed("a key row of the bundle does not open");
    }
    return Status::Ok();
  }

  Status TakeRowsOfData(std::uint32_t bucket, Candidates& best, std::set<PatientHandle>& in_data) {
    const Bytes first = format::KeyRowPrefix(format::FirstOfBucket(bucket, bits_));
    const auto cursor = rows_.Scan(Table::kKeys, first, format::AfterPrefix(format::KeyRowPrefix()));
    for (; cursor->Valid(); cursor->Next()) {
      MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
      if (buckets_.BucketOf(place.patient) != bucket) break;
      batch_.Delete(Table::kKeys, cursor->key());
      in_data.insert(place.patient);
      const auto versions = own_.find(bucket);
      if (versions == own_.end()) continue;
      const auto under = versions->second.find(place.bucket_key_version);
      if (under != versions->second.end()) MS_TRY(Take(place, cursor->value(), *under->second, best).status());
    }
    return cursor->status();
  }

  // False: it does not open.
  Result<bool> Take(const format::KeyRowPlace& place, ByteView sealed, const BucketKey& under, Candidates& best) const {
    const auto content = table_.Open(place.patient, under, sealed);
    if (!content.ok()) return false;
    MS_ASSIGN(const format::KeyRow row, format::ParseKeyRow(content->Reveal()));
    Candidate& known = best[place.patient];
    if (known.under != nullptr && known.slot_counter >= row.slot_counter) return true;
    known = {&under, Bytes(sealed.begin(), sealed.end()), row.slot_counter};
    return true;
  }

  // Whose rows a table has; each owner is looked up once.
  Status AddOwners(Table table, std::uint32_t bucket, std::set<PatientHandle>& owners) const {
    PatientHandle owner = format::FirstOfBucket(bucket, bits_);
    const auto cursor = rows_.Scan(table, owner, {});
    while (cursor->Valid() && cursor->key().size() >= owner.size()) {
      CopyBytes(cursor->key().first(owner.size()), owner);
      if (buckets_.BucketOf(owner) != bucket) break;
      owners.insert(owner);
      const Bytes next = format::AfterPrefix(owner);
      if (next.empty()) break;
      cursor->Seek(next);
    }
    return cursor->status();
  }

  Status Decide(const PatientHandle& patient, const Candidate& candidate, const BucketKey& current) {
    Bytes head;
    const Status has_head = rows_.Get(Table::kHeads, patient, head);
    if (has_head.code() == StatusCode::kNotFound) return LeaveOut(patient, out_.lost);
    MS_TRY(has_head);
    if (erased_.contains(patient)) return LeaveOut(patient, out_.erased);
    MS_TRY(table_.Reseal(batch_, patient, *candidate.under, current, candidate.sealed));
    ++out_.restored;
    return Status::Ok();
  }

  Status LeaveOut(const PatientHandle& patient, std::vector<PatientHandle>& list) {
    (erased_.contains(patient) ? out_.erased : list).push_back(patient);
    batch_.Delete(Table::kHeads, patient);
    const auto cursor = rows_.Scan(Table::kRecords, patient, format::AfterPrefix(patient));
    for (; cursor->Valid(); cursor->Next()) {
      batch_.Delete(Table::kRecords, cursor->key());
      MS_TRY(FlushWhenLarge());
    }
    return cursor->status();
  }

  store::Rows& rows_;
  const OpenedBundle& bundle_;
  const StoreIdentity& identity_;
  seal::Suites& suites_;
  const keys::Epochs& epochs_;
  const std::uint8_t bits_;
  keys::Buckets buckets_;
  keys::PatientKeyTable table_;
  RestoredPatients& out_;
  store::Batch batch_;
  std::set<PatientHandle> erased_;
  std::map<std::uint32_t, std::map<std::uint32_t, std::unique_ptr<BucketKey>>> own_;  // the data's: bucket, version
  std::map<std::uint32_t, std::unique_ptr<BucketKey>> current_;                       // the bundle's newest
  std::map<std::uint32_t, const format::BundlePart*> parts_;                          // by bucket
};

}  // namespace

Status RestoreKeys(store::Rows& rows, const OpenedBundle& bundle, const StoreIdentity& identity, seal::Suites& suites,
                   const keys::Epochs& epochs, RestoredPatients& out) {
  return KeyRestore(rows, bundle, identity, suites, epochs, out).Run();
}

}  // namespace mseal::vault
