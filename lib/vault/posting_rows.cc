// Seals, opens and numbers postings.
#include "vault/posting_rows.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::vault {

using format::HeaderPosting;
using format::Posting;
using store::Table;

namespace {

Status Taken() { return Status::AlreadyExists("the value of a unique field is taken"); }
Status Missing() { return Status::AuthFailed("a posting that a record names is missing"); }
std::uint64_t Beginning(const Posting& posting) { return Reader(posting.record_tag).U64(); }

}  // namespace

ByteArray<1> PostingPrefix(std::uint32_t generation) {
  constexpr std::uint8_t kOdd = 't', kEven = 'u';
  return {generation % 2 == 1 ? kOdd : kEven};
}

const PostingPlaces::Places* PostingPlaces::Find(const Name& name) const {
  const auto found = known_.find(name);
  return found == known_.end() ? nullptr : &found->second;
}

const PostingPlaces::Places& PostingPlaces::Keep(const Name& name, Places places) {
  if (count_ + places.size() > kMostKept) known_.clear(), count_ = 0;
  count_ += places.size();
  return known_.insert_or_assign(name, std::move(places)).first->second;
}

PostingRows::PostingRows(const StoreIdentity& identity, const PostingKey& key, const HeaderPosting& name)
    : identity_(identity),
      posting_key_(key),
      name_(name),
      seal_key_(KeyBytes::CopyOf(crypto::Prf32(key.key.Reveal(), "ms.postingkey", name.token))) {}

Bytes PostingRows::RowKey(std::uint64_t number) const {
  Bytes place;
  Writer(place).U32(name_.index).U32(name_.generation).Raw(name_.token).U64(number);
  Bytes key;
  Writer(key).Raw(PostingPrefix(posting_key_.generation));
  Writer(key).Raw(crypto::Prf16(posting_key_.key.Reveal(), "ms.posting", place));
  return key;
}

Result<std::vector<Posting>> PostingRows::All(const store::Rows& rows, const store::Snapshot* at) const {
  std::vector<Posting> found;
  Bytes sealed;
  for (std::uint64_t number = 0;; ++number) {
    const Bytes key = RowKey(number);
    const Status got = rows.Get(Table::kIndex, key, sealed, at);
    if (got.code() == StatusCode::kNotFound) return found;
    MS_TRY(got);
    MS_ASSIGN(const auto posting, Open(key, sealed));
    if (posting.has_value()) found.push_back(*posting);
  }
}

Status PostingRows::Add(Overlay& change, const Posting& posting) const {
  MS_ASSIGN(const std::uint64_t number, FirstFree(change));
  const Bytes key = RowKey(number);
  change.batch().RequireAbsent(Table::kIndex, key);
  change.Put(Table::kIndex, key, Seal(key, posting));
  return Status::Ok();
}

Status PostingRows::AddUnique(Overlay& change, const Posting& posting) const {
  const Bytes key = RowKey(0);
  Bytes sealed;
  const Status got = change.Get(Table::kIndex, key, sealed);
  if (got.code() == StatusCode::kNotFound) {
    change.batch().RequireAbsent(Table::kIndex, key);
  } else {
    MS_TRY(got);
    MS_ASSIGN(const auto present, Open(key, sealed));
    if (present.has_value() && *present == posting) return Status::Ok();
    if (present.has_value()) return Taken();
    if (!change.Wrote(Table::kIndex, key)) change.batch().RequireEquals(Table::kIndex, key, sealed);
  }
  change.Put(Table::kIndex, key, Seal(key, posting));
  return Status::Ok();
}

Status PostingRows::CheckFree(const Overlay& change, const Posting& own) const {
  const Bytes key = RowKey(0);
  Bytes sealed;
  const Status got = change.Get(Table::kIndex, key, sealed);
  if (got.code() == StatusCode::kNotFound) return Status::Ok();
  MS_TRY(got);
  MS_ASSIGN(const auto present, Open(key, sealed));
  return present.has_value() && !(*present == own) ? Taken() : Status::Ok();
}

