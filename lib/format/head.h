// The content of a patient's head: how many rows there are and what they add up to. Layout: FORMAT.md, "Head".
#pragma once

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

// A sum modulo 2^256: rows come and go in any order, and no row can be exchanged for another.
class RowSum {
 public:
  void Add(const ByteArray<32>& digest);
  void Subtract(const ByteArray<32>& digest);
  const ByteArray<32>& bytes() const { return bytes_; }  // big-endian
  static RowSum FromBytes(const ByteArray<32>& bytes);
  bool operator==(const RowSum&) const = default;

 private:
  ByteArray<32> bytes_{};
};

struct Head {
  std::uint64_t version = 0;       // raised with every change of the patient
  std::uint64_t slot_counter = 0;  // of the key row that goes with it
  std::uint64_t rows = 0;          // live and history
  RowSum sum;                      // of the keyed digests of {row key, header commitment}
};

inline constexpr std::size_t kHeadSize = 1 + 3 * 8 + 32;

ByteArray<kHeadSize> WriteHead(const Head& head);
Result<Head> ParseHead(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
