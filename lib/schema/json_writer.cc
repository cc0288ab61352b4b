// From the wire to JSON, led by descriptors.
#include <algorithm>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "schema/base64.h"
#include "schema/json.h"
#include "schema/json_numbers.h"
#include "schema/json_well_known.h"
#include "schema/message_plans.h"
#include "schema/wire.h"
#include "schema/wire_writer.h"

namespace mseal::schema {
namespace {

namespace pb = google::protobuf;
using Type = pb::FieldDescriptor;
using Occurrences = std::vector<Occurrence>;

// As deep as the walker goes.
constexpr int kMaxDepth = 101;

struct Member {
  const pb::FieldDescriptor* field;
  Occurrences found;  // in wire order
};

void AppendQuoted(ByteView text, SecretBytes& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.Append(AsBytes("\""));
  while (!text.empty()) {
    const auto plain = [](std::uint8_t byte) { return byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f; };
    const std::size_t run = static_cast<std::size_t>(std::ranges::find_if_not(text, plain) - text.begin());
    out.Append(text.first(run));
    if (run == text.size()) break;
    const std::uint8_t byte = text[run];
    const std::size_t letter = std::string_view("\"\\\b\f\n\r\t").find(static_cast<char>(byte));
    if (letter != std::string_view::npos) {
      out.Append(AsBytes(std::string_view("\\\"\\\\\\b\\f\\n\\r\\t").substr(letter * 2, 2)));
    } else {
      out.Append(AsBytes("\\u00"));
      out.Append(AsBytes(kHex.substr(byte >> 4, 1)));
      out.Append(AsBytes(kHex.substr(byte & 15, 1)));
    }
    text = text.subspan(run + 1);
  }
  out.Append(AsBytes("\""));
}

bool IsNumber(const pb::FieldDescriptor& field) { return WireOf(field).wire_type != WireType::kLength; }

// Whether JSON numbers, which are doubles to many readers, cannot hold the type.
bool IsQuotedNumber(const pb::FieldDescriptor& field, std::string_view text) {
  switch (field.cpp_type()) {
    case Type::CPPTYPE_INT64:
    case Type::CPPTYPE_UINT64:
      return true;
    default:
      return text.ends_with('y') || text == "NaN";
  }
}

class JsonWriter {
 public:
  explicit JsonWriter(pb::util::TypeResolver& resolver) : resolver_(resolver) {}

  // Appends the message as an object. False when it is not a message of the type.
  bool Message(const pb::Descriptor& type, ByteView message, SecretBytes& out, int depth) {
    if (depth > kMaxDepth) return false;
    if (IsWellKnown(type)) return WellKnownToJson(resolver_, type, message, out);
    std::vector<Member> members;
    if (!Gather(type, message, members)) return false;
    out.Append(AsBytes("{"));
    bool first = true;
    for (const Member& member : members) {
      if (!std::exchange(first, false)) out.Append(AsBytes(","));
      AppendQuoted(AsBytes(member.field->name()), out);
      out.Append(AsBytes(":"));
      if (!Value(member, out, depth)) return false;
    }
    out.Append(AsBytes("}"));
    return true;
  }

 private:
  // The occurrences of known fields, by field number.
  static bool Gather(const pb::Descriptor& type, ByteView message, std::vector<Member>& members) {
    WireReader in(message);
    for (Occurrence found; in.Next(found);) {
      const pb::FieldDescriptor* field = type.FindFieldByNumber(static_cast<int>(found.number));
      if (field == nullptr) continue;
      LeaveOneof(*field, members);
      Occurrences& of_field = Of(field, members);
      if (!Append(*field, found, of_field)) return false;
    }
    std::erase_if(members, [](const Member& member) { return member.found.empty(); });  // an empty packed run
    std::ranges::sort(members, {}, [](const Member& member) { return member.field->number(); });
    return in.ok();
  }

  // Of the members of a oneof the last one on the wire holds.
  static void LeaveOneof(const pb::FieldDescriptor& field, std::vector<Member>& members) {
    const pb::OneofDescriptor* oneof = field.real_containing_oneof();
    if (oneof == nullptr) return;
    std::erase_if(members, [&](const Member& member) {
      return member.field != &field && member.field->real_containing_oneof() == oneof;
    });
  }

  static Occurrences& Of(const pb::FieldDescriptor* field, std::vector<Member>& members) {
    const auto at = std::ranges::find(members, field, &Member::field);
    if (at != members.end()) return at->found;
    return members.emplace_back(Member{field, {}}).found;
  }

  // Appends what was found, a packed run as its values.
  static bool Append(const pb::FieldDescriptor& field, const Occurrence& found, Occurrences& out) {
    const WireType wire_type = WireOf(field).wire_type;
    if (found.wire_type == wire_type) return out.push_back(found), true;
    if (found.wire_type != WireType::kLength || !field.is_packable()) return false;
    WireReader run(found.payload);
    Occurrence value{found.number, wire_type, 0, {}};
    const auto next = [&] {
      if (wire_type == WireType::kVarint) return run.NextVarint(value.number_value);
      return run.NextFixed(wire_type == WireType::kFixed64 ? 8 : 4, value.number_value);
    };
    while (next()) out.push_back(value);
    return run.ok();
  }

