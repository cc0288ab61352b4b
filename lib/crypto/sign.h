// Ed25519 (RFC 8032): who made a statement.
#pragma once

#include "base/bytes.h"
#include "base/key_slab.h"

namespace mseal::crypto {

using VerifyKey = ByteArray<32>;
using Signature = ByteArray<64>;
using SigningSeed = Key<struct SigningSeedRole>;

VerifyKey VerifyKeyOf(const SigningSeed& seed);
Signature Sign(const SigningSeed& seed, ByteView message);
[[nodiscard]] bool Verify(const VerifyKey& key, ByteView message,
                          ByteView signature);  // any other size than 64 is false

}  // namespace mseal::crypto
