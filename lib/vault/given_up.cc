// Keeps the rows, and looks for those that come back.
#include "vault/given_up.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "vault/entitled.h"
#include "vault/epoch_change.h"
#include "vault/provider_changes.h"
#include "vault/provider_copies.h"
#include "vault/two_persons.h"

namespace mseal::vault {
namespace {

using format::GivenUpCopy;
using keys::MetaKind;

void PutGivenUp(const Core& core, const GivenUp& one, store::Batch& batch) {
  core.meta->Put(batch, MetaKind::kGivenUpCopy, one.instance, format::WriteGivenUpCopy(one.copy).Reveal());
}

// Several may have been at one place: a copy may have been made anew where a lost one was.
Result<RegisteredCopy> FindSilent(const Core& core, const std::string& uri) {
  MS_ASSIGN(std::vector<RegisteredCopy> others, OtherCopies(core));
  Status why = uri == core.provider_uri
                   ? Status::InvalidArgument("the vault is opened with this copy of the provider")
                   : Status::NotFound("no copy of the provider is registered there: see provider copy list");
  for (RegisteredCopy& one : others) {
    if (one.copy.uri != uri) continue;
    if (!OpenRegistered(core, one).ok()) return std::move(one);
    why = Status::Conflict(
        "this copy of the provider answers: to be rid of it, open the vault with it and move to another registered "
        "copy, with medseal provider move, which destroys it");
  }
  return why;
}

// False where an epoch change was stopped before every copy had destroyed the secret.
Result<bool> IsDestroyed(const Core& core, std::uint32_t epoch) {
  const auto end = ReadEpochEnd(core, epoch);
  if (end.code() == StatusCode::kNotFound) return false;
  MS_TRY(end.status());
  return end->destroyed_ms != 0;
}

// All that was not destroyed everywhere, up to what may have been written to it by a change that is under way.
Status NameEpochs(const Core& core, GivenUpCopy& copy) {
  copy.first_epoch = core.meta->epoch();
  while (copy.first_epoch > 1) {
    MS_ASSIGN(const bool destroyed, IsDestroyed(core, copy.first_epoch - 1));
    if (destroyed) break;
    --copy.first_epoch;
  }
  copy.last_epoch = core.epochs->newest()->number;
  for (const std::uint32_t held : core.provider->Epochs()) copy.last_epoch = std::max(copy.last_epoch, held);
  return Status::Ok();
}

RegisteredCopy AsRegistered(const GivenUp& one) {
  const GivenUpCopy& copy = one.copy;
  return {one.instance, {copy.secret_kind, copy.given_up_ms, copy.uri, SecretBytes::CopyOf(copy.secret.Reveal())}};
}

Status Destroy(Core& core, GivenUp& one) {
  auto provider = OpenRegistered(core, AsRegistered(one));
  if (!provider.ok()) return Status::Ok();
  const auto assurance = static_cast<std::uint8_t>((*provider)->assurance());
  const keys::KeyringSecret access = (*provider)->Access();
  provider->reset();
  const Status removed = keys::RemoveProvider(one.copy.uri, access, one.instance, {.file_io = core.file_io});
  if (!removed.ok())
    return Status::KeyUnavailable(
        "the provider copy " + one.copy.uri +
        " was given up, has come back and cannot be destroyed: " + std::string(removed.message()));
  one.copy.destroyed_ms = NowMs();
  one.copy.assurance = assurance;
  store::Batch batch;
  PutGivenUp(core, one, batch);
  EndProviderChange(core, one.instance, batch);
  return core.CommitAs(batch, store::Durability::kPower);
}

}  // namespace

Result<std::vector<GivenUp>> ReadGivenUp(const Core& core) {
  std::vector<GivenUp> out;
  MS_TRY(core.meta->ForEach(MetaKind::kGivenUpCopy, [&](ByteView id, const SecretBytes& content) -> Status {
    MS_ASSIGN(GivenUpCopy copy, format::ParseGivenUpCopy(content.Reveal()));
    GivenUp& one = out.emplace_back();
    CopyBytes(id, one.instance);
    one.copy = std::move(copy);
    return Status::Ok();
  }));
  return out;
}

Status ForgetProviderCopy(Core& core, Desk& desk, const std::string& uri) {
  MS_TRY(core.CheckWritable());
  MS_TRY(RequireEntitled(core, desk));
  if (!AreTwo(desk)) return Status::PermissionDenied("giving up a copy of the provider takes a second person");
  MS_ASSIGN(const std::string full, FullUri(uri));
  const std::lock_guard lock(core.job_mutex);
  MS_ASSIGN(RegisteredCopy lost, FindSilent(core, full));
  GivenUp one{lost.instance, {}};
  one.copy.secret_kind = lost.copy.secret_kind;
  one.copy.uri = full;
  one.copy.secret = std::move(lost.copy.secret);
  one.copy.person = desk.session->identity().person.number;
  one.copy.witness = desk.second_person.load(std::memory_order_acquire);
  one.copy.given_up_ms = NowMs();
  MS_TRY(NameEpochs(core, one.copy));
  store::Batch batch;
  core.meta->Delete(batch, MetaKind::kProviderCopy, one.instance);
  PutGivenUp(core, one, batch);
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  return core.anchor->Move();
}

Status SweepGivenUp(Core& core, GivenUpOn on) {
  MS_ASSIGN(std::vector<GivenUp> all, ReadGivenUp(core));
  Status worst = Status::Ok();
  for (GivenUp& one : all) {
    MS_ASSIGN(const bool on_token, keys::IsOnToken(one.copy.uri));
    if (one.instance == core.provider->instance() || (on_token && on == GivenUpOn::kFile)) continue;
    const Status destroyed = Destroy(core, one);
    if (!destroyed.ok()) worst = destroyed;
  }
  return worst;
}

Status TakeBack(Core& core, store::Batch& batch) {
  const auto known = core.meta->Get(MetaKind::kGivenUpCopy, core.provider->instance());
  if (known.code() == StatusCode::kNotFound) return Status::Ok();
  MS_TRY(known.status());
  for (const std::uint32_t held : core.provider->Epochs()) {
    MS_ASSIGN(const bool ended, IsDestroyed(core, held));
    if (ended) MS_TRY(core.provider->Destroy(held));
  }
  core.meta->Delete(batch, MetaKind::kGivenUpCopy, core.provider->instance());
  return Status::Ok();
}

}  // namespace mseal::vault
