// rotate index, index re-epoch: begin the job and work on it.
#include "job_commands.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

constexpr std::uint64_t kMsPerDay = 24 * 60 * 60 * 1000;

// The newest re-epoch; its number is 0 if there was none.
Result<medseal_job_info> NewestReEpoch(medseal::Vault& vault) {
  CLI_ASSIGN(const auto jobs, vault.Jobs());
  medseal_job_info newest{};
  for (const medseal_job_info& job : jobs)
    if (job.kind == MEDSEAL_JOB_INDEX_RE_EPOCH) newest = job;
  return newest;
}

// The job to work on now, as a timer wants it; 0: none is due.
Result<std::uint32_t> DueReEpoch(medseal::Vault& vault, std::uint32_t days) {
  CLI_ASSIGN(const medseal_job_info newest, NewestReEpoch(vault));
  if (newest.number == 0) return vault.IndexReEpoch();
  if (newest.state == MEDSEAL_JOB_PAUSED) {
    const auto resumed = vault.ResumeJob(nullptr, newest.number);
    if (!resumed.ok()) return resumed.error();
  }
  if (IsUnderWay(newest)) return newest.number;
  if (NowMs() < newest.started_ms + days * kMsPerDay) return 0;
  return vault.IndexReEpoch();
}

}  // namespace

Outcome RotateIndex(const Common& common, const RotateIndexArguments& arguments) {
  const std::size_t dot = arguments.field.rfind('.');  // a type may have dots in its name
  if (dot == std::string::npos) return InvalidArgument("an index is named TYPE.FIELD");
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
    CLI_ASSIGN(const std::uint32_t job,
               Begun(session.RotateIndex(arguments.field.substr(0, dot), arguments.field.substr(dot + 1))));
    const Outcome worked = WorkOnJob(vault, &session, common, job, arguments.rows_per_second);
    if (worked.ok())
      Say("values are searched by the new key alone; of the old key's rows filler stays until: medseal index re-epoch");
    return worked;
  });
}

Outcome ReEpochIndex(const Common& common, const ReEpochArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    const std::uint32_t days = arguments.if_older_days;
    CLI_ASSIGN(const std::uint32_t job, days == 0 ? Begun(vault.IndexReEpoch()) : DueReEpoch(vault, days));
    if (job == 0) return Say("the index was built anew within that time: nothing to do"), 0;
    const Outcome worked = WorkOnJob(vault, nullptr, common, job, arguments.rows_per_second);
    if (worked.ok()) Say("the index is built anew; search tokens from before are dead with the next change of epoch");
    return worked;
  });
}

}  // namespace cli
