// rotate root: another passphrase or key file for keyrings, other keys on tokens.
#include <fmt/core.h>

#include <algorithm>

#include "copies.h"
#include "job_commands.h"
#include "json.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"

namespace cli {
namespace {

void WriteRoot(const medseal::RootInfo& copy, bool json) {
  const char* what = copy.changed != MEDSEAL_OK ? "has its old root still"
                     : copy.on_token            ? "has other keys, and the PIN it had"
                                                : "takes the new secret, and the old one no more";
  if (!json) return WriteLine(fmt::format("{}  {}", copy.uri, what));
  JsonLine line("root");
  line.Text("uri", copy.uri).Flag("own", copy.own).Flag("on_token", copy.on_token);
  WriteLine(line.Text("changed", medseal_code_name(copy.changed)).Done());
}

// Only a file needs one.
Result<Secret> ReadRoot(medseal::Vault& vault, const RotateRootArguments& arguments) {
  CLI_ASSIGN(auto all, vault.ProviderCopies());
  const auto copies = Registered(std::move(all));
  const auto file = std::find_if(copies.begin(), copies.end(),
                                 [](const medseal::ProviderInfo& copy) { return !IsOnToken(copy.uri); });
  if (file == copies.end()) return Secret();
  return ReadNewKeyringSecret(file->uri, arguments.passphrase, arguments.key_file);
}

Outcome ChangeRoots(medseal::Vault& vault, const Common& common, const RotateRootArguments& arguments) {
  CLI_ASSIGN(const Secret secret, ReadRoot(vault, arguments));
  std::vector<medseal::RootInfo> copies;
  const Status changed = vault.RotateRoot(secret.view(), !arguments.key_file.empty(), arguments.cost.cost(), &copies);
  for (const medseal::RootInfo& copy : copies) WriteRoot(copy, common.json);
  if (std::any_of(copies.begin(), copies.end(), [](const medseal::RootInfo& copy) { return copy.on_token; }))
    Say("a token's PIN is changed with the token's own tool; afterwards open the vault once with that token");
  if (!changed.ok()) return changed.error();
  return kDone;
}

}  // namespace

Outcome RotateRoot(const Common& common, const RotateRootArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    const Outcome changed = ChangeRoots(vault, common, arguments);
    if (!arguments.compromised) {
      if (changed.ok()) {
        Say("copies of the keyring from before open with what opened them, until: medseal rotate epoch");
        Say("medseal backup create renews the bundles, which a restore takes the secrets of other copies from");
      }
      return changed;
    }
    if (!changed.ok() && changed.error().code() != MEDSEAL_KEY_UNAVAILABLE) return changed;
    const auto begun = vault.ChangeEpoch();
    if (!begun.ok()) return begun.error();
    const Outcome ended = WorkOnEpochChanges(vault, common);
    return changed.ok() ? ended : changed;
  });
}

}  // namespace cli
