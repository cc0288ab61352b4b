// The index of sealed values: from a token to the records that have the value, without showing either. FORMAT.md,
// "Posting".
#pragma once

#include <vector>

#include "format/header.h"
#include "format/posting.h"
#include "vault/overlay.h"
#include "vault/row_codec.h"

namespace mseal::vault {

using IndexKey = Key<struct IndexKeyRole>;

// PRF of a normalised value under the index's own key.
ByteArray<16> InnerToken(const IndexKey& key, ByteView normalised);

// Any thread may call. Borrows the key, which must outlive it.
class Postings {
 public:
  Postings(const StoreIdentity& identity, const KeyBytes& posting_key)
      : identity_(identity), posting_key_(posting_key) {}

  // All records that `name` leads to.
  Result<std::vector<format::Posting>> Find(const store::Rows& rows, const format::HeaderPosting& name,
                                            const store::Snapshot* at = nullptr) const;
  // Adds one; with `unique` AlreadyExists if another record is there. The batch is refused with Conflict if somebody
  // else takes the same place first.
  Status Add(Overlay& change, const format::HeaderPosting& name, const format::Posting& posting, bool unique) const;
  // AlreadyExists if a record other than `own` has the unique value.
  Status CheckFree(const Overlay& change, const format::HeaderPosting& name, const format::Posting& own) const;
  // Overwrites it with filler. AuthFailed when it is not there.
  Status Remove(Overlay& change, const format::HeaderPosting& name, const format::Posting& posting) const;

 private:
  Bytes RowKey(const format::HeaderPosting& name, std::uint64_t number) const;
  seal::Place PlaceOf(ByteView row_key) const;
  Bytes SealPosting(const format::HeaderPosting& name, ByteView row_key,
                    const std::optional<format::Posting>& posting) const;
  Result<std::optional<format::Posting>> OpenPosting(const format::HeaderPosting& name, ByteView row_key,
                                                     ByteView sealed) const;
  Status AddUnique(Overlay& change, const format::HeaderPosting& name, const format::Posting& posting) const;
  // The first number without a row.
  Result<std::uint64_t> FirstFree(const Overlay& change, const format::HeaderPosting& name) const;
  Result<bool> Exists(const Overlay& change, const format::HeaderPosting& name, std::uint64_t number) const;

  StoreIdentity identity_;
  const KeyBytes& posting_key_;
};

}  // namespace mseal::vault
