// Begins and ends the watch over each job.
#include "vault/running_jobs.h"

#include "base/clock.h"
#include "vault/core.h"
#include "vault/declared_jobs.h"
#include "vault/known_time.h"

namespace mseal::vault {
namespace {

constexpr std::uint64_t kMinuteMs = 60'000;

}  // namespace

// Where the clock is not believed, no window is.
RunningJobs::Running RunningJobs::Begin(const Core& core, format::DeclaredJob job) const {
  Running running;
  running.watch =
      std::make_shared<audit::JobWatch>(job.name, TermsOf(job, *core.schemas.current()->schema),
                                        audit::JobTally{.window_ms = job.window_ms, .patients = job.read},
                                        audit::JobWatch::Moment{.time_ms = NowMs(), .passed_ms = PassedMs()},
                                        core.alarms->limits().clock_minutes * kMinuteMs);
  const auto clock = JudgeClock(core, NowMs(), 0);
  if (!clock.ok() || *clock != ClockState::kBelieved) running.watch->End();
  running.job = std::move(job);
  return running;
}

Status RunningJobs::Arrive(Core& core, Desk& desk, std::string_view name) {
  const std::lock_guard lock(mutex_);  // before the look: who revokes it meanwhile finds the session
  MS_ASSIGN(format::DeclaredJob job, FindDeclaredJob(core, desk.session->identity().person.number, name));
  Running& running = running_[job.name];
  // Another declaration took the name meanwhile: the sessions of the one before keep theirs, which has ended.
  if (running.sessions == 0 || running.job.signature != job.signature) running = Begin(core, std::move(job));
  ++running.sessions;
  desk.job = running.watch;
  return Status::Ok();
}

void RunningJobs::Leave(Core& core, Desk& desk) {
  if (desk.job == nullptr) return;
  const std::shared_ptr<audit::JobWatch> watch = std::move(desk.job);
  const std::lock_guard lock(mutex_);  // until it is noted: who arrives meanwhile goes on from there
  const auto running = running_.find(watch->name());
  if (running == running_.end() || running->second.watch != watch || --running->second.sessions != 0) return;
  if (!core.read_only)
    NoteRun(core, running->second.job, watch->tally())
        .Ignore("the job then seems unused, and may read as many patients again");
  running_.erase(running);
}

void RunningJobs::Revoke(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto running = running_.find(name);
  if (running == running_.end()) return;
  running->second.watch->End();
  running_.erase(running);
}

}  // namespace mseal::vault
