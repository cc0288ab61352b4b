// Checks, writes and reads mandates. One text means one mandate: what is read is written again and compared.
#include "format/mandate.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "base/purposes.h"
#include "format/clean_name.h"

namespace mseal::format {
namespace {

constexpr std::string_view kTitle = "medseal mandate ";
constexpr std::string_view kVersion = "1";
constexpr std::size_t kMostTakes = 256;
constexpr std::size_t kMostFields = 1024;
constexpr std::size_t kMostRecipients = 16;
constexpr std::size_t kLongestIdentifier = 128;
constexpr std::uint64_t kEndOfTime = 253'402'300'799'000;  // 9999-12-31T23:59:59

Status Refused(const std::string& why) { return Status::InvalidArgument("the mandate " + why); }

// ---- texts of values

std::string HexOf(ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

bool BytesOf(std::string_view text, MutableBytes out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    unsigned value = 0;
    const auto parsed = std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, value, 16);
    if (parsed.ptr != text.data() + 2 * i + 2) return false;
    out[i] = static_cast<std::uint8_t>(value);
  }
  return true;
}

std::string Padded(std::uint64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  return std::string(text.size() < digits ? digits - text.size() : 0, '0') + text;
}

std::optional<std::uint64_t> NumberOf(std::string_view text) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::chrono::year_month_day> DateOf(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = NumberOf(text.substr(0, 4)), month = NumberOf(text.substr(5, 2)), day = NumberOf(text.substr(8));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::string DateText(std::chrono::year_month_day date) {
  return Padded(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) + "-" +
         Padded(static_cast<unsigned>(date.month()), 2) + "-" + Padded(static_cast<unsigned>(date.day()), 2);
}

// 2026-01-31T23:59:00Z
std::string TimeText(std::uint64_t ms) {
  const std::uint64_t seconds = ms / 1000 % 86'400;
  const std::chrono::sys_days day{std::chrono::days(static_cast<int>(ms / 86'400'000))};
  return DateText(day) + "T" + Padded(seconds / 3600, 2) + ":" + Padded(seconds / 60 % 60, 2) + ":" +
         Padded(seconds % 60, 2) + "Z";
}

std::optional<std::uint64_t> TimeOf(std::string_view text) {
  if (text.size() != 20) return std::nullopt;
  const auto date = DateOf(text.substr(0, 10));
  const auto hour = NumberOf(text.substr(11, 2)), minute = NumberOf(text.substr(14, 2)),
             second = NumberOf(text.substr(17, 2));
  if (!date || !hour || !minute || !second) return std::nullopt;
  const auto days = std::chrono::sys_days(*date).time_since_epoch().count();
  if (days < 0) return std::nullopt;
  return ((static_cast<std::uint64_t>(days) * 24 + *hour) * 60 + *minute) * 60'000 + *second * 1000;
}

std::string NameOf(MandateDirection direction) {
  return direction == MandateDirection::kImport ? "import" : "export";
}

// ---- what makes sense

bool IsIdentifier(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= kLongestIdentifier && std::all_of(name.begin(), name.end(), good);
}

Status CheckLine(std::string_view what, const std::string& text) {
  if (IsCleanText(AsBytes(text), kLongestMandateLine)) return Status::Ok();
  return Refused("says " + std::string(what) + " in 1 to 240 bytes of clean text");
}

Status CheckTakes(const std::vector<MandateTake>& takes) {
  if (takes.empty() || takes.size() > kMostTakes) return Refused("names what is moved: there is no \"all\"");
  std::set<std::string_view> types;
  for (const MandateTake& take : takes) {
    if (!IsIdentifier(take.type) || !types.insert(take.type).second) return Refused("names a type that is none, or twice");
    std::set<std::string_view> fields;
    for (const std::string& field : take.fields) {
      if (!IsIdentifier(field) || !fields.insert(field).second)
        return Refused("names a field that is none, or one twice");
    }
    if (fields.empty() || fields.size() > kMostFields) return Refused("names the fields of each type: there is no \"all\"");
  }
  return Status::Ok();
}

Status CheckDates(const Mandate& mandate) {
  for (const std::string* date : {&mandate.since, &mandate.until, &mandate.erase_by}) {
    if (!date->empty() && !DateOf(*date)) return Refused("has a date that is none: write 2026-01-31");
  }
  const bool backwards = !mandate.since.empty() && !mandate.until.empty() && mandate.until < mandate.since;
  if (backwards) return Refused("ends its dates before it begins them");
  const bool whole = mandate.made_ms % 1000 == 0 && mandate.expires_ms % 1000 == 0;
  if (!whole || mandate.expires_ms <= mandate.made_ms || mandate.expires_ms > kEndOfTime)
    return Refused("expires after it was made, at a whole second");
  return Status::Ok();
}

Status CheckRecipients(const Mandate& mandate) {
  if (mandate.direction == MandateDirection::kImport)
    return mandate.recipients.empty() ? Status::Ok() : Refused("of an import has no recipients");
  if (mandate.recipients.empty() || mandate.recipients.size() > kMostRecipients)
    return Refused("of an export names 1 to 16 recipients");
  std::set<ByteArray<32>> keys;
  for (const MandateRecipient& recipient : mandate.recipients) {
    MS_TRY(CheckLine("who a recipient is", recipient.name));
    if (!keys.insert(recipient.key).second) return Refused("names a recipient twice");
  }
  return Status::Ok();
}

// ---- lines

// Takes lines one by one.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  bool Next(std::string_view key, std::string_view& value) {
    const std::size_t end = text_.find('\n');
    const std::string_view line = text_.substr(0, end);
    if (end == text_.npos || !line.starts_with(key) || !line.substr(key.size()).starts_with(": ")) return false;
    value = line.substr(key.size() + 2);
    text_.remove_prefix(end + 1);
    ++number_;
    return true;
  }
  bool Done() const { return text_.empty(); }
  std::size_t number() const { return number_ + 1; }

