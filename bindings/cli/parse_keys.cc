// New keys for old, and where they are kept: rotate, reseal, index, provider.
#include "parse_commands.h"

namespace cli {
namespace {

constexpr const char* kWhichJob = "its number in rotate status; the one that is under way if not given";

// What opens a keyring that is made, or has another root.
void AddNewKeyring(CLI::App& command, SecretSource& passphrase, std::string& key_file) {
  command.add_option("--new-passphrase-file", passphrase.file,
                     "file with the new passphrase, or the other token's PIN");
  command.add_option("--new-passphrase-fd", passphrase.descriptor, "descriptor with it, one line");
  command.add_option("--new-key-file", key_file, "32 bytes that open it instead of a passphrase");
}

}  // namespace

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
        AddNewSecret(command, arguments);
        command
            .add_flag("--compromised", arguments.compromised,
                      "also rotate every class they held, then change the epoch (the founder may)")
            ->excludes("--new-key-file", "--new-token");
        AddRate(command, arguments.rows_per_second);
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

}  // namespace cli
