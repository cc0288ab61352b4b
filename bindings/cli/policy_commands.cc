// policy show, set: the settings that bind everybody, and what each may be.
#include <fmt/core.h>

#include "commands.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

void WritePolicy(const medseal::PolicyInfo& policy, bool json) {
  const char* weaker = policy.weaker == MEDSEAL_WEAKER_HIGHER ? "higher" : "lower";
  if (!json) {
    return WriteLine(fmt::format("{} {:>6}  {} ({} to {}, {} is weaker)", Padded(policy.name, 22), policy.value,
                                 policy.help, policy.least, policy.most, weaker));
  }
  JsonLine line("policy");
  line.Text("name", policy.name).Number("value", policy.value).Number("initial", policy.initial);
  line.Number("least", policy.least).Number("most", policy.most).Text("weaker", weaker);
  WriteLine(line.Done());
}

}  // namespace

Outcome ShowPolicy(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto policies, session.Policies());
    for (const medseal::PolicyInfo& policy : policies) WritePolicy(policy, common.json);
    return kDone;
  });
}

Outcome SetPolicy(const Common& common, const PolicyArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.SetPolicy(arguments.name, arguments.value));
    if (common.json)
      WriteLine(JsonLine("policy_set").Text("name", arguments.name).Number("value", arguments.value).Done());
    Say(fmt::format("{} is now {}", arguments.name, arguments.value));
    return kDone;
  });
}

}  // namespace cli
