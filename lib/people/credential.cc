// Seals a person's private keys under a password and opens them.
#include "people/credential.h"

#include <algorithm>

#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "format/credential.h"
#include "keys/person_token.h"
#include "seal/seal.h"

namespace mseal::people {
namespace {

seal::Place PlaceOf(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person) {
  format::Context context(format::ContextKind::kCredential);
  context.Add(format::ContextItem::kStore, store).AddNumber(format::ContextItem::kPerson, person);
  return {format::Purpose::kCredential, suite, seal::DigestOf(context)};
}

Status WrongPassword() { return Status::WrongSecret("the secret does not open this credential"); }

KeyBytes KeyFromFile(const keys::StoreId& store, PersonNumber person, ByteView content) {
  Bytes place;
  Writer(place).Raw(store).U32(person);
  return KeyBytes::CopyOf(crypto::Prf32(KeyView(content.data(), kKeySize), "medseal.v1.pfile", place));
}

// The token tells its key and its message apart; here both mean that it is not the person's.
Result<KeyBytes> KeyFromToken(const keys::StoreId& store, PersonNumber person, const format::Credential& credential,
                              const LoginSecret& secret) {
  if (secret.token == nullptr) return WrongPassword();
  const keys::PersonKeyId id{store, credential.token_key};
  const auto key = secret.token->Decrypt(id, credential.nonce, format::PersonTokenAssociatedData(id, person),
                                         credential.wrapped);
  if (key.code() == StatusCode::kNotFound || key.code() == StatusCode::kAuthFailed) return WrongPassword();
  MS_TRY(key.status());
  if (key->size() != kKeySize) return WrongPassword();
  return KeyBytes::CopyOf(KeyView(key->Reveal().data(), kKeySize));
}

// A key that the token is to decrypt from now on.
Result<KeyBytes> NewKeyUnderToken(const keys::StoreId& store, PersonNumber person, const LoginSecret& secret,
                                  format::Credential& credential, Bytes& wrapped) {
  if (secret.token == nullptr) return Status::WrongSecret("the token takes another PIN");
  KeyBytes key = crypto::RandomKey();
  crypto::SystemRandom(credential.nonce);
  const keys::PersonKeyId id{store, credential.token_key};
  MS_ASSIGN(wrapped, secret.token->Encrypt(id, credential.nonce, format::PersonTokenAssociatedData(id, person),
                                           key.Reveal()));
  credential.wrapped = wrapped;
  return key;
}

// The time that a secret of this kind takes, for one that is no use here: the token looks for a key that it does not
// have.
Status SpendTime(const keys::StoreId& store, const LoginSecret& secret) {
  if (secret.kind == CredentialKind::kPassword)
    crypto::KeyFromPassword(secret.bytes, {}, {}).status().Ignore("only the time counts");
  if (secret.token != nullptr) secret.token->Decrypt({store, {}}, {}, {}, {}).status().Ignore("only the time counts");
  return WrongPassword();
}

Result<KeyBytes> KeyOf(const keys::StoreId& store, PersonNumber person, const format::Credential& credential,
                       const LoginSecret& secret) {
  if (credential.kind != secret.kind) return SpendTime(store, secret);
  if (secret.kind == CredentialKind::kToken) return KeyFromToken(store, person, credential, secret);
  if (secret.kind == CredentialKind::kKeyFile) return KeyFromFile(store, person, secret.bytes);
  return crypto::KeyFromPassword(secret.bytes, credential.salt, {credential.memory_kib, credential.passes});
}

}  // namespace

Status CheckKeyFile(ByteView content) {
  if (content.size() != kKeySize) return Status::InvalidArgument("a person's key file holds 32 bytes");
  const bool text = std::all_of(content.begin(), content.end(), [](std::uint8_t c) { return c >= 0x09 && c < 0x7f; });
  return text ? Status::InvalidArgument("a person's key file holds random bytes, not text") : Status::Ok();
}

Result<ByteArray<32>> TagOfKeyFile(const keys::StoreId& store, ByteView content) {
  MS_TRY(CheckKeyFile(content));
  return crypto::Prf32(KeyView(content.data(), kKeySize), "medseal.v1.ptag", store);
}

ByteArray<32> TagOfToken(const keys::StoreId& store, const keys::PersonToken& token) {
  Bytes named;
  Writer(named).Raw(store).Raw(token.identity());
  return crypto::Hash("medseal.v1.ttag", named);
}

SecretBytes ContentOf(const PrivateKeys& keys) {
  return format::EncodeCredentialContent({keys.private_key.Reveal(), keys.seed.Reveal(), keys.founder_key, {}});
}

Result<PrivateKeys> KeysIn(const SecretBytes& content) {
  MS_ASSIGN(const format::CredentialContent parts, format::ParseCredentialContent(content.Reveal()));
  PrivateKeys keys;
  CopyBytes(parts.private_key, keys.private_key.Fill());
  CopyBytes(parts.seed, keys.seed.Fill());
  CopyBytes(parts.founder_key, keys.founder_key);
  keys.past = SecretBytes::CopyOf(parts.past);
  return keys;
}

PrivateKeys DrawPrivateKeys() {
  PrivateKeys keys;
  crypto::SystemRandom(keys.private_key.Fill());
  crypto::SystemRandom(keys.seed.Fill());
  return keys;
}

Result<Bytes> SealCredential(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                             const PrivateKeys& keys, const LoginSecret& secret, const crypto::Argon2Cost& cost,
                             const ByteArray<16>& token_key) {
  if (secret.kind == CredentialKind::kKeyFile) MS_TRY(CheckKeyFile(secret.bytes));
  format::Credential credential;
  credential.kind = secret.kind;
  credential.memory_kib = cost.memory_kib;
  credential.passes = cost.passes;
  crypto::SystemRandom(credential.salt);
  credential.token_key = token_key;
  Bytes wrapped;
  MS_ASSIGN(const KeyBytes key, secret.kind == CredentialKind::kToken
                                    ? NewKeyUnderToken(store, person, secret, credential, wrapped)
                                    : KeyOf(store, person, credential, secret));
  const SecretBytes content = format::EncodeCredentialContent(
      {keys.private_key.Reveal(), keys.seed.Reveal(), keys.founder_key, keys.past.Reveal()});
  const Bytes sealed = seal::Seal(key.Reveal(), PlaceOf(store, suite, person), content.Reveal());
  credential.sealed = sealed;
  return format::EncodeCredential(credential);
}

Result<PrivateKeys> OpenCredential(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                                   ByteView credential, const LoginSecret& secret) {
  MS_ASSIGN(const format::Credential parsed, format::ParseCredential(credential));
  if (secret.kind == CredentialKind::kKeyFile) MS_TRY(CheckKeyFile(secret.bytes));
  const crypto::Argon2Cost cost{parsed.memory_kib, parsed.passes};
  if (parsed.kind == CredentialKind::kPassword && !crypto::CheckCost(cost).ok())
    return Status::Corrupt("the cost of a credential is out of range");
  MS_ASSIGN(const KeyBytes key, KeyOf(store, person, parsed, secret));
  const Result<SecretBytes> content = seal::Open(key.Reveal(), PlaceOf(store, suite, person), parsed.sealed);
  if (content.code() == StatusCode::kAuthFailed) return WrongPassword();
  if (!content.ok()) return content.status();
  return KeysIn(*content);
}

}  // namespace mseal::people
