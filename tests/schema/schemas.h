// Schemas that the tests load.
#pragma once

#include <memory>
#include <string>

#include "schema/schema.h"

namespace mseal::schema::test {

// The ready schema, include/medseal/lab.proto.
std::shared_ptr<const Schema> Lab();

// A schema with every kind of field: record type All, nested messages, maps, oneofs, packed and unpacked, large
// numbers.
std::shared_ptr<const Schema> Kinds();
std::string KindsProto();

// A schema from its text, which must load.
std::shared_ptr<const Schema> Loaded(const std::string& proto, const std::string& rules = "");

// The head of a schema file: syntax, import and the classes that tests use, in eight lines.
inline const std::string kHead = R"(syntax = "proto3";
import "medseal/options.proto";
option (medseal.v1.class) = { name: "identity" };
option (medseal.v1.class) = { name: "narrative" };
option (medseal.v1.class) = { name: "hiv" no_index: true };
option (medseal.v1.class) = { name: "genetic" };
option (medseal.v1.class) = { name: "reproductive" };
option (medseal.v1.class) = { name: "mental" };
)";

}  // namespace mseal::schema::test
