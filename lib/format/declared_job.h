// What a program said it will read, and who vouched for it. Layout: FORMAT.md, "Declared job".
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

struct DeclaredJob {
  std::string name;          // clean
  std::uint32_t person = 0;  // who runs it
  std::uint32_t by = 0;      // who declared it
  std::uint32_t second = 0;  // who vouched for it with them
  std::uint64_t declared_ms = 0;
  std::uint64_t until_ms = 0;        // not included
  std::uint32_t patients = 0;        // in one window, at the most
  std::uint16_t from = 0;            // minutes of the day, UTC; the whole day from then on when both are equal
  std::uint16_t to = 0;              // not included; before `from`: on the next day
  std::uint8_t days = 0;             // on which a window begins: bit 0 Monday, bit 6 Sunday; at least one
  std::vector<std::string> types;    // at least one
  std::vector<std::string> fields;   // TYPE.FIELD; none: all fields of those types
  ByteArray<64> signature{};         // by `by` over DeclaredJobSigned, which is all before it
  ByteArray<64> second_signature{};  // by `second` over the same

  // What the vault notes of its runs.
  std::uint64_t used_ms = 0;    // when a session for it ended last; 0: never
  std::uint64_t window_ms = 0;  // when the window began in which it read last
  std::uint32_t read = 0;       // patients in that window
};
inline constexpr std::size_t kMostJobNames = 255;  // types, and fields
inline constexpr std::uint8_t kEveryDay = 0x7f;
inline constexpr std::uint16_t kMinutesOfADay = 24 * 60;

Bytes WriteDeclaredJob(const DeclaredJob& job);
Result<DeclaredJob> ParseDeclaredJob(ByteView content);  // UnsupportedVersion, Corrupt
// What both sign.
Bytes DeclaredJobSigned(const ByteArray<16>& store, const DeclaredJob& job);

}  // namespace mseal::format
