// Loading of the tests' schemas.
#include "schema/schemas.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace mseal::schema::test {

std::shared_ptr<const Schema> Loaded(const std::string& proto, const std::string& rules) {
  auto schema = Schema::Load({.proto = proto, .file_name = "t.proto", .descriptor_set = {}, .rules = rules});
  if (!schema.ok()) {
    std::cerr << "a test's schema does not load: " << schema.status().message() << std::endl;
    std::abort();
  }
  return *schema;
}

std::shared_ptr<const Schema> Lab() {
  static const std::shared_ptr<const Schema> lab = [] {
    std::ostringstream text;
    text << std::ifstream(MEDSEAL_SOURCE "/include/medseal/lab.proto").rdbuf();
    return Loaded(text.str());
  }();
  return lab;
}

std::string KindsProto() {
  return kHead + R"(
enum Colour { NONE = 0; RED = 1; BLUE = 7; NEGATIVE = -3; }
message Inner {
  string text = 1;
  Inner again = 2;
  repeated int32 packed = 3;
  repeated sint64 loose = 4 [packed = false];
  map<string, Inner> by_name = 5;
  Colour colour = 6;
  oneof either { string left = 7; Inner right = 8; }
  bytes raw = 9;
}
message All {
  option (medseal.v1.record) = {};
  double f_double = 1;
  float f_float = 2 [(medseal.v1.field) = { class: "identity" }];
  int32 f_int32 = 3;
  int64 f_int64 = 4 [(medseal.v1.field) = { public: true ordered: true }];
  uint32 f_uint32 = 5;
  uint64 f_uint64 = 6 [(medseal.v1.field) = { class: "identity" find: EXACT }];
  sint32 f_sint32 = 7;
  sint64 f_sint64 = 8;
  fixed32 f_fixed32 = 9;
  fixed64 f_fixed64 = 10;
  sfixed32 f_sfixed32 = 11;
  sfixed64 f_sfixed64 = 12;
  bool f_bool = 13 [(medseal.v1.field) = { class: "hiv" }];
  string f_string = 14 [(medseal.v1.field) = { class: "identity" find: EXACT unique: true normalize: ID }];
  bytes f_bytes = 15 [(medseal.v1.field) = { class: "genetic" }];
  Colour f_enum = 16;
  Inner f_message = 17 [(medseal.v1.field) = { class_by: RULES size: 64 }];
  optional int32 f_optional = 18;
  repeated double r_double = 19;
  repeated float r_float = 20;
  repeated int32 r_int32 = 21;
  repeated int64 r_int64 = 22 [packed = false];
  repeated uint32 r_uint32 = 23;
  repeated uint64 r_uint64 = 24;
  repeated sint32 r_sint32 = 25;
  repeated sint64 r_sint64 = 26;
  repeated fixed32 r_fixed32 = 27;
  repeated fixed64 r_fixed64 = 28 [packed = false];
  repeated sfixed32 r_sfixed32 = 29;
  repeated sfixed64 r_sfixed64 = 30;
  repeated bool r_bool = 31;
  repeated string r_string = 32;
  repeated bytes r_bytes = 33;
  repeated Colour r_enum = 34;
  repeated Inner r_message = 35;
  map<string, string> m_text = 36;
  map<int32, Inner> m_message = 37 [(medseal.v1.field) = { class: "mental" }];
  map<bool, double> m_bool = 38;
  map<sint64, Colour> m_enum = 39;
  oneof choice {
    string o_text = 40;
    Inner o_message = 41 [(medseal.v1.field) = { class: "reproductive" }];
    fixed64 o_number = 42;
  }
  string large_number = 536870911;
  repeated uint32 sparse = 1000;
}
)";
}

std::shared_ptr<const Schema> Kinds() {
  static const std::shared_ptr<const Schema> kinds = Loaded(KindsProto());
  return kinds;
}

}  // namespace mseal::schema::test
