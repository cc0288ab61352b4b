// Begins, builds and ends a re-epoch of the index.
#include "vault/index_re_epoch.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/clock.h"
#include "format/keys_of_rows.h"
#include "vault/epoch_change.h"
#include "vault/locked_patients.h"
#include "vault/patient_change.h"
#include "vault/patient_rows.h"

namespace mseal::vault {
namespace {

using format::Job;
using format::JobKind;
using format::JobState;
using store::Durability;
using store::Table;

// The passes of the job.
constexpr std::uint32_t kBuild = 1;
constexpr std::uint32_t kDrop = 2;
constexpr std::size_t kRowsPerDrop = 4096;
constexpr std::size_t kPatientsPerBatch = 128;  // of a restore
// Stands in a job for "every patient": nobody draws this handle.
constexpr keys::PatientHandle kAll = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

keys::PatientHandle After(keys::PatientHandle handle) {
  Advance(handle);
  return handle;
}

// Puts the removal of rows from `from` on into `batch`; `from` is where the next call begins. False: these are the
// last.
Result<bool> DropSome(const store::Rows& rows, Bytes& from, ByteView end, store::Batch& batch) {
  std::size_t left = kRowsPerDrop;
  const auto cursor = rows.Scan(Table::kIndex, from, end);
  for (; cursor->Valid() && left > 0; cursor->Next(), --left) {
    batch.Delete(Table::kIndex, cursor->key());
    from.assign(cursor->key().begin(), cursor->key().end());
  }
  MS_TRY(cursor->status());
  return left == 0;
}

class ReEpoch : public JobWork {
 public:
  ReEpoch(Core& core, std::uint32_t number, std::size_t batch_size, bool ordered_too = false)
      : core_(core),
        number_(number),
        batch_size_(batch_size),
        ordered_too_(ordered_too),
        schema_(core.schemas.current()) {}

  Status Batch(Job& job) override {
    if (job.pass == kDrop) return Drop(job);
    if (job.next == kAll) return Switch(job);
    // Writers take places in the index too. One who was faster costs the batch, so the next try is a smaller one.
    Status status = TryBuild(job, batch_size_);
    for (std::size_t size = batch_size_; status.code() == StatusCode::kConflict; status = TryBuild(job, size))
      size = std::max<std::size_t>(1, size / 2);
    return status;
  }

  // By index, the oldest generation of its key that a header names, of those that were built here.
  const std::map<std::uint32_t, std::uint32_t>& oldest() const { return oldest_; }

 private:
  // Each patient is built once: those below job.next are, in one batch with the job's row. Who changes one of them
  // meanwhile changes both indexes; all others change the old one alone.
  Status TryBuild(Job& job, std::size_t size) {
    // A patient who came into being behind the scan, below what is built then, would be left out.
    const std::unique_lock no_new_patients(core_.new_patients);
    MS_ASSIGN(const auto patients, PatientPass(core_, number_, size).NextPatients(job));
    const LockedPatients locked(core_.locks, patients);
    const auto at = core_.rows->Freeze();
    Overlay change(*core_.rows);
    Job next = job;
    for (const keys::PatientHandle& patient : patients) {
      MS_ASSIGN(const bool has_any, BuildPatient(patient, *at, change));
      next.changed += has_any ? 1 : 0;
    }
    next.seen += patients.size();
    next.next = patients.size() < size ? kAll : After(patients.back());
    MS_TRY(Commit(next, change.batch(), Durability::kProcess));
    core_.postings->SetBuilt(next.next);
    job = next;
    return Status::Ok();
  }

  Result<bool> BuildPatient(const keys::PatientHandle& patient, const store::Snapshot& at, Overlay& change) {
    auto keys = core_.patients->Read(patient);
    if (keys.code() == StatusCode::kNotFound) return false;  // went since the scan
    MS_TRY(keys.status());
    MS_ASSIGN(const std::vector<OpenedRow> rows, RowsToBuild(*keys, at));
    bool has_any = false;
    for (const OpenedRow& row : rows) {
      MS_TRY(BuildRow(row, change));
      has_any |= !row.header.postings.empty();
    }
    return has_any;
  }

