// The steps of an epoch change.
#include "vault/epoch_change.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/clock.h"
#include "format/keys_of_rows.h"
#include "vault/bundle.h"
#include "vault/erasures.h"
#include "vault/provider_copies.h"

namespace mseal::vault {
namespace {

using format::EpochEnd;
using format::EpochScope;
using format::Job;
using format::JobKind;
using format::JobState;
using keys::MetaKind;
using store::Durability;
using store::Table;

constexpr std::size_t kFewestPlaces = 2;
constexpr std::size_t kRowsPerBatch = 4096;  // of deletions

bool IsOpen(const Job& job) { return job.kind == JobKind::kEpochChange && job.state != JobState::kDone; }
bool Gathers(const Job& job) { return job.pass == static_cast<std::uint32_t>(EpochStep::kGather); }

Bytes EpochEndId(std::uint32_t epoch) { return keys::MetaIdOf({epoch}); }

void PutEpochEnd(const Core& core, std::uint32_t epoch, const EpochEnd& end, store::Batch& batch) {
  core.meta->Put(batch, MetaKind::kEpochEnd, EpochEndId(epoch), format::WriteEpochEnd(end));
}

// What the batch writes into rows, keys included.
std::uint64_t WrittenBytes(const store::Batch& batch) {
  std::uint64_t bytes = 0;
  for (const auto& operation : batch.operations()) {
    if (operation.kind == store::Batch::Operation::Kind::kPut) bytes += operation.key.size() + operation.value.size();
  }
  return bytes;
}

class EpochChange : public JobWork {
 public:
  EpochChange(Core& core, std::uint32_t number) : core_(core), number_(number) {}

  // One step, or one bucket of step 4. What a step wrote of rows is committed with the job's row or stands by itself
  // and is found done when the step is taken again.
  Status Batch(Job& job) override {
    Job next = job;
    next.moved_ms = NowMs();
    MS_TRY(Take(next));
    job = next;
    return Status::Ok();
  }

 private:
  Status Take(Job& job) {
    switch (static_cast<EpochStep>(job.pass)) {
      case EpochStep::kGather:
        return Gather(job);
      case EpochStep::kDraw:
        return Draw(job);
      case EpochStep::kBuckets:
        return RenewNextBucket(job);
      case EpochStep::kCarry:
        return Carry(job);
      case EpochStep::kBundles:
        return BringBundles(job);
      case EpochStep::kAnchor:
        MS_TRY(core_.anchor->Move());
        return Finish(job, EpochStep::kDestroy);
      case EpochStep::kDestroy:
        return Destroy(job);
      case EpochStep::kDrop:
        return Drop(job);
    }
    return Status::Corrupt("an epoch change is at no step");
  }

  // Commits the job at its next step together with how the epoch ends.
  Status Finish(Job& job, EpochStep next, store::Batch batch = {}) {
    job.pass = static_cast<std::uint32_t>(next);
    job.next = {};
    PutJob(core_, number_, job, batch);
    if (end_.has_value()) PutEpochEnd(core_, job.target - 1, *end_, batch);
    return core_.CommitAs(batch, Durability::kPower);
  }

  Result<EpochEnd*> End(const Job& job) {
    if (end_.has_value()) return &*end_;
    auto known = ReadEpochEnd(core_, job.target - 1);
    if (known.code() == StatusCode::kNotFound) {
      end_.emplace().scope = job.subject;
      return &*end_;
    }
    MS_TRY(known.status());
    return &end_.emplace(std::move(*known));
  }

  // From here on erasures wait for the next change.
  Status Gather(Job& job) {
    const std::lock_guard lock(core_.gather_mutex);
    MS_ASSIGN(job, ReadJob(core_, number_));  // it may have been widened
    MS_TRY(RequireOldestOpen(job));
    return Finish(job, EpochStep::kDraw);
  }

  Status RequireOldestOpen(const Job& job) {
    if (job.target == core_.meta->epoch() + 1) return Status::Ok();
    return Status::KeyUnavailable("an earlier epoch change is not over (medseal rotate status): finish that one first");
  }

  Status Draw(Job& job) {
    ProviderCopies copies(core_);
    MS_TRY(copies.OpenAll());
    core_.AtPoint("epoch secret is written");
    MS_ASSIGN(keys::EpochSecret secret, copies.WriteEverywhere(job.target));
    if (core_.epochs->Find(job.target) == nullptr) core_.epochs->Add({job.target, std::move(secret)});
    // A bucket that was being made under the old epoch alone is there before anybody looks for those to carry over.
    core_.buckets->WaitForHolders();
    return Finish(job, EpochStep::kBuckets);
  }

