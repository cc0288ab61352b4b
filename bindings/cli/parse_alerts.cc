// What watches: alerts and where they go, and canaries.
#include "parse_commands.h"

namespace cli {

void AddAlerts(CLI::App& app, Commands& commands) {
  CLI::App* alert =
      app.add_subcommand("alert", "what a person should look at, and whom it is told")->require_subcommand(1);
  commands.Add<LogArguments>(*alert, "list", "alerts that were raised, from the log (takes the class audit)",
                             ListAlerts, [](CLI::App& command, LogArguments& log) {
                               command.add_option("--since", log.since, "from then on, UTC");
                               command.add_option("--until", log.until, "up to then, not included");
                             });
  commands.Add(*alert, "rules", "what raises an alert, and the policy that turns it off", ShowAlertRules);
  commands.Add(*alert, "test", "raise one, to see whether it arrives", TestAlerts);
  CLI::App* sink = alert->add_subcommand("sink", "where alerts go; a change takes two persons (--with)");
  sink->require_subcommand(1);
  commands.Add<AlertSinkArguments>(
      *sink, "add", "file PATH, syslog SOCKET, or command PROGRAM ARGUMENTS", AddAlertSink,
      [](CLI::App& command, AlertSinkArguments& arguments) {
        command.add_option("kind", arguments.kind)->required()->check(CLI::IsMember({"file", "syslog", "command"}));
        command.add_option("words", arguments.words, "an absolute path; after --, a program's arguments")->required();
      });
  commands.Add<std::uint32_t>(
      *sink, "remove", "the one with this number", RemoveAlertSink,
      [](CLI::App& command, std::uint32_t& id) { command.add_option("number", id)->required(); });
  commands.Add(*sink, "list", "where alerts go", ListAlertSinks);

  CLI::App* canary =
      app.add_subcommand("canary", "made-up patients whose reading raises an alert")->require_subcommand(1);
  commands.Add<CanaryArguments>(
      *canary, "plant", "add so many", PlantCanaries,
      [](CLI::App& command, CanaryArguments& arguments) { command.add_option("count", arguments.count)->required(); });
  commands.Add(*canary, "rotate", "as many new ones, and erase those that are there", RotateCanaries);
  commands.Add(*canary, "list", "their handles", ListCanaries);
}

}  // namespace cli
