// Stores people and their statements, and logs them in.
#include "people/registry.h"

#include <algorithm>

#include "base/clock.h"
#include "base/writer.h"
#include "crypto/hash.h"

namespace mseal::people {
namespace {

Bytes StatementId(std::uint64_t number) {
  Bytes id;
  Writer(id).U64(number);
  return id;
}

Bytes SlotId(ClassNumber number, ClassKeyVersion version, PersonNumber person) {
  Bytes id;
  Writer(id).U8(number).U32(version).U32(person);
  return id;
}

Status Refused() {
  return Status::WrongSecret(
      "unknown person, wrong secret, or locked out after too many of them, which ends by itself or by `person unlock`");
}

}  // namespace

using keys::MetaKind;

bool Fits(const PrivateKeys& keys, const Person& person) {
  return crypto::VerifyKeyOf(keys.seed) == person.verify_key &&
         crypto::PublicKeyOf(keys.private_key) == person.public_key;
}

void RequireNewest(const keys::MetaTable& meta, const Chain& chain, store::Batch& batch) {
  meta.RequireAbsent(batch, MetaKind::kStatement, StatementId(chain.newest_number() + 1));
}

Registry::Registry(store::Rows& rows, const keys::MetaTable& meta, const keys::StoreId& store, seal::SuiteView suite)
    : rows_(rows), meta_(meta), store_(store), suite_(suite) {}

std::shared_ptr<const Chain> Registry::chain() const {
  std::shared_lock lock(chain_mutex_);
  return chain_;
}

void Registry::PutStatement(store::Batch& batch, const Chain& chain, ByteView statement) const {
  const Bytes id = StatementId(chain.newest_number());
  meta_.RequireAbsent(batch, MetaKind::kStatement, id);
  meta_.Put(batch, MetaKind::kStatement, id, statement);
}

Status Registry::PutSlot(store::Batch& batch, const Person& person, ClassNumber number, ClassKeyVersion version,
                         KeyView key) const {
  MS_ASSIGN(const Bytes slot, SealToPerson(store_, suite_, person, number, version, key));
  meta_.Put(batch, MetaKind::kPersonSlot, SlotId(number, version, person.number), slot);
  return Status::Ok();
}

Status Registry::CommitChain(Chain chain, store::Batch& batch) {
  MS_TRY(meta_.Commit(batch, store::Durability::kPower));
  std::unique_lock lock(chain_mutex_);
  chain_ = std::make_shared<const Chain>(std::move(chain));
  return Status::Ok();
}

Result<std::unique_ptr<Registry>> Registry::Found(store::Rows& rows, const keys::MetaTable& meta,
                                                  const keys::StoreId& store, seal::SuiteView suite,
                                                  const std::string& founder, store::Batch& batch, Identity& out) {
  std::unique_ptr<Registry> registry(new Registry(rows, meta, store, suite));
  out.keys = DrawPrivateKeys();
  out.keys.founder_key = crypto::VerifyKeyOf(out.keys.seed);
  out.person = Person{1, PersonKind::kHuman, founder, out.keys.founder_key, crypto::PublicKeyOf(out.keys.private_key)};
  Chain chain;
  MS_ASSIGN(const Bytes statement, Chain::Found(store, suite.now().newest(), out.person, out.keys.seed, chain));
  registry->PutStatement(batch, chain, statement);
  registry->chain_ = std::make_shared<const Chain>(std::move(chain));
  return registry;
}

Result<std::unique_ptr<Registry>> Registry::Load(store::Rows& rows, const keys::MetaTable& meta,
                                                 const keys::StoreId& store, seal::SuiteView suite) {
  std::unique_ptr<Registry> registry(new Registry(rows, meta, store, suite));
  std::vector<Bytes> statements;
  MS_TRY(meta.ForEach(MetaKind::kStatement, [&](ByteView id, const SecretBytes& content) {
    if (!SameBytes(id, StatementId(statements.size() + 1))) return Status::AuthFailed("a statement is missing");
    const ByteView bytes = content.Reveal();
    statements.emplace_back(bytes.begin(), bytes.end());
    return Status::Ok();
  }));
  MS_ASSIGN(Chain chain, Chain::Verify(store, statements));
  if (chain.newest_number() == 0) return Status::AuthFailed("the chain of statements is missing");
  registry->chain_ = std::make_shared<const Chain>(std::move(chain));
  return registry;
}

// A name that nobody has is tried on somebody's credential, always the same one's: what that costs is no other than
// what persons cost.
Status Registry::Refuse(std::string_view name, const LoginSecret& secret) const {
  const auto current = chain();
  const Person* person = current->FindPerson(name);
  const std::uint32_t drawn = crypto::Hash("medseal.v1.stand", AsBytes(name))[0];
  const auto stand_in = static_cast<PersonNumber>(1 + drawn % current->persons().size());
  const PersonNumber number = person == nullptr ? stand_in : person->number;
  const auto credential = meta_.Get(MetaKind::kCredential, keys::MetaIdOf({number}));
  if (credential.ok())
    OpenCredential(store_, suite_, number, credential->Reveal(), secret).status().Ignore("only the time counts");
  return Refused();
}

Result<Identity> Registry::Login(std::string_view name, const LoginSecret& secret) const {
  const auto current = chain();
  const Person* person = current->FindPerson(name);
  if (secret.kind != CredentialKind::kToken && secret.bytes.empty()) return Status::InvalidArgument("the secret is empty");
  if (secret.kind == CredentialKind::kKeyFile) MS_TRY(CheckKeyFile(secret.bytes));
  if (person == nullptr) return Refuse(name, secret);
  const Status refused = Refused();
  MS_ASSIGN(const SecretBytes credential, meta_.Get(MetaKind::kCredential, keys::MetaIdOf({person->number})));
  auto opened = OpenCredential(store_, suite_, person->number, credential.Reveal(), secret);
  if (opened.code() == StatusCode::kWrongSecret) return refused;
  MS_TRY(opened.status());
  // The credential may be of new keys whose statement is being taken in just now.
  if (!Fits(*opened, *person)) Settle();
  const auto newest = chain();
  Identity identity{*newest->FindPerson(person->number), std::move(*opened)};
  if (newest->IsDisabled(person->number)) return refused;
  // Whoever writes to the disk could found a chain of their own; nobody's credential would pin it.
  if (Fits(identity.keys, identity.person) && identity.keys.founder_key == newest->founder_key()) return identity;
  // Or it was replaced, password and all, since it was read.
  MS_ASSIGN(const SecretBytes now, meta_.Get(MetaKind::kCredential, keys::MetaIdOf({person->number})));
  if (!SameBytes(now.Reveal(), credential.Reveal())) return refused;
  return Status::AuthFailed("the chain of statements is not the one this person knows");
}

Result<keys::ClassKey> Registry::FetchClassKey(const Identity& identity, ClassNumber number,
                                               ClassKeyVersion version) const {
  const auto current = chain();
  if (!current->Granted(identity.person.number, number))
    return Status::PermissionDenied("this person does not hold the class");
  const ClassKeyEntry* entry = current->FindClassKey(number, version);
  if (entry == nullptr) return Status::AuthFailed("the chain of statements does not name this class key");
  auto slot = meta_.Get(MetaKind::kPersonSlot, SlotId(number, version, identity.person.number));
  if (slot.code() == StatusCode::kNotFound) return Status::PermissionDenied("this person holds no key of the class");
  MS_TRY(slot.status());
  MS_ASSIGN(KeyBytes key, OpenPersonSlot(store_, suite_, identity.person.number, identity.keys.private_key, number,
                                         version, slot->Reveal()));
  if (DigestOfClassKey(store_, number, version, key.Reveal()) != entry->digest)
    return Status::AuthFailed("a class key is not the one the chain of statements names");
  return keys::ClassKey(std::move(key));
}

Status Registry::GrantInto(Chain& chain, const Identity& who, const Person& person, ClassNumber number,
                           store::Batch& batch) const {
  MS_ASSIGN(const Bytes statement, chain.AddGrant(person.number, number, who.person.number, who.keys.seed));
  MS_TRY(PutSlots(chain, who, person, number, batch));
  PutStatement(batch, chain, statement);
  return Status::Ok();
}

// All versions: rows wait under older ones until a rotation has passed over them.
Status Registry::PutSlots(const Chain& chain, const Identity& who, const Person& person, ClassNumber number,
                          store::Batch& batch) const {
  for (ClassKeyVersion version = 1; version <= chain.NewestVersion(number); ++version) {
    auto key = FetchClassKey(who, number, version);
    if (key.code() == StatusCode::kPermissionDenied) continue;
    MS_TRY(key.status());
    MS_TRY(PutSlot(batch, person, number, version, key->Reveal()));
  }
  return Status::Ok();
}

void Registry::DropSlots(const Chain& chain, PersonNumber person, ClassNumber number, store::Batch& batch) const {
  for (ClassKeyVersion version = 1; version <= chain.NewestVersion(number); ++version)
    meta_.Delete(batch, MetaKind::kPersonSlot, SlotId(number, version, person));
}

// Slots that only the old keys open, of classes taken back since, go with them.
Status Registry::ReplaceSlots(const Chain& chain, const Identity& who, const Person& person,
                              store::Batch& batch) const {
  for (const auto& [number, entry] : chain.classes()) {
    DropSlots(chain, person.number, number, batch);
    if (chain.Granted(person.number, number)) MS_TRY(PutSlots(chain, who, person, number, batch));
  }
  return Status::Ok();
}

Status Registry::AddPerson(const Identity& who, const NewPerson& wanted, const NewSecret& secret,
                           const Consent& consent) {
  std::lock_guard lock(change_mutex_);
  Chain next = *chain();
  store::Batch batch;
  PrivateKeys private_keys = DrawPrivateKeys();
  private_keys.founder_key = next.founder_key();
  const Person person{next.NextPersonNumber(), wanted.kind, wanted.name, crypto::VerifyKeyOf(private_keys.seed),
                      crypto::PublicKeyOf(private_keys.private_key)};
  MS_ASSIGN(const Bytes statement, next.AddPerson(person, who.person.number, who.keys.seed));
  PutStatement(batch, next, statement);
  std::vector<std::string> classes = wanted.classes;
  if (std::find(classes.begin(), classes.end(), kEveryonesClass) == classes.end())
    classes.emplace_back(kEveryonesClass);
  for (const std::string& name : classes) {
    const auto number = next.FindClass(name);
    if (!number.has_value()) return Status::NotFound("no class of that name");
    MS_TRY(GrantInto(next, who, person, *number, batch));
  }
  MS_TRY(GiveRolesInto(next, who, person.number, wanted.roles, batch));
  if (wanted.only_check) return Status::Ok();
  MS_TRY(PutCredential(batch, person.number, private_keys, secret));
  if (consent) MS_TRY(consent());
  MS_TRY(CommitChain(std::move(next), batch));
  KeepTokenKey(secret);
  return Status::Ok();
}

Status Registry::Grant(const Identity& who, std::string_view person_name, std::string_view class_name,
                       const Consent& consent) {
  std::lock_guard lock(change_mutex_);
  Chain next = *chain();
  const Person* person = next.FindPerson(person_name);
  if (person == nullptr) return Status::NotFound("no person of that name");
  const auto number = next.FindClass(class_name);
  if (!number.has_value()) return Status::NotFound("no class of that name");
  if (next.DirectlyGranted(person->number, *number)) return Status::AlreadyExists("this person holds the class");
  store::Batch batch;
  MS_TRY(GrantInto(next, who, *person, *number, batch));
  if (consent) MS_TRY(consent());
  return CommitChain(std::move(next), batch);
}

// Nobody is left with a slot of the new version who does not hold the class at its statement.
Status Registry::RotateClass(const Identity& who, ClassNumber number, const std::vector<std::string>& revoked,
                             const std::function<Status(const keys::ClassKey&, ClassKeyVersion, store::Batch&)>& also) {
  std::lock_guard lock(change_mutex_);
  Chain next = *chain();
  store::Batch batch;
  for (const std::string& name : revoked) {
    const Person* person = next.FindPerson(name);
    if (person == nullptr) return Status::NotFound("no person of that name");
    MS_ASSIGN(const Bytes taken_back, next.AddRevoke(person->number, number, who.person.number, who.keys.seed));
    PutStatement(batch, next, taken_back);
    if (next.Assigned(person->number, number))
      return Status::InvalidArgument("the person holds the class by a role too: take the role from them first");
    DropSlots(next, person->number, number, batch);
  }
  const ClassKeyVersion version = next.NewestVersion(number) + 1;
  MS_ASSIGN(const crypto::PrivateKey key, AddKeyVersion(next, who, number, version, batch));
  for (const Person* person : next.persons()) {
    if (next.Granted(person->number, number)) MS_TRY(PutSlot(batch, *person, number, version, key.Reveal()));
  }
  MS_TRY(also(keys::ClassKey(KeyBytes::CopyOf(key.Reveal())), version, batch));
  return CommitChain(std::move(next), batch);
}

Result<Identity> Registry::RotatePerson(const Identity& who, std::string_view name, const NewSecret& secret) {
  std::lock_guard lock(change_mutex_);
  Chain next = *chain();
  const Person* known = next.FindPerson(name);
  if (known == nullptr) return Status::NotFound("no person of that name");
  const PersonNumber number = known->number;
  PrivateKeys keys = DrawPrivateKeys();
  keys.founder_key = next.founder_key();
  if (number == who.person.number) keys.past = SecretBytes::CopyOf(who.keys.past.Reveal());
  MS_ASSIGN(const Bytes statement,
            next.AddPersonKeys(number, crypto::VerifyKeyOf(keys.seed), crypto::PublicKeyOf(keys.private_key),
                               who.person.number, who.keys.seed));
  store::Batch batch;
  PutStatement(batch, next, statement);
  Identity renewed{*next.FindPerson(number), std::move(keys)};
  MS_TRY(ReplaceSlots(next, who, renewed.person, batch));
  MS_TRY(PutCredential(batch, number, renewed.keys, secret));
  if (number == kFounder && next.custodians().set != 0) MS_TRY(PutRecovery(suite_, next, renewed.keys, batch));
  MS_TRY(CommitChain(std::move(next), batch));
  KeepTokenKey(secret);
  return renewed;
}

bool Registry::HasNewestKeys(const Person& person) const {
  const auto current = chain();
  const Person& newest = *current->FindPerson(person.number);
  if (current->IsDisabled(person.number)) return false;
  return newest.verify_key == person.verify_key && newest.public_key == person.public_key;
}

void Registry::Settle() const { const std::lock_guard lock(change_mutex_); }

Status Registry::WhileSettled(const std::function<Status()>& work) const {
  const std::lock_guard lock(change_mutex_);
  return work();
}

// Draws the key and names it; the key of `audit` is one half of a pair.
Result<crypto::PrivateKey> Registry::AddKeyVersion(Chain& chain, const Identity& who, ClassNumber number,
                                                   ClassKeyVersion version, store::Batch& batch) const {
  crypto::PrivateKey key(crypto::RandomKey());
  ClassKeyEntry entry{NowMs(), DigestOfClassKey(store_, number, version, key.Reveal()), {}};
  if (chain.FindClass(kAuditClass) == number) entry.public_half = crypto::PublicKeyOf(key);
  MS_ASSIGN(const Bytes named, chain.AddClassKey(number, version, entry, who.person.number, who.keys.seed));
  PutStatement(batch, chain, named);
  return key;
}

// A class is born with a key, sealed to whoever declares it.
Status Registry::DeclareClass(Chain& chain, const Identity& who, ClassNumber number, const ClassEntry& entry,
                              store::Batch& batch) const {
  constexpr ClassKeyVersion kFirst = 1;
  MS_ASSIGN(const Bytes declared, chain.AddClass(number, entry, who.person.number, who.keys.seed));
  PutStatement(batch, chain, declared);
  MS_ASSIGN(const crypto::PrivateKey key, AddKeyVersion(chain, who, number, kFirst, batch));
  for (const Person* person : chain.persons()) {
    const bool holds = person->number == who.person.number || entry.name == kEveryonesClass;
    if (!holds) continue;
    MS_ASSIGN(const Bytes granted, chain.AddGrant(person->number, number, who.person.number, who.keys.seed));
    PutStatement(batch, chain, granted);
    MS_TRY(PutSlot(batch, *person, number, kFirst, key.Reveal()));
  }
  return Status::Ok();
}

Status Registry::Declare(Chain& chain, const Identity& who, const std::vector<ClassEntry>& classes,
                         std::uint32_t version, const ByteArray<32>& digest, store::Batch& batch) const {
  for (const ClassEntry& entry : classes) {
    if (chain.FindClass(entry.name).has_value()) continue;
    if (chain.classes().size() >= format::kSlots) return Status::ResourceExhausted("a store has at most 16 classes");
    MS_TRY(DeclareClass(chain, who, static_cast<ClassNumber>(chain.classes().size()), entry, batch));
  }
  MS_ASSIGN(const Bytes statement, chain.AddSchema(version, digest, who.person.number, who.keys.seed));
  PutStatement(batch, chain, statement);
  return Status::Ok();
}

Status Registry::DeclareInto(const Identity& who, const std::vector<ClassEntry>& classes, std::uint32_t version,
                             const ByteArray<32>& digest, store::Batch& batch) {
  Chain next = *chain();
  MS_TRY(Declare(next, who, classes, version, digest, batch));
  std::unique_lock lock(chain_mutex_);
  chain_ = std::make_shared<const Chain>(std::move(next));
  return Status::Ok();
}

Status Registry::LoadSchema(const Identity& who, const std::vector<ClassEntry>& classes, std::uint32_t version,
                            const ByteArray<32>& digest, store::Batch& batch) {
  std::lock_guard lock(change_mutex_);
  Chain next = *chain();
  MS_TRY(Declare(next, who, classes, version, digest, batch));
  return CommitChain(std::move(next), batch);
}

}  // namespace mseal::people
