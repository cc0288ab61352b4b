// A loaded schema: record types of the .proto, the rules that classify results, and what turns JSON into messages and
// back.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret_bytes.h"
#include "base/status.h"
#include "schema/plan.h"

namespace mseal::schema {

// The names every schema has without declaring them.
inline constexpr std::string_view kGeneral = "general";
inline constexpr std::string_view kDirectory = "directory";
inline constexpr std::string_view kSource = "source";
inline constexpr std::string_view kAudit = "audit";

// The implicit record type that holds a patient's external ids: field 1, repeated string, class directory, unique
// index.
inline constexpr std::string_view kDirectoryType = "directory";

struct SchemaText {
  // Either the text of one .proto (imports: medseal/options.proto, medseal/lab.proto, google/protobuf/*) ...
  std::string proto;
  std::string file_name = "schema.proto";  // for messages only
  // ... or a serialized FileDescriptorSet, imports before importers; not both.
  Bytes descriptor_set;
  // Rules (format: rules.h); the built-in ones when empty.
  std::string rules;
};

// Immutable once loaded; any number of threads may use it.
class Schema {
 public:
  // InvalidArgument with file:line for whatever may not stand in a schema (compile.h has the list); where a descriptor
  // set has no lines, with the element's full name.
  static Result<std::shared_ptr<const Schema>> Load(const SchemaText& text);

  // A form that Load reads back to the same schema: what the vault keeps. Canonical: equal schemas give equal bytes.
  const Bytes& Stored() const;
  static Result<std::shared_ptr<const Schema>> LoadStored(ByteView stored);

  // Whether `next` may replace `current` in a vault that holds records: InvalidArgument naming the place of the first
  // change that takes protection or meaning from what is stored. Refused:
  //   - a class or record type that is gone, a class no longer no_index, a rule that is gone or gives another class
  //   - a field (of a record or of a message inside one) that is gone, renamed, renumbered or of another type, or that
  //   came
  //     to or left a oneof; a value of an enumeration that is gone or has another number. Mark fields deprecated
  //     instead: under a number that the schema no longer knows, values come back as unknown fields and would be sealed
  //     under `general` at the next write. `reserved` does not change that.
  //   - a changed class, class_by, public, normaliser, unique, rule or history, and a smaller size
  //   - a mask that goes or becomes another than ALL, and purposes that are more than before
  //   - find or ordered on a field that was there without: records already stored would not be found
  // Everything else may change. Index ids of `current` are carried over into the returned schema and never used again.
  static Result<std::shared_ptr<const Schema>> Succeed(const Schema& current, const Schema& next);

  // Implicit classes first, in a fixed order: general, directory, source, audit; then the declared ones in file order.
  const std::vector<ClassPlan>& classes() const;
  // Every top-level message with the record option, and the implicit type `directory`.
  const std::vector<TypePlan>& types() const;
  const TypePlan* FindType(std::string_view name) const;

  // The class of a by_rules value (its wire bytes: tags and payloads as they stood in the message), as an index into
  // classes(). Nothing known means general.
  std::uint32_t Classify(const TypePlan& type, const FieldPlan& field, ByteView value) const;

  // Whether a by_rules value can be of this class (an index into classes()).
  bool RulesGive(std::uint32_t class_index) const;

  // Proto-JSON to a serialized message and back. Member names in as in the .proto or in lowerCamelCase, out as in the
  // .proto. A member that is given stands in the message, with a default value too; null is as good as absent. Unknown
  // fields of a message have no name and are left out. The place in the error is a path of schema names and a byte
  // offset, never a value.
  Result<SecretBytes> FromJson(const TypePlan& type, ByteView json) const;
  Result<SecretBytes> ToJson(const TypePlan& type, ByteView message) const;

  // Classes, types and fields as people read them.
  std::string Describe() const;

  ~Schema();

 private:
  struct Parts;
  explicit Schema(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace mseal::schema
