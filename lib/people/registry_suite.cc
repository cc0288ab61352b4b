// Takes a store's people to another suite: the statement, and what only a person's own key or password opens.
#include "base/reader.h"
#include "format/credential.h"
#include "format/person_slot.h"
#include "format/recovery.h"
#include "people/registry.h"

namespace mseal::people {

using keys::MetaKind;

namespace {

// Whether a credential as it is stored lies under the suite.
Result<bool> IsUnder(crypto::Suite suite, ByteView credential) {
  MS_ASSIGN(const format::Credential parsed, format::ParseCredential(credential));
  return seal::IsUnder(suite, parsed.sealed);
}

}  // namespace

Status Registry::ChangeSuite(const Identity& who, crypto::Suite suite, seal::Suites& live,
                             const std::function<Status(const seal::SuiteSet&, store::Batch&)>& also) {
  std::lock_guard lock(change_mutex_);
  Chain next = *chain();
  store::Batch batch;
  MS_ASSIGN(const Bytes statement, next.AddSuite(suite, who.person.number, who.keys.seed));
  PutStatement(batch, next, statement);
  MS_TRY(PutSlotsUnder(next.suites(), next, who, batch));
  if (next.custodians().set != 0) MS_TRY(PutRecovery(next.suites(), next, who.keys, batch));
  MS_TRY(also(next.suites(), batch));
  MS_TRY(meta_.Commit(batch, store::Durability::kPower));
  // First the suites: whoever sees the statement and makes a key on the condition that it is the newest seals it so.
  live.Change(next.suites());
  std::unique_lock chain_lock(chain_mutex_);
  chain_ = std::make_shared<const Chain>(std::move(next));
  return Status::Ok();
}

// Those of classes taken back since, too: they are rows of meta like the others.
Status Registry::PutSlotsUnder(const seal::SuiteSet& suite, const Chain& chain, const Identity& who,
                               store::Batch& batch) const {
  return meta_.ForEach(MetaKind::kPersonSlot, [&](ByteView id, const SecretBytes&) -> Status {
    Reader in(id);
    const ClassNumber number = in.U8();
    const ClassKeyVersion version = in.U32();
    const Person* person = chain.FindPerson(in.U32());
    if (person == nullptr) return Status::AuthFailed("a class key is sealed to a person whom the chain does not name");
    MS_ASSIGN(const keys::ClassKey key, FetchClassKey(who, number, version));
    MS_ASSIGN(const Bytes slot, SealToPerson(store_, suite, *person, number, version, key.Reveal()));
    meta_.Put(batch, MetaKind::kPersonSlot, id, slot);
    return Status::Ok();
  });
}

Status Registry::CheckSealedUnderNewest() const {
  const crypto::Suite newest = suite_.now().newest();
  const Status older = Status::AuthFailed("keys of persons lie under a suite of before: an older row was put back");
  MS_TRY(meta_.ForEach(MetaKind::kPersonSlot, [&](ByteView, const SecretBytes& content) -> Status {
    MS_ASSIGN(const format::PersonSlot slot, format::ParsePersonSlot(content.Reveal()));
    return seal::IsUnder(newest, slot.sealed) ? Status::Ok() : older;
  }));
  return meta_.ForEach(MetaKind::kRecovery, [&](ByteView, const SecretBytes& content) -> Status {
    MS_ASSIGN(const format::Recovery recovery, format::ParseRecovery(content.Reveal()));
    return seal::IsUnder(newest, recovery.sealed) ? Status::Ok() : older;
  });
}

// The secret is asked before the lock, under which only what was opened is exchanged.
Status Registry::RenewCredential(const Identity& who, const LoginSecret& secret) {
  const crypto::Suite newest = suite_.now().newest();
  const Bytes id = keys::MetaIdOf({who.person.number});
  MS_ASSIGN(const SecretBytes old, meta_.Get(MetaKind::kCredential, id));
  MS_ASSIGN(const bool is_under, IsUnder(newest, old.Reveal()));
  if (is_under) return Status::Ok();
  MS_TRY(OpenCredential(store_, suite_, who.person.number, old.Reveal(), secret).status());
  MS_ASSIGN(const format::Credential parsed, format::ParseCredential(old.Reveal()));
  MS_ASSIGN(const Bytes renewed,
            SealCredential(store_, newest, who.person.number, who.keys, secret, {parsed.memory_kib, parsed.passes},
                           parsed.token_key));
  std::lock_guard lock(change_mutex_);
  MS_ASSIGN(const SecretBytes now, meta_.Get(MetaKind::kCredential, id));
  if (!SameBytes(now.Reveal(), old.Reveal())) return Status::Conflict("the credential was replaced since");
  store::Batch batch;
  RequireNewest(meta_, *chain(), batch);
  meta_.Put(batch, MetaKind::kCredential, id, renewed);
  return meta_.Commit(batch, store::Durability::kPower);
}

Result<std::uint32_t> Registry::CredentialsToRenew() const {
  std::uint32_t waiting = 0;
  MS_TRY(meta_.ForEach(MetaKind::kCredential, [&](ByteView, const SecretBytes& content) -> Status {
    MS_ASSIGN(const bool is_under, IsUnder(suite_.now().newest(), content.Reveal()));
    waiting += is_under ? 0 : 1;
    return Status::Ok();
  }));
  return waiting;
}

}  // namespace mseal::people
