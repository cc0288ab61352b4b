// What meta keeps for alerts: those not yet delivered, where they go, and what persons usually read. Layouts:
// FORMAT.md, "Kept alert", "Alert sinks" and "Habit".
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

struct KeptAlert {
  std::uint8_t rule = 0;
  std::uint64_t time_ms = 0;
  std::uint32_t person = 0;          // 0: the host, or nobody that is known
  ByteArray<16> session{};           // zeros: none
  ByteArray<16> patient{};           // zeros: none
  std::uint64_t number = 0;          // how many of what the rule counts
  std::vector<std::uint32_t> sinks;  // that have not taken it yet, at least one; 0: the callback
};
Bytes WriteKeptAlert(const KeptAlert& alert);
Result<KeptAlert> ParseKeptAlert(ByteView content);  // UnsupportedVersion, Corrupt

enum class SinkKind : std::uint8_t { kFile = 1, kSyslog = 2, kCommand = 3 };

struct AlertSink {
  std::uint32_t id = 0;
  SinkKind kind = SinkKind::kFile;
  std::vector<std::string> words;  // a path, or a command with its arguments
};
inline constexpr std::size_t kMostSinks = 16;
inline constexpr std::size_t kMostSinkWords = 32;
inline constexpr std::size_t kLongestSinkWord = 4096;

struct AlertSinks {
  std::uint32_t next_id = 1;
  std::uint32_t person = 0;  // who set them, and signed
  std::uint32_t second = 0;  // who was there
  std::vector<AlertSink> sinks;
  ByteArray<64> signature{};  // by the first over AlertSinksSigned
};
Bytes WriteAlertSinks(const AlertSinks& sinks);
Result<AlertSinks> ParseAlertSinks(ByteView content);
// What is signed.
Bytes AlertSinksSigned(const ByteArray<16>& store, const AlertSinks& sinks);

struct HabitRow {
  std::uint32_t hours = 0;
  std::uint64_t mean = 0;  // thousandths
  std::uint64_t begun_ms = 0;
  std::uint32_t patients = 0;
};
Bytes WriteHabit(const HabitRow& habit);
Result<HabitRow> ParseHabit(ByteView content);

}  // namespace mseal::format
