// rotate index, index re-epoch: begin the job and work on it.
#include <fmt/core.h>

#include "job_commands.h"
#include "talk.h"

namespace cli {
namespace {

// What began a job, or what to do about the one that is under way.
Result<std::uint32_t> Begun(Result<std::uint32_t> job) {
  if (!job.ok() && job.error().code() == MEDSEAL_ALREADY_EXISTS)
    Say("go on with it: medseal rotate status, then medseal rotate resume JOB");
  return job;
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
    CLI_ASSIGN(const std::uint32_t job, Begun(vault.IndexReEpoch()));
    const Outcome worked = WorkOnJob(vault, nullptr, common, job, arguments.rows_per_second);
    if (worked.ok()) Say("the index is built anew; search tokens from before are dead with the next change of epoch");
    return worked;
  });
}

}  // namespace cli
