// Bucket keys: one for each range of about a thousand patients, sealed under the epoch secret. They open key rows.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "keys/ids.h"
#include "keys/provider.h"
#include "seal/seal.h"
#include "store/rows.h"

namespace mseal::keys {

struct BucketKey {
  std::uint32_t bucket = 0;
  std::uint32_t version = 0;  // from 1; raised when an epoch change makes it anew
  KeyBytes key;
  Bytes row_key;    // where it is stored, and as what: the precondition of every batch that
  Bytes row_value;  // writes a key row under it

  // Refuses `batch` with Conflict if this is no longer the bucket's key.
  void RequireCurrent(store::Batch& batch) const;
};

// Any thread may call. Borrows rows and secret, which must outlive it.
class Buckets {
 public:
  Buckets(store::Rows& rows, const StoreId& store, crypto::Suite suite, std::uint32_t epoch, const EpochSecret& secret,
          std::uint8_t bits);

  std::uint8_t bits() const { return bits_; }

  // The key of the patient's bucket, from memory or the store.
  //   KeyUnavailable  the bucket has none in this epoch
  Result<std::shared_ptr<const BucketKey>> Load(const PatientHandle& patient);
  // The same, made and stored if there is none.
  Result<std::shared_ptr<const BucketKey>> LoadOrMake(const PatientHandle& patient, store::Durability durability);
  // Forgets what is in memory of the patient's bucket.
  void Forget(const PatientHandle& patient);

 private:
  seal::Place PlaceOf(std::uint32_t bucket, std::uint32_t version) const;
  Result<std::shared_ptr<const BucketKey>> Read(std::uint32_t bucket) const;
  Result<std::shared_ptr<const BucketKey>> Make(std::uint32_t bucket, store::Durability durability);

  store::Rows& rows_;
  StoreId store_;
  crypto::Suite suite_;
  std::uint32_t epoch_;
  const EpochSecret& secret_;
  std::uint8_t bits_;
  std::mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<const BucketKey>> known_;
};

}  // namespace mseal::keys
