// What the controller of the data has ordered to be moved, as the text that people read and sign. Layout: FORMAT.md,
// "Mandate".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

inline constexpr std::size_t kLongestMandate = 64 * 1024;  // bytes of text
inline constexpr std::size_t kLongestMandateLine = 240;    // bytes of what people wrote into one
inline constexpr std::size_t kMostMandateSigners = 16;

enum class MandateDirection : std::uint8_t { kImport = 1, kExport = 2 };

// Of one record type the fields that are moved, in the order they are named.
struct MandateTake {
  std::string type;
  std::vector<std::string> fields;
  bool operator==(const MandateTake&) const = default;
};

// Who opens what was exported.
struct MandateRecipient {
  ByteArray<32> key{};  // X25519, public
  std::string name;
  bool operator==(const MandateRecipient&) const = default;
};

// Patients by a list that travels apart: how many, and the digest of it.
struct MandatePatients {
  std::uint64_t count = 0;
  ByteArray<32> digest{};
  bool operator==(const MandatePatients&) const = default;
};

struct Mandate {
  ByteArray<16> id{};
  ByteArray<16> store{};  // of the vault that takes part
  MandateDirection direction = MandateDirection::kImport;
  std::string from, to;  // for people: clean text, 1 to kLongestMandateLine bytes
  std::string purpose;   // as a session states it
  std::vector<MandateTake> takes;
  std::string since, until;  // dates of what is moved, as 2026-01-31, inclusive; empty: no limit
  std::optional<MandatePatients> patients;  // none: all of whom there is something to take
  std::vector<MandateRecipient> recipients;  // of an export: one at least
  bool keeps_unknown = false;                // of an import: a column that is not named is sealed, not dropped
  std::uint64_t most_rows = 0;               // before the next one it stops
  std::uint64_t made_ms = 0, expires_ms = 0;  // whole seconds, since 1970-01-01 UTC
  std::string erase_by;                      // of an import: the date by which the source is gone; empty: no such order
  std::uint32_t signers = 0;                 // how many persons it takes at least
  bool operator==(const Mandate&) const = default;
};

// InvalidArgument: the message says which part is missing, too long, named twice, or makes no sense; that it is over is
// none.
Status CheckMandate(const Mandate& mandate);

// Lines, the last one ended too. Of one that CheckMandate lets pass.
std::string WriteMandate(const Mandate& mandate);
//   UnsupportedVersion  a later medseal wrote it
//   Corrupt             it is not, byte for byte, what WriteMandate gives; the message names the line
Result<Mandate> ParseMandate(std::string_view text);

}  // namespace mseal::format
