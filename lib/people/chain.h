// The chain of signed statements that says who is who and which keys are real. Everything a session trusts is named
// here, and the chain hangs on the founder's key, which each person's sealed credential pins.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "crypto/exchange.h"
#include "crypto/sign.h"
#include "format/statement.h"
#include "keys/provider.h"
#include "people/roles.h"
#include "seal/suites.h"

namespace mseal::people {

using PersonNumber = std::uint32_t;  // from 1 (the founder), never reused
inline constexpr PersonNumber kFounder = 1;
using ClassNumber = std::uint8_t;       // 0..15: the slot in every key row
using ClassKeyVersion = std::uint32_t;  // from 1

enum class PersonKind : std::uint8_t { kHuman = 1, kService = 2 };

// Keys are the newest that the chain names for the person.
struct Person {
  PersonNumber number = 0;
  PersonKind kind = PersonKind::kHuman;
  std::string name;  // 1 to 64 bytes of UTF-8 without control characters
  crypto::VerifyKey verify_key{};
  crypto::PublicKey public_key{};
};

struct ClassEntry {
  std::string name;
  bool no_index = false;
};

// Who together hold the key that the founder's private keys are sealed to.
struct Custodians {
  std::uint32_t set = 0;  // from 1; a newer set takes an older one's place
  std::uint8_t threshold = 0;
  crypto::PublicKey public_key{};
  std::vector<ByteArray<32>> share_digests;  // of share 1 first

  std::uint8_t count() const { return static_cast<std::uint8_t>(share_digests.size()); }
};

// What the chain says of one version of a class key.
struct ClassKeyEntry {
  std::uint64_t made_ms = 0;
  ByteArray<32> digest{};           // DigestOfClassKey of it
  crypto::PublicKey public_half{};  // of the class `audit`, whose key is an X25519 private key; zero otherwise
};

// BLAKE2b-256 of a class key with its class and version: what a statement names it by. FORMAT.md, "Statement".
ByteArray<32> DigestOfClassKey(const keys::StoreId& store, ClassNumber number, ClassKeyVersion version, KeyView key);

// The class that everyone holds, and the one whose key is an X25519 private key.
inline constexpr std::string_view kEveryonesClass = "directory";
inline constexpr std::string_view kAuditClass = "audit";

// Copies and moves; a pointer it gives is good until the chain it came from takes a statement, is moved from or
// dropped. Reading from several threads is safe.
class Chain {
 public:
  // Empty: knows nobody. Only Found and Verify make one that does.
  Chain() = default;

  // Checks numbers, links, signatures, entitlement and the rules below of all statements (statement 1 first). A chain
  // that misses statements at its end is a valid older chain: compare newest_number() with the anchor's. Whether its
  // founder is the right one shows in the credential: compare founder_key() with PrivateKeys::founder_key.
  //   AuthFailed          a statement is not what its signer made, not in its place, another store's, or its signer was
  //                       not entitled
  //   Corrupt             none are given, or one does not parse or breaks a rule
  //   UnsupportedVersion  made by a later medseal
  static Result<Chain> Verify(const keys::StoreId& store, const std::vector<Bytes>& statements);

  // The key of the first statement, on which the chain hangs: the founder's newest may be another. Zero when empty.
  const crypto::VerifyKey& founder_key() const { return founder_key_; }
  std::uint64_t newest_number() const { return newest_number_; }  // 0: empty
  // What the store was founded under; and every suite that a statement has named, the newest first.
  crypto::Suite founding_suite() const { return founding_suite_; }
  const seal::SuiteSet& suites() const { return suites_; }

  // By the name that the person has now.
  const Person* FindPerson(PersonNumber number) const;
  const Person* FindPerson(std::string_view name) const;
  std::vector<const Person*> persons() const;  // by number

  const std::map<ClassNumber, ClassEntry>& classes() const { return classes_; }
  std::optional<ClassNumber> FindClass(std::string_view name) const;
  // 0 when the class has no key yet.
  ClassKeyVersion NewestVersion(ClassNumber number) const;
  const ClassKeyEntry* FindClassKey(ClassNumber number, ClassKeyVersion version) const;
  // Whether the person holds the class now, by a grant or by a role: the founder too does not until a grant is made.
  bool Granted(PersonNumber person, ClassNumber number) const {
    return Assigned(person, number) && !IsDisabled(person);
  }
  bool DirectlyGranted(PersonNumber person, ClassNumber number) const { return grants_.contains({person, number}); }
  // The same whether or not the person is disabled.
  bool Assigned(PersonNumber person, ClassNumber number) const;
  // What grants and roles together let the person do with a class that they hold, and over the vault.
  Operations OperationsOn(PersonNumber person, ClassNumber number) const;
  Operations OperationsOverVault(PersonNumber person) const;
  bool IsDisabled(PersonNumber person) const { return disabled_.contains(person); }

