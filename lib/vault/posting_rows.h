// The rows of the index under one posting key: added, found, filled. FORMAT.md, "Posting".
#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "format/header.h"
#include "format/posting.h"
#include "vault/overlay.h"
#include "vault/posting_keys.h"
#include "vault/row_codec.h"

namespace mseal::vault {

// What all row keys of postings under a key of this generation begin with: two generations that meet differ in it.
ByteArray<1> PostingPrefix(std::uint32_t generation);

// Where the postings of some names lie, for who removes many of one name: each would be looked for from the first one
// on otherwise, which takes the square of their number. For names that get no further postings. For one thread.
class PostingPlaces {
 public:
  // Of one name under one posting key: the beginning of the record's tag and the posting's number, in order.
  using Places = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  using Name =
      std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, ByteArray<16>>;  // the posting key's generation first

  const Places* Find(const Name& name) const;
  const Places& Keep(const Name& name, Places places);

 private:
  static constexpr std::size_t kMostKept = 4 << 20;

  std::map<Name, Places> known_;
  std::size_t count_ = 0;
};

// Those of one name. Borrows identity, key and name.
class PostingRows {
 public:
  PostingRows(const StoreIdentity& identity, const PostingKey& key, const format::HeaderPosting& name);

  Result<std::vector<format::Posting>> All(const store::Rows& rows, const store::Snapshot* at) const;
  // Takes the next free number; the batch is refused with Conflict if somebody else takes it first.
  Status Add(Overlay& change, const format::Posting& posting) const;
  // Takes number 0. AlreadyExists if another record has it; the batch is refused with Conflict if one takes it first.
  Status AddUnique(Overlay& change, const format::Posting& posting) const;
  // AlreadyExists if a record other than `own` has number 0.
  Status CheckFree(const Overlay& change, const format::Posting& own) const;
  // Overwrites it with filler. AuthFailed when it is not there. `places` may be null.
  Status Remove(Overlay& change, const format::Posting& posting, PostingPlaces* places) const;

 private:
  static constexpr std::uint64_t kWorthKeeping = 16;

  Bytes RowKey(std::uint64_t number) const;
  seal::Place PlaceOf(ByteView row_key) const;
  Bytes Seal(ByteView row_key, const std::optional<format::Posting>& posting) const;
  Result<std::optional<format::Posting>> Open(ByteView row_key, ByteView sealed) const;
  Result<bool> Exists(const Overlay& change, std::uint64_t number) const;
  // The first number without a row.
  Result<std::uint64_t> FirstFree(const Overlay& change) const;
  // Fills the row if it has the posting. NotFound when there is no such row.
  Result<bool> RemoveAt(Overlay& change, std::uint64_t number, const format::Posting& posting) const;
  Result<PostingPlaces::Places> PlacesOfAll(const store::Rows& rows) const;
  PostingPlaces::Name Name() const { return {posting_key_.generation, name_.index, name_.generation, name_.token}; }

  const StoreIdentity& identity_;
  const PostingKey& posting_key_;
  const format::HeaderPosting& name_;
  KeyBytes seal_key_;
};

}  // namespace mseal::vault
