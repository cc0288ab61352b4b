// provider copy add, forget, list, verify: the copies of the keyring.
#include <fmt/core.h>

#include <vector>

#include "commands.h"
#include "confirm.h"
#include "copies.h"
#include "json.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"
#include "work.h"

namespace cli {
namespace {

const char* AssuranceName(int assurance) {
  switch (assurance) {
    case 0:
      return "device-destroyed";
    case 1:
      return "overwritten, medium unproven";
    default:
      return "unlinked";
  }
}

std::string EpochsOf(const medseal_provider_info& facts) {
  std::string out;
  for (std::size_t i = 0; i < facts.epoch_count; ++i)
    out += fmt::format("{}{}", out.empty() ? "" : " and ", facts.epochs[i]);
  return out;
}

std::string StateOf(const medseal_provider_info& facts) {
  if (facts.destroyed_ms != 0) return "given up, came back, destroyed";
  if (facts.given_up_ms != 0) return "given up unread";
  if (facts.reached != MEDSEAL_OK) return medseal_code_name(facts.reached);
  return facts.damaged != 0 ? "DAMAGED: make it anew" : "ok";
}

void WriteCopy(const medseal::ProviderInfo& copy, bool json) {
  if (!json && copy.facts.given_up_ms != 0) {
    const std::string held =
        copy.facts.destroyed_ms != 0 ? "" : fmt::format(", may hold epoch {}", EpochsOf(copy.facts));
    return WriteLine(fmt::format("{}  {}{}", copy.uri, StateOf(copy.facts), held));
  }
  if (!json) {
    return WriteLine(fmt::format("{}  {}{}, epoch {}, {}", copy.uri, StateOf(copy.facts),
                                 copy.facts.own != 0 ? ", in use" : "", EpochsOf(copy.facts),
                                 AssuranceName(copy.facts.assurance)));
  }
  JsonLine line("provider_copy");
  line.Text("uri", copy.uri).Flag("own", copy.facts.own != 0).Text("state", StateOf(copy.facts));
  WriteLine(line.Text("epochs", EpochsOf(copy.facts)).Text("assurance", AssuranceName(copy.facts.assurance)).Done());
}

bool IsGood(const medseal::ProviderInfo& copy, const std::string& epochs) {
  return copy.facts.reached == MEDSEAL_OK && copy.facts.damaged == 0 && EpochsOf(copy.facts) == epochs;
}

}  // namespace

Outcome AddProviderCopy(const Common& common, const ProviderAddArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const Secret secret, ReadNewKeyringSecret(arguments.uri, arguments.passphrase, {}));
    CLI_TRY(vault.AddProviderCopy({.path = arguments.uri, .secret = secret.view()}, arguments.cost.cost()));
    Say("made; from now on every epoch change has to reach it");
    return kDone;
  });
}

Outcome ForgetProviderCopy(const Common& common, const ProviderForgetArguments& arguments) {
  CLI_TRY(Confirm(common, "give this copy up unread? no certificate of an erasure is complete until it is back"));
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.ForgetProviderCopy(arguments.uri));
    Say("given up: epoch changes go on without it (medseal rotate resume), and certificates name it");
    return kDone;
  });
}

Outcome ListProviderCopies(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const auto copies, vault.ProviderCopies());
    for (const medseal::ProviderInfo& copy : copies) WriteCopy(copy, common.json);
    WarnOfTooFew(copies);
    return kDone;
  });
}

Outcome VerifyProviderCopies(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const auto copies, vault.ProviderCopies());
    bool good = true;
    for (const medseal::ProviderInfo& copy : copies) {
      WriteCopy(copy, common.json);
      good = good && (copy.facts.given_up_ms != 0 || IsGood(copy, EpochsOf(copies.front().facts)));
    }
    if (!good)
      return Error(MEDSEAL_KEY_UNAVAILABLE, "not every copy of the keyring is reached, whole and of this epoch");
    if (!AreEnough(copies))
      return Error(MEDSEAL_KEY_UNAVAILABLE, "there is one copy of the keyring: medseal provider copy add FILE");
    return kDone;
  });
}

}  // namespace cli
