// What a schema says, compiled: for each record type the fields, how each is sealed, searched and padded.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace mseal::schema {

enum class Normalizer : std::uint8_t { kAsIs = 0, kNir = 1, kName = 2, kDate = 3, kId = 4 };
enum class Mask : std::uint8_t { kNone = 0, kLast4 = 1, kAll = 2, kFirst1 = 3, kLast2 = 4, kYear = 5 };
enum class ValueKind : std::uint8_t { kText, kBytes, kBool, kEnum, kInteger, kReal, kMessage };

inline constexpr std::uint32_t kNone = 0xffffffff;

// How a number lies on the wire; kNotNumber for text, bytes and messages.
enum class NumberForm : std::uint8_t { kNotNumber, kUnsigned, kSigned, kZigzag, kReal };
// Wire types of protobuf; 3 and 4 (groups) are refused wherever they stand.
enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };
// What a text inside a by_rules value means to the rules (options.proto, RuleRole).
enum class RuleRole : std::uint8_t { kNoRole = 0, kSystem = 1, kCode = 2, kLabel = 3, kSegment = 4 };

struct FieldPlan {
  std::uint32_t number = 0;
  std::string name;  // as in the .proto
  ValueKind kind = ValueKind::kText;
  bool repeated = false;
  bool is_public = false;
  bool ordered = false;   // public, with ranges and prefixes
  bool by_rules = false;  // the class comes from the data; `class_index` is `general`, used while the field is absent
  bool find = false;
  bool unique = false;
  Normalizer normalizer = Normalizer::kAsIs;
  Mask mask = Mask::kNone;
  std::vector<std::string> purposes;  // of use that may see and write it; none: every one
  std::uint32_t size = 0;             // declared size in bytes, 0 for none
  std::uint32_t class_index = 0;      // into Schema::classes()
  std::uint32_t group = kNone;        // into TypePlan::groups; kNone for public fields
  std::uint32_t index_id = 0;         // of a find or ordered field: stable across schema versions, from 1; else 0
  WireType wire_type = WireType::kLength;
  NumberForm number_form = NumberForm::kNotNumber;

  // Whether a session of this purpose may see and write the field.
  bool IsFor(std::string_view purpose) const {
    return purposes.empty() || std::find(purposes.begin(), purposes.end(), purpose) != purposes.end();
  }
};

// The fields that are sealed together in one record: those of one fixed class, or one field whose class the rules give.
struct GroupPlan {
  std::uint32_t class_index = 0;
  bool by_rules = false;
  std::vector<std::uint32_t> fields;  // indices into TypePlan::fields
  std::uint32_t least_size = 0;       // content is padded to at least this many bytes: from the declared sizes
};

// What walking one message needs to know of one field number.
struct WireSlot {
  std::uint32_t number = 0;      // 0: no such field
  std::uint32_t group = kNone;   // of a record's own field: as FieldPlan::group
  std::uint32_t nested = kNone;  // of a message field: into TypePlan::messages
  WireType wire_type = WireType::kLength;
  bool packable = false;  // may also come as one run behind a length
  bool text = false;      // must be UTF-8
  RuleRole role = RuleRole::kNoRole;
};

// The fields of one message by number; made at load so that walking needs no descriptors.
struct MessagePlan {
  std::vector<WireSlot> dense;   // slot n is number n
  std::vector<WireSlot> sparse;  // larger numbers, ascending

  // The slot with this number, or null.
  const WireSlot* Find(std::uint32_t number) const {
    if (number >= dense.size()) return sparse.empty() ? nullptr : FindSparse(number);
    return dense[number].number != 0 ? &dense[number] : nullptr;
  }

 private:
  const WireSlot* FindSparse(std::uint32_t number) const;
};

struct TypePlan {
  std::string name;               // short when unique in the schema, such as "LabResult"
  std::vector<FieldPlan> fields;  // by ascending number
  std::vector<GroupPlan> groups;  // groups[general_group] takes the unknown fields; it always exists
  std::uint32_t general_group = 0;
  std::uint64_t retention_days = 0;  // 0 keeps without limit
  bool keep_history = true;
  std::vector<MessagePlan> messages;  // [0] is the record itself, the others are the messages inside it

  // The field with this number or name, or null.
  const FieldPlan* FindField(std::uint32_t number) const;
  const FieldPlan* FindField(std::string_view name) const;
};

struct ClassPlan {
  std::string name;
  bool no_index = false;
  std::uint64_t retention_days = 0;  // 0 keeps values as long as their record
};

}  // namespace mseal::schema
