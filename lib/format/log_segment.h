// A segment of the log: a head, then entries, each at the start of a cell of 64 bytes. Layout: FORMAT.md, "Log
// segment".
#pragma once

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

inline constexpr std::size_t kLogCell = 64;
inline constexpr std::size_t kLogEntryHead = 4 + 8;  // size and check
inline constexpr std::size_t kLongestLogEntry = 64 * 1024;

struct LogSegmentHead {
  ByteArray<16> store{};
  std::uint64_t number = 0;       // of the segment, from 1
  std::uint64_t first_entry = 0;  // how many entries came before
  std::uint64_t begun_ms = 0;     // every entry before is older
};

// One cell.
ByteArray<kLogCell> WriteLogSegmentHead(const LogSegmentHead& head);
Result<LogSegmentHead> ParseLogSegmentHead(ByteView cell);  // UnsupportedVersion, Corrupt

// How many cells an entry of `size` bytes takes.
inline constexpr std::uint64_t LogCellsOf(std::size_t size) { return (kLogEntryHead + size + kLogCell - 1) / kLogCell; }

}  // namespace mseal::format
