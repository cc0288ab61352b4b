// The table `meta`: people, statements, slots, schemas and jobs, each row sealed under the meta key, which is sealed
// under the epoch secret: no disk or backup alone is a target for guessing passwords.
#pragma once

#include <functional>
#include <shared_mutex>

#include "format/keys_of_rows.h"
#include "keys/epochs.h"
#include "seal/seal.h"
#include "store/rows.h"

namespace mseal::keys {

using format::MetaKind;

// Any number of threads may use it. Borrows the rows, which must outlive it.
class MetaTable {
 public:
  // Draws a meta key and puts it into `batch` sealed under the epoch secret.
  static std::unique_ptr<MetaTable> Make(store::Rows& rows, const StoreId& store, seal::SuiteView suite,
                                         const Epoch& epoch, store::Batch& batch);
  //   NotFound    no meta key of this epoch is stored
  //   AuthFailed  it was changed, or belongs to another store or secret
  static Result<std::unique_ptr<MetaTable>> Open(store::Rows& rows, const StoreId& store, seal::SuiteView suite,
                                                 const Epoch& epoch);

  std::uint32_t epoch() const;

  // Each puts a condition beside what it says: the batch is refused with Conflict once the epoch has changed.
  void Put(store::Batch& batch, MetaKind kind, ByteView id, ByteView content) const;
  void Delete(store::Batch& batch, MetaKind kind, ByteView id) const;
  void RequireAbsent(store::Batch& batch, MetaKind kind, ByteView id) const;
  // Every batch that writes rows of meta is committed here. Answers as Rows::Commit.
  Status Commit(const store::Batch& batch, store::Durability durability) const;

  // NotFound, AuthFailed.
  Result<SecretBytes> Get(MetaKind kind, ByteView id) const;
  // Every row of a kind in the order of ids; stops at the first failure, `visit`'s own included.
  //   KeyUnavailable  the rows as they were `at` that point are under a meta key that is gone
  Status ForEach(MetaKind kind, const std::function<Status(ByteView id, const SecretBytes& content)>& visit,
                 const store::Snapshot* at = nullptr) const;

  // ---- for the epoch change

  // Every row anew under a new meta key of `epoch`, beside the old ones, in one synced batch; from then on these count.
  // `number_of_rows` says how many there are.
  Status Renew(const Epoch& epoch, std::uint64_t& number_of_rows);
  // AuthFailed: a row does not open.
  Status CheckAll() const;
  // Puts the removal of everything under older epochs into `batch`, and lets go of their keys.
  Status DropOlder(store::Batch& batch);

 private:
  struct Key {
    std::uint32_t epoch;
    KeyBytes key;
  };
  using KeyPointer = std::shared_ptr<const Key>;

  MetaTable(store::Rows& rows, const StoreId& store, seal::SuiteView suite, KeyPointer key);
  KeyPointer current() const;
  Result<KeyPointer> KeyAt(const store::Snapshot* at) const;
  seal::Place PlaceOf(std::uint32_t epoch, MetaKind kind, ByteView id) const;
  void RequireEpoch(store::Batch& batch, std::uint32_t epoch) const;
  Status ForEachStored(const Key& key,
                       const std::function<Status(MetaKind, ByteView, const SecretBytes&)>& visit) const;

  store::Rows& rows_;
  StoreId store_;
  seal::SuiteView suite_;
  mutable std::shared_mutex commit_gate_;  // shared by commits, taken whole while the rows are sealed anew
  mutable std::shared_mutex key_mutex_;    // guards the pointers
  KeyPointer key_;
  KeyPointer older_;  // while its rows are still there
};

// Ids of meta rows are numbers, big-endian, one after the other.
Bytes MetaIdOf(std::initializer_list<std::uint32_t> numbers);

}  // namespace mseal::keys
