// rotate class: begins a job for each class and works on them, then on the epoch change that they share.
#include <fmt/core.h>

#include "job_commands.h"
#include "talk.h"

namespace cli {
namespace {

Outcome RotateOne(medseal::Vault& vault, medseal::Session& session, const Common& common,
                  const RotateArguments& arguments, const std::string& class_name) {
  std::vector<const char*> revoked;
  for (const std::string& person : arguments.revoked) revoked.push_back(person.c_str());
  CLI_ASSIGN(const std::uint32_t job, Begun(session.RotateClass(class_name, revoked)));
  for (const std::string& person : arguments.revoked) Say(fmt::format("{} may no longer open {}", person, class_name));
  const Outcome worked = WorkOnJob(vault, &session, common, job, arguments.rows_per_second);
  if (worked.ok()) Say(fmt::format("every key row is under the new version of {}", class_name));
  return worked;
}

}  // namespace

Outcome RotateClass(const Common& common, const RotateArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
    for (const std::string& class_name : arguments.classes) {
      const Outcome rotated = RotateOne(vault, session, common, arguments, class_name);
      if (!rotated.ok()) return rotated;
    }
    return WorkOnEpochChanges(vault, common);
  });
}

}  // namespace cli
