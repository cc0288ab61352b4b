#include "parse.h"

#include <CLI/CLI.hpp>

#include "commands.h"
#include "talk.h"

namespace cli {
namespace {

constexpr const char* kFooter =
    "PATIENT and search values: - reads a line of standard input, @FILE reads a file, h:... is a printed handle;\n"
    "--allow-argv takes them as they are. Secrets come from a file, a descriptor or a prompt.\n"
    "Exit codes: 0 done, 1 other, 2 wrong call or input, 3 done but some inputs were rejected, 4 not found, 5 erased,\n"
    "6 may not, 10 no vault, 11 locked, 12 wrong secret, 13 tampered, corrupt or stale, 14 key unavailable, 130 "
    "cancelled.";

constexpr const char* kWhichJob = "its number in rotate status; the one that is under way if not given";
constexpr const char* kRecordHelp = "TYPE PATIENT RECORD, or the handle that was printed for the record";

void AddCommon(CLI::App& app, Common& common) {
  app.add_option("--store", common.store, "directory of the vault")->envname("MEDSEAL_STORE");
  app.add_option(
         "--keyring", common.keyring,
         "keyring file outside the store, or pkcs11:token=NAME;object=NAME (quoted: the shell ends a command at ;)")
      ->envname("MEDSEAL_KEYRING");
  app.add_option("--keyring-passphrase-file", common.passphrase.file,
                 "file with the passphrase of the keyring or the PIN of its token")
      ->envname("MEDSEAL_KEYRING_PASSPHRASE_FILE");
  app.add_option("--keyring-passphrase-fd", common.passphrase.descriptor,
                 "descriptor with the passphrase or PIN, one line");
  app.add_option("--keyring-key-file", common.key_file, "32 bytes that open the keyring instead of a passphrase")
      ->envname("MEDSEAL_KEYRING_KEY_FILE");
  app.add_option("--person", common.person, "who works")->envname("MEDSEAL_PERSON");
  app.add_option("--password-file", common.password.file, "file with the person's password")
      ->envname("MEDSEAL_PASSWORD_FILE");
  app.add_option("--password-fd", common.password.descriptor, "descriptor with the person's password, one line");
  app.add_option("--with", common.second_person, "a second person, for what takes two: they log in too");
  app.add_option("--with-password-file", common.second_password.file, "file with the second person's password");
  app.add_option("--with-password-fd", common.second_password.descriptor, "descriptor with it, one line");
  app.add_option("--purpose", common.purpose, "purpose of use: care (default), billing, research, ...")
      ->envname("MEDSEAL_PURPOSE");
  app.add_option("--durability", common.durability, "what a write survives: power (default) or process")
      ->check(CLI::IsMember({"power", "process"}));
  app.add_flag("--accept-stale", common.accept_stale, "open a store older than its anchor, read-only");
  app.add_flag("--json", common.json, "results as JSON, one object a line");
  app.add_flag("--allow-argv", common.allow_argv, "take patient ids and search values from the command line");
  app.add_flag("--yes", common.yes, "do not ask before what cannot be taken back");
}

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

void AddCost(CLI::App& command, CostArguments& cost) {
  command.add_option("--argon2-memory", cost.memory_mib, "MiB to hash a secret with: 19 to 1024, 64 if not given")
      ->check(CLI::Range(19, 1024));
  command.add_option("--argon2-passes", cost.passes, "passes over it: 2 to 10, 3 if not given")
      ->check(CLI::Range(2, 10));
}

void AddPaging(CLI::App& command, ListArguments& list) {
  command.add_flag("--full", list.full, "every field, not a line a record");
  command.add_option("--limit", list.limit, "records at most");
}

void AddRecord(CLI::App& command, std::vector<std::string>& record) {
  command.add_option("record", record, kRecordHelp)->required()->expected(1, 3);
}

void AddNames(CLI::App& command, const char* option, std::vector<std::string>& names, const char* help) {
  command.add_option(option, names, help)->delimiter(',')->allow_extra_args(false);
}

void AddVault(CLI::App& app, Commands& commands) {
  commands.Add<InitArguments>(
      app, "init", "make a vault, its keyring and its founder (--person)", Init,
      [](CLI::App& command, InitArguments& arguments) {
        command.add_option("--schema", arguments.schema, ".proto or FileDescriptorSet; lab.proto is built in");
        command.add_option("--rules", arguments.rules, "rules file: which codes belong to which class");
        command.add_option("--suite", arguments.suite, "auto (default), chacha20 or aes256gcm")
            ->check(CLI::IsMember({"auto", "chacha20", "aes256gcm"}));
        AddCost(command, arguments.cost);
      });
  commands.Add(app, "status", "what the vault is and how it was found", ShowStatus);
  commands.Add(app, "verify", "read and check everything; with --person, open what that person may", Verify);
  commands.Add(app, "thief", "what this device shows to someone without anybody's password", ShowThief);
}

void AddPeople(CLI::App& app, Commands& commands) {
  CLI::App* person = app.add_subcommand("person", "who works with the vault")->require_subcommand(1);
  commands.Add<PersonAddArguments>(
      *person, "add", "add a person (the founder may)", AddPerson,
      [](CLI::App& command, PersonAddArguments& arguments) {
        command.add_option("name", arguments.name)->required();
        AddNames(command, "--classes", arguments.classes, "classes the person may open, separated by commas");
        command.add_flag("--service", arguments.service, "a program, not a human");
        command.add_option("--new-password-file", arguments.password.file, "file with the new person's password");
        command.add_option("--new-password-fd", arguments.password.descriptor, "descriptor with it, one line");
        AddCost(command, arguments.cost);
      });
  commands.Add<PersonGrantArguments>(
      *person, "grant", "let a person open further classes", GrantClasses,
      [](CLI::App& command, PersonGrantArguments& arguments) {
        command.add_option("name", arguments.name)->required();
        command.add_option("classes", arguments.classes, "class, or several with commas")->required()->delimiter(',');
      });
  commands.Add(*person, "list", "all persons", ListPersons);
  commands.Add<std::string>(*person, "show", "one person", ShowPerson,
                            [](CLI::App& command, std::string& name) { command.add_option("name", name)->required(); });
}

void AddRate(CLI::App& command, std::uint64_t& rows_per_second) {
  command.add_option("--max-rate", rows_per_second, "key rows a second at most")->check(CLI::PositiveNumber);
}

// What opens a keyring that is made, or has another root.
void AddNewKeyring(CLI::App& command, SecretSource& passphrase, std::string& key_file) {
  command.add_option("--new-passphrase-file", passphrase.file,
                     "file with the new passphrase, or the other token's PIN");
  command.add_option("--new-passphrase-fd", passphrase.descriptor, "descriptor with it, one line");
  command.add_option("--new-key-file", key_file, "32 bytes that open it instead of a passphrase");
}

void AddRotate(CLI::App& app, Commands& commands) {
  CLI::App* rotate = app.add_subcommand("rotate", "new keys for old")->require_subcommand(1);
  commands.Add<RotateArguments>(
      *rotate, "class",
      "new class keys, every key row under them, then an epoch change of all (the founder may); Ctrl-C pauses",
      RotateClass, [](CLI::App& command, RotateArguments& arguments) {
        command.add_option("name", arguments.classes, "classes; several share the epoch change")->required();
        AddNames(command, "--revoke", arguments.revoked, "persons who lose the classes, separated by commas");
        AddRate(command, arguments.rows_per_second);
      });
  commands.Add<RotatePersonArguments>(
      *rotate, "person", "other keys and another password, for yourself or (the founder) for somebody", RotatePerson,
      [](CLI::App& command, RotatePersonArguments& arguments) {
        command.add_option("name", arguments.name)->required();
        command.add_option("--new-password-file", arguments.password.file, "file with the new password");
        command.add_option("--new-password-fd", arguments.password.descriptor, "descriptor with it, one line");
        command.add_flag("--compromised", arguments.compromised,
                         "also rotate every class they held, then change the epoch (the founder may)");
        AddRate(command, arguments.rows_per_second);
        AddCost(command, arguments.cost);
      });
  commands.Add<RotateRootArguments>(
      *rotate, "root", "another passphrase of the keyring and its copies, other keys on tokens; needs no login",
      RotateRoot, [](CLI::App& command, RotateRootArguments& arguments) {
        AddNewKeyring(command, arguments.passphrase, arguments.key_file);
        command.add_flag("--compromised", arguments.compromised, "also change the epoch, which ends older copies");
        AddCost(command, arguments.cost);
      });
  commands.Add<RotateIndexArguments>(*rotate, "index",
                                     "a new key for the index of a field (who holds its class may); Ctrl-C pauses",
                                     RotateIndex, [](CLI::App& command, RotateIndexArguments& arguments) {
                                       command.add_option("field", arguments.field, "TYPE.FIELD")->required();
                                       AddRate(command, arguments.rows_per_second);
                                     });
  commands.Add(*rotate, "epoch", "a new provider secret and new bucket keys: ends older copies; needs no login",
               ChangeEpoch);
  commands.Add(*rotate, "status",
               "the jobs, finished ones too; while another process has the vault open, how far its job has come",
               ShowJobs);
  commands.Add<JobArguments>(
      *rotate, "pause", "let a job wait", PauseJob,
      [](CLI::App& command, JobArguments& arguments) { command.add_option("job", arguments.number, kWhichJob); });
  commands.Add<JobArguments>(*rotate, "resume", "go on with a job", ResumeJob,
                             [](CLI::App& command, JobArguments& arguments) {
                               command.add_option("job", arguments.number, kWhichJob);
                               AddRate(command, arguments.rows_per_second);
                             });
}

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

void AddProvider(CLI::App& app, Commands& commands) {
  CLI::App* provider = app.add_subcommand("provider", "where the keys outside the store are")->require_subcommand(1);
  commands.Add<ProviderMoveArguments>(
      *provider, "move", "to another keyring file or token; the one in use is destroyed; needs no login", MoveProvider,
      [](CLI::App& command, ProviderMoveArguments& arguments) {
        command.add_option("--to", arguments.to, "path or pkcs11: URI: new, or a registered copy")->required();
        AddNewKeyring(command, arguments.passphrase, arguments.key_file);
        AddCost(command, arguments.cost);
      });
  CLI::App* copy = provider->add_subcommand("copy", "copies of the keyring: two at least")->require_subcommand(1);
  commands.Add<ProviderAddArguments>(
      *copy, "add", "make one more, with a passphrase of its own", AddProviderCopy,
      [](CLI::App& command, ProviderAddArguments& arguments) {
        command.add_option("keyring", arguments.uri, "file to be made, on another device, or a pkcs11: URI")
            ->required();
        command.add_option("--new-passphrase-file", arguments.passphrase.file,
                           "file with its passphrase, or the token's PIN");
        command.add_option("--new-passphrase-fd", arguments.passphrase.descriptor, "descriptor with it, one line");
        AddCost(command, arguments.cost);
      });
  commands.Add<ProviderForgetArguments>(
      *copy, "forget", "give up one that is lost for good; takes two persons (--with)", ForgetProviderCopy,
      [](CLI::App& command, ProviderForgetArguments& arguments) {
        command.add_option("keyring", arguments.uri, "as provider copy list shows it")->required();
      });
  commands.Add(*copy, "list", "all copies and what each has", ListProviderCopies);
  commands.Add(*copy, "verify", "fail unless every copy has what is needed, and there are two", VerifyProviderCopies);
}

void AddShares(CLI::App& command, std::vector<std::string>& shares) {
  command.add_option("--share", shares, "a file with a share; once for each, or several behind it")->required();
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

void AddReseal(CLI::App& app, Commands& commands) {
  CLI::App* reseal = commands.Add<ResealArguments>(
      app, "reseal", "fields sealed anew: those of a class under new data keys, or everything under another suite",
      ResealSuite, [](CLI::App& command, ResealArguments& arguments) {
        command.require_subcommand(0, 1);
        CLI::Option* suite = command.add_option("--suite", arguments.suite,
                                                "everything under it, chacha20 or aes256gcm (the founder may)");
        suite->check(CLI::IsMember({"chacha20", "aes256gcm"}));
        AddRate(command, arguments.rows_per_second);
        command.parse_complete_callback([&command, suite] {
          if (command.get_subcommands().empty() == (suite->count() == 0))
            throw CLI::ValidationError("reseal", "give `class NAME` or --suite NAME");
        });
      });
  commands.Add<ResealArguments>(*reseal, "class", "every field of a class (whoever holds it may); Ctrl-C pauses",
                                ResealClass, [](CLI::App& command, ResealArguments& arguments) {
                                  command.add_option("name", arguments.class_name)->required();
                                  command
                                      .add_option("--max-rate", arguments.rows_per_second, "patients a second at most")
                                      ->check(CLI::PositiveNumber);
                                });
}

void AddIndex(CLI::App& app, Commands& commands) {
  CLI::App* index = app.add_subcommand("index", "where sealed values are searched")->require_subcommand(1);
  commands.Add<ReEpochArguments>(
      *index, "re-epoch", "build it anew, without traces of what is gone; needs no login; Ctrl-C pauses", ReEpochIndex,
      [](CLI::App& command, ReEpochArguments& arguments) {
        AddRate(command, arguments.rows_per_second);
        command
            .add_option("--if-older", arguments.if_older_days,
                        "for a timer: only if the last was begun more than DAYS ago; one that was stopped goes on")
            ->check(CLI::PositiveNumber);
      });
}

void AddSchema(CLI::App& app, Commands& commands) {
  CLI::App* schema = app.add_subcommand("schema", "what fields there are")->require_subcommand(1);
  commands.Add<SchemaArguments>(*schema, "check", "whether NEW may follow OLD; needs no vault", CheckSchema,
                                [](CLI::App& command, SchemaArguments& arguments) {
                                  command.add_option("old", arguments.current)->required();
                                  command.add_option("new", arguments.schema)->required();
                                  command.add_option("--rules", arguments.rules, "rules file of both");
                                });
  commands.Add<SchemaArguments>(*schema, "load", "make FILE the vault's schema (the founder may)", LoadSchema,
                                [](CLI::App& command, SchemaArguments& arguments) {
                                  command.add_option("file", arguments.schema)->required();
                                  command.add_option("--rules", arguments.rules, "rules file");
                                });
  commands.Add(*schema, "show", "the vault's schema", ShowSchema);
}

void AddWrites(CLI::App& app, Commands& commands) {
  commands.Add<PutArguments>(
      app, "put", R"(write records: {"patient": "...", "record": "...", "fields": {...}} a line of stdin)", Put,
      [](CLI::App& command, PutArguments& arguments) {
        command.add_option("type", arguments.type)->required();
        CLI::Option* absent = command.add_flag("--if-absent", arguments.if_absent, "refuse records that are there");
        CLI::Option* update =
            command.add_flag("--update", arguments.update, "change the fields given, keep the others");
        absent->excludes(update);
        command.add_option("--expect", arguments.expect, "refuse unless the record has this version")->excludes(absent);
        command.add_option("--clear", arguments.clear, "fields to make absent, separated by commas")
            ->delimiter(',')
            ->needs(update)
            ->allow_extra_args(false);
        command.add_flag("--skip-unchanged", arguments.skip_unchanged, "write nothing where nothing would change");
      });
  commands.Add<DeleteArguments>(
      app, "delete", "remove a record with its history", Delete, [](CLI::App& command, DeleteArguments& arguments) {
        AddRecord(command, arguments.record);
        command.add_option("--expect", arguments.expect, "refuse unless the record has this version");
      });
}

void AddErasure(CLI::App& app, Commands& commands) {
  commands.Add<EraseArguments>(
      app, "erase", "a patient, from the store and from every backup (the founder may)", ErasePatients,
      [](CLI::App& command, EraseArguments& arguments) {
        command.add_option("patient", arguments.patient);
        command.add_option("--file", arguments.file, "several patients, one a line; they share a change of epoch");
        command.add_option("--reason", arguments.reason, "why; goes into the certificate")->required();
        command.add_option("--certificate", arguments.certificate, "write it to this new file");
      });
  CLI::App* certificate = app.add_subcommand("certificate", "what proves an erasure")->require_subcommand(1);
  commands.Add<CertificateArguments>(*certificate, "make", "as things stand now", MakeCertificate,
                                     [](CLI::App& command, CertificateArguments& arguments) {
                                       command.add_option("number", arguments.what)->required();
                                       command.add_option("--out", arguments.out, "a new file, not stdout");
                                     });
  commands.Add<CertificateArguments>(*certificate, "verify", "needs no vault", VerifyCertificate,
                                     [](CLI::App& command, CertificateArguments& arguments) {
                                       command.add_option("file", arguments.what)->required();
                                       command.add_option("--founder", arguments.founder,
                                                          "the key that has to stand behind it");
                                     });
  commands.Add<PurgeArguments>(app, "purge", "deleted rows leave the store's files", PurgeStore,
                               [](CLI::App& command, PurgeArguments& arguments) {
                                 command.add_option("--patience", arguments.patience_seconds,
                                                    "wait so many seconds for readers, 60 if not given");
                               });
}

void AddMarks(CLI::App& app, Commands& commands) {
  const auto add = [&](const char* name, const char* help, Outcome (*run)(const Common&, const MarkArguments&),
                       bool reason) {
    commands.Add<MarkArguments>(app, name, help, run, [reason](CLI::App& command, MarkArguments& arguments) {
      command.add_option("patient", arguments.patient)->required();
      if (reason) command.add_option("--reason", arguments.reason, "why, up to 240 bytes; kept sealed")->required();
    });
  };
  add("hold", "legal hold: nothing of a patient is deleted (the founder may)", HoldPatient, true);
  add("release", "end a legal hold", ReleasePatient, false);
  add("restrict", "only two persons together may read a patient (GDPR art. 18)", RestrictPatient, true);
  add("unrestrict", "end a restriction; takes two persons (--with)", UnrestrictPatient, false);
  commands.Add(app, "holds", "who is held or restricted, by whom and why", ListMarks);
}

void AddRetention(CLI::App& app, Commands& commands) {
  CLI::App* retention = app.add_subcommand("retention", "what has had its time")->require_subcommand(1);
  commands.Add<RetentionArguments>(*retention, "plan", "what would go; with --json, record by record", PlanRetention,
                                   [](CLI::App& command, RetentionArguments& arguments) {
                                     command.add_option("--type", arguments.type, "of one record type");
                                     command.add_option("--until", arguments.until,
                                                        "as if it were this day: YYYY-MM-DD, UTC");
                                   });
  commands.Add<RetentionArguments>(
      *retention, "run", "let it go for good; again after an interruption", RunRetention,
      [](CLI::App& command, RetentionArguments& arguments) {
        command
            .add_option("--max-share", arguments.max_share,
                        "per cent of all records at most: 5 if not given; more takes a second person (--with)")
            ->check(CLI::Range(1, 100));
      });
}

void AddImport(CLI::App& app, Commands& commands) {
  CLI::App* import =
      app.add_subcommand("import", "files into records; again after an interruption")->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, medseal_source source) {
    commands.Add<ImportArguments>(*import, name, help, Import, [source](CLI::App& command, ImportArguments& arguments) {
      arguments.source = source;
      command.add_option("files", arguments.files)->required();
      command.add_option("--lab", arguments.lab, "value of the public field `lab` of every record");
    });
  };
  add("fhir", "FHIR R4: Bundles, single resources and NDJSON", MEDSEAL_FHIR);
  add("hl7v2", "HL7 v2 messages and batches", MEDSEAL_HL7V2);
}

void AddReads(CLI::App& app, Commands& commands) {
  commands.Add<GetArguments>(app, "get", "one record", Get, [](CLI::App& command, GetArguments& arguments) {
    AddRecord(command, arguments.record);
    AddNames(command, "--fields", arguments.fields, "fields to open, separated by commas");
    command.add_option("--version", arguments.version, "an older version");
    command.add_option("--raw", arguments.raw, "write the bytes of this one field as they are");
  });
  commands.Add<HistoryArguments>(app, "history", "versions of a record, newest first", ShowHistory,
                                 [](CLI::App& command, HistoryArguments& arguments) {
                                   AddRecord(command, arguments.record);
                                   AddPaging(command, arguments);
                                 });
  commands.Add<PatientArguments>(app, "patient", "all records of a patient, after checking that none is missing",
                                 ShowPatient, [](CLI::App& command, PatientArguments& arguments) {
                                   command.add_option("patient", arguments.patient)->required();
                                   AddPaging(command, arguments);
                                 });
  commands.Add<FindArguments>(
      app, "find", "records whose field has a value", Find, [](CLI::App& command, FindArguments& arguments) {
        command.add_option("type", arguments.type)->required();
        command.add_option("condition", arguments.condition, "field=- or field=@FILE")->required();
        AddPaging(command, arguments);
      });
}

void AddLists(CLI::App& app, Commands& commands) {
  commands.Add<ScanArguments>(app, "scan", "all records of a type", Scan,
                              [](CLI::App& command, ScanArguments& arguments) {
                                command.add_option("type", arguments.type)->required();
                                command.add_option("--after", arguments.after, "begin behind this record's handle");
                                AddPaging(command, arguments);
                              });
  commands.Add<RangeArguments>(
      app, "range", "records by a public ordered field", ShowRange, [](CLI::App& command, RangeArguments& arguments) {
        command.add_option("type", arguments.type)->required();
        command.add_option("field", arguments.field)->required();
        command.add_option("--from", arguments.from, "first value");
        command.add_option("--to", arguments.to, "first value that is too high; to the end if not given");
        command.add_option("--prefix", arguments.prefix, "values that begin with this")
            ->excludes("--from")
            ->excludes("--to");
        AddPaging(command, arguments);
      });
}

// The library's own text where it names options only; where it quotes what was typed, a text of ours.
std::string Mistake(const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    return "there are words or options that this command does not know (secrets are never taken from the command line)";
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr)
    return "an option that takes a number was given something else";
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr)
    return "an option has a value that it does not take";
  return error.what();
}

