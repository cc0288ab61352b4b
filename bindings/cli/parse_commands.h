// Building the command line: how a subcommand comes to its arguments, options that several take, and each group of
// commands, in a file of its own.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "commands.h"
#include "parse.h"

namespace cli {

// Makes a subcommand whose parsed arguments live as long as what runs them.
class Commands {
 public:
  explicit Commands(Parsed& parsed) : parsed_(parsed) {}

  template <typename Arguments, typename Define>
  CLI::App* Add(CLI::App& parent, const char* name, const char* help, Outcome (*run)(const Common&, const Arguments&),
                Define&& define) {
    CLI::App* command = parent.add_subcommand(name, help);
    auto arguments = std::make_shared<Arguments>();
    define(*command, *arguments);
    command->callback([this, command, run, arguments] {
      if (!command->get_subcommands().empty()) return;  // that one's own
      parsed_.run = [run, arguments](const Common& common) { return run(common, *arguments); };
    });
    return command;
  }
  void Add(CLI::App& parent, const char* name, const char* help, Outcome (*run)(const Common&)) {
    parent.add_subcommand(name, help)->callback([this, run] { parsed_.run = run; });
  }

 private:
  Parsed& parsed_;
};

// ---- options that several commands take

void AddCost(CLI::App& command, CostArguments& cost);
// What somebody logs in with from then on: a password, a key file that is made, or a token.
template <typename Arguments>
void AddNewSecret(CLI::App& command, Arguments& arguments) {
  command.add_option("--new-password-file", arguments.password.file, "file with the new password, or with a token's PIN");
  command.add_option("--new-password-fd", arguments.password.descriptor, "descriptor with it, one line");
  CLI::Option* file =
      command.add_option("--new-key-file", arguments.key_file, "make this file, to log in with from then on");
  command.add_option("--new-token", arguments.token, "pkcs11:token=NAME, to log in with from then on")->excludes(file);
  AddCost(command, arguments.cost);
}
void AddNames(CLI::App& command, const char* option, std::vector<std::string>& names, const char* help);
void AddRate(CLI::App& command, std::uint64_t& rows_per_second);

// ---- the groups of commands

void AddVault(CLI::App& app, Commands& commands);
void AddSchema(CLI::App& app, Commands& commands);
void AddPeople(CLI::App& app, Commands& commands);
void AddPolicy(CLI::App& app, Commands& commands);
void AddPersonStates(CLI::App& person, Commands& commands);
void AddRoles(CLI::App& app, Commands& commands);
void AddRecovery(CLI::App& app, Commands& commands);
void AddRotate(CLI::App& app, Commands& commands);
void AddReseal(CLI::App& app, Commands& commands);
void AddIndex(CLI::App& app, Commands& commands);
void AddProvider(CLI::App& app, Commands& commands);
void AddBackup(CLI::App& app, Commands& commands);
void AddRestore(CLI::App& app, Commands& commands);
void AddErasure(CLI::App& app, Commands& commands);
void AddMarks(CLI::App& app, Commands& commands);
void AddApprovals(CLI::App& app, Commands& commands);
void AddMandates(CLI::App& app, Commands& commands);
void AddBreakGlass(CLI::App& app, Commands& commands);
void AddRetention(CLI::App& app, Commands& commands);
void AddWrites(CLI::App& app, Commands& commands);
void AddReads(CLI::App& app, Commands& commands);
void AddLists(CLI::App& app, Commands& commands);
void AddAudit(CLI::App& app, Commands& commands);
void AddLogProofs(CLI::App& audit, Commands& commands);
void AddAlerts(CLI::App& app, Commands& commands);
void AddDeclaredJobs(CLI::App& app, Commands& commands);
void AddImport(CLI::App& app, Commands& commands);

}  // namespace cli