  Result<std::set<std::uint32_t>> BucketsInQuestion(const Job& job) {
    if (job.subject == static_cast<std::uint32_t>(EpochScope::kAll)) return core_.buckets->All();
    std::set<std::uint32_t> buckets;
    MS_TRY(ForEachErasure(core_, [&](const keys::PatientHandle&, const format::Erasure& erasure) {
      if (erasure.epoch == job.target) buckets.insert(erasure.bucket);
      return Status::Ok();
    }));
    return buckets;
  }

  Status RenewNextBucket(Job& job) {
    if (!todo_.has_value()) {
      MS_ASSIGN(todo_, BucketsInQuestion(job));
    }
    while (!todo_->empty()) {
      const std::uint32_t bucket = *todo_->begin();
      MS_ASSIGN(const bool did, RenewBucket(job, bucket));
      todo_->erase(bucket);
      if (did) return Status::Ok();
    }
    todo_.reset();
    return Finish(job, EpochStep::kCarry);
  }

  // False: it was done before.
  Result<bool> RenewBucket(Job& job, std::uint32_t bucket) {
    const auto stopped = core_.buckets->Stop(bucket);
    MS_ASSIGN(const bool renewed, core_.buckets->IsRenewed(bucket));
    if (renewed) return false;
    MS_ASSIGN(const auto old, core_.buckets->Read(bucket));
    const auto next = core_.buckets->Renew(*old);
    store::Batch batch;
    batch.Put(Table::kKeys, next->row_key, next->row_value);
    std::vector<keys::PatientHandle> patients;
    MS_TRY(ForEachKeyRow(*old, [&](const keys::PatientHandle& patient, ByteView sealed) {
      patients.push_back(patient);
      return core_.patients->Reseal(batch, patient, *old, *next, sealed);
    }));
    MS_ASSIGN(EpochEnd * end, End(job));
    ++end->buckets;
    end->key_rows += patients.size();
    end->seals += patients.size() + 1;
    end->bytes += WrittenBytes(batch);
    job.seen += patients.size();
    job.changed += patients.size();
    PutJob(core_, number_, job, batch);
    PutEpochEnd(core_, job.target - 1, *end, batch);
    MS_TRY(core_.CommitAs(batch, Durability::kPower));
    core_.buckets->Remember(next);
    for (const keys::PatientHandle& patient : patients) core_.patients->Forget(patient);
    return true;
  }

  // The key rows under one version of a bucket's key.
  Status ForEachKeyRow(const keys::BucketKey& key,
                       const std::function<Status(const keys::PatientHandle&, ByteView)>& visit) {
    const Bytes first = format::KeyRowPrefix(format::FirstOfBucket(key.bucket, core_.buckets->bits()));
    const auto cursor = core_.rows->Scan(Table::kKeys, first, format::AfterPrefix(format::KeyRowPrefix()));
    for (; cursor->Valid(); cursor->Next()) {
      MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
      if (core_.buckets->BucketOf(place.patient) != key.bucket) break;
      if (place.bucket_key_version == key.version) MS_TRY(visit(place.patient, cursor->value()));
    }
    return cursor->status();
  }

  Status Carry(Job& job) {
    MS_ASSIGN(EpochEnd * end, End(job));
    MS_TRY(CarryBuckets(*end));
    core_.AtPoint("meta is sealed anew");
    if (core_.meta->epoch() < job.target) {
      std::uint64_t rows = 0;
      // Nobody is changing the chain meanwhile: they would be told of a conflict for nothing.
      MS_TRY(core_.registry->WhileSettled([&] { return core_.meta->Renew(*core_.epochs->Find(job.target), rows); }));
      end->seals += rows + 1;
    }
    MS_TRY(CheckNewEpochAlone(job));
    return Finish(job, EpochStep::kBundles);
  }

  Status CarryBuckets(EpochEnd& end) {
    MS_ASSIGN(const auto buckets, core_.buckets->All());
    store::Batch batch;
    std::vector<std::shared_ptr<const keys::BucketKey>> carried;
    for (const std::uint32_t bucket : buckets) {
      MS_ASSIGN(const auto old, core_.buckets->Read(bucket));
      auto next = core_.buckets->Carry(*old);
      if (next->row_key == old->row_key) continue;
      batch.Put(Table::kKeys, next->row_key, next->row_value);
      carried.push_back(std::move(next));
    }
    end.seals += carried.size();
    end.bytes += WrittenBytes(batch);
    MS_TRY(core_.CommitAs(batch, Durability::kPower));
    for (auto& key : carried) core_.buckets->Remember(std::move(key));
    return Status::Ok();
  }

