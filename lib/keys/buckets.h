// Bucket keys: one for each range of about a thousand patients, sealed under the epoch secret. They open key rows.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <vector>

#include "base/lru.h"
#include "keys/epochs.h"
#include "keys/ids.h"
#include "seal/seal.h"
#include "store/rows.h"

namespace mseal::keys {

struct BucketKey {
  std::uint32_t bucket = 0;
  std::uint32_t version = 0;  // from 1; raised when an epoch change makes it anew
  KeyBytes key;
  Bytes row_key;       // where it is stored, and as what: the precondition of every batch that
  Bytes row_value;     // writes a key row under it
  Bytes next_row_key;  // where the version after it would be

  // Refuses `batch` with Conflict if this is no longer the bucket's key.
  void RequireCurrent(store::Batch& batch) const;
};

// Where a bucket key is sealed.
struct BucketKeyFacts {
  std::uint8_t bits = 0;
  std::uint32_t bucket = 0;
  std::uint32_t version = 0;
  std::uint32_t epoch = 0;
};
// AuthFailed: it is not the key of that place under that secret.
Result<KeyBytes> UnwrapBucketKey(const StoreId& store, seal::SuiteSet suite, const BucketKeyFacts& facts,
                                 const EpochSecret& secret, ByteView wrapped);

// Any thread may call. Borrows rows and epochs, which must outlive it.
class Buckets {
 public:
  Buckets(store::Rows& rows, const StoreId& store, seal::SuiteView suite, const Epochs& epochs, std::uint8_t bits);

  std::uint8_t bits() const { return bits_; }
  std::uint32_t BucketOf(const PatientHandle& patient) const;

  // The key of the patient's bucket, from memory or the store.
  //   KeyUnavailable  the bucket has none in the epochs that are open
  Result<std::shared_ptr<const BucketKey>> Load(const PatientHandle& patient);
  // The same, made and stored if there is none.
  Result<std::shared_ptr<const BucketKey>> LoadOrMake(const PatientHandle& patient, store::Durability durability);
  // Forgets what is in memory of the patient's bucket.
  void Forget(const PatientHandle& patient);
  CacheCounts Counts();

  // While it is held the buckets of some patients keep their keys. Whoever writes key rows holds one from before the
  // bucket key is loaded until the batch is committed, and takes patients' locks first.
  class Hold {
   public:
    Hold() = default;
    Hold(Buckets& buckets, const PatientHandle& patient);
    Hold(Buckets& buckets, const std::vector<PatientHandle>& patients);

   private:
    std::vector<std::shared_lock<std::shared_mutex>> locks_;
  };

  // ---- for the epoch change

  // Every bucket that has a key, ascending.
  Result<std::set<std::uint32_t>> All() const;
  // Nobody writes key rows of the bucket while it is held.
  std::unique_lock<std::shared_mutex> Stop(std::uint32_t bucket) { return std::unique_lock(LockOf(bucket)); }
  // Whoever held a bucket's key when this was called has let go when it returns.
  void WaitForHolders();
  // The bucket's newest key in the store.
  Result<std::shared_ptr<const BucketKey>> Read(std::uint32_t bucket) const;
  // The bucket's next version under the newest epoch; nothing is stored yet.
  std::shared_ptr<const BucketKey> Renew(const BucketKey& old) const;
  // The same key under the newest epoch, beside the row it has; nothing is stored yet.
  std::shared_ptr<const BucketKey> Carry(const BucketKey& old) const;
  // True when the bucket's newest version is sealed under the newest epoch, and not under the one before too.
  Result<bool> IsRenewed(std::uint32_t bucket) const;
  // After a commit: what Load gives from now on.
  void Remember(std::shared_ptr<const BucketKey> key);

 private:
  std::shared_mutex& LockOf(std::uint32_t bucket) { return locks_[bucket % kLocks].mutex; }
  std::shared_ptr<const BucketKey> Wrap(std::uint32_t bucket, std::uint32_t version, KeyBytes key) const;
  Result<std::shared_ptr<const BucketKey>> Make(std::uint32_t bucket, store::Durability durability);

  static constexpr std::size_t kLocks = 256;
  struct alignas(64) Lock {
    std::shared_mutex mutex;
  };

  store::Rows& rows_;
  StoreId store_;
  seal::SuiteView suite_;
  const Epochs& epochs_;
  std::uint8_t bits_;
  std::array<Lock, kLocks> locks_;
  std::mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<const BucketKey>> known_;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
};

}  // namespace mseal::keys
