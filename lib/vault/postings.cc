// Keeps both indexes of a re-epoch in step, and asks the one that counts.
#include "vault/postings.h"

namespace mseal::vault {

using format::HeaderPosting;
using format::Posting;

ByteArray<16> InnerToken(const IndexKey& key, ByteView normalised) {
  return crypto::Prf16(key.Reveal(), "ms.token", normalised);
}

Postings::Postings(const StoreIdentity& identity, PostingKey key)
    : identity_(identity), state_{std::make_shared<const PostingKey>(std::move(key)), nullptr, {}} {}

Postings::State Postings::Now() const {
  const std::shared_lock lock(mutex_);
  return state_;
}

// Rows under a key go only after another has become the one that counts: what was found while this one did is whole.
Result<std::vector<Posting>> Postings::Find(const store::Rows& rows, const HeaderPosting& name) const {
  for (PostingKeyPointer key = current();;) {
    auto found = PostingRows(identity_, *key, name).All(rows, nullptr);
    PostingKeyPointer now = current();
    if (now == key) return found;
    key = std::move(now);
  }
}

Result<std::vector<Posting>> Postings::Find(const store::Rows& rows, const HeaderPosting& name,
                                            const FrozenIndex& then) const {
  return PostingRows(identity_, *then.key, name).All(rows, then.at.get());
}

FrozenIndex Postings::Freeze(const store::Rows& rows) const {
  for (PostingKeyPointer key = current();;) {
    auto at = rows.Freeze();
    PostingKeyPointer now = current();
    if (now == key) return {std::move(at), std::move(key)};
    key = std::move(now);
  }
}

namespace {

Status AddTo(const PostingRows& rows, Overlay& change, const Posting& posting, bool unique) {
  return unique ? rows.AddUnique(change, posting) : rows.Add(change, posting);
}

}  // namespace

Status Postings::Add(Overlay& change, const HeaderPosting& name, const Posting& posting, bool unique) const {
  const State state = Now();
  MS_TRY(AddTo(PostingRows(identity_, *state.key, name), change, posting, unique));
  if (!state.IsBuilt(posting)) return Status::Ok();
  return AddTo(PostingRows(identity_, *state.next, name), change, posting, unique);
}

Status Postings::CheckFree(const Overlay& change, const HeaderPosting& name, const Posting& own) const {
  return PostingRows(identity_, *current(), name).CheckFree(change, own);
}

Status Postings::Remove(Overlay& change, const HeaderPosting& name, const Posting& posting,
                        PostingPlaces* places) const {
  const State state = Now();
  MS_TRY(PostingRows(identity_, *state.key, name).Remove(change, posting, places));
  if (!state.IsBuilt(posting)) return Status::Ok();
  // Here further ones may come while the re-epoch builds: nothing is kept.
  return PostingRows(identity_, *state.next, name).Remove(change, posting, nullptr);
}

void Postings::Begin(PostingKeyPointer next, const keys::PatientHandle& built_below) {
  const std::unique_lock lock(mutex_);
  state_.next = std::move(next);
  state_.built_below = built_below;
}

void Postings::SetBuilt(const keys::PatientHandle& built_below) {
  const std::unique_lock lock(mutex_);
  state_.built_below = built_below;
}

Status Postings::Build(Overlay& change, const HeaderPosting& name, const Posting& posting, bool unique) const {
  return AddTo(PostingRows(identity_, *next(), name), change, posting, unique);
}

void Postings::Switch() {
  const std::unique_lock lock(mutex_);
  state_ = {std::move(state_.next), nullptr, {}};
}

}  // namespace mseal::vault