  // Each bucket's newest key and each row of meta opens with the new secret, none needs the old one.
  Status CheckNewEpochAlone(const Job& job) {
    MS_ASSIGN(const auto buckets, core_.buckets->All());
    for (const std::uint32_t bucket : buckets) {
      MS_ASSIGN(const auto key, core_.buckets->Read(bucket));
      MS_ASSIGN(const format::BucketKeyPlace place, format::ParseBucketKeyKey(key->row_key));
      if (place.epoch != job.target) return Status::AuthFailed("a bucket's key is not under the new epoch secret");
    }
    return core_.meta->CheckAll();
  }

  Status BringBundles(Job& job) {
    MS_ASSIGN(EpochEnd * end, End(job));
    std::string missed;
    MS_TRY(RenewBundles(core_, end->places, &missed));
    std::size_t reached = 0;
    for (const EpochEnd::Place& place : end->places) reached += place.bundle != 0;
    if (reached < kFewestPlaces)
      return Status::KeyUnavailable(
          std::string("pending: the bundle has to be read back from two places before the old epoch dies: medseal "
                      "backup register PLACE, or make the missing ones reachable, then medseal rotate resume") +
          (missed.empty() ? std::string() : " (not reached: " + missed + ")"));
    return Finish(job, EpochStep::kAnchor);
  }

  Status Destroy(Job& job) {
    MS_ASSIGN(EpochEnd * end, End(job));
    ProviderCopies copies(core_);
    MS_TRY(copies.OpenAll());
    // A copy may have been put back from before since the secret was drawn.
    MS_TRY(copies.WriteEverywhere(job.target).status());
    core_.AtPoint("epoch secret is destroyed");
    MS_TRY(copies.DestroyEverywhere(job.target - 1));
    core_.AtPoint("epoch secret was destroyed");
    core_.epochs->KeepNewest();
    end->copies = copies.Facts();
    end->destroyed_ms = NowMs();
    store::Batch batch;
    MS_TRY(CertifyDeath(job, copies, *end, batch));
    MS_TRY(EndPassedJobs(job, batch));
    return Finish(job, EpochStep::kDrop, std::move(batch));
  }

  // An open is tried with everything there is, and its failure goes on record.
  Status CertifyDeath(const Job& job, const ProviderCopies& copies, EpochEnd& end, store::Batch& batch) {
    end.opens_tried = end.opens_failed = 0;
    return ForEachErasure(core_, [&](const keys::PatientHandle& patient, format::Erasure erasure) -> Status {
      if (erasure.epoch != job.target || erasure.state == format::ErasureState::kDead) return Status::Ok();
      ++end.opens_tried;
      if (copies.Opens(erasure, core_.buckets->bits()))
        return Status::AuthFailed("an erased patient's bucket key opens still: nothing is dead");
      ++end.opens_failed;
      erasure.state = format::ErasureState::kDead;
      erasure.dead_ms = end.destroyed_ms;
      PutErasure(core_, patient, erasure, batch);
      return Status::Ok();
    });
  }

  // What passed jobs had left behind is gone with all bucket keys of before.
  Status EndPassedJobs(const Job& job, store::Batch& batch) {
    if (job.subject != static_cast<std::uint32_t>(EpochScope::kAll)) return Status::Ok();
    return ForEachJob(core_, [&](std::uint32_t number, Job known) {
      if (known.state != JobState::kPassed || known.ending_epoch > job.target) return Status::Ok();
      known.state = JobState::kDone;
      PutJob(core_, number, known, batch);
      return Status::Ok();
    });
  }

  Status Drop(Job& job) {
    MS_ASSIGN(EpochEnd * end, End(job));
    store::Batch batch;
    MS_TRY(core_.meta->DropOlder(batch));
    MS_TRY(DropOldBucketKeys(job, batch));
    MS_TRY(core_.CommitAs(batch, Durability::kPower));
    MS_TRY(DropOldKeyRows());
    core_.AtPoint("store is purged");
    store::PurgeReport purged;
    MS_TRY(core_.rows->Purge({}, purged));
    core_.AtPoint("store was purged");
    end->purged_ms = NowMs();
    end->purge_complete = purged.complete ? 1 : 0;
    job.state = JobState::kDone;
    return Finish(job, EpochStep::kDrop);
  }

