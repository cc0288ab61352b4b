// Stores what a person logs in with, and refuses what serves another person already.
#include <map>
#include <optional>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "keys/person_token.h"
#include "people/password_rules.h"
#include "people/policy.h"
#include "people/registry.h"

namespace mseal::people {

using keys::MetaKind;

namespace {

Status SomebodyElses(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::kPassword:
      return Status::AlreadyExists("it is the password of another person: every person has one of their own");
    case CredentialKind::kKeyFile:
      return Status::AlreadyExists("somebody logs in with this key file: every person has a credential of their own");
    case CredentialKind::kToken:
      return Status::AlreadyExists("somebody logs in with this token: every person has one of their own");
  }
  return Status::AlreadyExists("it is another person's");
}

Status OwnBefore() {
  return Status::InvalidArgument("the person has this password or had it before: choose one they never had");
}

}  // namespace

// Drawn when it is first needed, at the founding; the cost stays, or what is kept could not be compared any more.
Result<format::PasswordSalt> Registry::SaltOfPasswords(const crypto::Argon2Cost& cost) const {
  const auto row = meta_.Get(MetaKind::kPasswordSalt, {});
  if (row.ok()) return format::ParsePasswordSalt(row->Reveal());
  if (row.code() != StatusCode::kNotFound) return row.status();
  format::PasswordSalt drawn{cost.memory_kib, cost.passes, {}};
  crypto::SystemRandom(drawn.salt);
  store::Batch batch;
  meta_.RequireAbsent(batch, MetaKind::kPasswordSalt, {});
  meta_.Put(batch, MetaKind::kPasswordSalt, {}, format::EncodePasswordSalt(drawn));
  MS_TRY(meta_.Commit(batch, store::Durability::kPower));
  return drawn;
}

// The founder keeps every class: where their slot is gone, the disk was damaged, and they set a password all the same.
Result<std::optional<ByteArray<32>>> Registry::TagUnder(const Identity& who, ClassKeyVersion version,
                                                        KeyView stretched) const {
  const auto everyones = chain()->FindClass(kEveryonesClass);
  if (!everyones.has_value()) return Status::AuthFailed("the chain of statements names no class of everyone's");
  const auto key = FetchClassKey(who, *everyones, version);
  if (key.ok()) return std::optional(TagOfPassword(key->Reveal(), stretched));
  if (who.person.number == kFounder) return std::optional<ByteArray<32>>();
  return key.status();
}

// A tag lies under the version of the class that was the newest when it was made: `who` makes it for each that there
// is.
Status Registry::CheckNobodys(const Identity& who, const SecretOwner& owner, KeyView stretched) const {
  std::map<ClassKeyVersion, std::optional<ByteArray<32>>> tags;
  return meta_.ForEach(MetaKind::kCredentialTag, [&](ByteView id, const SecretBytes& content) -> Status {
    MS_ASSIGN(const format::CredentialTag known, format::ParseCredentialTag(content.Reveal()));
    if (known.class_key == 0) return Status::Ok();
    if (!tags.contains(known.class_key)) {
      MS_ASSIGN(tags[known.class_key], TagUnder(who, known.class_key, stretched));
    }
    const auto& tag = tags[known.class_key];
    if (!tag.has_value() || !crypto::SameSecret(*tag, known.tag)) return Status::Ok();
    return SameBytes(id, keys::MetaIdOf({owner.number})) ? OwnBefore() : SomebodyElses(CredentialKind::kPassword);
  });
}

Status Registry::JudgePassword(const Identity& who, const SecretOwner& owner, NewSecret& judged) const {
  const auto current = chain();
  MS_TRY(CheckPassword(judged.secret.bytes, owner.name, current->policy(policy::kPasswordMinLength)));
  MS_TRY(crypto::CheckCost(judged.cost));
  MS_ASSIGN(const format::PasswordSalt salt, SaltOfPasswords(judged.cost));
  MS_ASSIGN(const KeyBytes stretched, StretchForComparing(salt, judged.secret.bytes));
  judged.mark = MarkOfPassword(store_, stretched.Reveal());
  const bool own = owner.number == who.person.number;
  if (own && HasMark(who.keys.past.Reveal(), judged.mark)) return OwnBefore();
  MS_TRY(CheckNobodys(who, owner, stretched.Reveal()));
  const ClassKeyVersion newest = current->NewestVersion(current->FindClass(kEveryonesClass).value_or(0));
  MS_ASSIGN(const auto tag, TagUnder(who, newest, stretched.Reveal()));
  if (tag.has_value()) judged.tag = {newest, *tag};
  return Status::Ok();
}

