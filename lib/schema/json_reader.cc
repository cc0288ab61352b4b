// From JSON to the wire, straight from the text, led by descriptors.
#include <algorithm>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "schema/base64.h"
#include "schema/json.h"
#include "schema/json_numbers.h"
#include "schema/json_scanner.h"
#include "schema/json_well_known.h"
#include "schema/message_plans.h"
#include "schema/wire.h"
#include "schema/wire_writer.h"

namespace mseal::schema {
namespace {

namespace pb = google::protobuf;
using Type = pb::FieldDescriptor;

class JsonReader {
 public:
  JsonReader(pb::util::TypeResolver& resolver, const pb::Descriptor& type, ByteView json)
      : resolver_(resolver), scanner_(json), path_(type.name()) {}

  Result<SecretBytes> Read(const pb::Descriptor& type) {
    SecretBytes message;
    if (Message(type, message, 1) && !scanner_.AtEnd()) Fail("something stands behind the object");
    if (!scanner_.ok()) return Status::InvalidArgument(why_);
    return message;
  }

 private:
  // Remembers the first reason, with the path that was reached. Answers false.
  bool Fail(const char* why) {
    if (why_.empty()) why_ = path_ + ": " + why + " (byte " + std::to_string(scanner_.offset()) + ")";
    return scanner_.Fail();
  }
  bool NotJson() { return Fail("not JSON"); }

