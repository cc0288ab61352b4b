// Checks what a schema says and compiles it into plans. Refused, with the place:
//   files     anything but proto3
//   classes   a name that is not [a-z][a-z0-9_]*; one declared twice in different ways, or changing an implicit class;
//             more than 16 in all; a class of the rules that the schema lacks, when some field is `class_by: RULES`
//   types     a record type inside another message, declared or as a field; two with one name; unknown options
//   fields    a required field (of a type of google/protobuf/*); an unknown class; the class `audit`; `public` with a
//   class, find, unique, mask, purposes or
//             class_by; `ordered` without public or on a boolean, enumeration, message or map; find on a boolean, an
//             enumeration, a real number, a message, a map, a `class_by` field or a class with no_index; unique without
//             find; class_by with a class or on what is not a message; a normaliser or mask on what is not text; an
//             unknown purpose; a size above 64 KiB; options other than `rule` inside nested messages, and `rule`
//             anywhere else
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "schema/descriptors.h"
#include "schema/plan.h"
#include "schema/rules.h"

namespace mseal::schema {

// The id of one index. Ids are never used again, so an entry stays when its field no longer has an index.
struct IndexEntry {
  std::string type;
  std::uint32_t number = 0;
  std::uint32_t id = 0;
};

struct Compiled {
  std::vector<ClassPlan> classes;
  std::vector<TypePlan> types;
  std::vector<const pb::Descriptor*> messages;  // of each type
  std::vector<std::uint32_t> class_of_rank;     // of the rules; the last is general
  std::vector<IndexEntry> indexes;              // by id
};

// Fields keep the ids they have in `known`; others take the next free ones.
Result<Compiled> Compile(const Descriptors& descriptors, const Rules& rules, std::vector<IndexEntry> known);

}  // namespace mseal::schema