  // A restore takes of a damaged patient what opens: one flipped bit shall not keep all others away.
  Result<std::vector<OpenedRow>> RowsToBuild(const keys::PatientKeys& keys, const store::Snapshot& at) {
    auto rows = CollectPatient(core_, keys, at);
    if (ordered_too_ && IsDamage(rows.code())) return LiveRowsThatOpen(core_, keys, at);
    MS_TRY(rows.status());
    return std::move(rows->live);
  }

  Status BuildRow(const OpenedRow& row, Overlay& change) {
    const format::Posting posting{row.place.patient, row.place.tag};
    for (const format::HeaderPosting& name : row.header.postings) {
      MS_TRY(core_.postings->Build(change, name, posting, schema_->FindIndex(name.index).unique()));
      std::uint32_t& oldest = oldest_.try_emplace(name.index, name.generation).first->second;
      oldest = std::min(oldest, name.generation);
    }
    if (!ordered_too_) return Status::Ok();
    for (const format::HeaderOrdered& name : row.header.ordered)
      change.Put(Table::kIndex, OrderedRowKey(name.index, name.value, row.place.handle()), {});
    return Status::Ok();
  }

  // From the commit on the new index counts. Nothing of the old one is deleted before the last writer who still knew it
  // as such is through: each of them holds a patient's lock.
  Status Switch(Job& job) {
    Job next = job;
    next.pass = kDrop;
    next.subject = core_.meta->epoch();  // with its secret the last copy of the old posting key dies
    store::Batch batch;
    DeletePostingKey(*core_.meta, core_.postings->current()->generation, batch);
    MS_TRY(Commit(next, batch, Durability::kPower));
    core_.postings->Switch();
    job = next;
    for (std::mutex* lock : core_.locks.All()) const std::lock_guard waited(*lock);
    return Status::Ok();
  }

  Status Drop(Job& job) {
    const auto prefix = PostingPrefix(job.target - 1);
    if (drop_from_.empty()) drop_from_.assign(prefix.begin(), prefix.end());
    Job next = job;
    store::Batch batch;
    MS_ASSIGN(const bool more, DropSome(*core_.rows, drop_from_, format::AfterPrefix(prefix), batch));
    const std::lock_guard no_change_begins(core_.gather_mutex);
    if (!more) MS_TRY(PassJob(core_, next));
    MS_TRY(Commit(next, batch, Durability::kProcess));
    job = next;
    return Status::Ok();
  }

  Status Commit(Job& next, store::Batch& batch, Durability durability) {
    next.moved_ms = NowMs();
    PutJob(core_, number_, next, batch);
    return core_.CommitAs(batch, durability);
  }

