// Keeps the rows and takes providers away.
#include "vault/provider_changes.h"

#include <utility>
#include <vector>

namespace mseal::vault {
namespace {

using format::ProviderChange;
using keys::MetaKind;

struct Left {
  ByteArray<16> instance{};
  ProviderChange change;
};

Result<std::vector<Left>> WhatIsLeft(const Core& core) {
  std::vector<Left> left;
  MS_TRY(core.meta->ForEach(MetaKind::kProviderChange, [&](ByteView id, const SecretBytes& content) -> Status {
    MS_ASSIGN(ProviderChange change, format::ParseProviderChange(content.Reveal()));
    if (change.what == ProviderChange::What::kNewRoot || SameBytes(id, core.provider->instance())) return Status::Ok();
    Left& one = left.emplace_back();
    CopyBytes(id, one.instance);
    one.change = std::move(change);
    return Status::Ok();
  }));
  return left;
}

Result<bool> IsRegistered(const Core& core, const Left& left) {
  const auto known = core.meta->Get(MetaKind::kProviderCopy, left.instance);
  if (known.code() == StatusCode::kNotFound) return false;
  MS_TRY(known.status());
  return true;
}

Status Destroy(Core& core, const Left& left) {
  const keys::KeyringSecret secret{static_cast<keys::KeyringSecret::Kind>(left.change.secret_kind),
                                   SecretBytes::CopyOf(left.change.secret.Reveal())};
  core.AtPoint("a provider is taken away");
  const Status removed =
      keys::RemoveHalfMadeProvider(left.change.uri, secret, left.instance, {.file_io = core.file_io});
  if (!removed.ok())
    return Status::KeyUnavailable("the provider " + left.change.uri +
                                  " is to be destroyed and cannot be: " + std::string(removed.message()));
  core.AtPoint("a provider was taken away");
  return Status::Ok();
}

// No batch leaves a provider registered and to be destroyed: where the rows say both, it stays.
Status TakeAway(Core& core, const Left& left) {
  MS_ASSIGN(const bool registered, IsRegistered(core, left));
  if (!registered) MS_TRY(Destroy(core, left));
  store::Batch batch;
  EndProviderChange(core, left.instance, batch);
  return core.CommitAs(batch, store::Durability::kPower);
}

}  // namespace

void PutProviderChange(const Core& core, ByteView instance, const ProviderChange& change, store::Batch& batch) {
  core.meta->Put(batch, MetaKind::kProviderChange, instance, format::WriteProviderChange(change).Reveal());
}

void EndProviderChange(const Core& core, ByteView instance, store::Batch& batch) {
  core.meta->Delete(batch, MetaKind::kProviderChange, instance);
}

Result<std::optional<ProviderChange>> ReadProviderChange(const Core& core, ByteView instance) {
  const auto content = core.meta->Get(MetaKind::kProviderChange, instance);
  if (content.code() == StatusCode::kNotFound) return std::optional<ProviderChange>();
  MS_TRY(content.status());
  MS_ASSIGN(ProviderChange change, format::ParseProviderChange(content->Reveal()));
  return std::optional(std::move(change));
}

Status SweepProviders(Core& core) {
  MS_ASSIGN(const std::vector<Left> left, WhatIsLeft(core));
  Status worst = Status::Ok();
  for (const Left& one : left) {
    const Status taken = TakeAway(core, one);
    if (!taken.ok()) worst = taken;
  }
  return worst;
}

}  // namespace mseal::vault
