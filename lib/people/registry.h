// The people of an opened vault: the chain of statements, credentials and slots as they are stored in `meta`.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "keys/data_keys.h"
#include "keys/meta_table.h"
#include "people/chain.h"
#include "people/credential.h"
#include "people/custodians.h"
#include "people/new_secret.h"

namespace mseal::people {

// A logged-in person's own keys, and who they are.
struct Identity {
  Person person;
  PrivateKeys keys;
};

// Whether these are the private halves of the keys that the chain names for the person.
bool Fits(const PrivateKeys& keys, const Person& person);

// What a new person starts with.
struct NewPerson {
  std::string name;
  PersonKind kind = PersonKind::kHuman;
  std::vector<std::string> classes;
  crypto::Argon2Cost cost;  // of their password
  std::vector<std::string> roles = {};
  bool only_check = false;  // whether they could be added, whatever the secret; nothing is
};

// Refuses `batch` with Conflict if somebody has added a statement to `chain` since: what is wrapped under the newest
// class key it names would be under an older one.
void RequireNewest(const keys::MetaTable& meta, const Chain& chain, store::Batch& batch);

// Asked once everything else is known to be right, before it is committed: a failure is the answer, and nothing
// changed.
using Consent = std::function<Status()>;

// Any thread may call. Borrows rows and meta, which must outlive it.
class Registry {
 public:
  // Founds a store: the founder's statement and keys, into `batch`. `out` is the founder, who logs in once
  // PutFoundersCredential was committed: it takes classes that are stored.
  static Result<std::unique_ptr<Registry>> Found(store::Rows& rows, const keys::MetaTable& meta,
                                                 const keys::StoreId& store, seal::SuiteView suite,
                                                 const std::string& founder, store::Batch& batch, Identity& out);
  Status PutFoundersCredential(Identity& founder, ByteView password, const crypto::Argon2Cost& cost,
                               store::Batch& batch) const;
  // Reads and checks the chain.
  //   AuthFailed, Corrupt  see Chain::Verify
  static Result<std::unique_ptr<Registry>> Load(store::Rows& rows, const keys::MetaTable& meta,
                                                const keys::StoreId& store, seal::SuiteView suite);

  // A copy of the chain as it is now: a point in time that later statements do not change.
  std::shared_ptr<const Chain> chain() const;

  //   WrongSecret  unknown name or wrong password, the same answer in the same time
  //   AuthFailed   the credential does not pin this chain's founder
  Result<Identity> Login(std::string_view name, const LoginSecret& secret) const;

  // The same answer in the same time, whatever the secret: for who is locked out.
  Status Refuse(std::string_view name, const LoginSecret& secret) const;

  // The class key that was sealed to this person, checked against the chain.
  //   PermissionDenied  there is no slot for them: never granted, or not granted this version
  //   AuthFailed        the slot was changed, or holds another key than the chain names
  Result<keys::ClassKey> FetchClassKey(const Identity& identity, ClassNumber number, ClassKeyVersion version) const;

  // Whether somebody may log in with `secret` from now on, as `who` asks, who can be told of others' by the answer:
  // whether they may set it comes first. Changes nothing but that it draws the salt where there is none; takes one
  // hash of a password.
  //   InvalidArgument  CheckPassword or CheckKeyFile refuses it; it is, or of late was, the person's own password
  //   AlreadyExists    another person logs in with it;  PermissionDenied  `who` has other keys since
  Result<NewSecret> Judge(const Identity& who, const SecretOwner& owner, const LoginSecret& secret,
                          const crypto::Argon2Cost& cost) const;

