// Reading of our options.
#include "schema/policy.h"

#include <google/protobuf/descriptor.pb.h>

#include <charconv>

#include "schema/wire.h"

namespace mseal::schema {
namespace {

namespace pb = google::protobuf;

// The payloads of our option in serialized options, in their order.
std::vector<std::string> Payloads(const pb::Message& options) {
  const std::string serialized = options.SerializePartialAsString();
  std::vector<std::string> payloads;
  WireReader in(AsBytes(serialized));
  for (Occurrence found; in.Next(found);) {
    if (found.number == kOptionNumber && found.wire_type == WireType::kLength)
      payloads.emplace_back(AsText(found.payload));
  }
  return payloads;
}

// Protobuf merges a message that comes in several parts by reading them one after the other.
std::string Merged(const std::vector<std::string>& payloads) {
  std::string merged;
  for (const std::string& payload : payloads) merged += payload;
  return merged;
}

Status Unknown(const Occurrence& found) {
  return Status::InvalidArgument("option number " + std::to_string(found.number) + " or its value is not known here");
}

bool ReadFlag(const Occurrence& found, bool& out) {
  out = found.number_value != 0;
  return found.wire_type == WireType::kVarint;
}

template <typename Enum>
bool ReadEnum(const Occurrence& found, Enum last, Enum& out) {
  out = static_cast<Enum>(found.number_value);
  return found.wire_type == WireType::kVarint && found.number_value <= static_cast<std::uint64_t>(last);
}

// An enumeration with the two values 0 and 1.
bool ReadChoice(const Occurrence& found, bool& out) { return ReadFlag(found, out) && found.number_value <= 1; }

bool ReadText(const Occurrence& found, std::string& out) {
  out = AsText(found.payload);
  return found.wire_type == WireType::kLength;
}

bool ReadSize(const Occurrence& found, std::uint32_t& out) {
  out = static_cast<std::uint32_t>(found.number_value);
  return found.wire_type == WireType::kVarint && found.number_value <= 0xffffffff;
}

bool ReadInto(const Occurrence& found, FieldPolicy& policy) {
  switch (found.number) {
    case 1:
      return ReadText(found, policy.class_name);
    case 2:
      return ReadFlag(found, policy.is_public);
    case 3:
      return ReadChoice(found, policy.find);
    case 4:
      return ReadFlag(found, policy.unique);
    case 5:
      return ReadEnum(found, Normalizer::kId, policy.normalizer);
    case 6:
      return ReadEnum(found, Mask::kYear, policy.mask);
    case 7:
      return ReadChoice(found, policy.by_rules);
    case 8:
      return ReadSize(found, policy.size);
    case 9:
      return ReadEnum(found, RuleRole::kSegment, policy.role);
    case 10:
      return ReadFlag(found, policy.ordered);
    case 11:
      return ReadText(found, policy.purposes.emplace_back());
  }
  return false;
}

constexpr std::uint64_t kLongestRetention = 366 * 1000;  // days: times do not overrun

// "20y", "18m", "90d" in days; a year is 366 days and a month 31, so that nothing is let go early.
bool ReadRetention(std::string_view text, std::uint64_t& days) {
  if (text.empty()) return true;
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count == 0 || end != text.data() + text.size() - 1) return false;
  const std::uint64_t unit = *end == 'y' ? 366 : *end == 'm' ? 31 : *end == 'd' ? 1 : 0;
  days = count * unit;
  return unit != 0 && days <= kLongestRetention;
}

bool ReadInto(const Occurrence& found, RecordPolicy& policy) {
  if (found.number == 1) {
    return found.wire_type == WireType::kLength && ReadRetention(AsText(found.payload), policy.retention_days);
  }
  bool no_history = false;
  if (found.number != 2 || !ReadChoice(found, no_history)) return false;
  policy.keep_history = !no_history;
  return true;
}

bool ReadInto(const Occurrence& found, ClassDeclaration& declaration) {
  if (found.number == 1) return ReadText(found, declaration.name);
  if (found.number == 3)
    return found.wire_type == WireType::kLength && ReadRetention(AsText(found.payload), declaration.retention_days);
  return found.number == 2 && ReadFlag(found, declaration.no_index);
}

template <typename Policy>
Result<Policy> ReadAll(const std::string& payload) {
  Policy policy;
  WireReader in(AsBytes(payload));
  for (Occurrence found; in.Next(found);) {
    if (!ReadInto(found, policy)) return Unknown(found);
  }
  if (!in.ok()) return Status::InvalidArgument("option is not well-formed");
  return policy;
}

}  // namespace

Result<FieldPolicy> ReadPolicy(const pb::FieldOptions& options) {
  return ReadAll<FieldPolicy>(Merged(Payloads(options)));
}

Result<std::optional<RecordPolicy>> ReadPolicy(const pb::MessageOptions& options) {
  const std::vector<std::string> payloads = Payloads(options);
  if (payloads.empty()) return std::optional<RecordPolicy>();
  MS_ASSIGN(RecordPolicy policy, ReadAll<RecordPolicy>(Merged(payloads)));
  return std::optional<RecordPolicy>(policy);
}

Result<std::vector<ClassDeclaration>> ReadPolicy(const pb::FileOptions& options) {
  std::vector<ClassDeclaration> declarations;
  for (const std::string& payload : Payloads(options)) {
    MS_ASSIGN(ClassDeclaration declaration, ReadAll<ClassDeclaration>(payload));
    declarations.push_back(std::move(declaration));
  }
  return declarations;
}

}  // namespace mseal::schema
