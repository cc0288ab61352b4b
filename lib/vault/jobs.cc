// Steps, pauses and lists jobs.
#include "vault/jobs.h"

#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "base/reader.h"
#include "format/keys_of_rows.h"
#include "vault/epoch_change.h"
#include "vault/index_re_epoch.h"
#include "vault/index_rotation.h"
#include "vault/locked_patients.h"
#include "vault/reseal.h"
#include "vault/rotation.h"
#include "vault/suite_change.h"

namespace mseal::vault {
namespace {

using format::Job;
using format::JobKind;
using format::JobState;
using keys::MetaKind;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPatientsPerBatch = 256;  // at most

// So few at a low rate that a step answers its caller several times a second.
std::size_t BatchSize(std::uint64_t rows_per_second) {
  if (rows_per_second == 0) return kPatientsPerBatch;
  return std::clamp<std::uint64_t>(rows_per_second / 4, 1, kPatientsPerBatch);
}

// Sleeps for what is left of the time that `rows` take at the rate.
void Throttle(std::uint64_t rows, std::uint64_t rows_per_second, Clock::time_point begun) {
  if (rows_per_second == 0) return;
  std::this_thread::sleep_until(begun + std::chrono::microseconds(rows * 1'000'000 / rows_per_second));
}

Status NeedsSession() { return Status::PermissionDenied("this job goes on only while somebody is logged in"); }

// The work behind a job, for a session that may do it.
Result<std::unique_ptr<JobWork>> WorkOf(Core& core, Desk* desk, std::uint32_t number, const Job& job,
                                        std::size_t batch_size) {
  switch (job.kind) {
    case JobKind::kClassRotation:
      if (desk == nullptr) return NeedsSession();
      return MakeClassRewrap(core, *desk, number, job, batch_size);
    case JobKind::kEpochChange:
      return MakeEpochChange(core, number);
    case JobKind::kReseal:
      if (desk == nullptr) return NeedsSession();
      return MakeReseal(core, *desk, number, job);
    case JobKind::kIndexRotation:
      if (desk == nullptr) return NeedsSession();
      return MakeIndexRekey(core, *desk, number, job, batch_size);
    case JobKind::kIndexReEpoch:
      return MakeReEpoch(core, number, batch_size);
    case JobKind::kSuiteChange:
      if (desk == nullptr) return NeedsSession();
      return MakeSuiteChange(core, *desk, number, batch_size);
    default:
      return Status::Unsupported("this version does not know this kind of job");
  }
}

bool IsAloneOfItsKind(JobKind kind) { return kind == JobKind::kIndexReEpoch || kind == JobKind::kSuiteChange; }

std::uint64_t CountPatients(const Core& core) {
  return core.rows->Measure().approximate_rows[static_cast<int>(store::Table::kHeads)];
}

format::JobFileContent Shown(std::uint32_t number, const Job& job, std::uint64_t patients) {
  return {.number = number,
          .kind = job.kind,
          .state = job.state,
          .pass = job.pass,
          .done = PatientsBehind(job, patients),
          .in_all = patients,
          .started_ms = job.started_ms};
}

std::uint64_t PerSecond(std::uint64_t rows, Clock::duration time) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  return rows * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(ms, 1));
}

Status RunJob(Core& core, JobWork& work, std::uint32_t number, const StepOptions& options, Job& job) {
  const std::uint64_t patients = CountPatients(core);
  const auto begun = Clock::now();
  const std::uint64_t seen_before = job.seen;
  core.job_file->Write(Shown(number, job, patients));
  while (job.state == JobState::kRunning) {
    MS_TRY(work.Batch(job));
    format::JobFileContent shown = Shown(number, job, patients);
    shown.per_second = PerSecond(job.seen - seen_before, Clock::now() - begun);
    core.job_file->WriteNowAndThen(shown);
    const bool stopped = options.on_progress && !options.on_progress(job, patients);
    if (stopped && job.state == JobState::kRunning) return Status::Cancelled("the job was stopped; it can go on");
    if (options.time_budget.count() > 0 && Clock::now() - begun >= options.time_budget) break;
    Throttle(job.seen - seen_before, options.rows_per_second, begun);
  }
  return Status::Ok();
}

}  // namespace

Result<Job> ReadJob(const Core& core, std::uint32_t number) {
  auto content = core.meta->Get(MetaKind::kJob, keys::MetaIdOf({number}));
  if (content.code() == StatusCode::kNotFound) return Status::NotFound("no job of that number");
  MS_TRY(content.status());
  return format::ParseJob(content->Reveal());
}

void PutJob(const Core& core, std::uint32_t number, const Job& job, store::Batch& batch) {
  core.meta->Put(batch, MetaKind::kJob, keys::MetaIdOf({number}), format::WriteJob(job));
}

Status CommitJob(Core& core, std::uint32_t number, const Job& job, store::Durability durability) {
  store::Batch batch;
  PutJob(core, number, job, batch);
  return core.CommitAs(batch, durability);
}

Result<std::uint32_t> NextJob(Core& core, JobKind kind, std::uint32_t subject) {
  std::uint32_t newest = 0;
  MS_TRY(ForEachJob(core, [&](std::uint32_t number, const Job& job) {
    newest = number;
    const bool same = job.kind == kind && (job.subject == subject || IsAloneOfItsKind(kind));
    if (same && !IsOver(job)) return Status::AlreadyExists("such a job is under way: finish it first");
    return Status::Ok();
  }));
  return newest + 1;
}