  // Each stores its statements and what goes with them in one synced batch, by `who`.
  // Errors as the Chain has them; nothing is changed on failure.
  Status AddPerson(const Identity& who, const NewPerson& person, const NewSecret& secret,
                   const Consent& consent = {});
  Status Grant(const Identity& who, std::string_view person, std::string_view class_name, const Consent& consent = {});
  // registry_roles.cc. Slots follow: a class that somebody comes to hold is sealed to them by `who`, who has its key,
  // and the slots of one they hold no more are gone. The keys that they may have kept live until the class is rotated.
  //   NotFound  no such person, class or role
  // Revoke takes a grant back: what a role gives besides stays.
  Status Revoke(const Identity& who, std::string_view person, std::string_view class_name);
  Status DefineRole(const Identity& who, std::string_view name, Operations operations,
                    const std::vector<std::string>& classes, const Consent& consent = {});
  Status GiveRole(const Identity& who, std::string_view person, std::string_view role, const Consent& consent = {});
  Status TakeRole(const Identity& who, std::string_view person, std::string_view role);
  Status Enable(const Identity& who, std::string_view person);
  Status Disable(const Identity& who, std::string_view person);
  Status Rename(const Identity& who, std::string_view person, std::string_view name);
  // A new version of a class key, sealed to everyone who holds the class but `revoked`, whose grants are taken back.
  // `also` adds what is wrapped under the class key itself, in the same batch.
  //   PermissionDenied  only the founder may;  NotFound  no such class, or one of `revoked` does not hold it
  //   InvalidArgument   one of them holds it by a role
  Status RotateClass(const Identity& who, ClassNumber number, const std::vector<std::string>& revoked,
                     const std::function<Status(const keys::ClassKey&, ClassKeyVersion, store::Batch&)>& also);
  // Other key pairs and another password for a person, by themselves or by the founder, whose class keys go into the
  // new slots. The old pairs open nothing here any more. The result is what the person works with from now on.
  //   NotFound  no person of that name;  PermissionDenied  neither that person nor the founder
  Result<Identity> RotatePerson(const Identity& who, std::string_view person, const NewSecret& secret);
  // What is sealed from here on is sealed under `suite`: a statement, and in the same batch what only keys of persons
  // open and `who` can make anew: every person's slots and what is sealed to the custodians. `also` adds what lies
  // under class keys themselves. `live` is told before anybody sees the statement.
  //   PermissionDenied  only the founder may;  AlreadyExists  the store is under that suite
  Status ChangeSuite(const Identity& who, crypto::Suite suite, seal::Suites& live,
                     const std::function<Status(const seal::SuiteSet&, store::Batch&)>& also);
  // AuthFailed: a slot or what is sealed to the custodians lies under a suite of before.
  Status CheckSealedUnderNewest() const;
  // Seals the credential under the newest suite where it is not: whoever just logged in with `secret` has what it
  // takes. Conflict: it was replaced since.
  Status RenewCredential(const Identity& who, const LoginSecret& secret);
  // How many credentials wait for their person to log in, since they are not under the newest suite.
  Result<std::uint32_t> CredentialsToRenew() const;
  // Errors as Chain::AddPolicy has them.
  Status SetPolicy(const Identity& who, std::string_view name, std::uint64_t value, const Consent& consent = {});
  // Names custodians and seals the founder's keys to them. Errors as Chain::AddCustodians has them.
  Status NameCustodians(const Identity& who, const Custodians& custodians);
  // The founder, by what was sealed to the custodians.
  //   InvalidArgument  too few shares;  Conflict  other custodians were named since
  //   AuthFailed       what was sealed is gone, was changed, or holds other keys than the chain names
  Result<Identity> RecoverFounder(const BroughtShares& shares) const;
  // Another password over the keys that the person has. Conflict: they have other keys since.
  Status ReplacePassword(Identity& who, const NewSecret& secret);
  // False once the chain names other keys for this person, or has them disabled.
  bool HasNewestKeys(const Person& person) const;
  // Waits until a change of the chain that is being committed is known here.
  void Settle() const;
  // Calls `work` while nobody changes the chain.
  Status WhileSettled(const std::function<Status()>& work) const;
  // Declares the classes the store does not have yet, with a first key each, sealed to the founder (`directory` to
  // everyone), and names the schema. `batch` carries what the caller stores with it; it is committed here.
  Status LoadSchema(const Identity& who, const std::vector<ClassEntry>& classes, std::uint32_t version,
                    const ByteArray<32>& digest, store::Batch& batch);
  // The first half of LoadSchema, for a store that is being founded: everything goes into `batch`, nothing is
  // committed.
  Status DeclareInto(const Identity& who, const std::vector<ClassEntry>& classes, std::uint32_t version,
                     const ByteArray<32>& digest, store::Batch& batch);

