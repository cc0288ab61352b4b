// The settings that bind everybody: policy.
#include "parse_commands.h"

namespace cli {

void AddPolicy(CLI::App& app, Commands& commands) {
  CLI::App* policy = app.add_subcommand("policy", "settings that bind everybody")->require_subcommand(1);
  commands.Add(*policy, "show", "what each setting is and may be", ShowPolicy);
  commands.Add<PolicyArguments>(*policy, "set", "change one (the founder may); a weaker one takes two persons (--with)",
                                SetPolicy, [](CLI::App& command, PolicyArguments& arguments) {
                                  command.add_option("name", arguments.name)->required();
                                  command.add_option("value", arguments.value)->required();
                                });
}

}  // namespace cli
