// A patient's own keys as their key row holds them: the subkeys that open what any session may see, and the slots with
// the data keys still wrapped.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "base/lru.h"
#include "format/head.h"
#include "format/key_row.h"
#include "keys/buckets.h"
#include "keys/ids.h"

namespace mseal::keys {

// K_patient is never used directly: each purpose takes its own subkey (FORMAT.md, "Subkeys").
struct PatientKeys {
  PatientKeys(const PatientHandle& handle, format::KeyRow row, std::shared_ptr<const BucketKey> bucket);
  // A copy with other slots, for a writer that makes or drops a data key.
  PatientKeys Copy() const;

  PatientHandle handle;
  format::KeyRow row;
  std::shared_ptr<const BucketKey> bucket;
  KeyBytes header;
  KeyBytes tag;
  KeyBytes head;
  KeyBytes head_sum;
  KeyBytes void_group;
  KeyBytes padding;
  // Of K_audit, for the log of accesses.
  ByteArray<16> audit_token;  // by which the patient's entries are found
  KeyBytes audit_what;
  KeyBytes audit_head;
};

// Any thread may call; a patient's writers hold that patient's lock. Borrows rows and buckets.
class PatientKeyTable {
 public:
  PatientKeyTable(store::Rows& rows, const StoreId& store, seal::SuiteView suite, Buckets& buckets,
                  std::size_t cached_patients);

  // From memory or the store.
  //   NotFound        no such patient
  //   KeyUnavailable  the bucket's key cannot be reached
  //   AuthFailed      the key row was changed or moved
  Result<std::shared_ptr<const PatientKeys>> Load(const PatientHandle& patient);
  // From the store and past memory, for work that passes over all patients; or as the row was at a point in time (then
  // NotFound, too, once the bucket's key is another).
  Result<PatientKeys> Read(const PatientHandle& patient, const store::Snapshot* at = nullptr);
  // Always from the store, into memory.
  Result<std::shared_ptr<const PatientKeys>> Reload(const PatientHandle& patient);
  // Fresh keys for a new patient; nothing is stored yet. Whoever draws and puts holds the bucket's key (Buckets::Hold).
  Result<PatientKeys> Draw(const PatientHandle& patient, store::Durability durability);
  // Puts the key row into `batch`, on the condition that its bucket's key is still the same.
  void Put(store::Batch& batch, const PatientKeys& keys) const;
  // Puts the key row that is `sealed` under `from` into `batch` once more, under `to`. AuthFailed: it does not open.
  Status Reseal(store::Batch& batch, const PatientHandle& patient, const BucketKey& from, const BucketKey& to,
                ByteView sealed) const;
  // The content of a sealed key row. AuthFailed.
  Result<SecretBytes> Open(const PatientHandle& patient, const BucketKey& bucket, ByteView sealed) const;
  // After the batch was committed: what Load gives from now on.
  void Remember(std::shared_ptr<const PatientKeys> keys);
  void Forget(const PatientHandle& patient);
  CacheCounts Counts() { return cache_.Counts(); }

 private:
  seal::Place PlaceOf(const PatientHandle& patient, const BucketKey& bucket) const;

  store::Rows& rows_;
  StoreId store_;
  seal::SuiteView suite_;
  Buckets& buckets_;
  // Raised before what memory holds of a patient is replaced: a reader that loaded the row before takes it out again.
  std::atomic<std::uint32_t>& ChangesOf(const PatientHandle& patient) {
    return changes_[HandleHash()(patient) % changes_.size()];
  }
  ShardedLru<PatientHandle, PatientKeys, HandleHash> cache_;
  std::array<std::atomic<std::uint32_t>, 1024> changes_{};
};

// The head of a patient, in its table. Sealed under a subkey of K_patient.
Result<format::Head> ReadHead(const store::Rows& rows, const StoreId& store, seal::SuiteSet suite,
                              const PatientKeys& keys, const store::Snapshot* at = nullptr);
void PutHead(store::Batch& batch, const StoreId& store, seal::SuiteSet suite, const PatientKeys& keys,
             const format::Head& head);
// What a row adds to the sum in the head.
ByteArray<32> DigestOfRow(const PatientKeys& keys, ByteView row_key, ByteView header_commitment);

}  // namespace mseal::keys
