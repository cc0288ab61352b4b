// What the options of options.proto say about a field, a record type or a file.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "schema/plan.h"

namespace mseal::schema {

// The number of our extension of FieldOptions, MessageOptions and FileOptions. Never changes.
inline constexpr std::uint32_t kOptionNumber = 22294471;

struct FieldPolicy {
  std::string class_name;
  bool is_public = false;
  bool find = false;
  bool unique = false;
  Normalizer normalizer = Normalizer::kAsIs;
  Mask mask = Mask::kNone;
  bool by_rules = false;
  std::uint32_t size = 0;
  RuleRole role = RuleRole::kNoRole;
  bool ordered = false;
  std::vector<std::string> purposes;

  bool operator==(const FieldPolicy&) const = default;
};

struct RecordPolicy {
  std::uint64_t retention_days = 0;
  bool keep_history = true;
};

struct ClassDeclaration {
  std::string name;
  bool no_index = false;
  std::uint64_t retention_days = 0;
};

// Read by number from the serialized options: whether the host has registered our extension or not, and without code
// that protoc generated, of which two copies in one process abort it.
//   InvalidArgument  an option or a value that this version does not know
Result<FieldPolicy> ReadPolicy(const google::protobuf::FieldOptions& options);
// Nothing when the message is not a record type.
Result<std::optional<RecordPolicy>> ReadPolicy(const google::protobuf::MessageOptions& options);
Result<std::vector<ClassDeclaration>> ReadPolicy(const google::protobuf::FileOptions& options);

}  // namespace mseal::schema
