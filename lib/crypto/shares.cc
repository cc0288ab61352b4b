// Shares over libgfshare, whose contexts wipe themselves by filling their memory with random bytes.
#include "crypto/shares.h"

extern "C" {  // the header is of C alone
#include <libgfshare.h>
}

#include <memory>
#include <mutex>
#include <set>

#include "crypto/random.h"

namespace mseal::crypto {
namespace {

void FromSystem(unsigned char* bytes, unsigned size) { SystemRandom({bytes, size}); }

// The library keeps its source of random bytes in a variable of the whole process. While this lives, it is ours: for
// coefficients, and for the wiping that freeing a context is.
class SystemRandomness {
 public:
  SystemRandomness() : lock_(mutex_), before_(gfshare_fill_rand) { gfshare_fill_rand = FromSystem; }
  ~SystemRandomness() {
    WipeStackBelow();
    gfshare_fill_rand = before_;
  }
  SystemRandomness(const SystemRandomness&) = delete;
  SystemRandomness& operator=(const SystemRandomness&) = delete;

 private:
  static inline std::mutex mutex_;
  const std::lock_guard<std::mutex> lock_;
  const gfshare_rand_func_t before_;
};

struct FreeContext {
  void operator()(gfshare_ctx* context) const { gfshare_ctx_free(context); }
};
using Context = std::unique_ptr<gfshare_ctx, FreeContext>;

// The library takes what it only reads through pointers that may write.
class Lent {
 public:
  explicit Lent(KeyView key) { CopyBytes(key, bytes_); }
  unsigned char* data() { return bytes_.data(); }

 private:
  ByteArray<kKeySize> bytes_;
  WipeOnExit wipe_{bytes_};
};

Status NoMemory() { return Status::ResourceExhausted("memory for the shares of a key"); }

}  // namespace

Result<std::vector<KeyShare>> SplitKey(KeyView key, std::uint8_t needed, std::uint8_t count) {
  if (needed < kFewestNeeded || needed > count || count > kMostShares)
    return Status::InvalidArgument("at least 2 shares are needed, at most all, and there are at most 16");
  std::vector<KeyShare> shares(count);
  Bytes numbers;
  for (KeyShare& share : shares) numbers.push_back(share.number = static_cast<std::uint8_t>(numbers.size() + 1));
  const SystemRandomness randomness;
  const Context context(gfshare_ctx_init_enc(numbers.data(), count, needed, kKeySize));
  if (context == nullptr) return NoMemory();
  gfshare_ctx_enc_setsecret(context.get(), Lent(key).data());
  for (std::uint8_t i = 0; i < count; ++i) gfshare_ctx_enc_getshare(context.get(), i, shares[i].bytes.Fill().data());
  return shares;
}

Result<KeyBytes> JoinShares(std::span<const KeyShare* const> shares) {
  Bytes numbers;
  for (const KeyShare* share : shares) numbers.push_back(share->number);
  const std::set<std::uint8_t> different(numbers.begin(), numbers.end());
  if (numbers.empty() || different.size() != numbers.size() || different.contains(0))
    return Status::InvalidArgument("shares have different numbers from 1");
  const SystemRandomness randomness;
  const Context context(gfshare_ctx_init_dec(numbers.data(), static_cast<unsigned>(numbers.size()), kKeySize));
  if (context == nullptr) return NoMemory();
  for (std::size_t i = 0; i < shares.size(); ++i)
    gfshare_ctx_dec_giveshare(context.get(), static_cast<std::uint8_t>(i), Lent(shares[i]->bytes.Reveal()).data());
  KeyBytes key;
  gfshare_ctx_dec_extract(context.get(), key.Fill().data());
  return key;
}

}  // namespace mseal::crypto
