// Backups and the way back: backup, restore.
#include "parse_commands.h"

namespace cli {
namespace {

void AddRestoreSource(CLI::App& command, RestoreArguments& arguments) {
  command.add_option("--from", arguments.from, "a backup place, or a copy that another tool made")->required();
  command.add_option("--backup", arguments.backup, "number of the backup; the newest if not given");
  command.add_option("--bundle", arguments.bundle, "a bundle, or a place that has one; the place's own if not given");
}

void AddBackupPlaces(CLI::App& backup, Commands& commands) {
  commands.Add<PlaceArguments>(backup, "register", "make a folder off this disk a backup place", RegisterBackupPlace,
                               [](CLI::App& command, PlaceArguments& arguments) {
                                 command.add_option("place", arguments.place)->required();
                                 command.add_flag("--copies", arguments.copies,
                                                  "another tool puts copies there: only the bundle is ours");
                               });
  commands.Add<PlaceArguments>(
      backup, "forget", "a place that is a backup place no more; what lies there stays", ForgetBackupPlace,
      [](CLI::App& command, PlaceArguments& arguments) { command.add_option("place", arguments.place)->required(); });
  commands.Add<PruneArguments>(
      backup, "prune", "remove old backups of a place, never the newest", PruneBackups,
      [](CLI::App& command, PruneArguments& arguments) {
        command.add_option("place", arguments.place)->required();
        CLI::Option* keep =
            command.add_option("--keep", arguments.keep, "so many of the newest stay")->check(CLI::PositiveNumber);
        command.add_option("--older-than", arguments.older_than_days, "those this many days old")
            ->check(CLI::Range(1, 36500))
            ->excludes(keep);
      });
}

}  // namespace

void AddBackup(CLI::App& app, Commands& commands) {
  CLI::App* backup = app.add_subcommand("backup", "copies for the day the store is lost")->require_subcommand(1);
  const auto place = [](CLI::App& command, PlaceArguments& arguments) {
    command.add_option("--place", arguments.place, "this place alone; all if not given");
  };
  AddBackupPlaces(*backup, commands);
  commands.Add<PlaceArguments>(*backup, "create", "what is new, into every place, and new bundles", CreateBackup,
                               place);
  commands.Add<PlaceArguments>(*backup, "list", "places, bundles and backups, and what keys each needs", ListBackups,
                               place);
  commands.Add<BackupVerifyArguments>(*backup, "verify", "read backups and bundles whole", VerifyBackups,
                                      [place](CLI::App& command, BackupVerifyArguments& arguments) {
                                        place(command, arguments);
                                        command.add_option("--backup", arguments.backup, "this number alone");
                                      });
  commands.Add<FreezeArguments>(
      *backup, "freeze", "hold the store still while a command copies it: freeze --max 60 -- CMD", FreezeForCopy,
      [](CLI::App& command, FreezeArguments& arguments) {
        command.add_option("--max", arguments.longest_s, "seconds that writers may wait; 60 if not given")
            ->check(CLI::Range(1, 3600));
        command.add_option("command", arguments.command, "the command; MEDSEAL_STORE names the store to it")
            ->required();
      });
  commands.Add<PlaceArguments>(*backup, "bundle", "write a bundle into a new folder, for carrying away", WriteBundle,
                               [](CLI::App& command, PlaceArguments& arguments) {
                                 command.add_option("--out", arguments.place, "the folder")->required();
                               });
  commands.Add<RestoreArguments>(*backup, "drill", "restore into a scratch folder, open patients, and delete it",
                                 DrillBackup, [](CLI::App& command, RestoreArguments& arguments) {
                                   AddRestoreSource(command, arguments);
                                   command.add_option("--scratch", arguments.to, "where the scratch folder is made");
                                   command.add_option("--sample", arguments.sample,
                                                      "patients to open; all if not given");
                                 });
}

void AddRestore(CLI::App& app, Commands& commands) {
  commands.Add<RestoreArguments>(
      app, "restore", "old data and the newest bundle become a store again", Restore,
      [](CLI::App& command, RestoreArguments& arguments) {
        AddRestoreSource(command, arguments);
        command.add_option("--to", arguments.to, "directory of the store to be made")->required();
      });
}

}  // namespace cli