  Core& core_;
  std::uint32_t number_;
  std::size_t batch_size_;
  bool ordered_too_;
  std::shared_ptr<const ActiveSchema> schema_;
  std::map<std::uint32_t, std::uint32_t> oldest_;
  Bytes drop_from_;
};

Status Begin(Core& core, std::uint32_t number) {
  auto next = std::make_shared<PostingKey>();
  next->generation = core.postings->current()->generation + 1;
  next->key = crypto::RandomKey();
  store::Batch batch;
  PutPostingKey(*core.meta, *next, batch);
  BeginJob(core, number, {.kind = JobKind::kIndexReEpoch, .target = next->generation}, batch);
  MS_TRY(core.CommitAs(batch, Durability::kPower));
  core.postings->Begin(std::move(next), {});
  return Status::Ok();
}

Result<std::optional<NumberedJob>> FindUnderWay(const Core& core) {
  MS_ASSIGN(std::optional<NumberedJob> newest, NewestJob(core, JobKind::kIndexReEpoch));
  if (newest.has_value() && format::IsOver(newest->job)) newest.reset();
  return newest;
}

Status EmptyTable(Core& core) {
  Bytes from;
  for (bool more = true; more;) {
    store::Batch batch;
    MS_ASSIGN(more, DropSome(*core.rows, from, {}, batch));
    MS_TRY(core.CommitAs(batch, Durability::kProcess));
  }
  return Status::Ok();
}

// A job at its first patient, whatever the store had come to: its number.
Result<std::uint32_t> BeginAnew(Core& core) {
  MS_ASSIGN(auto under_way, FindUnderWay(core));
  if (under_way.has_value() && under_way->job.pass == kBuild) {
    under_way->job.next = {};
    under_way->job.state = JobState::kRunning;
    MS_TRY(CommitJob(core, under_way->number, under_way->job, Durability::kPower));
    core.postings->SetBuilt({});
    return under_way->number;
  }
  if (under_way.has_value()) {
    const std::lock_guard no_change_begins(core.gather_mutex);
    MS_TRY(PassJob(core, under_way->job));  // what it had left to delete is gone
    MS_TRY(CommitJob(core, under_way->number, under_way->job, Durability::kPower));
  }
  MS_ASSIGN(const std::uint32_t number, NextJob(core, JobKind::kIndexReEpoch, 0));
  MS_TRY(Begin(core, number));
  return number;
}

// Headers of an older backup may name what a rotation had ended.
Status ReopenRotations(Core& core, const std::map<std::uint32_t, std::uint32_t>& oldest) {
  std::vector<NumberedJob> again;
  MS_TRY(ForEachJob(core, [&](std::uint32_t number, const Job& job) {
    const auto named = oldest.find(job.subject);
    if (job.kind == JobKind::kIndexRotation && format::IsOver(job) && named != oldest.end() &&
        named->second < job.target)
      again.push_back({number, job});
    return Status::Ok();
  }));
  for (NumberedJob& of : again) {
    of.job.state = JobState::kRunning;
    of.job.pass = 1;
    of.job.next = {};
    of.job.changed_in_pass = 0;
    of.job.ending_epoch = 0;
    MS_TRY(CommitJob(core, of.number, of.job, Durability::kPower));
  }
  return core.generations.Load(*core.meta);
}

}  // namespace

Status BeginIndexReEpoch(Core& core, std::uint32_t& number) {
  MS_ASSIGN(number, NextJob(core, JobKind::kIndexReEpoch, 0));
  return Begin(core, number);
}

Status StartIndexReEpoch(Core& core, std::uint32_t& number) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  MS_TRY(BeginIndexReEpoch(core, number));
  return core.anchor->Move();
}

Result<std::unique_ptr<JobWork>> MakeReEpoch(Core& core, std::uint32_t number, std::size_t batch_size) {
  return std::unique_ptr<JobWork>(std::make_unique<ReEpoch>(core, number, batch_size));
}

Result<std::uint32_t> EpochOfDeletedKey(const Core& core, std::uint32_t generation) {
  std::uint32_t epoch = 0;
  MS_TRY(ForEachJob(core, [&](std::uint32_t, const Job& job) {
    if (job.kind == JobKind::kIndexReEpoch && job.target == generation + 1) epoch = job.subject;
    return Status::Ok();
  }));
  if (epoch == 0) return Status::NotFound("the posting key is in use");
  return epoch;
}

Status OpenPostings(Core& core) {
  MS_ASSIGN(std::vector<PostingKey> keys, ReadPostingKeys(*core.meta));
  MS_ASSIGN(const auto under_way, FindUnderWay(core));
  const bool builds = under_way.has_value() && under_way->job.pass == kBuild;
  const std::uint32_t newest = keys.back().generation;
  if (keys.size() != (builds ? 2u : 1u) || (under_way.has_value() && under_way->job.target != newest))
    return Status::AuthFailed("the posting keys are not those that the re-epochs of the index left");
  core.postings = std::make_unique<Postings>(core.identity, std::move(keys.front()));
  if (builds) core.postings->Begin(std::make_shared<const PostingKey>(std::move(keys.back())), under_way->job.next);
  return Status::Ok();
}

Status RebuildIndex(Core& core, const StepOptions& options) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  MS_TRY(EmptyTable(core));
  MS_ASSIGN(const std::uint32_t number, BeginAnew(core));
  MS_ASSIGN(Job job, ReadJob(core, number));
  ReEpoch work(core, number, kPatientsPerBatch, /*ordered_too=*/true);
  const std::uint64_t patients = core.rows->Measure().approximate_rows[static_cast<int>(Table::kHeads)];
  while (job.state == JobState::kRunning) {
    MS_TRY(work.Batch(job));
    if (options.on_progress && !options.on_progress(job, patients)) return Status::Cancelled("the index is not built");
  }
  MS_TRY(ReopenRotations(core, work.oldest()));
  return core.anchor->Move();
}

}  // namespace mseal::vault
