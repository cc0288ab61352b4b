// The system's generator, the pool of each thread, the hedged salt.
#include "crypto/random.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

#include "crypto/aead.h"
#include "crypto/init.h"

namespace mseal::crypto {
namespace {

constexpr std::size_t kPoolSize = 4096;

// Fast key erasure: each refill is the key stream of the last refill's first 32 bytes, which are gone by then, and
// bytes handed out are wiped, so that who reads this memory later learns nothing about salts already used.
class Pool {
 public:
  void Draw(MutableBytes out) {
    while (!out.empty()) {
      if (next_ == kPoolSize) Refill();
      const std::size_t size = std::min(out.size(), kPoolSize - next_);
      const MutableBytes drawn = MutableBytes(bytes_).subspan(next_, size);
      CopyBytes(drawn, out.first(size));
      Wipe(drawn);
      next_ += size;
      out = out.subspan(size);
    }
  }

  bool closed() const { return closed_; }
  void Close() {
    Wipe(bytes_);
    closed_ = true;
  }

 private:
  void Refill() {
    ByteArray<kKeySize> key;
    const WipeOnExit wipe(key);
    if (!seeded_) SystemRandom(key);
    if (seeded_) CopyBytes(ByteView(bytes_).first(kKeySize), key);
    Keystream(key, bytes_);
    seeded_ = true;
    next_ = kKeySize;
  }

  ByteArray<kPoolSize> bytes_{};
  std::size_t next_ = kPoolSize;
  bool seeded_ = false;
  bool closed_ = false;
};

// The pool itself has no destructor, so that a draw while the thread winds down finds a closed pool, not a dead object.
constinit thread_local Pool pool;

struct PoolCloser {
  ~PoolCloser() { pool.Close(); }
};

Pool& PoolOfThread() {
  thread_local const PoolCloser closer;
  (void)closer;
  return pool;
}

// What a salt is hedged with. The kind goes first, so that a key never stands for a plaintext.
enum class Kind : std::uint8_t { kRandom = 1, kKey = 2, kContext = 3, kPlaintext = 4 };

Hasher& AddKind(Hasher& hasher, Kind kind, ByteView bytes) {
  const ByteArray<1> kind_byte{static_cast<std::uint8_t>(kind)};
  return hasher.Add(kind_byte).AddPrefixed(bytes);
}

ByteArray<24> Pooled24() {
  ByteArray<24> random;
  PooledRandom(random);
  return random;
}

}  // namespace

void SystemRandom(MutableBytes out) {
  RequireLibrary();
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

KeyBytes RandomKey() {
  KeyBytes key;
  SystemRandom(key.Fill());
  return key;
}

// A forked child has a copy of its parent's pool and would draw the same bytes. The slab's canary shows every kind of
// fork, raw clone() included, which pthread_atfork does not; asking it first also makes it exist before the pool does.
// The child is of no use to a vault anyway (Forked), so it draws from the system for good.
void PooledRandom(MutableBytes out) {
  if (ProcessWasForked()) return SystemRandom(out);
  Pool& drawn_from = PoolOfThread();
  if (drawn_from.closed()) return SystemRandom(out);
  drawn_from.Draw(out);
}

// Multiply and shift; the few draws that would favour some numbers are thrown away.
std::uint32_t PooledBelow(std::uint32_t bound) {
  if (bound == 0) std::abort();  // rule: the bound is at least 1
  const std::uint32_t unfair = -bound % bound;
  for (;;) {
    std::uint32_t drawn;
    PooledRandom({reinterpret_cast<std::uint8_t*>(&drawn), sizeof(drawn)});
    const std::uint64_t product = std::uint64_t{drawn} * bound;
    if (static_cast<std::uint32_t>(product) >= unfair) return static_cast<std::uint32_t>(product >> 32);
  }
}

SaltHedge::SaltHedge() : SaltHedge(Pooled24()) {}

SaltHedge::SaltHedge(const ByteArray<24>& random) : hasher_("medseal.v1.salt.", 32) {
  AddKind(hasher_, Kind::kRandom, random);
}

SaltHedge& SaltHedge::AddKey(KeyView key) { return AddKind(hasher_, Kind::kKey, key), *this; }
SaltHedge& SaltHedge::AddContext(const Digest& digest) { return AddKind(hasher_, Kind::kContext, digest), *this; }
SaltHedge& SaltHedge::AddPlaintext(ByteView plaintext) { return AddKind(hasher_, Kind::kPlaintext, plaintext), *this; }

Salt SaltHedge::Finish() {
  ByteArray<32> digest;
  hasher_.Finish(digest);
  Salt salt;
  CopyBytes(ByteView(digest).first(kSaltSize), salt);
  return salt;
}

}  // namespace mseal::crypto
