// Plaintext and key bytes of any length: moves, does not copy, does not print, wipes itself.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"

namespace mseal {

// Overwrites `bytes` in a way the compiler keeps.
void Wipe(MutableBytes bytes);

// Overwrites what calls that have returned left on this thread's stack, some kilobytes deep: for after a library that
// copies secrets into its local variables.
void WipeStackBelow();

// Wipes what it names when it goes out of scope.
class WipeOnExit {
 public:
  explicit WipeOnExit(MutableBytes bytes) : bytes_(bytes) {}
  ~WipeOnExit() { Wipe(bytes_); }
  WipeOnExit(const WipeOnExit&) = delete;
  WipeOnExit& operator=(const WipeOnExit&) = delete;

 private:
  MutableBytes bytes_;
};

// A growable run of secret bytes. Growing moves the content and wipes the old place.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) { Resize(size); }  // zero-filled
  static SecretBytes CopyOf(ByteView bytes);

  SecretBytes(SecretBytes&& other) noexcept { Swap(other); }
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { Wipe({data_.get(), capacity_}); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The only door to the content. Valid until the next call that changes the size.
  ByteView Reveal() const { return {data_.get(), size_}; }
  MutableBytes Reveal() { return {data_.get(), size_}; }

  void Reserve(std::size_t capacity);
  void Resize(std::size_t size);  // new bytes are zero; dropped bytes are wiped
  void Append(ByteView bytes);
  void Clear() { Resize(0); }  // wipes, keeps the memory for the next use

 private:
  void Swap(SecretBytes& other) noexcept;

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace mseal