  const std::map<RoleNumber, Role>& roles() const { return roles_; }
  const Role* FindRole(RoleNumber number) const;
  const Role* FindRole(std::string_view name) const;
  std::vector<const Role*> RolesOf(PersonNumber person) const;

  // The newest loaded schema: its version (from 1) and the BLAKE2b-256 digest of its stored form. Version 0: none.
  std::uint32_t schema_version() const { return static_cast<std::uint32_t>(schemas_.size()); }
  const ByteArray<32>* SchemaDigest(std::uint32_t version) const;

  // Of set 0 when there are none yet.
  const Custodians& custodians() const { return custodians_; }

  // What the newest statement about this setting of policy.h says, or what it is without one.
  std::uint64_t policy(std::string_view name) const;

  // Each makes the next statement signed by `signer`, takes it into this chain and returns its bytes for storing. After
  // a failure the chain is as it was.
  //   PermissionDenied  the signer is not entitled: only the founder adds classes, class-key versions, schemas,
  //                     custodians and another suite; the founder or an administrator says the rest of persons, roles
  //                     and revocations, an administrator without giving more than they have; a grant is signed by the
  //                     founder or by somebody who may read, write and search the class, new keys of a person by the
  //                     founder or that person; `seed` is not the signer's; the signer is disabled
  //   AlreadyExists     the name, number, version, grant, role or one of the person's public keys is, or once was,
  //                     taken; the suite is the newest already, the role or the person as they are to be
  //   NotFound          it names what the chain does not know
  //   ResourceExhausted a 17th class
  //   InvalidArgument   a name that is empty, too long or not clean text; a person's number or a version that is not
  //                     the next; a public key of small order; a public half for another class than `audit`
  // Found makes statement 1: `founder` has number 1 and both public halves, `seed` the private half of its verify key.
  static Result<Bytes> Found(const keys::StoreId& store, crypto::Suite suite, const Person& founder,
                             const crypto::SigningSeed& seed, Chain& out);
  Result<Bytes> AddPerson(const Person& person, PersonNumber signer, const crypto::SigningSeed& seed);
  Result<Bytes> AddClass(ClassNumber number, const ClassEntry& entry, PersonNumber signer,
                         const crypto::SigningSeed& seed);
  Result<Bytes> AddClassKey(ClassNumber number, ClassKeyVersion version, const ClassKeyEntry& entry,
                            PersonNumber signer, const crypto::SigningSeed& seed);
  Result<Bytes> AddGrant(PersonNumber person, ClassNumber number, PersonNumber signer, const crypto::SigningSeed& seed);
  // InvalidArgument for the founder, NotFound for a person who does not hold the class.
  Result<Bytes> AddRevoke(PersonNumber person, ClassNumber number, PersonNumber signer,
                          const crypto::SigningSeed& seed);
  // Later statements of that person are signed with the new key, and what is sealed to them is sealed to the new one.
  Result<Bytes> AddPersonKeys(PersonNumber person, const crypto::VerifyKey& verify_key,
                              const crypto::PublicKey& public_key, PersonNumber signer,
                              const crypto::SigningSeed& seed);
  Result<Bytes> AddSchema(std::uint32_t version, const ByteArray<32>& digest, PersonNumber signer,
                          const crypto::SigningSeed& seed);
  Result<Bytes> AddCustodians(const Custodians& custodians, PersonNumber signer, const crypto::SigningSeed& seed);
  // What is sealed from here on is sealed under it.
  Result<Bytes> AddSuite(crypto::Suite suite, PersonNumber signer, const crypto::SigningSeed& seed);
  // A setting of the table in policy.h.
  //   NotFound  there is none of that name;  InvalidArgument  out of its range;  AlreadyExists  it has that value
  Result<Bytes> AddPolicy(std::string_view name, std::uint64_t value, PersonNumber signer,
                          const crypto::SigningSeed& seed);
  // A role whose number is known is defined anew, under the same name.
  Result<Bytes> DefineRole(const Role& role, PersonNumber signer, const crypto::SigningSeed& seed);
  Result<Bytes> GiveRole(PersonNumber person, RoleNumber role, PersonNumber signer, const crypto::SigningSeed& seed);
  Result<Bytes> TakeRole(PersonNumber person, RoleNumber role, PersonNumber signer, const crypto::SigningSeed& seed);
  Result<Bytes> Enable(PersonNumber person, PersonNumber signer, const crypto::SigningSeed& seed);
  // InvalidArgument for the founder.
  Result<Bytes> Disable(PersonNumber person, PersonNumber signer, const crypto::SigningSeed& seed);
  Result<Bytes> Rename(PersonNumber person, std::string_view name, PersonNumber signer,
                       const crypto::SigningSeed& seed);
  RoleNumber NextRoleNumber() const { return static_cast<RoleNumber>(roles_.size() + 1); }
  PersonNumber NextPersonNumber() const { return static_cast<PersonNumber>(persons_.size()) + 1; }

