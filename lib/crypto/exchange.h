// X25519 (RFC 7748): a secret shared with the holder of a public key.
#pragma once

#include "base/bytes.h"
#include "base/key_slab.h"
#include "base/status.h"

namespace mseal::crypto {

using PublicKey = ByteArray<32>;
using PrivateKey = Key<struct PrivateKeyRole>;

PublicKey PublicKeyOf(const PrivateKey& key);

// AuthFailed for a public key of small order, whose result is all zero.
Result<KeyBytes> SharedSecret(const PrivateKey& mine, const PublicKey& theirs);

// The key of a slot: BLAKE2b-256(shared ‖ ephemeral ‖ recipient), personalised "medseal.v1.slot." (FORMAT.md, "Slot").
KeyBytes SlotKey(KeyView shared, const PublicKey& ephemeral, const PublicKey& recipient);

}  // namespace mseal::crypto
