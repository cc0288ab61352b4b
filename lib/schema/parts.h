// What a loaded schema is made of.
#pragma once

#include <google/protobuf/util/type_resolver.h>

#include <memory>
#include <string>

#include "schema/compile.h"
#include "schema/descriptors.h"
#include "schema/rules.h"
#include "schema/schema.h"

namespace mseal::schema {

struct Schema::Parts {
  std::shared_ptr<const Descriptors> descriptors;
  std::string rules_text;
  std::shared_ptr<const Rules> rules;
  Compiled compiled;
  Bytes stored;
  std::unique_ptr<pb::util::TypeResolver> resolver;  // of descriptors' pool, for JSON

  // Checks and compiles. Fields keep the index ids they have in `known`.
  static Result<std::unique_ptr<Parts>> Make(std::shared_ptr<const Descriptors> descriptors, std::string rules_text,
                                             const std::string& rules_name, std::vector<IndexEntry> known);

  // The message of a type of this schema, or of the type of that name.
  Result<const pb::Descriptor*> MessageOf(const TypePlan& type) const;
};

}  // namespace mseal::schema
