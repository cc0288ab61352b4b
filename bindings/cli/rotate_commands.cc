// rotate class: begins the job and works on it.
#include <fmt/core.h>

#include "job_commands.h"
#include "talk.h"

namespace cli {

Outcome RotateClass(const Common& common, const RotateArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
    std::vector<const char*> revoked;
    for (const std::string& person : arguments.revoked) revoked.push_back(person.c_str());
    const auto begun = session.RotateClass(arguments.class_name, revoked);
    if (!begun.ok() && begun.error().code() == MEDSEAL_ALREADY_EXISTS)
      Say("go on with it: medseal rotate status, then medseal rotate resume JOB");
    CLI_ASSIGN(const std::uint32_t job, begun);
    for (const std::string& person : arguments.revoked)
      Say(fmt::format("{} may no longer open {}", person, arguments.class_name));
    const Outcome worked = WorkOnJob(vault, &session, common, job, arguments.rows_per_second);
    if (worked.ok())
      Say("every key row is under the new version; copies of the disk from before still have rows under the old one, "
          "until: medseal rotate epoch");
    return worked;
  });
}

}  // namespace cli