int Answer(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);
  SayFailed(InvalidArgument(Mistake(error)));
  Say("  next: medseal --help, or medseal COMMAND --help");
  return medseal_exit_code(MEDSEAL_INVALID_ARGUMENT);
}

}  // namespace

Parsed Parse(int count, char** words) {
  Parsed parsed;
  Commands commands(parsed);
  CLI::App app("medseal: medical records, sealed field by field");
  app.footer(kFooter);
  app.fallthrough();  // options that every command has may stand behind it
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", std::string("medseal ") + medseal_version());
  AddCommon(app, parsed.common);
  AddVault(app, commands);
  AddPeople(app, commands);
  AddRotate(app, commands);
  AddBackup(app, commands);
  AddRestore(app, commands);
  AddProvider(app, commands);
  AddRecovery(app, commands);
  AddReseal(app, commands);
  AddIndex(app, commands);
  AddSchema(app, commands);
  AddWrites(app, commands);
  AddReads(app, commands);
  AddLists(app, commands);
  AddImport(app, commands);
  AddErasure(app, commands);
  AddMarks(app, commands);
  AddRetention(app, commands);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    SetTalk(parsed.common.json);
    parsed.exit_code = Answer(app, error);
    parsed.run = nullptr;
  }
  return parsed;
}

}  // namespace cli
