// rotate person: other keys and another password for one person.
#include <fmt/core.h>

#include "commands.h"
#include "json.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"

namespace cli {

Outcome RotatePerson(const Common& common, const RotatePersonArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const Secret password, ReadNewSecret(arguments.password, "new password of " + arguments.name));
    CLI_TRY(session.RotatePerson(arguments.name, password.view(),
                                 {.memory_kib = arguments.cost.memory_mib * 1024, .passes = arguments.cost.passes}));
    if (common.json) WriteLine(JsonLine("person_rotated").Text("name", arguments.name).Done());
    Say(fmt::format("{} has other keys, and the new password opens them; the old one opens nothing here",
                    arguments.name));
    Say("copies of the disk from before still open with the old password until the next epoch change");
    return kDone;
  });
}

}  // namespace cli
