// What a vault is, and what its schema says: init, status, verify, thief, schema.
#include "parse_commands.h"

namespace cli {

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
  commands.Add(app, "metrics", "what the vault counts, in the text format of Prometheus", ShowMetrics);
  commands.Add(app, "doctor",
               "anything about the vault and this machine that is not safe; exit code 3 if something is red",
               ShowFindings);
  commands.Add(app, "verify", "read and check everything; with --person, open what that person may", Verify);
  commands.Add(app, "thief", "what this device shows to someone without anybody's password", ShowThief);
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

}  // namespace cli
