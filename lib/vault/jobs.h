// Long work on the whole store that goes on after a pause, a death or a power cut: how a job begins, steps, pauses and
// is listed. What a kind of job does lies in a file of its own.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "format/job.h"
#include "vault/core.h"

namespace mseal::vault {

struct StepOptions {
  std::uint64_t rows_per_second = 0;         // patients, at most; 0: as fast as it goes
  std::chrono::milliseconds time_budget{0};  // return with progress after this long; 0: run to the end
  // After each batch, with the patients in one pass; false stops there (Cancelled). What was done stays done.
  std::function<bool(const format::Job&, std::uint64_t patients_in_all)> on_progress;
};

// Works on a job until its own work is done or `options` end it. One step at a time works on a vault; others wait.
// `desk`: who asks, or null for what the host does by itself.
//   NotFound          no such job;  Unsupported  it is paused
//   PermissionDenied  this session may not work on it, or it takes one and there is none
//   KeyUnavailable    an epoch change or a reseal waits for something, which the message names; a later step goes on
//   AuthFailed        a row does not open: `verify` says which; the job stays where it is
Status StepJob(Core& core, Desk* desk, std::uint32_t number, const StepOptions& options, format::Job& job);

// Waits for a running step.
//   NotFound, PermissionDenied  as StepJob;  Unsupported  there is nothing left to pause, or it may not wait
Status PauseJob(Core& core, Desk* desk, std::uint32_t number, bool pause);

// How many of the patients the job's pass has behind it: handles are random, so how far it came through their range is
// how far it came through them.
std::uint64_t PatientsBehind(const format::Job& job, std::uint64_t patients_in_all);

Status ForEachJob(const Core& core, const std::function<Status(std::uint32_t number, const format::Job& job)>& visit);

struct NumberedJob {
  std::uint32_t number = 0;
  format::Job job;
};
// The one of a kind that was begun last.
Result<std::optional<NumberedJob>> NewestJob(const Core& core, format::JobKind kind);

// ---- for the kinds of job; core.job_mutex is held

// One kind of work on one job.
class JobWork {
 public:
  virtual ~JobWork() = default;
  // The next piece, committed together with the job's row. `job` says then what the row says. Whatever fails leaves
  // both as they were.
  virtual Status Batch(format::Job& job) = 0;
};

Result<format::Job> ReadJob(const Core& core, std::uint32_t number);
void PutJob(const Core& core, std::uint32_t number, const format::Job& job, store::Batch& batch);
Status CommitJob(Core& core, std::uint32_t number, const format::Job& job, store::Durability durability);
// The number of the next job. AlreadyExists: one of `kind` and `subject` is not past its own work yet; of a kind that
// works on everything, one of any subject.
Result<std::uint32_t> NextJob(Core& core, format::JobKind kind, std::uint32_t subject);
// Puts a job that begins now into `batch`, on the condition that its number is still free.
void BeginJob(const Core& core, std::uint32_t number, format::Job job, store::Batch& batch);

// To the handle after it; false after the last.
bool Advance(keys::PatientHandle& handle);

// The part of a job that passes over all patients, in the order of their handles: again and again until a pass found
// nothing to change, or as the job says. Each batch is committed with the patients' locks and bucket keys held.
class PatientPass {
 public:
  // Puts what it changes of the patient into the batch; false when there was nothing to change.
  using Change = std::function<Result<bool>(const keys::PatientHandle& patient, store::Batch& batch)>;

  // Adds to the batch that ends the work; core.gather_mutex is held until that is committed.
  using AtEnd = std::function<Status(store::Batch& batch)>;

  PatientPass(Core& core, std::uint32_t number, std::size_t batch_size, AtEnd at_end = {})
      : core_(core), number_(number), batch_size_(batch_size), at_end_(std::move(at_end)) {}
  // What the end of a pass makes of a job whose `next` is at the first patient again.
  using PassEnd = std::function<void(format::Job& job)>;
  static void AgainUntilNothing(format::Job& job);

  Status Batch(format::Job& job, const Change& change, const PassEnd& end = AgainUntilNothing) const;
  // Those of the next batch.
  Result<std::vector<keys::PatientHandle>> NextPatients(const format::Job& job) const;

 private:
  Core& core_;
  std::uint32_t number_;
  std::size_t batch_size_;
  AtEnd at_end_;
};

}  // namespace mseal::vault
