// Reads and keeps the generations of index keys.
#include "vault/index_generations.h"

#include <algorithm>

namespace mseal::vault {

using format::Job;
using keys::MetaKind;

Status IndexGenerations::Load(const keys::MetaTable& meta) {
  std::map<std::uint32_t, IndexGeneration> known;
  MS_TRY(meta.ForEach(MetaKind::kIndexKey, [&](ByteView id, const SecretBytes&) {
    const IndexKeyName name = NameOfIndexKey(id);
    std::uint32_t& newest = known[name.index].newest;
    newest = std::max(newest, name.generation);
    return Status::Ok();
  }));
  MS_TRY(meta.ForEach(MetaKind::kJob, [&](ByteView, const SecretBytes& content) -> Status {
    MS_ASSIGN(const Job job, format::ParseJob(content.Reveal()));
    if (job.kind != format::JobKind::kIndexRotation) return Status::Ok();
    IndexGeneration& of = known[job.subject];
    of.newest = std::max(of.newest, job.target);  // a key that was taken away is missed, not passed over
    if (format::IsOver(job)) of.oldest = std::max(of.oldest, job.target);
    return Status::Ok();
  }));
  const std::unique_lock lock(mutex_);
  known_ = std::move(known);
  return Status::Ok();
}

IndexGeneration IndexGenerations::Of(std::uint32_t index) const {
  const std::shared_lock lock(mutex_);
  const auto found = known_.find(index);
  return found == known_.end() ? IndexGeneration{} : found->second;
}

std::map<std::uint32_t, IndexGeneration> IndexGenerations::All() const {
  const std::shared_lock lock(mutex_);
  return known_;
}

void IndexGenerations::Begin(const IndexKeyName& newest) {
  const std::unique_lock lock(mutex_);
  known_[newest.index].newest = newest.generation;
}

void IndexGenerations::Retire(const IndexKeyName& oldest) {
  const std::unique_lock lock(mutex_);
  std::uint32_t& known = known_[oldest.index].oldest;
  known = std::max(known, oldest.generation);
}

}  // namespace mseal::vault
