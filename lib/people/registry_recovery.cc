// Names custodians, and lets their shares open the founder's keys.
#include "people/registry.h"

namespace mseal::people {

using keys::MetaKind;

Status Registry::PutRecovery(const seal::SuiteSet& suite, const Chain& chain, const PrivateKeys& founder,
                             store::Batch& batch) const {
  MS_ASSIGN(const Bytes sealed, SealRecovery(store_, suite, chain.custodians(), founder));
  meta_.Put(batch, MetaKind::kRecovery, {}, sealed);
  return Status::Ok();
}

Status Registry::NameCustodians(const Identity& who, const Custodians& custodians) {
  std::lock_guard lock(change_mutex_);
  Chain next = *chain();
  MS_ASSIGN(const Bytes statement, next.AddCustodians(custodians, who.person.number, who.keys.seed));
  store::Batch batch;
  PutStatement(batch, next, statement);
  MS_TRY(PutRecovery(suite_, next, who.keys, batch));
  return CommitChain(std::move(next), batch);
}

Result<Identity> Registry::RecoverFounder(const BroughtShares& shares) const {
  std::lock_guard lock(change_mutex_);  // row and chain are of one moment
  const auto current = chain();
  if (shares.custodians().set != current->custodians().set)
    return Status::Conflict("other custodians were named meanwhile");
  MS_ASSIGN(const crypto::PrivateKey key, shares.Join(current->founder_key()));
  const auto row = meta_.Get(MetaKind::kRecovery, {});
  if (row.code() == StatusCode::kNotFound) return Status::AuthFailed("what was sealed to the custodians is gone");
  MS_TRY(row.status());
  MS_ASSIGN(PrivateKeys keys, OpenRecovery(store_, suite_, shares.custodians().set, key, row->Reveal()));
  Identity founder{*current->FindPerson(kFounder), std::move(keys)};
  if (Fits(founder.keys, founder.person) && founder.keys.founder_key == current->founder_key()) return founder;
  return Status::AuthFailed("what was sealed to the custodians are not the founder's keys");
}

Status Registry::ReplacePassword(Identity& who, const NewSecret& secret) {
  std::lock_guard lock(change_mutex_);
  const auto current = chain();
  if (!HasNewestKeys(who.person)) return Status::Conflict("this person has other keys since");
  store::Batch batch;
  RequireNewest(meta_, *current, batch);
  MS_TRY(PutCredential(batch, who.person.number, who.keys, secret));
  return meta_.Commit(batch, store::Durability::kPower);
}

}  // namespace mseal::people
