// Takes typed values off the front of a byte run and remembers the first failure, so that parsing code reads like its
// table. After a failure every value is zero or empty and ok() stays false. All integers are big-endian.
#pragma once

#include "base/bytes.h"

namespace mseal {

class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  // True when everything was read and nothing is left over.
  bool Done() const { return ok_ && rest_.empty(); }
  std::size_t remaining() const { return rest_.size(); }
  void Fail() { ok_ = false, rest_ = {}; }

  std::uint8_t U8() { return static_cast<std::uint8_t>(Integer(1)); }
  std::uint16_t U16() { return static_cast<std::uint16_t>(Integer(2)); }
  std::uint32_t U32() { return static_cast<std::uint32_t>(Integer(4)); }
  std::uint64_t U64() { return Integer(8); }

  template <std::size_t N>
  ByteArray<N> Fixed() {
    ByteArray<N> out{};
    const ByteView taken = Take(N);
    if (ok_) CopyBytes(taken, out);
    return out;
  }

  // The next `size` bytes, borrowed.
  ByteView Take(std::size_t size) {
    if (!ok_ || size > rest_.size()) return Fail(), ByteView{};
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  // A run behind its 32-bit length (Prefixed), its 16-bit or its 8-bit length; borrowed.
  ByteView Prefixed() { return Take(U32()); }
  ByteView Prefixed16() { return Take(U16()); }
  ByteView Prefixed8() { return Take(U8()); }
  ByteView Rest() { return Take(rest_.size()); }

 private:
  std::uint64_t Integer(std::size_t size) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : Take(size)) value = value << 8 | byte;
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace mseal
