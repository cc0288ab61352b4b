// Chunks of locked pages, cut into 32-byte places that threads take and give back.
#include "base/key_slab.h"

#include <sys/mman.h>

#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "base/secret_bytes.h"

namespace mseal {
namespace {

constexpr std::size_t kChunkSize = 64 * 1024;

class Slab {
 public:
  // Never destroyed: keys of static objects may outlive any order of destruction.
  static Slab& Instance() {
    static Slab* const slab = new Slab;
    return *slab;
  }

  std::uint8_t* Take() {
    std::lock_guard lock(mutex_);
    if (free_.empty()) Grow();
    std::uint8_t* place = free_.back();
    free_.pop_back();
    ++report_.keys;
    return place;
  }

  void GiveBack(std::uint8_t* place) {
    Wipe({place, kKeySize});
    // In a forked child the lock may be held for ever, by a thread that only the parent has.
    if (Forked()) return;
    std::lock_guard lock(mutex_);
    free_.push_back(place);
    --report_.keys;
  }

  SlabReport Report() {
    std::lock_guard lock(mutex_);
    return report_;
  }

  bool Forked() const { return *canary_ == 0; }

 private:
  Slab() {
    Grow();
    canary_ = free_.back();  // this place is never handed out
    free_.pop_back();
    *canary_ = 1;
  }

  void Grow() {
    void* chunk = mmap(nullptr, kChunkSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk == MAP_FAILED) std::abort();  // no memory left for a key: nothing safe can follow
    (mlock(chunk, kChunkSize) == 0 ? report_.locked_bytes : report_.unlocked_bytes) += kChunkSize;
    // Refused only by kernels older than Linux 4.14; the canary would then never read zero and fork goes unnoticed.
    if (madvise(chunk, kChunkSize, MADV_DONTDUMP) != 0 || madvise(chunk, kChunkSize, MADV_WIPEONFORK) != 0)
      std::abort();
    auto* bytes = static_cast<std::uint8_t*>(chunk);
    for (std::size_t at = 0; at < kChunkSize; at += kKeySize) free_.push_back(bytes + at);
  }

  std::mutex mutex_;
  std::vector<std::uint8_t*> free_;
  std::uint8_t* canary_ = nullptr;
  SlabReport report_;
};

}  // namespace

SlabReport ReportKeySlab() { return Slab::Instance().Report(); }

bool ProcessWasForked() { return Slab::Instance().Forked(); }

KeyBytes::KeyBytes() : place_(Slab::Instance().Take()) {}

KeyBytes KeyBytes::CopyOf(KeyView bytes) {
  KeyBytes key;
  CopyBytes(bytes, key.Fill());
  return key;
}

KeyBytes& KeyBytes::operator=(KeyBytes&& other) noexcept {
  std::swap(place_, other.place_);
  return *this;
}

void KeyBytes::Release() {
  if (place_ != nullptr) Slab::Instance().GiveBack(place_);
}

}  // namespace mseal
