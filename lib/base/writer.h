// Appends typed values to a byte run, the mirror of Reader. `Buffer` is Bytes for what may be seen and SecretBytes for
// what may not.
#pragma once

#include <cstdlib>
#include <limits>

#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace mseal {

inline void AppendTo(Bytes& buffer, ByteView bytes) {
  const std::size_t old_size = buffer.size();
  buffer.resize(old_size + bytes.size());  // insert() makes g++ 12 warn of an overflow that is not there
  CopyBytes(bytes, MutableBytes(buffer).subspan(old_size));
}
inline void AppendTo(SecretBytes& buffer, ByteView bytes) { buffer.Append(bytes); }

// `size` as the integer of a length field. One that does not fit is never written short, since what follows could then
// be read as something else: whoever takes sizes from outside looks first, and a slip stops the process.
template <typename Integer>
Integer LengthAs(std::size_t size) {
  if (size > std::numeric_limits<Integer>::max()) std::abort();
  return static_cast<Integer>(size);
}

template <typename Buffer>
class BasicWriter {
 public:
  // Appends to `buffer`, which must outlive the writer.
  explicit BasicWriter(Buffer& buffer) : buffer_(buffer) {}

  BasicWriter& U8(std::uint8_t value) { return Integer(value, 1); }
  BasicWriter& U16(std::uint16_t value) { return Integer(value, 2); }
  BasicWriter& U32(std::uint32_t value) { return Integer(value, 4); }
  BasicWriter& U64(std::uint64_t value) { return Integer(value, 8); }
  BasicWriter& Raw(ByteView bytes) { return AppendTo(buffer_, bytes), *this; }
  BasicWriter& Prefixed(ByteView bytes) { return U32(LengthAs<std::uint32_t>(bytes.size())).Raw(bytes); }
  BasicWriter& Prefixed16(ByteView bytes) { return U16(LengthAs<std::uint16_t>(bytes.size())).Raw(bytes); }
  BasicWriter& Prefixed8(ByteView bytes) { return U8(LengthAs<std::uint8_t>(bytes.size())).Raw(bytes); }

 private:
  BasicWriter& Integer(std::uint64_t value, std::size_t size) {
    ByteArray<8> big_endian;
    for (std::size_t i = 0; i < size; ++i) big_endian[i] = static_cast<std::uint8_t>(value >> 8 * (size - 1 - i));
    return Raw({big_endian.data(), size});
  }

  Buffer& buffer_;
};

using Writer = BasicWriter<Bytes>;
using SecretWriter = BasicWriter<SecretBytes>;

}  // namespace mseal
