// Takes the copies one after the other.
#include "vault/root_rotation.h"

#include <utility>

#include "keys/keyring_header.h"
#include "vault/provider_changes.h"
#include "vault/provider_copies.h"

namespace mseal::vault {
namespace {

// How it is opened now, and nothing under way.
Status Settle(Core& core, const keys::KeyProvider& provider, const std::string& uri) {
  store::Batch batch;
  PutProviderCopy(core, provider, uri, batch);
  EndProviderChange(core, provider.instance(), batch);
  return core.CommitAs(batch, store::Durability::kPower);
}

Status Announce(Core& core, const keys::KeyProvider& provider, const std::string& uri, keys::KeyringSecret access) {
  store::Batch batch;
  PutProviderChange(
      core, provider.instance(),
      {format::ProviderChange::What::kNewRoot, static_cast<std::uint8_t>(access.kind), uri, std::move(access.bytes)},
      batch);
  return core.CommitAs(batch, store::Durability::kPower);
}

Status ChangeRoot(Core& core, keys::KeyProvider& provider, const std::string& uri, const RootOptions& options) {
  const keys::KeyringSecret none;
  const keys::KeyringSecret& secret = options.secret.has_value() ? *options.secret : none;
  MS_TRY(Settle(core, provider, uri));  // an earlier change may have been interrupted
  MS_ASSIGN(keys::KeyringSecret access, provider.PrepareRoot(secret, options.cost));
  MS_TRY(Announce(core, provider, uri, std::move(access)));
  core.AtPoint("a root is changed");
  const Status changed = provider.SwitchRoot();
  core.AtPoint("a root was changed");
  // Whether or not it went through, this is how it opens.
  const Status settled = Settle(core, provider, uri);
  return changed.ok() ? settled : changed;
}

Status ChangeRegistered(Core& core, const RegisteredCopy& other, const RootOptions& options) {
  MS_ASSIGN(const auto provider, OpenRegistered(core, other));
  return ChangeRoot(core, *provider, other.copy.uri, options);
}

Status CheckOptions(const std::vector<RootFacts>& copies, const RootOptions& options) {
  for (const RootFacts& copy : copies) {
    if (copy.on_token) continue;
    if (!options.secret.has_value())
      return Status::InvalidArgument("a copy of the provider is a keyring file: it needs a new passphrase or key file");
    MS_TRY(keys::CheckSecret(*options.secret));
    return crypto::CheckCost(options.cost);
  }
  return Status::Ok();
}

Result<std::vector<RootFacts>> FactsOf(const Core& core, const std::vector<RegisteredCopy>& others) {
  std::vector<RootFacts> facts;
  MS_ASSIGN(const bool on_token, keys::IsOnToken(core.provider_uri));
  facts.push_back({core.provider_uri, true, on_token});
  for (const RegisteredCopy& other : others) {
    MS_ASSIGN(const bool token, keys::IsOnToken(other.copy.uri));
    facts.push_back({other.copy.uri, false, token});
  }
  return facts;
}

}  // namespace

Status RotateRoot(Core& core, const RootOptions& options, std::vector<RootFacts>& out) {
  out.clear();
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  MS_ASSIGN(const std::vector<RegisteredCopy> others, OtherCopies(core));
  MS_ASSIGN(std::vector<RootFacts> facts, FactsOf(core, others));
  MS_TRY(CheckOptions(facts, options));
  out = std::move(facts);
  out[0].changed = ChangeRoot(core, *core.provider, core.provider_uri, options);
  for (std::size_t i = 0; i < others.size(); ++i) out[i + 1].changed = ChangeRegistered(core, others[i], options);
  MS_TRY(core.anchor->Move());
  for (const RootFacts& copy : out) {
    if (!copy.changed.ok())
      return Status::KeyUnavailable("the provider copy " + copy.uri +
                                    " has its old root still: " + std::string(copy.changed.message()));
  }
  return Status::Ok();
}

}  // namespace mseal::vault