 private:
  // chain_verify.cc
  Status Accept(ByteView statement);
  Status CheckPlace(const format::Statement& statement) const;
  Status CheckSignature(const format::SignedStatement& statement) const;
  // chain_sign.cc
  Result<Bytes> Append(const format::StatementBody& body, PersonNumber signer, const crypto::SigningSeed& seed);
  // chain_rules.cc: what may be said next, by whom, and what is known once it was
  static Status CheckName(std::string_view name);
  Status CheckSigner(const format::StatementBody& body, PersonNumber signer) const;
  Status CheckBody(const format::StatementBody& body) const;
  Status Check(const format::FoundingBody& body) const;
  Status Check(const format::PersonBody& body) const;
  Status Check(const format::ClassBody& body) const;
  Status Check(const format::ClassKeyBody& body) const;
  Status Check(const format::GrantBody& body) const;
  Status Check(const format::SchemaBody& body) const;
  Status Check(const format::RevokeBody& body) const;
  Status Check(const format::PersonKeysBody& body) const;
  Status Check(const format::CustodiansBody& body) const;
  Status Check(const format::SuiteBody& body) const;
  Status Check(const format::PolicyBody& body) const;
  Status CheckKeys(const crypto::VerifyKey& verify_key, const crypto::PublicKey& public_key) const;
  // chain_roles.cc
  Status Check(const format::RoleBody& body) const;
  Status Check(const format::RoleGivenBody& body) const;
  Status Check(const format::PersonStateBody& body) const;
  Operations OfRoleOn(const Role& role, ClassNumber number) const;
  Operations AssignedOn(PersonNumber person, ClassNumber number) const;
  Operations AssignedOverVault(PersonNumber person) const;
  bool MayAllOf(PersonNumber signer, const Role& role) const;
  bool MayAllOf(PersonNumber signer, PersonNumber other) const;
  bool AdministratorMaySay(const format::StatementBody& body, PersonNumber signer) const;
  void Take(const format::StatementBody& body, ByteView statement);
  void Know(const format::FoundingBody& body);
  void Know(const format::PersonBody& body);
  void Know(const format::ClassBody& body);
  void Know(const format::ClassKeyBody& body);
  void Know(const format::GrantBody& body);
  void Know(const format::SchemaBody& body);
  void Know(const format::RevokeBody& body);
  void Know(const format::PersonKeysBody& body);
  void Know(const format::CustodiansBody& body);
  void Know(const format::SuiteBody& body);
  void Know(const format::PolicyBody& body);
  void Know(const format::RoleBody& body);
  void Know(const format::RoleGivenBody& body);
  void Know(const format::PersonStateBody& body);

  keys::StoreId store_{};
  crypto::Suite founding_suite_ = crypto::Suite::kChaCha20Poly1305;
  seal::SuiteSet suites_ = crypto::Suite::kChaCha20Poly1305;
  std::uint64_t newest_number_ = 0;
  ByteArray<32> newest_digest_{};  // of the whole newest statement: the next one names it
  crypto::VerifyKey founder_key_{};
  std::map<PersonNumber, Person> persons_;
  std::map<std::string, PersonNumber, std::less<>> numbers_by_name_;  // names of before too
  std::set<ByteArray<32>> public_keys_;  // of both kinds, replaced ones too: no two persons share one
  std::map<ClassNumber, ClassEntry> classes_;
  std::map<std::pair<ClassNumber, ClassKeyVersion>, ClassKeyEntry> class_keys_;
  std::set<std::pair<PersonNumber, ClassNumber>> grants_;
  std::vector<ByteArray<32>> schemas_;  // the digest of version 1 first
  Custodians custodians_;
  std::map<std::string, std::uint64_t, std::less<>> policy_;  // what statements said
  std::map<RoleNumber, Role> roles_;
  std::set<std::pair<PersonNumber, RoleNumber>> roles_given_;
  std::set<PersonNumber> disabled_;
};

}  // namespace mseal::people
