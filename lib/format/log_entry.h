// The entries of the log of accesses, and what is sealed in them. Layout: FORMAT.md, "Log entry".
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

// What an entry is. Numbers are never used again.
enum class LogEntryKind : std::uint8_t {
  kChain = 1,     // how large the tree was before this segment
  kMark = 2,      // the vault was opened or closed
  kAuditKey = 3,  // the key of one session or of the host
  kAccess = 4,    // somebody did something
};

// Corrupt: it is empty;  UnsupportedVersion: of a later version or a kind to come.
Result<LogEntryKind> LogEntryKindOf(ByteView entry);

// ---- the first of every segment

struct LogChain {
  std::uint64_t size = 0;            // entries before this one
  std::vector<ByteArray<32>> peaks;  // the roots of the complete subtrees that they are, from the largest on
};

Bytes WriteLogChain(const LogChain& chain);
Result<LogChain> ParseLogChain(ByteView entry);  // UnsupportedVersion, Corrupt

// ---- in clear, since the host has no key that opens what is sealed in the log

enum class LogMarkKind : std::uint8_t {
  kOpened = 1,
  kClosed = 2,
  kBeat = 3,
  kRestored = 6,  // the store is an older one than the log before tells of
};

struct LogMark {
  LogMarkKind kind = LogMarkKind::kOpened;
  std::uint64_t time_ms = 0;
  ByteArray<16> boot{};  // of the system: a log that ends without `closed` under another one ended with the power
};

Bytes WriteLogMark(const LogMark& mark);
Result<LogMark> ParseLogMark(ByteView entry);  // UnsupportedVersion, Corrupt

// ---- the key of a session

struct LogAuditKey {
  ByteArray<16> id{};
  std::uint32_t class_key_version = 0;  // of the class `audit`, whose public half it is sealed to
  ByteArray<32> ephemeral{};
  ByteView sealed;  // borrowed
};

Bytes WriteLogAuditKey(const LogAuditKey& key);
Result<LogAuditKey> ParseLogAuditKey(ByteView entry);  // UnsupportedVersion, Corrupt

// ---- an access

struct LogSealed {
  ByteArray<32> commitment{};
  ByteView message;  // ciphertext, then the 16-byte tag; borrowed
};

struct LogAccess {
  ByteArray<16> key_id{};
  ByteArray<16> person_token{};
  ByteArray<16> patient_token{};  // zero without a patient
  ByteArray<24> salt{};           // of all that is sealed here
  LogSealed who{};
  std::optional<LogSealed> what{};   // about a patient whose keys were at hand
  std::optional<LogSealed> head{};   // a write: version and digest of the patient's head
  std::optional<LogSealed> place{};  // with it: whose head
};

void WriteLogAccess(const LogAccess& access, Bytes& out);  // replaces `out`
Result<LogAccess> ParseLogAccess(ByteView entry);          // UnsupportedVersion, Corrupt

// ---- what is sealed in it

inline constexpr std::size_t kLogTextLimit = 255;     // purpose, origin, asserted user
inline constexpr std::size_t kLogDetailLimit = 1024;  // longer ones are cut

struct LogWho {
  std::uint32_t person = 0;  // 0: nobody known
  std::uint8_t operation = 0;
  std::uint8_t outcome = 0;
  std::uint8_t code = 0;  // StatusCode
  std::uint64_t time_ms = 0;
  std::uint64_t incident = 0;
  std::uint64_t number = 0;         // what the operation counts, or the entry it is about
  ByteArray<16> patient{};          // handle; zero: none
  std::string_view purpose{};       // borrowed, as all that follow
  std::string_view origin{};        // given by the host
  std::string_view on_behalf_of{};  // asserted by the host, not proven
  std::string_view detail{};
};

// Padded to a multiple of 32 bytes. Replaces `out`.
void WriteLogWho(const LogWho& who, SecretBytes& out);
Result<LogWho> ParseLogWho(ByteView content);  // UnsupportedVersion, Corrupt

struct LogWhat {
  std::uint32_t schema_version = 0;
  std::uint64_t record_version = 0;
  std::uint16_t classes = 0;                // whose fields were opened or written, by class number
  std::uint16_t redacted = 0;               // whose fields were left out
  std::string_view type{};                  // borrowed
  ByteView record_id{};                     // borrowed
  std::span<const std::uint32_t> fields{};  // numbers of the fields opened or written; borrowed, for writing
};

// Padded to a multiple of 32 bytes. Replaces `out`.
void WriteLogWhat(const LogWhat& what, SecretBytes& out);
// `fields` takes the numbers, which the result borrows. UnsupportedVersion, Corrupt.
Result<LogWhat> ParseLogWhat(ByteView content, std::vector<std::uint32_t>& fields);

struct LogHead {
  std::uint64_t version = 0;
  ByteArray<32> digest{};
};
inline constexpr std::size_t kLogHeadSize = 8 + 32;

ByteArray<kLogHeadSize> WriteLogHead(const LogHead& head);
Result<LogHead> ParseLogHead(ByteView content);  // Corrupt

}  // namespace mseal::format
