// rotate class, status, pause, resume. What Ctrl-C interrupts is paused and goes on with `rotate resume`.
#include <fmt/core.h>

#include "commands.h"
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
  ProgressLine line_{"rewrap", "key rows"};
};

const char* StateName(medseal_job_state state) {
  switch (state) {
    case MEDSEAL_JOB_RUNNING:
      return "running";
    case MEDSEAL_JOB_PAUSED:
      return "paused";
    case MEDSEAL_JOB_REWRAPPED:
      return "rewrapped";
  }
  return "unknown";
}

void WriteJob(const medseal_job_info& info, bool json) {
  if (!json) {
    return WriteLine(fmt::format("job {}  class {} to version {}  {}  pass {}, {} key rows looked at, {} rewritten",
                                 info.number, info.class_name, info.class_key_version, StateName(info.state), info.pass,
                                 Grouped(info.seen), Grouped(info.changed)));
  }
  JsonLine line("job");
  line.Number("job", info.number).Text("class", info.class_name).Number("class_key_version", info.class_key_version);
  line.Text("state", StateName(info.state)).Number("pass", info.pass).Number("seen", info.seen);
  line.Number("changed", info.changed).Number("started_ms", info.started_ms).Number("moved_ms", info.moved_ms);
  WriteLine(line.Done());
}

Outcome Work(medseal::Session& session, const Common& common, std::uint32_t job, std::uint64_t rows_per_second) {
  medseal_job_info info;
  Status status;
  {
    JobWatcher watcher;
    status = session.StepJob(job, {.rows_per_second = rows_per_second}, &watcher, &info);
  }
  if (!status.ok() && Interrupted()) {
    CLI_TRY(session.PauseJob(job));
    Say(fmt::format("paused; go on with: medseal rotate resume {}", job));
  }
  if (!status.ok()) return status.error();
  WriteJob(info, common.json);
  Say("every key row is under the new version; copies of the disk from before still have rows under the old one");
  return kDone;
}

}  // namespace

Outcome RotateClass(const Common& common, const RotateArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    std::vector<const char*> revoked;
    for (const std::string& person : arguments.revoked) revoked.push_back(person.c_str());
    const auto begun = session.RotateClass(arguments.class_name, revoked);
    if (!begun.ok() && begun.error().code() == MEDSEAL_ALREADY_EXISTS)
      Say("go on with it: medseal rotate status, then medseal rotate resume JOB");
    CLI_ASSIGN(const std::uint32_t job, begun);
    for (const std::string& person : arguments.revoked)
      Say(fmt::format("{} may no longer open {}", person, arguments.class_name));
    return Work(session, common, job, arguments.rows_per_second);
  });
}

Outcome ShowJobs(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const auto jobs, vault.Jobs());
    for (const medseal_job_info& info : jobs) WriteJob(info, common.json);
    if (jobs.empty()) Say("nothing was rotated yet");
    return kDone;
  });
}

Outcome PauseJob(const Common& common, const JobArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.PauseJob(arguments.number));
    Say(fmt::format("paused; go on with: medseal rotate resume {}", arguments.number));
    return kDone;
  });
}

Outcome ResumeJob(const Common& common, const JobArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.ResumeJob(arguments.number));
    return Work(session, common, arguments.number, arguments.rows_per_second);
  });
}

}  // namespace cli
