// Class rotation, its rewrap phase: a new class key, and every key row brought under it while readers and writers go
// on. A job that is remembered in meta: it goes on after a pause, a death or a power cut.
#pragma once

#include <chrono>
#include <functional>

#include "format/job.h"
#include "vault/vault.h"

namespace mseal::vault {

// Adds the new version, takes `revoked` out of the class, rewraps its index keys and begins the job, in one batch; open
// sessions of the revoked let go of the class.
// `number` is the job's.
//   PermissionDenied  only the founder may;  NotFound  no such class, or one of `revoked` does not hold it
//   AlreadyExists     the class is being rotated: finish that job first
Status StartClassRotation(Session& session, std::string_view class_name, const std::vector<std::string>& revoked,
                          std::uint32_t& number);

struct StepOptions {
  std::uint64_t rows_per_second = 0;         // at most; 0: as fast as it goes
  std::chrono::milliseconds time_budget{0};  // return with progress after this long; 0: run to the end
  // After each batch, with the rows in one pass; false stops there (Cancelled). What was done stays done.
  std::function<bool(const format::Job&, std::uint64_t rows_in_all)> on_progress;
};

// Works on a job until it is done or `options` end it. One step at a time works on a vault; others wait.
//   NotFound          no such job;  Unsupported  it is paused
//   PermissionDenied  the session does not hold the class
//   AuthFailed        a key row does not open: `verify` says which; the job stays where it is
Status StepJob(Core& core, Desk& desk, std::uint32_t number, const StepOptions& options, format::Job& job);

// Waits for a running step.
//   NotFound, PermissionDenied  as StepJob;  Unsupported  there is nothing left to pause or resume
Status PauseJob(Core& core, const Desk& desk, std::uint32_t number, bool pause);

Status ForEachJob(Core& core, const std::function<Status(std::uint32_t number, const format::Job& job)>& visit);

}  // namespace mseal::vault