 private:
  std::string_view text_;
  std::size_t number_ = 1;  // the title's
};

std::vector<std::string> SplitFields(std::string_view text) {
  std::vector<std::string> fields;
  for (std::size_t end = 0; end != text.npos;) {
    end = text.find(", ");
    fields.emplace_back(text.substr(0, end));
    if (end != text.npos) text.remove_prefix(end + 2);
  }
  return fields;
}

bool ReadTakes(Lines& in, Mandate& out) {
  std::string_view value;
  while (in.Next("take", value)) {
    const std::size_t colon = value.find(": ");
    if (colon == value.npos) return false;
    out.takes.push_back({std::string(value.substr(0, colon)), SplitFields(value.substr(colon + 2))});
  }
  return true;
}

bool ReadPatients(Lines& in, Mandate& out) {
  std::string_view value;
  if (!in.Next("patients", value)) return true;
  constexpr std::string_view kBetween = " of the list with digest ";
  const std::size_t between = value.find(kBetween);
  MandatePatients patients;
  if (between == value.npos || !BytesOf(value.substr(between + kBetween.size()), patients.digest)) return false;
  patients.count = NumberOf(value.substr(0, between)).value_or(0);
  out.patients = patients;
  return true;
}

bool ReadRecipients(Lines& in, Mandate& out) {
  std::string_view value;
  while (in.Next("recipient", value)) {
    MandateRecipient recipient;
    if (value.size() < 66 || value[64] != ' ' || !BytesOf(value.substr(0, 64), recipient.key)) return false;
    recipient.name = value.substr(65);
    out.recipients.push_back(std::move(recipient));
  }
  return true;
}

bool ReadHead(Lines& in, Mandate& out) {
  std::string_view value;
  if (!in.Next("id", value) || !BytesOf(value, out.id)) return false;
  if (!in.Next("vault", value) || !BytesOf(value, out.store)) return false;
  if (!in.Next("direction", value) || (value != "import" && value != "export")) return false;
  out.direction = value == "import" ? MandateDirection::kImport : MandateDirection::kExport;
  for (std::string* text : {&out.from, &out.to, &out.purpose}) {
    const char* const key = text == &out.from ? "from" : text == &out.to ? "to" : "purpose";
    if (!in.Next(key, value)) return false;
    *text = value;
  }
  return true;
}

bool ReadLimits(Lines& in, Mandate& out) {
  std::string_view value;
  if (in.Next("since", value)) out.since = value;
  if (in.Next("until", value)) out.until = value;
  if (!ReadPatients(in, out) || !ReadRecipients(in, out)) return false;
  if (in.Next("columns that are not named", value)) out.keeps_unknown = value == "sealed";
  if (!in.Next("rows at most", value)) return false;
  out.most_rows = NumberOf(value).value_or(0);
  return true;
}

