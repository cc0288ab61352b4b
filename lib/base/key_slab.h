// Where every long-lived key lies: pages that are locked into memory, left out of core dumps and wiped in a forked
// child.
#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace mseal {

inline constexpr std::size_t kKeySize = 32;
using KeyView = std::span<const std::uint8_t, kKeySize>;
using MutableKeyView = std::span<std::uint8_t, kKeySize>;

// What the slab could get of the system.
struct SlabReport {
  std::size_t locked_bytes = 0;    // held in memory by mlock
  std::size_t unlocked_bytes = 0;  // mlock was refused: these pages may reach swap
  std::size_t keys = 0;            // in use now
};
SlabReport ReportKeySlab();

// True in a child of the process that opened the slab: its keys are gone and nothing may be opened or sealed.
bool ProcessWasForked();

// One 32-byte key in the slab; typed by what it is for, so that a bucket key cannot stand where a class key belongs.
// Moves, does not copy, wiped when dropped. Any thread may read it; filling it is for its maker.
class KeyBytes {
 public:
  KeyBytes();  // zero-filled
  static KeyBytes CopyOf(KeyView bytes);
  KeyBytes(KeyBytes&& other) noexcept : place_(other.place_) { other.place_ = nullptr; }
  KeyBytes& operator=(KeyBytes&& other) noexcept;
  KeyBytes(const KeyBytes&) = delete;
  KeyBytes& operator=(const KeyBytes&) = delete;
  ~KeyBytes() { Release(); }

  // The only door; each use stands close to its reason.
  KeyView Reveal() const { return KeyView(place_, kKeySize); }
  MutableKeyView Fill() { return MutableKeyView(place_, kKeySize); }

 private:
  void Release();
  std::uint8_t* place_;
};

template <typename Role>
class Key : public KeyBytes {
 public:
  Key() = default;
  explicit Key(KeyBytes&& bytes) : KeyBytes(std::move(bytes)) {}
  static Key CopyOf(KeyView bytes) { return Key(KeyBytes::CopyOf(bytes)); }
};

}  // namespace mseal
