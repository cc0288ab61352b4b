// reseal class: begins the job and works on it.
#include "job_commands.h"
#include "talk.h"

namespace cli {

Outcome ResealClass(const Common& common, const ResealArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
    const auto begun = session.ResealClass(arguments.class_name);
    if (!begun.ok() && begun.error().code() == MEDSEAL_ALREADY_EXISTS)
      Say("go on with it: medseal rotate status, then medseal rotate resume JOB");
    CLI_ASSIGN(const std::uint32_t job, begun);
    const Outcome worked = WorkOnJob(vault, &session, common, job, arguments.rows_per_second);
    if (worked.ok()) Say("no data key of the class from before opens anything that is stored now");
    return worked;
  });
}

}  // namespace cli
