// A person's private keys, sealed under what that person knows, with the founder's key pinned inside.
#pragma once

#include "base/secret_bytes.h"
#include "base/status.h"
#include "crypto/exchange.h"
#include "crypto/password.h"
#include "crypto/sign.h"
#include "people/chain.h"
#include "people/person_slot.h"

namespace mseal::people {

struct PrivateKeys {
  crypto::PrivateKey private_key;  // X25519: opens slots
  crypto::SigningSeed seed;        // Ed25519: signs statements
  crypto::VerifyKey founder_key{};
};

// Draws both pairs from the system's generator. The founder's key is for the caller to fill in.
PrivateKeys DrawPrivateKeys();

// The stored credential (FORMAT.md, "Credential"): cost, salt, sealed private keys.
//   InvalidArgument    the password is empty, or the cost is out of range
//   ResourceExhausted  the memory could not be had
Result<Bytes> SealCredential(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                             const PrivateKeys& keys, ByteView password, const crypto::Argon2Cost& cost);

//   WrongSecret         the password is not the one; a credential that was changed, or is another's, looks the same
//   Corrupt             it does not parse, or its cost is out of range: no work is done for it
//   UnsupportedVersion  it was made by a later medseal
//   InvalidArgument     the password is empty
//   ResourceExhausted   the memory could not be had
Result<PrivateKeys> OpenCredential(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                                   ByteView credential, ByteView password);

// What a credential seals, laid out and taken apart. Corrupt: any other size.
SecretBytes ContentOf(const PrivateKeys& keys);
Result<PrivateKeys> KeysIn(const SecretBytes& content);

}  // namespace mseal::people
