// The key derivation of the seal over libsodium's BLAKE2b.
#include "crypto/kdf.h"

#include <sodium.h>

#include <cstdlib>

#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/personal.h"

namespace mseal::crypto {
namespace {

// BLAKE2b works in blocks of 128 bytes: one block is one compression.
struct Block {
  ByteArray<kKeySize> key;
  Salt salt;
  Digest context;
  Label label;
};
static_assert(sizeof(Block) == 128 && alignof(Block) == 1);

MutableBytes BytesOf(Block& block) { return {reinterpret_cast<std::uint8_t*>(&block), sizeof(block)}; }

}  // namespace

void Derive(KeyView key, const Salt& salt, const Digest& context, const Label& label, MessageKey& out) {
  RequireLibrary();
  Block block{{}, salt, context, label};
  CopyBytes(key, block.key);
  const WipeOnExit wipe_block(BytesOf(block));
  ByteArray<64> okm;
  const WipeOnExit wipe_okm(okm);
  const auto personal = PersonalOf("medseal.v1.kdf..");
  if (crypto_generichash_blake2b_salt_personal(okm.data(), okm.size(), BytesOf(block).data(), sizeof(block), nullptr, 0,
                                               nullptr, personal.data()) != 0) {
    std::abort();  // cannot be with these sizes; a key half made must not be used
  }
  CopyBytes(ByteView(okm).first(kKeySize), out.key);
  CopyBytes(ByteView(okm).last(kCommitmentSize), out.commitment);
}

KeyBytes Subkey(KeyView key, std::string_view purpose) {
  KeyBytes subkey;
  Hasher(purpose, key, kKeySize).Finish(subkey.Fill());
  return subkey;
}

}  // namespace mseal::crypto
