// What programs are declared to read: job.
#include "parse_commands.h"

namespace cli {

void AddDeclaredJobs(CLI::App& app, Commands& commands) {
  CLI::App* job =
      app.add_subcommand("job", "what a program is declared to read, so that its own work raises no alert (--job)");
  job->require_subcommand(1);
  commands.Add<DeclareJobArguments>(
      *job, "declare", "by an administrator and a second person (--with), for a third", DeclareJob,
      [](CLI::App& command, DeclareJobArguments& arguments) {
        command.add_option("name", arguments.name, "what --job is given then")->required();
        command.add_option("--for", arguments.person, "who runs it")->required();
        AddNames(command, "--types", arguments.types, "record types that it reads");
        AddNames(command, "--fields", arguments.fields, "TYPE.FIELD,... that it opens; all of the types if not given");
        command.add_option("--max", arguments.patients, "patients in one window, at most")->required();
        command.add_option("--window", arguments.window, "HH:MM-HH:MM, UTC; the whole day if not given");
        command.add_option("--days", arguments.days, "on which a window begins: mon,tue,...; every day if not given")
            ->delimiter(',')
            ->allow_extra_args(false)
            ->check(CLI::IsMember({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}));
        command.add_option("--until", arguments.until, "the day on which it ends: YYYY-MM-DD, a year away at most")
            ->required();
      });
  const auto named = [](CLI::App& command, std::string& name) { command.add_option("name", name)->required(); };
  commands.Add(*job, "list", "those there are", ListDeclaredJobs);
  commands.Add<std::string>(*job, "show", "one of them", ShowDeclaredJob, named);
  commands.Add<std::string>(*job, "revoke", "its sessions raise alerts as any from now on", RevokeDeclaredJob, named);
}

}  // namespace cli
