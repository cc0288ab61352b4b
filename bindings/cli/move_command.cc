// provider move: the vault to another keyring, the one before destroyed.
#include <fmt/core.h>

#include "commands.h"
#include "confirm.h"
#include "copies.h"
#include "json.h"
#include "output.h"
#include "talk.h"

namespace cli {
namespace {

void SayPlan(const Common& common, const std::string& to) {
  Say(fmt::format(
      "{} is made, or taken if it is a registered copy; it gets the epoch secret and the anchor, and is read back",
      to));
  Say(fmt::format("then {} is destroyed for good, and the vault opens with --keyring {}", common.keyring, to));
}

Outcome Move(medseal::Vault& vault, const Common& common, const ProviderMoveArguments& arguments) {
  CLI_ASSIGN(const Secret secret, ReadNewKeyringSecret(arguments.to, arguments.passphrase, arguments.key_file));
  CLI_TRY(
      vault.MoveProvider({.path = arguments.to, .secret = secret.view(), .secret_is_key = !arguments.key_file.empty()},
                         arguments.cost.cost()));
  CLI_ASSIGN(const auto copies, vault.ProviderCopies());
  if (common.json) WriteLine(JsonLine("provider_moved").Text("uri", copies.front().uri).Done());
  Say(fmt::format("moved; from now on: --keyring {}", copies.front().uri));
  WarnOfTooFew(copies);
  return kDone;
}

bool MayHaveMoved(const Error& error) {
  return error.code() == MEDSEAL_KEY_UNAVAILABLE || error.code() == MEDSEAL_AUTH_FAILED ||
         error.code() == MEDSEAL_CORRUPT;
}

// After a kill late in the move the old keyring may be gone: opening with the new one finishes what is left.
Outcome OpenMoved(const Common& common, const ProviderMoveArguments& arguments) {
  Common moved = common;
  moved.keyring = arguments.to;
  moved.passphrase = arguments.passphrase;
  moved.key_file = arguments.key_file;
  return WithVault(moved, [&](medseal::Vault&) -> Outcome {
    Say(fmt::format("the vault had moved; from now on: --keyring {}", arguments.to));
    return kDone;
  });
}

}  // namespace

Outcome MoveProvider(const Common& common, const ProviderMoveArguments& arguments) {
  SayPlan(common, arguments.to);
  CLI_TRY(Confirm(common, "destroy the keyring that is in use, once the other has everything?"));
  bool opened = false;
  const Outcome outcome = WithVault(common, [&](medseal::Vault& vault) {
    opened = true;
    return Move(vault, common, arguments);
  });
  if (outcome.ok() || opened || !MayHaveMoved(outcome.error())) return outcome;
  const Outcome moved = OpenMoved(common, arguments);
  return moved.ok() ? moved : outcome;
}

}  // namespace cli
