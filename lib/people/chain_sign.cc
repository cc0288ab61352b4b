// Makes the next statement of a chain.
#include "base/writer.h"
#include "people/chain.h"
#include "people/statement_bytes.h"

namespace mseal::people {
namespace {

format::PersonBody BodyOf(const Person& person) {
  return {person.number, static_cast<std::uint8_t>(person.kind), person.name, person.verify_key, person.public_key};
}

Bytes Signed(const format::Statement& statement, const crypto::SigningSeed& seed) {
  Bytes bytes = format::EncodeStatement(statement);
  Writer(bytes).Raw(crypto::Sign(seed, SignedMessage(bytes)));
  return bytes;
}

// What is signed must be readable: the parser judges the numbers that no rule looks at.
Status CheckReadable(const format::StatementBody& body, ByteView encoded) {
  const auto type = static_cast<std::uint8_t>(format::TypeOf(body));
  if (format::ParseStatementBody(type, encoded).ok()) return Status::Ok();
  return Status::InvalidArgument("a number is out of range");
}

}  // namespace

Result<Bytes> Chain::Append(const format::StatementBody& body, PersonNumber signer, const crypto::SigningSeed& seed) {
  MS_TRY(CheckSigner(body, signer));
  const Person* known = FindPerson(signer);
  if (known != nullptr && known->verify_key != crypto::VerifyKeyOf(seed)) {
    return Status::PermissionDenied("the seed is not the signer's");
  }
  MS_TRY(CheckBody(body));
  const Bytes encoded = format::EncodeStatementBody(body);
  MS_TRY(CheckReadable(body, encoded));
  const auto type = static_cast<std::uint8_t>(format::TypeOf(body));
  Bytes statement = Signed({store_, newest_number_ + 1, newest_digest_, type, signer, encoded}, seed);
  Take(body, statement);
  return statement;
}

Result<Bytes> Chain::Found(const keys::StoreId& store, crypto::Suite suite, const Person& founder,
                           const crypto::SigningSeed& seed, Chain& out) {
  if (founder.verify_key != crypto::VerifyKeyOf(seed)) return Status::InvalidArgument("the seed is not the founder's");
  Chain chain;
  chain.store_ = store;
  const format::FoundingBody body{static_cast<std::uint8_t>(suite), BodyOf(founder)};
  MS_ASSIGN(Bytes statement, chain.Append(body, 1, seed));
  out = std::move(chain);
  return statement;
}

Result<Bytes> Chain::AddPerson(const Person& person, PersonNumber signer, const crypto::SigningSeed& seed) {
  return Append(BodyOf(person), signer, seed);
}

Result<Bytes> Chain::AddClass(ClassNumber number, const ClassEntry& entry, PersonNumber signer,
                              const crypto::SigningSeed& seed) {
  return Append(format::ClassBody{number, entry.no_index, entry.name}, signer, seed);
}

Result<Bytes> Chain::AddClassKey(ClassNumber number, ClassKeyVersion version, const ClassKeyEntry& entry,
                                 PersonNumber signer, const crypto::SigningSeed& seed) {
  return Append(format::ClassKeyBody{number, version, entry.made_ms, entry.digest, entry.public_half}, signer, seed);
}

Result<Bytes> Chain::AddGrant(PersonNumber person, ClassNumber number, PersonNumber signer,
                              const crypto::SigningSeed& seed) {
  return Append(format::GrantBody{person, number}, signer, seed);
}

Result<Bytes> Chain::AddRevoke(PersonNumber person, ClassNumber number, PersonNumber signer,
                               const crypto::SigningSeed& seed) {
  return Append(format::RevokeBody{person, number}, signer, seed);
}

Result<Bytes> Chain::AddPersonKeys(PersonNumber person, const crypto::VerifyKey& verify_key,
                                   const crypto::PublicKey& public_key, PersonNumber signer,
                                   const crypto::SigningSeed& seed) {
  return Append(format::PersonKeysBody{person, verify_key, public_key}, signer, seed);
}

Result<Bytes> Chain::AddCustodians(const Custodians& custodians, PersonNumber signer, const crypto::SigningSeed& seed) {
  const format::CustodiansBody body{custodians.set, custodians.threshold, custodians.public_key,
                                    custodians.share_digests};
  return Append(body, signer, seed);
}

Result<Bytes> Chain::AddSuite(crypto::Suite suite, PersonNumber signer, const crypto::SigningSeed& seed) {
  return Append(format::SuiteBody{static_cast<std::uint8_t>(suite)}, signer, seed);
}

Result<Bytes> Chain::AddPolicy(std::string_view name, std::uint64_t value, PersonNumber signer,
                               const crypto::SigningSeed& seed) {
  return Append(format::PolicyBody{name, value}, signer, seed);
}

Result<Bytes> Chain::AddSchema(std::uint32_t version, const ByteArray<32>& digest, PersonNumber signer,
                               const crypto::SigningSeed& seed) {
  return Append(format::SchemaBody{version, digest}, signer, seed);
}

}  // namespace mseal::people
