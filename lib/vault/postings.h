// The index of sealed values: from a token to the records that have the value, without showing either. FORMAT.md,
// "Posting".
#pragma once

#include <memory>
#include <shared_mutex>
#include <vector>

#include "vault/posting_rows.h"

namespace mseal::vault {

using IndexKey = Key<struct IndexKeyRole>;

// PRF of a normalised value under the index's own key.
ByteArray<16> InnerToken(const IndexKey& key, ByteView normalised);

using PostingKeyPointer = std::shared_ptr<const PostingKey>;

// The index at one point in time.
struct FrozenIndex {
  std::unique_ptr<store::Snapshot> at;
  PostingKeyPointer key;  // that the postings were whole under then
};

// Any thread may call. Whoever adds or removes holds the lock of the posting's patient until the change is committed.
class Postings {
 public:
  Postings(const StoreIdentity& identity, PostingKey key);

  // All records that `name` leads to, now or then.
  Result<std::vector<format::Posting>> Find(const store::Rows& rows, const format::HeaderPosting& name) const;
  Result<std::vector<format::Posting>> Find(const store::Rows& rows, const format::HeaderPosting& name,
                                            const FrozenIndex& then) const;
  FrozenIndex Freeze(const store::Rows& rows) const;

  // Adds one; with `unique` AlreadyExists if another record is there. The batch is refused with Conflict if somebody
  // else takes the same place first.
  Status Add(Overlay& change, const format::HeaderPosting& name, const format::Posting& posting, bool unique) const;
  // AlreadyExists if a record other than `own` has the unique value.
  Status CheckFree(const Overlay& change, const format::HeaderPosting& name, const format::Posting& own) const;
  // Overwrites it with filler. AuthFailed when it is not there. `places` may be null.
  Status Remove(Overlay& change, const format::HeaderPosting& name, const format::Posting& posting,
                PostingPlaces* places = nullptr) const;

  // ---- for the re-epoch. Under the key so far the postings stay whole until Switch; under the next one there are
  // those of every patient below a handle that moves up, and whoever changes one of these changes both.

  void Begin(PostingKeyPointer next, const keys::PatientHandle& built_below);
  // Every patient at or above the old handle and below the new one is locked, or cannot come into being.
  void SetBuilt(const keys::PatientHandle& built_below);
  // Under the next key alone, for a patient that is not below the handle yet.
  Status Build(Overlay& change, const format::HeaderPosting& name, const format::Posting& posting, bool unique) const;
  // All patients are built, and locked.
  void Switch();
  PostingKeyPointer current() const { return Now().key; }
  PostingKeyPointer next() const { return Now().next; }
  PostingKeyPointer newest() const {
    const State now = Now();
    return now.next == nullptr ? now.key : now.next;
  }

 private:
  struct State {
    PostingKeyPointer key;
    PostingKeyPointer next;  // or null
    keys::PatientHandle built_below{};
    bool IsBuilt(const format::Posting& posting) const { return next != nullptr && posting.patient < built_below; }
  };

  State Now() const;

  StoreIdentity identity_;
  mutable std::shared_mutex mutex_;
  State state_;
};

}  // namespace mseal::vault