  // Goes one step down the path while it lives.
  class Step {
   public:
    Step(std::string& path, const std::string& step) : path_(path), size_(path.size()) { path_ += step; }
    ~Step() { path_.resize(size_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    std::string& path_;
    std::size_t size_;
  };

  bool Message(const pb::Descriptor& type, SecretBytes& out, int depth) {
    if (depth > kMaxJsonDepth) return Fail("nests too deep");
    if (IsWellKnown(type)) return WellKnown(type, out, depth);
    if (scanner_.Peek() != '{') return Fail("not an object");
    scanner_.Take('{');
    std::vector<const pb::FieldDescriptor*> seen;
    for (bool first = true; scanner_.More('}', first);) {
      if (!Member(type, seen, out, depth)) return false;
    }
    return scanner_.ok() || NotJson();
  }

  bool Member(const pb::Descriptor& type, std::vector<const pb::FieldDescriptor*>& seen, SecretBytes& out, int depth) {
    SecretBytes name;
    if (!scanner_.String(name)) return NotJson();
    const pb::FieldDescriptor* field = FindField(type, AsText(std::as_const(name).Reveal()));
    if (field == nullptr) return Fail("a member that the schema does not have");
    const Step step(path_, "." + field->name());
    if (!scanner_.Expect(':')) return NotJson();
    if (std::ranges::count(seen, field) != 0) return Fail("stands twice");
    seen.push_back(field);
    if (scanner_.Peek() == 'n' && !TakesNull(*field)) return scanner_.Literal("null") || NotJson();
    if (OneofTaken(*field, seen)) return Fail("another member of its oneof is given too");
    return Value(*field, out, depth);
  }

  static const pb::FieldDescriptor* FindField(const pb::Descriptor& type, std::string_view name) {
    for (int i = 0; i < type.field_count(); ++i) {
      if (type.field(i)->name() == name || type.field(i)->json_name() == name) return type.field(i);
    }
    return nullptr;
  }

  // google.protobuf.Value has null among its values.
  static bool TakesNull(const pb::FieldDescriptor& field) {
    return field.message_type() != nullptr && field.message_type()->full_name() == "google.protobuf.Value" &&
           !field.is_repeated();
  }

  static bool OneofTaken(const pb::FieldDescriptor& field, const std::vector<const pb::FieldDescriptor*>& seen) {
    const pb::OneofDescriptor* oneof = field.real_containing_oneof();
    return oneof != nullptr && std::ranges::count(seen, oneof, &pb::FieldDescriptor::real_containing_oneof) > 1;
  }

  bool Value(const pb::FieldDescriptor& field, SecretBytes& out, int depth) {
    if (field.is_map()) return Map(field, out, depth + 1);
    if (field.is_repeated()) return Array(field, out, depth + 1);
    return Single(field, out, depth);
  }

  bool Array(const pb::FieldDescriptor& field, SecretBytes& out, int depth) {
    if (!scanner_.Take('[')) return Fail("not an array");
    SecretBytes run;
    std::size_t index = 0;
    for (bool first = true; scanner_.More(']', first); ++index) {
      const Step step(path_, "[" + std::to_string(index) + "]");
      if (!(field.is_packed() ? Number(field, run) : Single(field, out, depth))) return false;
    }
    if (!run.empty()) AppendLength(NumberOf(field), std::as_const(run).Reveal(), out);
    return scanner_.ok() || NotJson();
  }

  // A map is a list of entries on the wire, each with its key as field 1 and its value as field 2.
  bool Map(const pb::FieldDescriptor& field, SecretBytes& out, int depth) {
    if (!scanner_.Take('{')) return Fail("not an object");
    for (bool first = true; scanner_.More('}', first);) {
      SecretBytes entry;
      const Step step(path_, "[]");  // keys are values too
      if (!MapKey(*field.message_type()->map_key(), entry)) return false;
      if (!scanner_.Expect(':')) return NotJson();
      if (!Single(*field.message_type()->map_value(), entry, depth)) return false;
      AppendLength(NumberOf(field), std::as_const(entry).Reveal(), out);
    }
    return scanner_.ok() || NotJson();
  }

  bool MapKey(const pb::FieldDescriptor& field, SecretBytes& out) {
    SecretBytes text;
    if (!scanner_.String(text)) return NotJson();
    const ByteView key = std::as_const(text).Reveal();
    if (field.type() == Type::TYPE_STRING) return AppendLength(NumberOf(field), key, out), true;
    std::uint64_t wire = 0;
    const bool boolean = field.type() == Type::TYPE_BOOL && (AsText(key) == "true" || AsText(key) == "false");
    if (boolean) wire = AsText(key) == "true";
    if (!boolean && !ParseNumber(field, key, wire)) return Fail("the key does not fit its type");
    AppendTag(NumberOf(field), WireOf(field).wire_type, out);
    return AppendNumberPayload(WireOf(field).wire_type, wire, out), true;
  }

  // One value with its tag.
  bool Single(const pb::FieldDescriptor& field, SecretBytes& out, int depth) {
    if (WireOf(field).wire_type == WireType::kLength) return Payload(field, out, depth);
    AppendTag(NumberOf(field), WireOf(field).wire_type, out);
    return Number(field, out);
  }

  bool Payload(const pb::FieldDescriptor& field, SecretBytes& out, int depth) {
    SecretBytes payload;
    if (!(field.message_type() != nullptr ? Message(*field.message_type(), payload, depth + 1)
                                          : Text(field, payload))) {
      return false;
    }
    return AppendLength(NumberOf(field), std::as_const(payload).Reveal(), out), true;
  }

  bool Text(const pb::FieldDescriptor& field, SecretBytes& out) {
    if (scanner_.Peek() != '"') return Fail("not text");
    if (field.type() == Type::TYPE_STRING) return scanner_.String(out) || NotJson();
    SecretBytes base64;
    if (!scanner_.String(base64)) return NotJson();
    return DecodeBase64(std::as_const(base64).Reveal(), out) || Fail("not base64");
  }

  // A number, boolean or enumeration without its tag.
  bool Number(const pb::FieldDescriptor& field, SecretBytes& out) {
    std::uint64_t wire = 0;
    if (!(field.type() == Type::TYPE_BOOL ? Boolean(wire) : NumberValue(field, wire))) return false;
    return AppendNumberPayload(WireOf(field).wire_type, wire, out), true;
  }

  bool Boolean(std::uint64_t& wire) {
    const std::uint8_t next = scanner_.Peek();
    if (next != 't' && next != 'f') return Fail("neither true nor false");
    wire = next == 't';
    return scanner_.Literal(wire ? "true" : "false") || NotJson();
  }

  bool NumberValue(const pb::FieldDescriptor& field, std::uint64_t& wire) {
    if (scanner_.Peek() == '"') return QuotedNumber(field, wire);
    ByteView text;
    if (!scanner_.Number(text)) return Fail("not a number");
    return ParseNumber(field, text, wire) || Fail("the number does not fit its type");
  }

  bool QuotedNumber(const pb::FieldDescriptor& field, std::uint64_t& wire) {
    SecretBytes text;
    if (!scanner_.String(text)) return NotJson();
    const ByteView name = std::as_const(text).Reveal();
    if (field.enum_type() == nullptr) return ParseNumber(field, name, wire) || Fail("the number does not fit its type");
    for (int i = 0; i < field.enum_type()->value_count(); ++i) {
      const pb::EnumValueDescriptor* value = field.enum_type()->value(i);
      if (value->name() != AsText(name)) continue;
      return wire = static_cast<std::uint64_t>(std::int64_t{value->number()}), true;
    }
    return Fail("not a name of its enumeration");
  }

  bool WellKnown(const pb::Descriptor& type, SecretBytes& out, int depth) {
    scanner_.Peek();
    const std::size_t start = scanner_.offset();
    if (!scanner_.Skip(depth)) return NotJson();
    return WellKnownFromJson(resolver_, type, scanner_.Since(start), out) || Fail("does not fit its type");
  }

  static std::uint32_t NumberOf(const pb::FieldDescriptor& field) { return static_cast<std::uint32_t>(field.number()); }

  pb::util::TypeResolver& resolver_;
  JsonScanner scanner_;
  std::string path_;  // of schema names only
  std::string why_;
};

}  // namespace

Result<SecretBytes> JsonToMessage(pb::util::TypeResolver& resolver, const pb::Descriptor& type, ByteView json) {
  if (!IsUtf8(json)) return Status::InvalidArgument(type.name() + ": JSON is not UTF-8");
  return JsonReader(resolver, type, json).Read(type);
}

}  // namespace mseal::schema