void BeginJob(const Core& core, std::uint32_t number, Job job, store::Batch& batch) {
  job.started_ms = job.moved_ms = NowMs();
  core.meta->RequireAbsent(batch, MetaKind::kJob, keys::MetaIdOf({number}));
  PutJob(core, number, job, batch);
}

Status StepJob(Core& core, Desk* desk, std::uint32_t number, const StepOptions& options, Job& job) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  MS_ASSIGN(job, ReadJob(core, number));
  MS_ASSIGN(const auto work, WorkOf(core, desk, number, job, BatchSize(options.rows_per_second)));
  if (job.state == JobState::kPaused) return Status::Unsupported("the job is paused: resume it first");
  const Status ran = RunJob(core, *work, number, options, job);
  core.job_file->Write(Shown(number, job, CountPatients(core)));
  if (!ran.ok() && ran.code() != StatusCode::kCancelled) return ran;
  MS_TRY(core.anchor->Move());
  return ran;
}

Status PauseJob(Core& core, Desk* desk, std::uint32_t number, bool pause) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  MS_ASSIGN(Job job, ReadJob(core, number));
  MS_TRY(WorkOf(core, desk, number, job, 1).status());
  if (IsOver(job)) return Status::Unsupported("the job has nothing left to do");
  // Keys are dying: it may be left where it is, but nobody keeps it from going on.
  if (job.kind == JobKind::kEpochChange && pause) return Status::Ok();
  job.state = pause ? JobState::kPaused : JobState::kRunning;
  store::Batch batch;
  PutJob(core, number, job, batch);
  MS_TRY(core.Commit(batch));
  core.job_file->Write(Shown(number, job, CountPatients(core)));
  return Status::Ok();
}

std::uint64_t PatientsBehind(const Job& job, std::uint64_t patients_in_all) {
  if (IsOver(job)) return patients_in_all;
  const std::uint64_t leading = std::uint64_t{job.next[0]} << 16 | std::uint64_t{job.next[1]} << 8 | job.next[2];
  return patients_in_all * leading >> 24;
}

Status ForEachJob(const Core& core, const std::function<Status(std::uint32_t, const Job&)>& visit) {
  return core.meta->ForEach(MetaKind::kJob, [&](ByteView id, const SecretBytes& content) -> Status {
    MS_ASSIGN(const Job job, format::ParseJob(content.Reveal()));
    return visit(Reader(id).U32(), job);
  });
}

Result<std::optional<NumberedJob>> NewestJob(const Core& core, JobKind kind) {
  std::optional<NumberedJob> newest;
  MS_TRY(ForEachJob(core, [&](std::uint32_t number, const Job& job) {
    if (job.kind == kind) newest = {number, job};
    return Status::Ok();
  }));
  return newest;
}

bool Advance(keys::PatientHandle& handle) {
  for (std::size_t i = handle.size(); i-- > 0;) {
    if (++handle[i] != 0) return true;
  }
  return false;
}

Result<std::vector<keys::PatientHandle>> PatientPass::NextPatients(const Job& job) const {
  std::vector<keys::PatientHandle> patients;
  const auto cursor = core_.rows->Scan(store::Table::kKeys, format::KeyRowPrefix(job.next),
                                       format::AfterPrefix(format::KeyRowPrefix()));
  for (; cursor->Valid() && patients.size() < batch_size_; cursor->Next()) {
    MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
    if (patients.empty() || patients.back() != place.patient) patients.push_back(place.patient);
  }
  MS_TRY(cursor->status());
  return patients;
}

// What the pass changed is looked at again by the next: the work ends with a pass that found nothing.
void PatientPass::AgainUntilNothing(Job& job) {
  if (job.changed_in_pass == 0) job.state = JobState::kPassed;
  if (job.changed_in_pass != 0) ++job.pass;
}

Status PatientPass::Batch(Job& job, const Change& change, const PassEnd& end) const {
  MS_ASSIGN(const auto patients, NextPatients(job));
  const LockedPatients locked(core_.locks, patients);
  const keys::Buckets::Hold hold(*core_.buckets, patients);
  store::Batch batch;
  std::vector<keys::PatientHandle> changed;
  for (const keys::PatientHandle& patient : patients) {
    MS_ASSIGN(const bool did, change(patient, batch));
    if (did) changed.push_back(patient);
  }
  Job next = job;
  next.seen += patients.size();
  next.changed += changed.size();
  next.changed_in_pass += changed.size();
  next.moved_ms = NowMs();
  if (!patients.empty()) next.next = patients.back();
  if (patients.size() < batch_size_ || !Advance(next.next)) {
    next.next = {};
    end(next);
    next.changed_in_pass = 0;
  }
  std::unique_lock<std::mutex> gathering;
  if (next.state == JobState::kPassed) {
    gathering = std::unique_lock(core_.gather_mutex);
    MS_TRY(PassJob(core_, next));
    if (at_end_) MS_TRY(at_end_(batch));
  }
  PutJob(core_, number_, next, batch);
  // Not synced: a power cut takes the job back together with the rows it tells of.
  MS_TRY(core_.CommitAs(batch, store::Durability::kProcess));
  for (const keys::PatientHandle& patient : changed) core_.patients->Forget(patient);
  job = next;
  return Status::Ok();
}

}  // namespace mseal::vault