 private:
  Registry(store::Rows& rows, const keys::MetaTable& meta, const keys::StoreId& store, seal::SuiteView suite);

  Status GrantInto(Chain& chain, const Identity& who, const Person& person, ClassNumber number,
                   store::Batch& batch) const;
  Result<crypto::PrivateKey> AddKeyVersion(Chain& chain, const Identity& who, ClassNumber number,
                                           ClassKeyVersion version, store::Batch& batch) const;
  // Every version of the class key that `who` can open, to `person`.
  Status PutSlots(const Chain& chain, const Identity& who, const Person& person, ClassNumber number,
                  store::Batch& batch) const;
  // The person's slots anew: what they hold from `who`, nothing else.
  Status ReplaceSlots(const Chain& chain, const Identity& who, const Person& person, store::Batch& batch) const;
  Status DeclareClass(Chain& chain, const Identity& who, ClassNumber number, const ClassEntry& entry,
                      store::Batch& batch) const;
  Status Declare(Chain& chain, const Identity& who, const std::vector<ClassEntry>& classes, std::uint32_t version,
                 const ByteArray<32>& digest, store::Batch& batch) const;
  // One statement of what `say` says, and the slots that follow from it.
  Status Say(const Identity& who, const std::function<Result<Bytes>(Chain&)>& say, const Consent& consent = {});
  Status GiveRolesInto(Chain& chain, const Identity& who, PersonNumber person, const std::vector<std::string>& roles,
                       store::Batch& batch) const;
  Status FollowSlots(const Chain& before, const Chain& after, const Identity& who, store::Batch& batch) const;
  void DropSlots(const Chain& chain, PersonNumber person, ClassNumber number, store::Batch& batch) const;
  void PutStatement(store::Batch& batch, const Chain& chain, ByteView statement) const;
  Status PutSlot(store::Batch& batch, const Person& person, ClassNumber number, ClassKeyVersion version,
                 KeyView key) const;
  Status PutSlotsUnder(const seal::SuiteSet& suite, const Chain& chain, const Identity& who, store::Batch& batch) const;
  Status PutRecovery(const seal::SuiteSet& suite, const Chain& chain, const PrivateKeys& founder,
                     store::Batch& batch) const;
  Result<format::PasswordSalt> SaltOfPasswords(const crypto::Argon2Cost& cost) const;
  Status CheckKeysAreTheNewest(const Identity& who) const;
  Status JudgePassword(const Identity& who, const SecretOwner& owner, NewSecret& judged) const;
  // Nothing: the founder's slot of that version is gone.
  Result<std::optional<ByteArray<32>>> TagUnder(const Identity& who, ClassKeyVersion version, KeyView stretched) const;
  Status CheckNobodys(const Identity& who, const SecretOwner& owner, KeyView stretched) const;
  // AlreadyExists: another person's; or a key file that is this one's already: they may stay with their token.
  Status CheckOwnCredential(const format::CredentialTag& tag, CredentialKind kind, PersonNumber owner) const;
  Status PutCredential(store::Batch& batch, PersonNumber person, PrivateKeys& keys, const NewSecret& secret) const;
  // Once it was committed.
  static void KeepTokenKey(const NewSecret& secret);
  Status CommitChain(Chain chain, store::Batch& batch);

  store::Rows& rows_;
  const keys::MetaTable& meta_;
  keys::StoreId store_;
  seal::SuiteView suite_;
  mutable std::mutex change_mutex_;        // one change of the chain at a time
  mutable std::shared_mutex chain_mutex_;  // guards the pointer
  std::shared_ptr<const Chain> chain_;
};

}  // namespace mseal::people
