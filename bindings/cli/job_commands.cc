// rotate status, pause, resume: jobs of every kind. What Ctrl-C interrupts is paused and goes on with `rotate resume`.
#include "job_commands.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "interrupt.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

class JobWatcher : public medseal::Watcher {
 public:
  bool OnProgress(const medseal_progress& progress) noexcept override {
    line_.Update(progress.done, progress.in_all, progress.records);
    return !Interrupted();
  }

 private:
  ProgressLine line_{"job", "patients"};
};

const char* KindName(medseal_job_kind kind) {
  switch (kind) {
    case MEDSEAL_JOB_CLASS_ROTATION:
      return "class rotation";
    case MEDSEAL_JOB_EPOCH_CHANGE:
      return "epoch change";
    case MEDSEAL_JOB_RESEAL:
      return "reseal";
    case MEDSEAL_JOB_INDEX_ROTATION:
      return "index rotation";
    case MEDSEAL_JOB_INDEX_RE_EPOCH:
      return "index re-epoch";
    case MEDSEAL_JOB_SUITE_CHANGE:
      return "change of suite";
  }
  return "unknown";
}

const char* StateName(medseal_job_state state) {
  switch (state) {
    case MEDSEAL_JOB_RUNNING:
      return "running";
    case MEDSEAL_JOB_PAUSED:
      return "paused";
    case MEDSEAL_JOB_PASSED:
      return "passed";
    case MEDSEAL_JOB_DONE:
      return "done";
  }
  return "unknown";
}

const char* PassName(medseal_job_kind kind) {
  return kind == MEDSEAL_JOB_EPOCH_CHANGE || kind == MEDSEAL_JOB_SUITE_CHANGE ? "step" : "pass";
}

void WriteJob(const medseal_job_info& info, bool json) {
  const std::string kind = KindName(info.kind);
  if (!json) {
    const bool no_target = info.target == 0 || info.kind == MEDSEAL_JOB_SUITE_CHANGE;
    const std::string target = no_target ? "" : fmt::format("  to {}", info.target);
    return WriteLine(fmt::format("job {}  {} {}{}  {}  {} {}, {} patients looked at, {} changed", info.number, kind,
                                 info.subject, target, StateName(info.state), PassName(info.kind), info.pass,
                                 Grouped(info.seen), Grouped(info.changed)));
  }
  JsonLine line("job");
  line.Number("job", info.number).Text("work", kind).Text("subject", info.subject).Number("target", info.target);
  line.Text("state", StateName(info.state)).Number("pass", info.pass).Number("seen", info.seen);
  line.Number("changed", info.changed).Number("started_ms", info.started_ms).Number("moved_ms", info.moved_ms);
  WriteLine(line.Done());
}

// How long ago, by this machine's clock.
std::string AgeText(std::uint64_t written_ms) {
  const std::uint64_t now_ms = NowMs();
  if (written_ms > now_ms) return "dated after this machine's clock";
  return Duration(static_cast<double>(now_ms - written_ms) / 1000) + " ago";
}

// What another process says of the job it works on.
void WriteGlimpse(const medseal_job_glimpse& seen, bool json) {
  const std::string kind = KindName(seen.kind);
  if (!json) {
    WriteLine(fmt::format("job {}  {}  {}  {} {}, {} of about {} patients in it, {}/s", seen.number, kind,
                          StateName(seen.state), PassName(seen.kind), seen.pass, Grouped(seen.done),
                          Grouped(seen.in_all), Grouped(seen.per_second)));
    return Say(fmt::format("another process has the vault open; this is as it last wrote it, {} ({})",
                           TimeText(seen.written_ms), AgeText(seen.written_ms)));
  }
  JsonLine line("job_glimpse");
  line.Number("job", seen.number).Text("work", kind).Text("state", StateName(seen.state)).Number("pass", seen.pass);
  line.Number("done", seen.done).Number("in_all", seen.in_all).Number("per_second", seen.per_second);
  line.Number("started_ms", seen.started_ms).Number("written_ms", seen.written_ms);
  WriteLine(line.Done());
}

Outcome ShowGlimpse(const Common& common) {
  CLI_ASSIGN(const medseal_job_glimpse seen, medseal::PeekJob(common.store));
  WriteGlimpse(seen, common.json);
  return kDone;
}

Outcome ListJobs(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const auto jobs, vault.Jobs());
    for (const medseal_job_info& info : jobs) WriteJob(info, common.json);
    if (jobs.empty()) Say("nothing was rotated yet");
    return kDone;
  });
}

bool NeedsNobody(const medseal_job_info& info) {
  return info.kind == MEDSEAL_JOB_EPOCH_CHANGE || info.kind == MEDSEAL_JOB_INDEX_RE_EPOCH;
}

Result<std::optional<medseal_job_info>> FindJob(medseal::Vault& vault, std::uint32_t number) {
  CLI_ASSIGN(const auto jobs, vault.Jobs());
  const auto found = std::find_if(jobs.begin(), jobs.end(), [&](const auto& info) { return info.number == number; });
  return found == jobs.end() ? std::optional<medseal_job_info>() : *found;
}

