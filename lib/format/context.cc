// Encodes a context as: format version, kind, then for each item its number, 32-bit length and bytes.
#include "format/context.h"

#include <cstdlib>

namespace mseal::format {
namespace {

constexpr std::uint8_t kContextVersion = 1;
constexpr std::size_t kItemHead = 5;
constexpr std::size_t kLongestItem = 64;

}  // namespace

Context::Context(ContextKind kind) {
  bytes_[size_++] = kContextVersion;
  bytes_[size_++] = static_cast<std::uint8_t>(kind);
}

Context& Context::Add(ContextItem item, ByteView bytes) {
  if (bytes.size() > kLongestItem || size_ + kItemHead + bytes.size() > kCapacity) std::abort();
  bytes_[size_++] = static_cast<std::uint8_t>(item);
  for (int shift = 24; shift >= 0; shift -= 8) bytes_[size_++] = static_cast<std::uint8_t>(bytes.size() >> shift);
  CopyBytes(bytes, MutableBytes(bytes_).subspan(size_));
  size_ += bytes.size();
  return *this;
}

Context& Context::AddNumber(ContextItem item, std::uint64_t number) {
  ByteArray<8> big_endian;
  for (int i = 0; i < 8; ++i)
    big_endian[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return Add(item, big_endian);
}

}  // namespace mseal::format