Status PostingRows::Remove(Overlay& change, const Posting& posting, PostingPlaces* places) const {
  const PostingPlaces::Places* known = places == nullptr ? nullptr : places->Find(Name());
  for (std::uint64_t number = 0; known == nullptr; ++number) {
    const Result<bool> removed = RemoveAt(change, number, posting);
    if (removed.code() == StatusCode::kNotFound) return Missing();
    MS_TRY(removed.status());
    if (*removed) return Status::Ok();
    if (places == nullptr || number < kWorthKeeping) continue;
    MS_ASSIGN(PostingPlaces::Places all, PlacesOfAll(change.rows()));
    known = &places->Keep(Name(), std::move(all));
  }
  auto at = std::lower_bound(known->begin(), known->end(), std::pair(Beginning(posting), std::uint64_t{0}));
  for (; at != known->end() && at->first == Beginning(posting); ++at) {
    MS_ASSIGN(const bool removed, RemoveAt(change, at->second, posting));
    if (removed) return Status::Ok();
  }
  return Missing();
}

Result<bool> PostingRows::RemoveAt(Overlay& change, std::uint64_t number, const Posting& posting) const {
  const Bytes key = RowKey(number);
  Bytes sealed;
  MS_TRY(change.Get(Table::kIndex, key, sealed));
  MS_ASSIGN(const auto present, Open(key, sealed));
  if (!present.has_value() || !(*present == posting)) return false;
  change.Put(Table::kIndex, key, Seal(key, std::nullopt));
  return true;
}

// As they are stored: what this change fills is there again when it is not committed.
Result<PostingPlaces::Places> PostingRows::PlacesOfAll(const store::Rows& rows) const {
  PostingPlaces::Places places;
  Bytes sealed;
  for (std::uint64_t number = 0;; ++number) {
    const Bytes key = RowKey(number);
    const Status got = rows.Get(Table::kIndex, key, sealed);
    if (got.code() == StatusCode::kNotFound) break;
    MS_TRY(got);
    MS_ASSIGN(const auto posting, Open(key, sealed));
    if (posting.has_value()) places.emplace_back(Beginning(*posting), number);
  }
  std::sort(places.begin(), places.end());
  return places;
}

seal::Place PostingRows::PlaceOf(ByteView row_key) const {
  format::Context context(format::ContextKind::kPosting);
  context.Add(format::ContextItem::kStore, identity_.store).Add(format::ContextItem::kRowKey, row_key);
  return {.purpose = format::Purpose::kPosting, .suite = identity_.suite, .context = seal::DigestOf(context)};
}

Bytes PostingRows::Seal(ByteView row_key, const std::optional<Posting>& posting) const {
  return seal::Seal(seal_key_.Reveal(), PlaceOf(row_key), format::WritePosting(posting));
}

Result<std::optional<Posting>> PostingRows::Open(ByteView row_key, ByteView sealed) const {
  MS_ASSIGN(const SecretBytes content, seal::Open(seal_key_.Reveal(), PlaceOf(row_key), sealed));
  return format::ParsePosting(content.Reveal());
}

Result<bool> PostingRows::Exists(const Overlay& change, std::uint64_t number) const {
  Bytes value;
  const Status got = change.Get(Table::kIndex, RowKey(number), value);
  if (got.code() == StatusCode::kNotFound) return false;
  MS_TRY(got);
  return true;
}

// Numbers are taken without gaps, so doubling and then bisection find the end.
Result<std::uint64_t> PostingRows::FirstFree(const Overlay& change) const {
  std::uint64_t taken_below = 0;  // all numbers below are taken
  std::uint64_t free_at = 1;
  for (;; free_at *= 2) {
    MS_ASSIGN(const bool exists, Exists(change, free_at - 1));
    if (!exists) break;
    taken_below = free_at;
  }
  std::uint64_t last = free_at - 1;  // known to be free
  while (taken_below < last) {
    const std::uint64_t middle = taken_below + (last - taken_below) / 2;
    MS_ASSIGN(const bool exists, Exists(change, middle));
    (exists ? taken_below : last) = exists ? middle + 1 : middle;
  }
  return last;
}

}  // namespace mseal::vault
