// A class key sealed to one person's public key: how a person comes to hold a class. FORMAT.md, "Person slot".
#pragma once

#include "base/status.h"
#include "crypto/exchange.h"
#include "people/chain.h"

namespace mseal::people {

// Ephemeral X25519 ‖ sealed key. `person` comes from the chain and from nowhere else.
//   AuthFailed  the public key is of small order (a chain names none)
Result<Bytes> SealToPerson(const keys::StoreId& store, seal::SuiteSet suite, const Person& person, ClassNumber number,
                           ClassKeyVersion version, KeyView class_key);

// Whoever opens a slot compares the key with the chain (DigestOfClassKey) before any use: anybody can seal to a public
// key.
//   AuthFailed          changed, moved, or for somebody else
//   Corrupt             it does not parse
//   UnsupportedVersion  it was made by a later medseal
Result<KeyBytes> OpenPersonSlot(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                                const crypto::PrivateKey& mine, ClassNumber number, ClassKeyVersion version,
                                ByteView slot);

}  // namespace mseal::people
