// What shows the log of accesses to outsiders: audit verify, key, checkpoint, proof, consistency.
#include "parse_commands.h"

namespace cli {
namespace {

void AddKey(CLI::App& command, LogProofArguments& arguments) {
  command.add_option("--key", arguments.key, "the log's verifier key as `audit key` prints it, or @FILE of it");
}

}  // namespace

void AddLogProofs(CLI::App& audit, Commands& commands) {
  commands.Add(audit, "key", "prints the key that verifies the log's checkpoints", ShowLogKey);
  commands.Add(audit, "checkpoint", "signs how far the log has come, for others to keep", ShowLogCheckpoint);
  commands.Add<LogProofArguments>(
      audit, "verify", "whether the log is whole; needs no secret and runs beside other processes", VerifyLog,
      [](CLI::App& command, LogProofArguments& arguments) {
        command.add_option("--against", arguments.checkpoint, "file with a checkpoint that was kept elsewhere");
        AddKey(command, arguments);
      });
  commands.Add<LogProofArguments>(
      audit, "proof", "proves to whoever has a checkpoint that an entry is in the log", ProveLogEntry,
      [](CLI::App& command, LogProofArguments& arguments) {
        auto* index = command.add_option("index", arguments.index, "of the entry, as `audit show` numbers them");
        auto* check = command.add_option("--check", arguments.check, "file with a proof to check; needs no vault");
        index->excludes(check);
        AddKey(command, arguments);
      });
  commands.Add<LogProofArguments>(
      audit, "consistency", "proves that the log goes on from an older checkpoint", ProveLogGrowth,
      [](CLI::App& command, LogProofArguments& arguments) {
        command.add_option("--from", arguments.checkpoint, "file with the older checkpoint")->required();
        command.add_option("--check", arguments.check, "file with a proof to check; needs no vault");
        AddKey(command, arguments);
      });
}

}  // namespace cli
