// What persons may do, and who of them works on: role, and the commands of person that change somebody who is there.
#include "parse_commands.h"

namespace cli {

void AddPersonStates(CLI::App& person, Commands& commands) {
  const auto name = [](CLI::App& command, std::string& value) { command.add_option("name", value)->required(); };
  commands.Add<PersonGrantArguments>(
      person, "revoke", "take classes back that were granted", RevokeClasses,
      [](CLI::App& command, PersonGrantArguments& arguments) {
        command.add_option("name", arguments.name)->required();
        command.add_option("classes", arguments.classes, "class, or several with commas")->required()->delimiter(',');
      });
  commands.Add<std::string>(person, "disable", "no login from now on; open sessions end", DisablePerson, name);
  commands.Add<std::string>(person, "enable", "let a disabled person log in again", EnablePerson, name);
  commands.Add<PersonRenameArguments>(person, "rename", "another name; the old one stays taken", RenamePerson,
                                      [](CLI::App& command, PersonRenameArguments& arguments) {
                                        command.add_option("name", arguments.name)->required();
                                        command.add_option("new-name", arguments.new_name)->required();
                                      });
  commands.Add<RotatePersonArguments>(
      person, "passwd", "another password for yourself, or (the founder) for somebody who lost theirs", ChangePassword,
      [](CLI::App& command, RotatePersonArguments& arguments) {
        command.add_option("name", arguments.name, "yourself if not given");
        AddNewSecret(command, arguments);
      });
  commands.Add<PersonImportArguments>(
      person, "import", "add the persons of a file, after all of its rows were checked", ImportPersons,
      [](CLI::App& command, PersonImportArguments& arguments) {
        command.add_option("file", arguments.file, "CSV with the header name,kind,roles, or lines of JSON")->required();
        command.add_option("--out", arguments.out,
                           "directory for person-1.txt and on, each with a password that is made"
                           " here; without it each is asked for");
        command.add_flag("--dry-run", arguments.dry_run, "check the rows and add nobody");
        AddCost(command, arguments.cost);
      });
}

void AddRoles(CLI::App& app, Commands& commands) {
  CLI::App* role =
      app.add_subcommand("role", "named sets of classes and of what may be done with them")->require_subcommand(1);
  commands.Add<RoleDefineArguments>(
      *role, "define", "a role, or one of that name anew (the founder may, or an administrator)", DefineRole,
      [](CLI::App& command, RoleDefineArguments& arguments) {
        command.add_option("name", arguments.name)->required();
        AddNames(command, "--classes", arguments.classes, "classes that it opens, separated by commas");
        AddNames(command, "--operations", arguments.operations,
                 "with them: read, write, search, export; over the vault: administer, erase, audit");
      });
  commands.Add(*role, "list", "all roles", ListRoles);
  commands.Add<std::string>(*role, "show", "one role", ShowRole,
                            [](CLI::App& command, std::string& name) { command.add_option("name", name)->required(); });
  const auto both = [](CLI::App& command, RoleArguments& arguments) {
    command.add_option("role", arguments.role)->required();
    command.add_option("person", arguments.person)->required();
  };
  commands.Add<RoleArguments>(*role, "give", "a role to a person", GiveRole, both);
  commands.Add<RoleArguments>(*role, "take", "a role from a person", TakeRole, both);
}

}  // namespace cli
