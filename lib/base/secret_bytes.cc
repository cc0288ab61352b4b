// Growing, wiping and moving of secret bytes.
#include "base/secret_bytes.h"

#include <strings.h>

#include <algorithm>
#include <utility>

namespace mseal {

void Wipe(MutableBytes bytes) {
  if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

// Not inlined, so that its frame lies where theirs lay; not moved to a sanitizer's own stack either.
[[gnu::noinline, gnu::no_sanitize("address")]] void WipeStackBelow() {
  std::uint8_t below[8192];
  explicit_bzero(below, sizeof(below));
}

SecretBytes SecretBytes::CopyOf(ByteView bytes) {
  SecretBytes copy;
  copy.Append(bytes);
  return copy;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    SecretBytes taken(std::move(other));
    Swap(taken);
  }
  return *this;
}

void SecretBytes::Swap(SecretBytes& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
}

void SecretBytes::Reserve(std::size_t capacity) {
  if (capacity <= capacity_) return;
  auto grown = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
  CopyBytes(Reveal(), {grown.get(), size_});
  Wipe({data_.get(), capacity_});
  data_ = std::move(grown);
  capacity_ = capacity;
}

void SecretBytes::Resize(std::size_t size) {
  if (size < size_) Wipe({data_.get() + size, size_ - size});
  if (size > capacity_) Reserve(std::max(size, capacity_ * 2));
  if (size > size_) std::fill(data_.get() + size_, data_.get() + size, std::uint8_t{0});
  size_ = size;
}

void SecretBytes::Append(ByteView bytes) {
  const std::size_t old_size = size_;
  if (old_size + bytes.size() > capacity_) Reserve(std::max(old_size + bytes.size(), capacity_ * 2));
  CopyBytes(bytes, {data_.get() + old_size, bytes.size()});
  size_ = old_size + bytes.size();
}

}  // namespace mseal
