// Who works with the vault, and what is left when all passwords are lost: person, recovery.
#include "parse_commands.h"

namespace cli {
namespace {

void AddShares(CLI::App& command, std::vector<std::string>& shares) {
  command.add_option("--share", shares, "a file with a share; once for each, or several behind it")->required();
}

}  // namespace

void AddPeople(CLI::App& app, Commands& commands) {
  CLI::App* person = app.add_subcommand("person", "who works with the vault")->require_subcommand(1);
  commands.Add<PersonAddArguments>(
      *person, "add", "add a person (the founder may, or an administrator)", AddPerson,
      [](CLI::App& command, PersonAddArguments& arguments) {
        command.add_option("name", arguments.name)->required();
        AddNames(command, "--classes", arguments.classes, "classes the person may open, separated by commas");
        AddNames(command, "--roles", arguments.roles, "roles of the person, separated by commas");
        command.add_flag("--service", arguments.service, "a program, not a human");
        AddNewSecret(command, arguments);
      });
  commands.Add<PersonGrantArguments>(
      *person, "grant", "let a person open further classes", GrantClasses,
      [](CLI::App& command, PersonGrantArguments& arguments) {
        command.add_option("name", arguments.name)->required();
        command.add_option("classes", arguments.classes, "class, or several with commas")->required()->delimiter(',');
      });
  commands.Add<std::string>(*person, "unlock", "end the lock-out after failed logins before its time", UnlockPerson,
                            [](CLI::App& command, std::string& name) { command.add_option("name", name)->required(); });
  AddPersonStates(*person, commands);
  commands.Add(*person, "list", "all persons", ListPersons);
  commands.Add<std::string>(*person, "show", "one person", ShowPerson,
                            [](CLI::App& command, std::string& name) { command.add_option("name", name)->required(); });
}

void AddRecovery(CLI::App& app, Commands& commands) {
  CLI::App* recovery =
      app.add_subcommand("recovery", "custodians, for the loss of every password")->require_subcommand(1);
  commands.Add<RecoverySetupArguments>(
      *recovery, "setup", "new shares, of which so many open every key (the founder may)", SetUpRecovery,
      [](CLI::App& command, RecoverySetupArguments& arguments) {
        command.add_option("--shares", arguments.shares, "how many there are: 2 to 16, 5 if not given")
            ->check(CLI::Range(2, 16));
        command.add_option("--threshold", arguments.threshold, "so many open: 2 to all, 3 if not given")
            ->check(CLI::Range(2, 16));
        command.add_option("--out", arguments.out, "directory for share-1.txt and on")->required();
      });
  commands.Add<RecoveryArguments>(
      *recovery, "open", "give the founder another password by shares", OpenRecovery,
      [](CLI::App& command, RecoveryArguments& arguments) {
        AddShares(command, arguments.shares);
        command.add_option("--new-password-file", arguments.password.file, "file with the founder's new password");
        command.add_option("--new-password-fd", arguments.password.descriptor, "descriptor with it, one line");
        AddCost(command, arguments.cost);
      });
  commands.Add<RecoveryArguments>(
      *recovery, "drill", "whether shares open every key; changes nothing", DrillRecovery,
      [](CLI::App& command, RecoveryArguments& arguments) { AddShares(command, arguments.shares); });
  commands.Add(*recovery, "status", "the newest custodians", ShowRecovery);
}

}  // namespace cli
