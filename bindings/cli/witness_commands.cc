// audit witness, cosign, cosigned: what a witness does, with no vault.
#include "commands.h"
#include "json.h"
#include "key_file.h"
#include "log_proof_text.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"
#include "text.h"

namespace cli {

Outcome MakeWitness(const Common& common, const WitnessArguments& arguments) {
  CLI_ASSIGN(NewKeyFile file, NewKeyFile::Make(arguments.seed));
  CLI_ASSIGN(const medseal::Buffer key, medseal::WitnessKey(arguments.name, file.content().view()));
  file.Keep();
  const std::string_view text = medseal::AsText(key.bytes());
  WriteLine(common.json ? JsonLine("witness").Text("key", text).Done() : std::string(text));
  return kDone;
}

Outcome CosignLog(const Common& common, const WitnessArguments& arguments) {
  CLI_ASSIGN(const Secret seed, ReadKeyFile(arguments.seed));
  medseal::WitnessOptions options;
  options.name = arguments.name;
  options.seed = seed.view();
  CLI_ASSIGN(options.log_key, ReadVerifierKey(arguments.key));
  medseal::AuditProof proof;
  if (arguments.last.empty()) {
    if (arguments.checkpoint.empty()) return InvalidArgument("give --last and --proof, or --checkpoint for the first");
    CLI_ASSIGN(options.checkpoint, ReadText(arguments.checkpoint));
  } else {
    if (arguments.proof.empty())
      return InvalidArgument("--last takes --proof: what `audit consistency` gave from there");
    CLI_ASSIGN(options.last, ReadText(arguments.last));
    CLI_ASSIGN(const std::string json, ReadText(arguments.proof));
    CLI_ASSIGN(proof, ParseProof("consistency", json));
    options.proof = &proof;
  }
  CLI_ASSIGN(const medseal::Buffer note, medseal::SignAsWitness(options));
  WriteCheckpoint(note, common.json);
  return kDone;
}

Outcome CheckCosigned(const Common& common, const WitnessArguments& arguments) {
  CLI_ASSIGN(const std::string note, ReadText(arguments.checkpoint));
  CLI_ASSIGN(const std::string key, ReadVerifierKey(arguments.key));
  CLI_ASSIGN(const std::uint64_t signed_ms, medseal::CheckWitness(note, key));
  WriteLine(common.json ? JsonLine("cosigned").Text("time", TimeIso(signed_ms)).Done()
                        : "the witness signed it at " + TimeText(signed_ms));
  return kDone;
}

}  // namespace cli
