// BLAKE2b over libsodium.
#include "crypto/hash.h"

#include <sodium.h>

#include <cstdlib>
#include <new>

#include "base/secret_bytes.h"
#include "crypto/init.h"
#include "crypto/personal.h"

namespace mseal::crypto {
namespace {

using State = crypto_generichash_blake2b_state;

// Throughout: a failure of the library here means a size outside its range, which only a slip in code can bring.
void MustSucceed(int failed) {
  if (failed != 0) std::abort();
}

std::size_t CheckedSize(std::size_t output_size) {
  if (output_size < 16 || output_size > 64) std::abort();  // rule: 16 to 64
  return output_size;
}

State* StateIn(std::uint8_t* place) { return std::launder(reinterpret_cast<State*>(place)); }

}  // namespace

Hasher::Hasher(std::string_view purpose, std::size_t output_size) : output_size_(CheckedSize(output_size)) {
  static_assert(sizeof(State) == sizeof(state_) && alignof(State) <= alignof(Hasher));
  RequireLibrary();
  MustSucceed(crypto_generichash_blake2b_init_salt_personal(new (state_) State, nullptr, 0, output_size, nullptr,
                                                            PersonalOf(purpose).data()));
}

Hasher::Hasher(std::string_view purpose, KeyView key, std::size_t output_size)
    : output_size_(CheckedSize(output_size)) {
  RequireLibrary();
  MustSucceed(crypto_generichash_blake2b_init_salt_personal(new (state_) State, key.data(), key.size(), output_size,
                                                            nullptr, PersonalOf(purpose).data()));
}

Hasher::~Hasher() { Wipe(state_); }

Hasher& Hasher::Add(ByteView bytes) {
  if (output_size_ == 0) std::abort();  // rule: nothing is added after Finish
  MustSucceed(crypto_generichash_blake2b_update(StateIn(state_), bytes.data(), bytes.size()));
  return *this;
}

Hasher& Hasher::AddPrefixed(ByteView bytes) {
  ByteArray<8> size;
  for (std::size_t i = 0; i < 8; ++i) size[i] = static_cast<std::uint8_t>(std::uint64_t{bytes.size()} >> (56 - 8 * i));
  return Add(size).Add(bytes);
}

void Hasher::Finish(MutableBytes out) {
  if (output_size_ == 0 || out.size() != output_size_) std::abort();  // rule: once, and of the size given at the start
  MustSucceed(crypto_generichash_blake2b_final(StateIn(state_), out.data(), out.size()));
  output_size_ = 0;
}

Digest Hash(std::string_view purpose, ByteView bytes) {
  Digest digest;
  Hasher(purpose, digest.size()).Add(bytes).Finish(digest);
  return digest;
}

ByteArray<16> Prf16(KeyView key, std::string_view purpose, ByteView bytes) {
  ByteArray<16> out;
  Hasher(purpose, key, out.size()).Add(bytes).Finish(out);
  return out;
}

ByteArray<32> Prf32(KeyView key, std::string_view purpose, ByteView bytes) {
  ByteArray<32> out;
  Hasher(purpose, key, out.size()).Add(bytes).Finish(out);
  return out;
}

bool SameSecret(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mseal::crypto
