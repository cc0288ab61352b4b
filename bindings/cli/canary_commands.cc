// canary plant, rotate, list: made-up patients among the real.
#include <fmt/core.h>

#include "commands.h"
#include "ids.h"
#include "json.h"
#include "output.h"
#include "talk.h"

namespace cli {

Outcome PlantCanaries(const Common& common, const CanaryArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.PlantCanaries(arguments.count));
    if (common.json) WriteLine(JsonLine("canaries_planted").Number("count", arguments.count).Done());
    Say(fmt::format("{} planted: whoever touches one raises an alert", arguments.count));
    return kDone;
  });
}

Outcome RotateCanaries(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const std::uint32_t job, session.RotateCanaries());
    if (common.json) WriteLine(JsonLine("canaries_rotated").Number("job", job).Done());
    Say(job == 0 ? "there are none: `medseal canary plant` adds some"
                 : "others are planted, and those of before withdrawn: `medseal rotate resume` ends them");
    return kDone;
  });
}

Outcome ListCanaries(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto patients, session.Canaries());
    for (const medseal::PatientHandle& patient : patients) {
      const std::string handle = HandleText(patient);
      WriteLine(common.json ? JsonLine("canary").Text("patient", handle).Done() : handle);
    }
    if (patients.empty()) Say("there are none: `medseal canary plant` adds some");
    return kDone;
  });
}

}  // namespace cli
