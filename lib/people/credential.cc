// Seals a person's private keys under a password and opens them.
#include "people/credential.h"

#include "crypto/random.h"
#include "format/credential.h"
#include "seal/seal.h"

namespace mseal::people {
namespace {

seal::Place PlaceOf(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person) {
  format::Context context(format::ContextKind::kCredential);
  context.Add(format::ContextItem::kStore, store).AddNumber(format::ContextItem::kPerson, person);
  return {format::Purpose::kCredential, suite, seal::DigestOf(context)};
}

Status WrongPassword() { return Status::WrongSecret("the password does not open this credential"); }

}  // namespace

SecretBytes ContentOf(const PrivateKeys& keys) {
  return format::EncodeCredentialContent({keys.private_key.Reveal(), keys.seed.Reveal(), keys.founder_key});
}

Result<PrivateKeys> KeysIn(const SecretBytes& content) {
  MS_ASSIGN(const format::CredentialContent parts, format::ParseCredentialContent(content.Reveal()));
  PrivateKeys keys;
  CopyBytes(parts.private_key, keys.private_key.Fill());
  CopyBytes(parts.seed, keys.seed.Fill());
  CopyBytes(parts.founder_key, keys.founder_key);
  return keys;
}

PrivateKeys DrawPrivateKeys() {
  PrivateKeys keys;
  crypto::SystemRandom(keys.private_key.Fill());
  crypto::SystemRandom(keys.seed.Fill());
  return keys;
}

Result<Bytes> SealCredential(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                             const PrivateKeys& keys, ByteView password, const crypto::Argon2Cost& cost) {
  crypto::PasswordSalt salt;
  crypto::SystemRandom(salt);
  MS_ASSIGN(const KeyBytes key, crypto::KeyFromPassword(password, salt, cost));
  const SecretBytes content = ContentOf(keys);
  const Bytes sealed = seal::Seal(key.Reveal(), PlaceOf(store, suite, person), content.Reveal());
  return format::EncodeCredential({cost.memory_kib, cost.passes, salt, sealed});
}

Result<PrivateKeys> OpenCredential(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                                   ByteView credential, ByteView password) {
  MS_ASSIGN(const format::Credential parsed, format::ParseCredential(credential));
  const crypto::Argon2Cost cost{parsed.memory_kib, parsed.passes};
  if (!crypto::CheckCost(cost).ok()) return Status::Corrupt("the cost of a credential is out of range");
  MS_ASSIGN(const KeyBytes key, crypto::KeyFromPassword(password, parsed.salt, cost));
  const Result<SecretBytes> content = seal::Open(key.Reveal(), PlaceOf(store, suite, person), parsed.sealed);
  if (content.code() == StatusCode::kAuthFailed) return WrongPassword();
  if (!content.ok()) return content.status();
  return KeysIn(*content);
}

}  // namespace mseal::people
