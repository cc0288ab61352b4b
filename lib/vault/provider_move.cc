// Makes the new provider, changes over, and has the old one destroyed.
#include "vault/provider_move.h"

#include <algorithm>

#include "crypto/hash.h"
#include "vault/provider_changes.h"
#include "vault/provider_copies.h"

namespace mseal::vault {
namespace {

using keys::MetaKind;

Result<bool> IsRegistered(const Core& core, const std::string& uri) {
  MS_ASSIGN(const std::vector<RegisteredCopy> others, OtherCopies(core));
  return std::ranges::any_of(others, [&](const RegisteredCopy& other) { return other.copy.uri == uri; });
}

// With the secret that was given: it is the one that the vault will be opened with.
Result<std::unique_ptr<keys::KeyProvider>> OpenCopy(const Core& core, const std::string& uri,
                                                    const keys::KeyringSecret& secret) {
  MS_ASSIGN(auto copy, keys::OpenProvider(uri, secret, {.file_io = core.file_io}));
  if (copy->instance() == core.provider->instance())
    return Status::InvalidArgument("the vault is opened with this provider already");
  MS_TRY(core.meta->Get(MetaKind::kProviderCopy, copy->instance()).status());
  return copy;
}

Result<std::unique_ptr<keys::KeyProvider>> OpenOrMake(Vault& vault, Core& core, const std::string& uri,
                                                      const keys::KeyringSecret& secret,
                                                      const crypto::Argon2Cost& cost) {
  if (uri == core.provider_uri) return Status::InvalidArgument("the vault is opened with this provider already");
  MS_ASSIGN(const bool registered, IsRegistered(core, uri));
  return registered ? OpenCopy(core, uri, secret) : MakeProviderCopy(core, vault.options().store, uri, secret, cost);
}

// Nothing is taken from the old one that the new one does not give back.
Status CheckHolds(const Core& core, const keys::KeyProvider& to) {
  MS_TRY(CheckEpochIsSettled(core));
  const auto epoch = core.epochs->newest();
  MS_ASSIGN(const keys::EpochSecret secret, to.Open(epoch->number));
  if (crypto::SameSecret(secret.Reveal(), epoch->secret.Reveal())) return Status::Ok();
  return Status::AuthFailed("the other provider holds another secret");
}

// From the commit on the old one is to be destroyed, by whoever opens the vault.
Status GiveUpOld(Core& core) {
  const keys::KeyProvider& old = *core.provider;
  keys::KeyringSecret access = old.Access();
  store::Batch batch;
  core.meta->Delete(batch, MetaKind::kProviderCopy, old.instance());
  PutProviderChange(core, old.instance(),
                    {format::ProviderChange::What::kLeaving, static_cast<std::uint8_t>(access.kind), core.provider_uri,
                     std::move(access.bytes)},
                    batch);
  return core.CommitAs(batch, store::Durability::kPower);
}

Status ChangeOver(Core& core, std::unique_ptr<keys::KeyProvider> to, const std::string& uri) {
  MS_TRY(CheckHolds(core, *to));
  MS_ASSIGN(const keys::Anchor anchor, core.anchor->Aim());
  MS_TRY(to->MoveAnchor(anchor));
  core.AtPoint("the vault is moved to another provider");
  MS_TRY(GiveUpOld(core));
  core.anchor.reset();  // it borrows the old one
  core.provider = std::move(to);
  core.provider_uri = uri;
  KeepAnchor(core, false);
  core.AtPoint("the vault was moved to another provider");
  const Status swept = SweepProviders(core);
  MS_TRY(core.anchor->Move());
  if (swept.ok()) return swept;
  return Status::KeyUnavailable("moved, and opened with " + uri + " from now on; but " + std::string(swept.message()));
}

}  // namespace

Status MoveProvider(Vault& vault, const std::string& uri, const keys::KeyringSecret& secret,
                    const crypto::Argon2Cost& cost) {
  MS_ASSIGN(const std::string full, FullUri(uri));
  std::unique_ptr<keys::KeyProvider> to;
  {
    MS_ASSIGN(Call call, vault.Enter());
    Core& core = call.core();
    MS_TRY(core.CheckWritable());
    const std::lock_guard lock(core.job_mutex);
    MS_TRY(CheckEpochIsSettled(core));
    MS_ASSIGN(to, OpenOrMake(vault, core, full, secret, cost));
  }
  return vault.Alone([&](Core& core) { return ChangeOver(core, std::move(to), full); });
}

}  // namespace mseal::vault