  // Those of older epochs and of older versions.
  Status DropOldBucketKeys(const Job& job, store::Batch& batch) {
    MS_ASSIGN(const auto newest, NewestVersions());
    const Bytes prefix = format::BucketPrefix(core_.buckets->bits());
    const auto cursor = core_.rows->Scan(Table::kKeys, prefix, format::AfterPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      MS_ASSIGN(const format::BucketKeyPlace place, format::ParseBucketKeyKey(cursor->key()));
      const auto version = newest.find(place.bucket);  // none: the bucket was made since
      const bool superseded = version != newest.end() && place.version < version->second;
      if (place.epoch < job.target || superseded) batch.Delete(Table::kKeys, cursor->key());
    }
    return cursor->status();
  }

  // The key rows under older versions: as many as the change renewed, so in several batches.
  Status DropOldKeyRows() {
    MS_ASSIGN(const auto newest, NewestVersions());
    store::Batch batch;
    const auto cursor =
        core_.rows->Scan(Table::kKeys, format::KeyRowPrefix(), format::AfterPrefix(format::KeyRowPrefix()));
    for (; cursor->Valid(); cursor->Next()) {
      MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
      const auto version = newest.find(core_.buckets->BucketOf(place.patient));
      // A bucket that was made since has nothing older.
      if (version == newest.end() || place.bucket_key_version >= version->second) continue;
      batch.Delete(Table::kKeys, cursor->key());
      if (batch.operations().size() < kRowsPerBatch) continue;
      MS_TRY(core_.CommitAs(batch, Durability::kProcess));
      batch.Clear();
    }
    MS_TRY(cursor->status());
    return core_.CommitAs(batch, Durability::kPower);
  }

  Result<std::map<std::uint32_t, std::uint32_t>> NewestVersions() {
    std::map<std::uint32_t, std::uint32_t> newest;
    MS_ASSIGN(const auto buckets, core_.buckets->All());
    for (const std::uint32_t bucket : buckets) {
      MS_ASSIGN(const auto key, core_.buckets->Read(bucket));
      newest[bucket] = key->version;
    }
    return newest;
  }

  Core& core_;
  std::uint32_t number_;
  std::optional<EpochEnd> end_;
  std::optional<std::set<std::uint32_t>> todo_;  // of step 4
};

}  // namespace

Status JoinEpochChange(Core& core, EpochScope scope, std::uint32_t& number, std::uint32_t& epoch, store::Batch& batch) {
  std::uint32_t newest = 0;
  std::optional<Job> gathering;
  epoch = core.meta->epoch();
  MS_TRY(ForEachJob(core, [&](std::uint32_t known, const Job& job) {
    newest = known;
    if (!IsOpen(job)) return Status::Ok();
    epoch = std::max(epoch, job.target);
    if (Gathers(job)) gathering = job, number = known;
    return Status::Ok();
  }));
  if (gathering.has_value()) {
    epoch = gathering->target;
    if (scope == EpochScope::kErased) return Status::Ok();
    gathering->subject = static_cast<std::uint32_t>(scope);
    PutJob(core, number, *gathering, batch);
    return Status::Ok();
  }
  number = newest + 1;
  ++epoch;
  BeginJob(core, number,
           {.kind = JobKind::kEpochChange,
            .subject = static_cast<std::uint32_t>(scope),
            .target = epoch,
            .pass = static_cast<std::uint32_t>(EpochStep::kGather)},
           batch);
  return Status::Ok();
}

Result<std::uint32_t> NextEpoch(const Core& core) {
  std::uint32_t next = core.meta->epoch() + 1;
  MS_TRY(ForEachJob(core, [&](std::uint32_t, const Job& job) {
    if (IsOpen(job)) next = std::max(next, Gathers(job) ? job.target : job.target + 1);
    return Status::Ok();
  }));
  return next;
}

Status PassJob(const Core& core, Job& job) {
  MS_ASSIGN(job.ending_epoch, NextEpoch(core));
  job.state = JobState::kPassed;
  return Status::Ok();
}

Status StartEpochChange(Core& core, std::uint32_t& number) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.gather_mutex);
  std::uint32_t epoch = 0;
  store::Batch batch;
  MS_TRY(JoinEpochChange(core, EpochScope::kAll, number, epoch, batch));
  return core.CommitAs(batch, Durability::kPower);
}

std::unique_ptr<JobWork> MakeEpochChange(Core& core, std::uint32_t number) {
  return std::make_unique<EpochChange>(core, number);
}

Result<EpochEnd> ReadEpochEnd(const Core& core, std::uint32_t epoch) {
  MS_ASSIGN(const SecretBytes content, core.meta->Get(MetaKind::kEpochEnd, EpochEndId(epoch)));
  return format::ParseEpochEnd(content.Reveal());
}

}  // namespace mseal::vault
