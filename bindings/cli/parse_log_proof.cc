// What shows the log of accesses to outsiders: audit verify, key, checkpoint, proof, consistency.
#include "parse_commands.h"

namespace cli {
namespace {

void AddKey(CLI::App& command, LogProofArguments& arguments) {
  command.add_option("--key", arguments.key, "the log's verifier key as `audit key` prints it, or @FILE of it");
}

void AddWitness(CLI::App& audit, Commands& commands) {
  commands.Add<WitnessArguments>(
      audit, "witness", "makes a witness's key file and prints the key for others", MakeWitness,
      [](CLI::App& command, WitnessArguments& arguments) {
        command.add_option("name", arguments.name, "of the witness, without blanks")->required();
        command.add_option("--witness-key", arguments.seed, "file to be made")->required();
      });
  commands.Add<WitnessArguments>(
      audit, "cosign", "signs a checkpoint as a witness, if its log goes on from the last one", CosignLog,
      [](CLI::App& command, WitnessArguments& arguments) {
        command.add_option("name", arguments.name, "of the witness")->required();
        command.add_option("--witness-key", arguments.seed, "the witness's key file")->required();
        command.add_option("--key", arguments.key, "the log's verifier key, or @FILE of it")->required();
        auto* first = command.add_option("--checkpoint", arguments.checkpoint, "the first that the witness signs");
        auto* last = command.add_option("--last", arguments.last, "file with what the witness signed last");
        command.add_option("--proof", arguments.proof, "file with what `audit consistency` gave from there")
            ->needs(last);
        last->excludes(first);
      });
  commands.Add<WitnessArguments>(
      audit, "cosigned", "whether, and when, a witness signed a checkpoint", CheckCosigned,
      [](CLI::App& command, WitnessArguments& arguments) {
        command.add_option("checkpoint", arguments.checkpoint, "file")->required();
        command.add_option("--witness", arguments.key, "the witness's key for others, or @FILE of it")->required();
      });
}

}  // namespace

void AddLogProofs(CLI::App& audit, Commands& commands) {
  AddWitness(audit, commands);
  commands.Add<LogDropArguments>(
      audit, "drop", "drops entries past their legal limit; a signed stub stays (takes --with a second person)",
      DropLog, [](CLI::App& command, LogDropArguments& arguments) {
        command.add_option("--before", arguments.before, "YYYY-MM-DD, UTC: nothing from then on goes")->required();
        command.add_flag("--run", arguments.run, "do it; without, it is only shown");
      });
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