// The one that was named, or else the one that is under way, if any.
Result<std::optional<std::uint32_t>> WhichJob(medseal::Vault& vault, const JobArguments& arguments, bool json) {
  if (arguments.number.has_value()) return arguments.number;
  CLI_ASSIGN(auto jobs, vault.Jobs());
  std::erase_if(jobs, [](const medseal_job_info& info) { return !IsUnderWay(info); });
  if (jobs.empty()) return std::optional<std::uint32_t>();
  if (jobs.size() == 1) return std::optional(jobs.front().number);
  for (const medseal_job_info& info : jobs) WriteJob(info, json);
  return Error(MEDSEAL_INVALID_ARGUMENT, "several jobs are under way: name one");
}

// Gives the work a session where the job takes one.
Outcome WithJob(const Common& common, const JobArguments& arguments,
                const std::function<Outcome(medseal::Vault&, const medseal::Session*, std::uint32_t job)>& work) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const auto number, WhichJob(vault, arguments, common.json));
    if (!number.has_value()) {
      Say("no job is under way");
      return kDone;
    }
    CLI_ASSIGN(const auto found, FindJob(vault, *number));
    if (found.has_value() && NeedsNobody(*found)) return work(vault, nullptr, *number);
    CLI_ASSIGN(const medseal::Session session, LogIn(vault, common));
    return work(vault, &session, *number);
  });
}

}  // namespace

bool IsUnderWay(const medseal_job_info& info) {
  return info.state == MEDSEAL_JOB_RUNNING || info.state == MEDSEAL_JOB_PAUSED;
}

Result<std::uint32_t> Begun(Result<std::uint32_t> job) {
  if (!job.ok() && job.error().code() == MEDSEAL_ALREADY_EXISTS)
    Say("go on with it: medseal rotate status, then medseal rotate resume");
  return job;
}

Outcome WorkOnJob(medseal::Vault& vault, const medseal::Session* session, const Common& common, std::uint32_t job,
                  std::uint64_t rows_per_second) {
  medseal_job_info info;
  Status status;
  {
    JobWatcher watcher;
    status = vault.StepJob(session, job, {.rows_per_second = rows_per_second}, &watcher, &info);
  }
  if (!status.ok() && Interrupted()) {
    CLI_TRY(vault.PauseJob(session, job));
    Say(fmt::format("paused; go on with: medseal rotate resume {}", job));
  }
  if (!status.ok()) return status.error();
  WriteJob(info, common.json);
  return kDone;
}

Outcome WorkOnEpochChanges(medseal::Vault& vault, const Common& common) {
  CLI_ASSIGN(const auto jobs, vault.Jobs());
  for (const medseal_job_info& info : jobs) {
    if (info.kind != MEDSEAL_JOB_EPOCH_CHANGE || info.state == MEDSEAL_JOB_DONE) continue;
    const Outcome worked = WorkOnJob(vault, nullptr, common, info.number, 0);
    if (!worked.ok())
      Say(fmt::format("copies of the disk from before open still, until: medseal rotate resume {}", info.number));
    if (!worked.ok()) return worked;
  }
  Say("copies of the disk from before open with no secret that is registered any more");
  return kDone;
}

Outcome ShowJobs(const Common& common) {
  CLI_TRY(Require(common.store, "the vault's directory", "--store", "MEDSEAL_STORE"));
  // First, so that whoever could not open it now is asked for no passphrase.
  const Outcome seen = ShowGlimpse(common);
  if (seen.ok() || seen.error().code() != MEDSEAL_STALE) return seen;
  const Outcome listed = ListJobs(common);
  const bool somebody_came = !listed.ok() && listed.error().code() == MEDSEAL_LOCKED;
  return somebody_came ? ShowGlimpse(common) : listed;
}

Outcome PauseJob(const Common& common, const JobArguments& arguments) {
  return WithJob(common, arguments,
                 [&](medseal::Vault& vault, const medseal::Session* session, std::uint32_t job) -> Outcome {
                   CLI_TRY(vault.PauseJob(session, job));
                   Say(fmt::format("paused; go on with: medseal rotate resume {}", job));
                   return kDone;
                 });
}

Outcome ResumeJob(const Common& common, const JobArguments& arguments) {
  return WithJob(common, arguments,
                 [&](medseal::Vault& vault, const medseal::Session* session, std::uint32_t job) -> Outcome {
                   CLI_TRY(vault.ResumeJob(session, job));
                   const Outcome worked = WorkOnJob(vault, session, common, job, arguments.rows_per_second);
                   CLI_ASSIGN(const auto known, FindJob(vault, job));
                   const bool brings_one = known.has_value() && known->kind == MEDSEAL_JOB_CLASS_ROTATION;
                   return worked.ok() && brings_one ? WorkOnEpochChanges(vault, common) : worked;
                 });
}

}  // namespace cli