// The slots of somebody who was given other keys meanwhile do not open with the old ones: nothing was changed by a
// thief.
Status Registry::CheckKeysAreTheNewest(const Identity& who) const {
  Settle();
  return HasNewestKeys(who.person) ? Status::Ok() : Status::PermissionDenied("this person has other keys since");
}

Result<NewSecret> Registry::Judge(const Identity& who, const SecretOwner& owner, const LoginSecret& secret,
                                  const crypto::Argon2Cost& cost) const {
  NewSecret judged{secret, cost, {}};
  if (secret.kind == CredentialKind::kPassword) {
    const Status passed = JudgePassword(who, owner, judged);
    if (passed.code() == StatusCode::kAuthFailed) MS_TRY(CheckKeysAreTheNewest(who));
    MS_TRY(passed);
    return judged;
  }
  if (secret.kind == CredentialKind::kToken) {
    if (secret.token == nullptr) return Status::WrongSecret("the token takes another PIN");
    judged.tag.tag = TagOfToken(store_, *secret.token);
  } else {
    MS_ASSIGN(judged.tag.tag, TagOfKeyFile(store_, secret.bytes));
  }
  MS_TRY(CheckOwnCredential(judged.tag, secret.kind, owner.number));
  return judged;
}

Status Registry::CheckOwnCredential(const format::CredentialTag& tag, CredentialKind kind, PersonNumber owner) const {
  return meta_.ForEach(MetaKind::kCredentialTag, [&](ByteView id, const SecretBytes& content) -> Status {
    MS_ASSIGN(const format::CredentialTag known, format::ParseCredentialTag(content.Reveal()));
    if (known.class_key != tag.class_key || !crypto::SameSecret(known.tag, tag.tag)) return Status::Ok();
    const bool stays = kind == CredentialKind::kToken && SameBytes(id, keys::MetaIdOf({owner}));
    return stays ? Status::Ok() : SomebodyElses(kind);
  });
}

// The caller holds the change of the chain, so that no two persons come to one credential at a time. What they had
// before is in `keys` and is remembered.
Status Registry::PutCredential(store::Batch& batch, PersonNumber person, PrivateKeys& keys,
                               const NewSecret& secret) const {
  const Bytes id = keys::MetaIdOf({person});
  const std::uint64_t most = chain()->policy(policy::kPasswordHistory) + 1;
  const bool password = secret.secret.kind == CredentialKind::kPassword;
  const bool tagged = !password || secret.tag.class_key != 0;
  if (tagged) MS_TRY(CheckOwnCredential(secret.tag, secret.secret.kind, person));
  if (password) keys.past = WithMark(keys.past.Reveal(), secret.mark, most);
  keys::PersonKeyId token_key;
  if (secret.secret.kind == CredentialKind::kToken) {
    MS_ASSIGN(token_key, secret.secret.token->MakeKey(store_));
  }
  MS_ASSIGN(const Bytes credential,
            SealCredential(store_, suite_, person, keys, secret.secret, secret.cost, token_key.key));
  meta_.Put(batch, MetaKind::kCredential, id, credential);
  meta_.Delete(batch, MetaKind::kCredentialTag, id);
  if (tagged) meta_.Put(batch, MetaKind::kCredentialTag, id, format::EncodeCredentialTag(secret.tag));
  return Status::Ok();
}

void Registry::KeepTokenKey(const NewSecret& secret) {
  if (secret.secret.kind != CredentialKind::kToken) return;
  secret.secret.token->KeepKey().Ignore("the person logs in; what else is on the token goes with their next credential");
}

Status Registry::PutFoundersCredential(Identity& founder, ByteView password, const crypto::Argon2Cost& cost,
                                       store::Batch& batch) const {
  MS_ASSIGN(const NewSecret secret, Judge(founder, {founder.person.number, founder.person.name}, password, cost));
  return PutCredential(batch, founder.person.number, founder.keys, secret);
}

}  // namespace mseal::people
