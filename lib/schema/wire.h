// Reads protobuf's wire format, one field occurrence at a time.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "schema/plan.h"

namespace mseal::schema {

// One field occurrence: its number, wire type and payload (for kLength without the length).
struct Occurrence {
  std::uint32_t number = 0;
  WireType wire_type = WireType::kVarint;
  std::uint64_t number_value = 0;  // of a varint or a fixed-size number
  ByteView payload;                // of kLength
};

// Takes occurrences off the front of a message and remembers the first failure.
class WireReader {
 public:
  explicit WireReader(ByteView message) : begin_(message.data()), at_(begin_), end_(begin_ + message.size()) {}

  // The next occurrence, or false at the end and after a failure. Groups (wire types 3 and 4) are a failure.
  bool Next(Occurrence& out) {
    if (at_ == end_) return false;
    std::uint64_t tag = *at_;
    if (tag < 0x80) {
      ++at_;
    } else if (!Varint(tag) || tag > 0xffffffff) {
      return Fail();
    }
    out.number = static_cast<std::uint32_t>(tag >> 3);
    out.wire_type = static_cast<WireType>(tag & 7);
    if (out.number == 0) return Fail();
    return Payload(out) || Fail();
  }

  // A bare varint, as in a packed run.
  bool NextVarint(std::uint64_t& value) { return at_ != end_ && (Varint(value) || Fail()); }
  // Little-endian numbers, as in a packed run.
  bool NextFixed(std::size_t size, std::uint64_t& value) { return at_ != end_ && (Fixed(size, value) || Fail()); }

  bool ok() const { return ok_; }
  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
  const std::uint8_t* at() const { return at_; }

 private:
  bool Fail() { return ok_ = false; }

  bool Payload(Occurrence& out) {
    switch (out.wire_type) {
      case WireType::kVarint:
        return Varint(out.number_value);
      case WireType::kFixed64:
        return Fixed(8, out.number_value);
      case WireType::kFixed32:
        return Fixed(4, out.number_value);
      case WireType::kLength:
        return Length(out.payload);
    }
    return false;
  }

  bool Length(ByteView& payload) {
    std::uint64_t size;
    if (!Varint(size) || size > static_cast<std::uint64_t>(end_ - at_)) return false;
    payload = {at_, static_cast<std::size_t>(size)};
    at_ += size;
    return true;
  }

  bool Fixed(std::size_t size, std::uint64_t& value) {
    if (size > static_cast<std::size_t>(end_ - at_)) return false;
    value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint64_t>(at_[i]) << 8 * i;
    at_ += size;
    return true;
  }

  // At most ten bytes and 64 bits.
  bool Varint(std::uint64_t& value) {
    if (at_ != end_ && *at_ < 0x80) return value = *at_++, true;
    return LongVarint(value);
  }

  bool LongVarint(std::uint64_t& value) {
    std::uint64_t sum = 0;
    for (unsigned shift = 0; shift < 70 && at_ != end_; shift += 7) {
      const std::uint64_t byte = *at_++;
      if (shift == 63 && byte > 1) return false;
      sum |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value = sum, true;
    }
    return false;
  }

  const std::uint8_t* begin_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool ok_ = true;
};

}  // namespace mseal::schema
