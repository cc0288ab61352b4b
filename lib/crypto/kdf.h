// The key derivation of the seal: one BLAKE2b block gives a message key and the commitment to it.
#pragma once

#include "base/bytes.h"
#include "base/key_slab.h"
#include "base/secret_bytes.h"

namespace mseal::crypto {

inline constexpr std::size_t kSaltSize = 24;
inline constexpr std::size_t kLabelSize = 40;
inline constexpr std::size_t kCommitmentSize = 32;
using Salt = ByteArray<kSaltSize>;
using Label = ByteArray<kLabelSize>;
using Commitment = ByteArray<kCommitmentSize>;
using Digest = ByteArray<32>;

// What Derive gives; wiped when dropped.
struct MessageKey {
  ByteArray<kKeySize> key;
  Commitment commitment;
  MessageKey() = default;
  MessageKey(const MessageKey&) = delete;
  MessageKey& operator=(const MessageKey&) = delete;
  ~MessageKey() { Wipe(key), Wipe(commitment); }
  KeyView Reveal() const { return key; }
};

// OKM = BLAKE2b-512(key ‖ salt ‖ context digest ‖ label), exactly one 128-byte block, personalised "medseal.v1.kdf..".
// The first half is the message key, the second the commitment. FORMAT.md, "Seal".
void Derive(KeyView key, const Salt& salt, const Digest& context, const Label& label, MessageKey& out);

// A key for one registered purpose from a key that is never used directly (FORMAT.md, "Subkeys").
// `purpose` is at most 16 bytes and becomes the personalisation of a keyed BLAKE2b-256 over the empty message.
KeyBytes Subkey(KeyView key, std::string_view purpose);

}  // namespace mseal::crypto