  bool Value(const Member& member, SecretBytes& out, int depth) {
    if (member.field->is_map()) return Map(member, out, depth);
    if (member.field->is_repeated()) return Array(member, out, depth);
    if (member.field->message_type() != nullptr && member.found.size() > 1) return Merged(member, out, depth);
    return Single(*member.field, member.found.back(), out, depth);
  }

  bool Array(const Member& member, SecretBytes& out, int depth) {
    out.Append(AsBytes("["));
    for (std::size_t i = 0; i < member.found.size(); ++i) {
      if (i != 0) out.Append(AsBytes(","));
      if (!Single(*member.field, member.found[i], out, depth)) return false;
    }
    out.Append(AsBytes("]"));
    return true;
  }

  // Protobuf reads the parts of one message one after the other.
  bool Merged(const Member& member, SecretBytes& out, int depth) {
    SecretBytes whole;
    for (const Occurrence& part : member.found) whole.Append(part.payload);
    return Message(*member.field->message_type(), std::as_const(whole).Reveal(), out, depth + 1);
  }

  bool Single(const pb::FieldDescriptor& field, const Occurrence& value, SecretBytes& out, int depth) {
    if (IsNumber(field)) return Number(field, value.number_value, out), true;
    if (field.message_type() != nullptr) return Message(*field.message_type(), value.payload, out, depth + 1);
    if (field.type() == Type::TYPE_STRING) return IsUtf8(value.payload) && (AppendQuoted(value.payload, out), true);
    out.Append(AsBytes("\""));
    AppendBase64(value.payload, out);
    out.Append(AsBytes("\""));
    return true;
  }

  static void Number(const pb::FieldDescriptor& field, std::uint64_t wire, SecretBytes& out) {
    if (field.type() == Type::TYPE_BOOL) return out.Append(AsBytes(wire != 0 ? "true" : "false"));
    if (field.enum_type() != nullptr) {
      if (field.enum_type()->full_name() == "google.protobuf.NullValue") return out.Append(AsBytes("null"));
      const auto* value = field.enum_type()->FindValueByNumber(static_cast<int>(static_cast<std::int32_t>(wire)));
      if (value != nullptr) return AppendQuoted(AsBytes(value->name()), out);
    }
    SecretBytes text;
    AppendNumberText(field, wire, text);
    const ByteView number = std::as_const(text).Reveal();
    if (IsQuotedNumber(field, AsText(number))) return AppendQuoted(number, out);
    out.Append(number);
  }

  // A map's entry taken apart; what it lacks is the type's default.
  struct Entry {
    Occurrence key;
    Occurrences values;
  };

  static bool ReadEntry(const pb::Descriptor& type, ByteView message, Entry& entry) {
    WireReader in(message);
    for (Occurrence found; in.Next(found);) {
      if (found.number > 2) continue;
      const pb::FieldDescriptor* field = type.FindFieldByNumber(static_cast<int>(found.number));
      if (found.wire_type != WireOf(*field).wire_type) return false;
      if (found.number == 1) entry.key = found;
      if (found.number == 2) entry.values.push_back(found);
    }
    if (entry.values.empty()) entry.values.emplace_back();
    return in.ok();
  }

  static bool KeyBefore(const Entry& a, const Entry& b) {
    if (a.key.number_value != b.key.number_value) return a.key.number_value < b.key.number_value;
    return std::ranges::lexicographical_compare(a.key.payload, b.key.payload);
  }

  // Of several entries with one key the last one holds.
  bool Map(const Member& member, SecretBytes& out, int depth) {
    const pb::Descriptor& type = *member.field->message_type();
    std::vector<Entry> entries(member.found.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (!ReadEntry(type, member.found[i].payload, entries[i])) return false;
    }
    std::ranges::stable_sort(entries, KeyBefore);
    out.Append(AsBytes("{"));
    bool first = true;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i + 1 < entries.size() && !KeyBefore(entries[i], entries[i + 1])) continue;
      if (!std::exchange(first, false)) out.Append(AsBytes(","));
      if (!MapEntry(type, entries[i], out, depth)) return false;
    }
    out.Append(AsBytes("}"));
    return true;
  }

  bool MapEntry(const pb::Descriptor& type, const Entry& entry, SecretBytes& out, int depth) {
    if (!Key(*type.map_key(), entry.key, out)) return false;
    out.Append(AsBytes(":"));
    return Value({type.map_value(), entry.values}, out, depth);
  }

  static bool Key(const pb::FieldDescriptor& field, const Occurrence& key, SecretBytes& out) {
    if (field.type() == Type::TYPE_STRING) return IsUtf8(key.payload) && (AppendQuoted(key.payload, out), true);
    SecretBytes text;
    if (field.type() == Type::TYPE_BOOL) {
      text.Append(AsBytes(key.number_value != 0 ? "true" : "false"));
    } else {
      AppendNumberText(field, key.number_value, text);
    }
    return AppendQuoted(std::as_const(text).Reveal(), out), true;
  }

  pb::util::TypeResolver& resolver_;
};

}  // namespace

Result<SecretBytes> MessageToJson(pb::util::TypeResolver& resolver, const pb::Descriptor& type, ByteView message) {
  SecretBytes json;
  json.Reserve(message.size() * 2 + 64);
  if (!JsonWriter(resolver).Message(type, message, json, 1)) {
    return Status::InvalidArgument("not a message of type " + type.name());
  }
  return json;
}

}  // namespace mseal::schema
