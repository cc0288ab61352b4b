// What a program said it will read, and who witnessed it. Layout: FORMAT.md, "Declared job".
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

struct DeclaredJob {
  std::string name;                 // clean
  std::uint32_t person = 0;         // who runs it
  std::uint32_t by = 0;             // who declared it, and signed
  std::uint32_t second = 0;         // who was there
  std::uint32_t patients = 0;       // in an hour, at the most
  std::uint16_t from = 0;           // minutes of the day, UTC; at any time when both are equal
  std::uint16_t to = 0;             // not included
  std::vector<std::string> types;   // at least one
  std::vector<std::string> fields;  // TYPE.FIELD; none: all fields of those types
  ByteArray<64> signature{};        // by `by` over DeclaredJobSigned
};
inline constexpr std::size_t kMostJobNames = 255;  // types, and fields

Bytes WriteDeclaredJob(const DeclaredJob& job);
Result<DeclaredJob> ParseDeclaredJob(ByteView content);  // UnsupportedVersion, Corrupt
// What is signed.
Bytes DeclaredJobSigned(const ByteArray<16>& store, const DeclaredJob& job);

}  // namespace mseal::format
