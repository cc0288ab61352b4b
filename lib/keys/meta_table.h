// The table `meta`: people, statements, slots, schemas and jobs, each row sealed under the meta key, which is sealed
// under the epoch secret: no disk or backup alone is a target for guessing passwords.
#pragma once

#include <functional>

#include "format/keys_of_rows.h"
#include "keys/provider.h"
#include "seal/seal.h"
#include "store/rows.h"

namespace mseal::keys {

using format::MetaKind;

// Immutable; any number of threads may use it. Borrows the rows, which must outlive it.
class MetaTable {
 public:
  // Draws a meta key and puts it into `batch` sealed under the epoch secret.
  static std::unique_ptr<MetaTable> Make(store::Rows& rows, const StoreId& store, crypto::Suite suite,
                                         std::uint32_t epoch, const EpochSecret& secret, store::Batch& batch);
  //   NotFound    no meta key of this epoch is stored
  //   AuthFailed  it was changed, or belongs to another store or secret
  static Result<std::unique_ptr<MetaTable>> Open(store::Rows& rows, const StoreId& store, crypto::Suite suite,
                                                 std::uint32_t epoch, const EpochSecret& secret);

  void Put(store::Batch& batch, MetaKind kind, ByteView id, ByteView content) const;
  void Delete(store::Batch& batch, MetaKind kind, ByteView id) const;
  void RequireAbsent(store::Batch& batch, MetaKind kind, ByteView id) const;

  // NotFound, AuthFailed.
  Result<SecretBytes> Get(MetaKind kind, ByteView id) const;
  // Every row of a kind in the order of ids; stops at the first failure, `visit`'s own included.
  Status ForEach(MetaKind kind, const std::function<Status(ByteView id, const SecretBytes& content)>& visit,
                 const store::Snapshot* at = nullptr) const;

 private:
  MetaTable(store::Rows& rows, const StoreId& store, crypto::Suite suite, std::uint32_t epoch, KeyBytes key);
  seal::Place PlaceOf(MetaKind kind, ByteView id) const;

  store::Rows& rows_;
  StoreId store_;
  crypto::Suite suite_;
  std::uint32_t epoch_;
  KeyBytes key_;
};

// Ids of meta rows are numbers, big-endian, one after the other.
Bytes MetaIdOf(std::initializer_list<std::uint32_t> numbers);

}  // namespace mseal::keys
