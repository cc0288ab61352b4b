// A person's private keys, sealed under what that person knows, with the founder's key pinned inside.
#pragma once

#include "base/secret_bytes.h"
#include "base/status.h"
#include "crypto/exchange.h"
#include "crypto/password.h"
#include "crypto/sign.h"
#include "people/chain.h"
#include "people/login_secret.h"
#include "people/person_slot.h"

namespace mseal::people {

struct PrivateKeys {
  crypto::PrivateKey private_key;  // X25519: opens slots
  crypto::SigningSeed seed;        // Ed25519: signs statements
  crypto::VerifyKey founder_key{};
  SecretBytes past;  // marks of the passwords they have and had (new_secret.h), the newest first
};

// Draws both pairs from the system's generator. The founder's key is for the caller to fill in.
PrivateKeys DrawPrivateKeys();

// InvalidArgument: not 32 bytes, or text, which nobody drew at random.
Status CheckKeyFile(ByteView content);
// What a key file is known by, in this store. InvalidArgument as CheckKeyFile.
Result<ByteArray<32>> TagOfKeyFile(const keys::StoreId& store, ByteView content);

// What a token is known by, in this store.
ByteArray<32> TagOfToken(const keys::StoreId& store, const keys::PersonToken& token);

// The stored credential (FORMAT.md, "Credential"): cost, salt, sealed private keys.
//   InvalidArgument    the password is empty or the cost, which only a password has, out of range; a key file that
//                      CheckKeyFile refuses
//   ResourceExhausted  the memory could not be had
//   WrongSecret        a token that takes another PIN
// and of a token what PersonToken::Encrypt has. `token_key`: the key on it.
Result<Bytes> SealCredential(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                             const PrivateKeys& keys, const LoginSecret& secret, const crypto::Argon2Cost& cost,
                             const ByteArray<16>& token_key = {});

//   WrongSecret         the secret is not the one, or of another kind, in the time that one of its kind takes; a
//                       credential that was changed, or is another's, looks the same
//   Corrupt             it does not parse, or its cost is out of range: no work is done for it
//   UnsupportedVersion  it was made by a later medseal
//   InvalidArgument     the password is empty, the key file not one;  ResourceExhausted  the memory could not be had
//   KeyUnavailable      the token went away
Result<PrivateKeys> OpenCredential(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                                   ByteView credential, const LoginSecret& secret);

// What a credential seals, laid out, without the marks, and taken apart. Corrupt: any other size.
SecretBytes ContentOf(const PrivateKeys& keys);
Result<PrivateKeys> KeysIn(const SecretBytes& content);

}  // namespace mseal::people