bool ReadEnd(Lines& in, Mandate& out) {
  std::string_view value;
  if (!in.Next("made", value)) return false;
  out.made_ms = TimeOf(value).value_or(0);
  if (!in.Next("expires", value)) return false;
  out.expires_ms = TimeOf(value).value_or(0);
  if (in.Next("source erased by", value)) out.erase_by = value;
  if (!in.Next("signers at least", value)) return false;
  out.signers = static_cast<std::uint32_t>(std::min<std::uint64_t>(NumberOf(value).value_or(0), UINT32_MAX));
  return in.Done();
}

}  // namespace

Status CheckMandate(const Mandate& mandate) {
  const bool import = mandate.direction == MandateDirection::kImport;
  MS_TRY(CheckLine("where it is from", mandate.from));
  MS_TRY(CheckLine("where it goes", mandate.to));
  if (!IsPurpose(mandate.purpose)) return Refused("is for a purpose as a session states it: migration, research, ...");
  MS_TRY(CheckTakes(mandate.takes));
  MS_TRY(CheckDates(mandate));
  MS_TRY(CheckRecipients(mandate));
  if (mandate.patients.has_value() && mandate.patients->count == 0) return Refused("names a list of no patients");
  if (!import && (mandate.keeps_unknown || !mandate.erase_by.empty()))
    return Refused("of an export says nothing of unknown columns and of erasing its source");
  if (mandate.most_rows == 0) return Refused("says how many rows at most");
  if (mandate.signers == 0 || mandate.signers > kMostMandateSigners) return Refused("takes 1 to 16 signers");
  return Status::Ok();
}

std::string WriteMandate(const Mandate& mandate) {
  const bool import = mandate.direction == MandateDirection::kImport;
  std::string text = std::string(kTitle) + std::string(kVersion) + "\n";
  const auto line = [&text](std::string_view key, const std::string& value) {
    text.append(key).append(": ").append(value).append("\n");
  };
  line("id", HexOf(mandate.id));
  line("vault", HexOf(mandate.store));
  line("direction", NameOf(mandate.direction));
  line("from", mandate.from);
  line("to", mandate.to);
  line("purpose", mandate.purpose);
  for (const MandateTake& take : mandate.takes) {
    std::string fields;
    for (const std::string& field : take.fields) fields.append(fields.empty() ? "" : ", ").append(field);
    line("take", take.type + ": " + fields);
  }
  if (!mandate.since.empty()) line("since", mandate.since);
  if (!mandate.until.empty()) line("until", mandate.until);
  if (mandate.patients.has_value())
    line("patients",
         std::to_string(mandate.patients->count) + " of the list with digest " + HexOf(mandate.patients->digest));
  for (const MandateRecipient& recipient : mandate.recipients)
    line("recipient", HexOf(recipient.key) + " " + recipient.name);
  if (import) line("columns that are not named", mandate.keeps_unknown ? "sealed" : "dropped");
  line("rows at most", std::to_string(mandate.most_rows));
  line("made", TimeText(mandate.made_ms));
  line("expires", TimeText(mandate.expires_ms));
  if (!mandate.erase_by.empty()) line("source erased by", mandate.erase_by);
  line("signers at least", std::to_string(mandate.signers));
  return text;
}

Result<Mandate> ParseMandate(std::string_view text) {
  if (!text.starts_with(kTitle) || text.size() > kLongestMandate) return Status::Corrupt("this is no mandate");
  const std::size_t end = text.find('\n');
  if (end == text.npos) return Status::Corrupt("this is no mandate");
  const std::string_view version = text.substr(kTitle.size(), end - kTitle.size());
  if (!NumberOf(version).has_value()) return Status::Corrupt("this is no mandate");
  if (version != kVersion) return Status::UnsupportedVersion("mandate");
  Lines in(text.substr(end + 1));
  Mandate mandate;
  const bool read = ReadHead(in, mandate) && ReadTakes(in, mandate) && ReadLimits(in, mandate) && ReadEnd(in, mandate);
  if (!read) return Status::Corrupt("line " + std::to_string(in.number()) + " of the mandate is not what belongs there");
  if (!CheckMandate(mandate).ok() || WriteMandate(mandate) != text)
    return Status::Corrupt("the mandate says something that no mandate says");
  return mandate;
}

}  // namespace mseal::format
