// Writes and reads a head, and adds rows to its sum.
#include "format/head.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kHeadVersion = 1;

}  // namespace

void RowSum::Add(const ByteArray<32>& digest) {
  unsigned carry = 0;
  for (std::size_t i = bytes_.size(); i-- > 0;) {
    carry += bytes_[i] + unsigned{digest[i]};
    bytes_[i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
}

void RowSum::Subtract(const ByteArray<32>& digest) {
  int borrow = 0;
  for (std::size_t i = bytes_.size(); i-- > 0;) {
    const int difference = int{bytes_[i]} - int{digest[i]} - borrow;
    borrow = difference < 0 ? 1 : 0;
    bytes_[i] = static_cast<std::uint8_t>(difference);
  }
}

RowSum RowSum::FromBytes(const ByteArray<32>& bytes) {
  RowSum sum;
  sum.bytes_ = bytes;
  return sum;
}

ByteArray<kHeadSize> WriteHead(const Head& head) {
  Bytes content;
  Writer(content).U8(kHeadVersion).U64(head.version).U64(head.slot_counter).U64(head.rows).Raw(head.sum.bytes());
  ByteArray<kHeadSize> out;
  CopyBytes(content, out);
  return out;
}

Result<Head> ParseHead(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kHeadVersion) return Status::UnsupportedVersion("head");
  Head head;
  head.version = in.U64();
  head.slot_counter = in.U64();
  head.rows = in.U64();
  head.sum = RowSum::FromBytes(in.Fixed<32>());
  if (!in.Done()) return Status::Corrupt("head is not well-formed");
  return head;
}

}  // namespace mseal::format
