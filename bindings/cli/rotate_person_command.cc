// rotate person: other keys and another password for one person, and for a compromised one every key that they held.
#include <fmt/core.h>

#include <algorithm>

#include "job_commands.h"
#include "json.h"
#include "key_file.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"

namespace cli {
namespace {

void SayRotated(const Common& common, const std::string& name) {
  if (common.json) WriteLine(JsonLine("person_rotated").Text("name", name).Done());
  Say(fmt::format("{} has other keys, and the new password, key file or token opens them; the old one opens nothing here",
                  name));
}

// A rotation from before sealed the new key to the person's old keys: it is finished, and the class rotated again.
Result<std::uint32_t> RotateAgain(medseal::Vault& vault, medseal::Session& session, const Common& common,
                                  const std::string& class_name, const RotatePersonArguments& arguments) {
  CLI_ASSIGN(const auto jobs, vault.Jobs());
  const auto running = std::find_if(jobs.begin(), jobs.end(), [&](const medseal_job_info& info) {
    return IsUnderWay(info) && info.kind == MEDSEAL_JOB_CLASS_ROTATION && info.subject == class_name;
  });
  if (running != jobs.end()) {
    CLI_TRY(vault.ResumeJob(&session, running->number));
    const Outcome worked = WorkOnJob(vault, &session, common, running->number, arguments.rows_per_second);
    if (!worked.ok()) return worked.error();
  }
  return session.RotateClass(class_name);
}

Outcome RotateHeldClasses(medseal::Vault& vault, medseal::Session& session, const Common& common,
                          const RotatePersonArguments& arguments, const std::vector<medseal::RotatedClass>& classes,
                          std::string& not_rotated) {
  for (const medseal::RotatedClass& one : classes) {
    std::uint32_t job = one.job;
    if (one.begun == MEDSEAL_ALREADY_EXISTS) {
      CLI_ASSIGN(job, RotateAgain(vault, session, common, one.name, arguments));
    } else if (one.begun != MEDSEAL_OK) {
      not_rotated += (not_rotated.empty() ? "" : ", ") + one.name;
      continue;
    }
    const Outcome worked = WorkOnJob(vault, &session, common, job, arguments.rows_per_second);
    if (!worked.ok()) return worked;
  }
  return kDone;
}

// What is begun stays begun, so each step is taken even when one before it waits.
Outcome RotateCompromised(medseal::Vault& vault, const Common& common, const RotatePersonArguments& arguments) {
  CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
  CLI_ASSIGN(const Secret password, ReadNewSecret(arguments.password, "new password of " + arguments.name));
  std::vector<medseal::RotatedClass> classes;
  CLI_TRY(session.RotateCompromisedPerson(arguments.name, password.view(), arguments.cost.cost(), &classes));
  SayRotated(common, arguments.name);
  std::string not_rotated;
  const Outcome rotated = RotateHeldClasses(vault, session, common, arguments, classes, not_rotated);
  if (!rotated.ok()) Say("go on with medseal rotate status, then medseal rotate resume JOB for each that is not done");
  if (!rotated.ok()) return rotated;
  const Outcome changed = WorkOnEpochChanges(vault, common);
  if (!changed.ok() || not_rotated.empty()) return changed;
  return Error(MEDSEAL_KEY_UNAVAILABLE,
               fmt::format("{} held classes that you cannot rotate, and their keys are the old ones: {}. The founder, "
                           "holding them, goes on with: medseal rotate class NAME...",
                           arguments.name, not_rotated));
}

Status RotateToNewSecret(medseal::Session& session, const RotatePersonArguments& arguments) {
  if (!arguments.key_file.empty()) {
    CLI_ASSIGN(NewKeyFile file, NewKeyFile::Make(arguments.key_file));
    CLI_TRY(session.RotatePersonToKeyFile(arguments.name, file.content().view()));
    return file.Keep(), Status();
  }
  if (!arguments.token.empty()) {
    CLI_ASSIGN(const Secret pin, ReadSecret(arguments.password, "PIN of " + arguments.name + "'s token"));
    return session.RotatePersonToToken(arguments.name, arguments.token, pin.view());
  }
  CLI_ASSIGN(const Secret password, ReadNewSecret(arguments.password, "new password of " + arguments.name));
  return session.RotatePerson(arguments.name, password.view(), arguments.cost.cost());
}

}  // namespace

Outcome RotatePerson(const Common& common, const RotatePersonArguments& arguments) {
  if (arguments.compromised)
    return WithVault(common, [&](medseal::Vault& vault) { return RotateCompromised(vault, common, arguments); });
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(RotateToNewSecret(session, arguments));
    SayRotated(common, arguments.name);
    Say("copies of the disk from before still open with the old secret until the next epoch change");
    return kDone;
  });
}

}  // namespace cli
