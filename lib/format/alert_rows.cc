// Parses and lays out what is kept for alerts.
#include "format/alert_rows.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kSinksLabel = "medseal.v1.alertsinks";

Status CheckVersion(Reader& in, const char* what) {
  const std::uint8_t version = in.U8();
  return in.ok() && version != kVersion ? Status::UnsupportedVersion(what) : Status::Ok();
}

bool Ascending(const std::vector<std::uint32_t>& numbers) {
  return std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>()) == numbers.end();
}

bool ReadSink(Reader& in, AlertSink& sink) {
  sink.id = in.U32();
  const std::uint8_t kind = in.U8();
  sink.kind = static_cast<SinkKind>(kind);
  const std::uint8_t words = in.U8();
  for (std::uint8_t i = 0; in.ok() && i < words; ++i) {
    const ByteView word = in.Prefixed16();
    if (word.empty() || word.size() > kLongestSinkWord) return false;
    sink.words.emplace_back(AsText(word));
  }
  return in.ok() && sink.id != 0 && kind >= 1 && kind <= 3 && words >= 1 && words <= kMostSinkWords;
}

void WriteSinks(const AlertSinks& sinks, Bytes& content) {
  Writer out(content);
  out.U8(kVersion).U32(sinks.next_id).U32(sinks.person).U32(sinks.second);
  out.U8(LengthAs<std::uint8_t>(sinks.sinks.size()));
  for (const AlertSink& sink : sinks.sinks) {
    out.U32(sink.id).U8(static_cast<std::uint8_t>(sink.kind)).U8(LengthAs<std::uint8_t>(sink.words.size()));
    for (const std::string& word : sink.words) out.Prefixed16(AsBytes(word));
  }
}

}  // namespace

Bytes WriteKeptAlert(const KeptAlert& alert) {
  Bytes content;
  Writer out(content);
  out.U8(kVersion).U8(alert.rule).U64(alert.time_ms).U32(alert.person).Raw(alert.session).Raw(alert.patient);
  out.U64(alert.number).U8(LengthAs<std::uint8_t>(alert.sinks.size()));
  for (const std::uint32_t sink : alert.sinks) out.U32(sink);
  return content;
}

Result<KeptAlert> ParseKeptAlert(ByteView content) {
  Reader in(content);
  MS_TRY(CheckVersion(in, "kept alert"));
  KeptAlert alert;
  alert.rule = in.U8();
  alert.time_ms = in.U64();
  alert.person = in.U32();
  alert.session = in.Fixed<16>();
  alert.patient = in.Fixed<16>();
  alert.number = in.U64();
  const std::uint8_t sinks = in.U8();
  for (std::uint8_t i = 0; in.ok() && i < sinks; ++i) alert.sinks.push_back(in.U32());
  if (!in.Done() || alert.rule == 0 || sinks == 0 || sinks > kMostSinks + 1 || !Ascending(alert.sinks))
    return Status::Corrupt("a kept alert is not well-formed");
  return alert;
}

Bytes WriteAlertSinks(const AlertSinks& sinks) {
  Bytes content;
  WriteSinks(sinks, content);
  AppendTo(content, sinks.signature);
  return content;
}

Result<AlertSinks> ParseAlertSinks(ByteView content) {
  Reader in(content);
  MS_TRY(CheckVersion(in, "alert sinks"));
  AlertSinks out;
  out.next_id = in.U32();
  out.person = in.U32();
  out.second = in.U32();
  const std::uint8_t count = in.U8();
  std::uint32_t before = 0;
  for (std::uint8_t i = 0; in.ok() && i < count; ++i) {
    AlertSink sink;
    if (!ReadSink(in, sink) || sink.id <= before || sink.id >= out.next_id)
      return Status::Corrupt("a sink of alerts is not well-formed");
    before = sink.id;
    out.sinks.push_back(std::move(sink));
  }
  out.signature = in.Fixed<64>();
  if (!in.Done() || count > kMostSinks || out.person == 0 || out.second == 0 || out.person == out.second)
    return Status::Corrupt("the sinks of alerts are not well-formed");
  return out;
}

Bytes AlertSinksSigned(const ByteArray<16>& store, const AlertSinks& sinks) {
  Bytes content;
  WriteSinks(sinks, content);
  Bytes message;
  Writer(message).Prefixed8(AsBytes(kSinksLabel)).Raw(store).Prefixed(content);
  return message;
}

Bytes WriteHabit(const HabitRow& habit) {
  Bytes content;
  Writer(content).U8(kVersion).U32(habit.hours).U64(habit.mean).U64(habit.begun_ms).U32(habit.patients);
  return content;
}

Result<HabitRow> ParseHabit(ByteView content) {
  Reader in(content);
  MS_TRY(CheckVersion(in, "habit"));
  HabitRow habit;
  habit.hours = in.U32();
  habit.mean = in.U64();
  habit.begun_ms = in.U64();
  habit.patients = in.U32();
  if (!in.Done()) return Status::Corrupt("a habit is not well-formed");
  return habit;
}

}  // namespace mseal::format
