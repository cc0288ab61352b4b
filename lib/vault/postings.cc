// Writes, finds and fills postings.
#include "vault/postings.h"

#include "base/writer.h"

namespace mseal::vault {
namespace {

constexpr std::uint8_t kPostingMark = 't';

Status Taken() { return Status::AlreadyExists("the value of a unique field is taken"); }

}  // namespace

using format::HeaderPosting;
using format::Posting;
using store::Table;

ByteArray<16> InnerToken(const IndexKey& key, ByteView normalised) {
  return crypto::Prf16(key.Reveal(), "ms.token", normalised);
}

Bytes Postings::RowKey(const HeaderPosting& name, std::uint64_t number) const {
  Bytes place;
  Writer(place).U32(name.index).U32(name.generation).Raw(name.token).U64(number);
  Bytes key;
  Writer(key).U8(kPostingMark).Raw(crypto::Prf16(posting_key_.Reveal(), "ms.posting", place));
  return key;
}

seal::Place Postings::PlaceOf(ByteView row_key) const {
  format::Context context(format::ContextKind::kPosting);
  context.Add(format::ContextItem::kStore, identity_.store).Add(format::ContextItem::kRowKey, row_key);
  return {.purpose = format::Purpose::kPosting, .suite = identity_.suite, .context = seal::DigestOf(context)};
}

Bytes Postings::SealPosting(const HeaderPosting& name, ByteView row_key, const std::optional<Posting>& posting) const {
  const auto key = KeyBytes::CopyOf(crypto::Prf32(posting_key_.Reveal(), "ms.postingkey", name.token));
  return seal::Seal(key.Reveal(), PlaceOf(row_key), format::WritePosting(posting));
}

Result<std::optional<Posting>> Postings::OpenPosting(const HeaderPosting& name, ByteView row_key,
                                                     ByteView sealed) const {
  const auto key = KeyBytes::CopyOf(crypto::Prf32(posting_key_.Reveal(), "ms.postingkey", name.token));
  MS_ASSIGN(const SecretBytes content, seal::Open(key.Reveal(), PlaceOf(row_key), sealed));
  return format::ParsePosting(content.Reveal());
}

Result<std::vector<Posting>> Postings::Find(const store::Rows& rows, const HeaderPosting& name,
                                            const store::Snapshot* at) const {
  std::vector<Posting> found;
  Bytes sealed;
  for (std::uint64_t number = 0;; ++number) {
    const Bytes key = RowKey(name, number);
    const Status got = rows.Get(Table::kIndex, key, sealed, at);
    if (got.code() == StatusCode::kNotFound) return found;
    MS_TRY(got);
    MS_ASSIGN(const auto posting, OpenPosting(name, key, sealed));
    if (posting.has_value()) found.push_back(*posting);
  }
}

Result<bool> Postings::Exists(const Overlay& change, const HeaderPosting& name, std::uint64_t number) const {
  Bytes value;
  const Status got = change.Get(Table::kIndex, RowKey(name, number), value);
  if (got.code() == StatusCode::kNotFound) return false;
  MS_TRY(got);
  return true;
}

// Numbers are taken without gaps, so doubling and then bisection find the end.
Result<std::uint64_t> Postings::FirstFree(const Overlay& change, const HeaderPosting& name) const {
  std::uint64_t taken_below = 0;  // all numbers below are taken
  std::uint64_t free_at = 1;
  for (;; free_at *= 2) {
    MS_ASSIGN(const bool exists, Exists(change, name, free_at - 1));
    if (!exists) break;
    taken_below = free_at;
  }
  std::uint64_t last = free_at - 1;  // known to be free
  while (taken_below < last) {
    const std::uint64_t middle = taken_below + (last - taken_below) / 2;
    MS_ASSIGN(const bool exists, Exists(change, name, middle));
    (exists ? taken_below : last) = exists ? middle + 1 : middle;
  }
  return last;
}

Status Postings::AddUnique(Overlay& change, const HeaderPosting& name, const Posting& posting) const {
  const Bytes key = RowKey(name, 0);
  Bytes sealed;
  const Status got = change.Get(Table::kIndex, key, sealed);
  if (got.code() == StatusCode::kNotFound) {
    change.batch().RequireAbsent(Table::kIndex, key);
  } else {
    MS_TRY(got);
    MS_ASSIGN(const auto present, OpenPosting(name, key, sealed));
    if (present.has_value() && *present == posting) return Status::Ok();
    if (present.has_value()) return Taken();
    if (!change.Wrote(Table::kIndex, key)) change.batch().RequireEquals(Table::kIndex, key, sealed);
  }
  change.Put(Table::kIndex, key, SealPosting(name, key, posting));
  return Status::Ok();
}

Status Postings::CheckFree(const Overlay& change, const HeaderPosting& name, const Posting& own) const {
  const Bytes key = RowKey(name, 0);
  Bytes sealed;
  const Status got = change.Get(Table::kIndex, key, sealed);
  if (got.code() == StatusCode::kNotFound) return Status::Ok();
  MS_TRY(got);
  MS_ASSIGN(const auto present, OpenPosting(name, key, sealed));
  return present.has_value() && !(*present == own) ? Taken() : Status::Ok();
}

Status Postings::Add(Overlay& change, const HeaderPosting& name, const Posting& posting, bool unique) const {
  if (unique) return AddUnique(change, name, posting);
  MS_ASSIGN(const std::uint64_t number, FirstFree(change, name));
  const Bytes key = RowKey(name, number);
  change.batch().RequireAbsent(Table::kIndex, key);
  change.Put(Table::kIndex, key, SealPosting(name, key, posting));
  return Status::Ok();
}

Status Postings::Remove(Overlay& change, const HeaderPosting& name, const Posting& posting) const {
  Bytes sealed;
  for (std::uint64_t number = 0;; ++number) {
    const Bytes key = RowKey(name, number);
    const Status got = change.Get(Table::kIndex, key, sealed);
    if (got.code() == StatusCode::kNotFound) return Status::AuthFailed("a posting that a record names is missing");
    MS_TRY(got);
    MS_ASSIGN(const auto present, OpenPosting(name, key, sealed));
    if (!present.has_value() || !(*present == posting)) continue;
    change.Put(Table::kIndex, key, SealPosting(name, key, std::nullopt));
    return Status::Ok();
  }
}

}  // namespace mseal::vault
