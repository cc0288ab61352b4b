// JSON in and out, against protobuf's own converter and against what is not JSON.
#include "schema/json.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "base/utf8.h"
#include "schema/base64.h"
#include "schema/json_scanner.h"
#include "schema/oracle.h"
#include "schema/schemas.h"
#include "schema/wire.h"
#include "support/memory_scan.h"
#include "support/vectors.h"

namespace mseal::schema::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const TypePlan& All() { return *Kinds()->FindType("All"); }

std::string TextOf(const SecretBytes& bytes) { return std::string(AsText(bytes.Reveal())); }

std::string ToJson(const std::string& wire) {
  const auto json = Kinds()->ToJson(All(), AsBytes(wire));
  EXPECT_TRUE(json.ok()) << json.status().message();
  return json.ok() ? TextOf(*json) : "";
}

std::string FromJson(const std::string& json) {
  const auto wire = Kinds()->FromJson(All(), AsBytes(json));
  EXPECT_TRUE(wire.ok()) << wire.status().message();
  return wire.ok() ? TextOf(*wire) : "";
}

// What protobuf's own converter reads in `json`.
std::string ByProtobuf(const std::string& json) {
  const auto message = KindsOracle().New();
  const auto status = pb::util::JsonStringToMessage(json, message.get());
  EXPECT_TRUE(status.ok()) << status << " in " << json;
  return Serialized(*message);
}

// What JSON has no names for is left out.
std::unique_ptr<pb::Message> KnownOnly(std::uint64_t seed) { return KindsOracle().Random(seed, UnknownFields::kNone); }

TEST(Json, ProtobufReadsWhatIsWritten) {
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const std::string wire = Serialized(*KnownOnly(seed));
    ASSERT_EQ(ByProtobuf(ToJson(wire)), wire) << "seed " << seed;
  }
}

TEST(Json, ReadsWhatProtobufWrites) {
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const auto message = KnownOnly(seed);
    pb::util::JsonPrintOptions options;
    options.preserve_proto_field_names = seed % 2;
    options.add_whitespace = seed % 3 == 0;
    options.always_print_enums_as_ints = seed % 5 == 0;
    std::string json;
    ASSERT_TRUE(pb::util::MessageToJsonString(*message, &json, options).ok());
    ASSERT_EQ(Serialized(*KindsOracle().Parsed(FromJson(json))), Serialized(*message)) << "seed " << seed;
  }
}

TEST(Json, ReadsWhatItWrites) {
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const std::string wire = Serialized(*KnownOnly(seed));
    ASSERT_EQ(Serialized(*KindsOracle().Parsed(FromJson(ToJson(wire)))), wire);
  }
}

TEST(Json, OccurrencesOfAFieldNeedNotStandTogether) {
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    std::string wire;
    for (std::uint64_t part = 0; part < 3; ++part) wire += Serialized(*KnownOnly(seed * 3 + part));
    ASSERT_EQ(ByProtobuf(ToJson(wire)), Serialized(*KindsOracle().Parsed(wire))) << "seed " << seed;
  }
}

TEST(Json, WhatTheSchemaDoesNotKnowHasNoNameAndIsLeftOut) {
  EXPECT_EQ(ToJson(std::string("\x18\x05\xca\x3e\x06secret", 11)), R"({"f_int32":5})");
}

TEST(Json, MembersThatAreGivenStandInTheMessageWithDefaultsToo) {
  EXPECT_EQ(FromJson(R"({"f_bool": false, "f_string": "", "f_int32": 0})"), std::string("\x68\x00\x72\x00\x18\x00", 6));
  EXPECT_EQ(FromJson(R"({"f_bool": null, "r_int32": []})"), "");
}

TEST(Json, BothNamesOfAMemberAreRead) {
  EXPECT_EQ(FromJson(R"({"fInt32": 5})"), FromJson(R"({"f_int32": 5})"));
  EXPECT_EQ(FromJson(R"({"f\u005fint32": 5})"), FromJson(R"({"f_int32": 5})"));
}

TEST(Json, NumbersAreReadInAllTheirForms) {
  const std::string five = FromJson(R"({"f_int32": 5})");
  EXPECT_EQ(FromJson(R"({"f_int32": "5"})"), five);
  EXPECT_EQ(FromJson(R"({"f_int32": 5.0})"), five);
  EXPECT_EQ(FromJson(R"({"f_int32": 0.5e1})"), five);
  EXPECT_EQ(ToJson(FromJson(R"({"f_int64": 9223372036854775807})")), R"({"f_int64":"9223372036854775807"})");
  EXPECT_EQ(ToJson(FromJson(R"({"f_double": "-Infinity", "f_float": "NaN"})")),
            R"({"f_double":"-Infinity","f_float":"NaN"})");
}

TEST(Json, TextIsEscapedAndReadBack) {
  const std::string json = R"({"f_string":"a\"\\\b\f\n\r\t\u0001\u007f é 🧬"})";
  EXPECT_EQ(ToJson(FromJson(json)), json);
  EXPECT_EQ(FromJson(R"({"f_string": "\ud83e\uddec\/"})"), "\x72\x05🧬/");
}

struct Mistake {
  std::string json;
  std::string why;  // the whole message
};

TEST(Json, AMistakeIsNamedByItsPathAndPlaceAndNeverByItsValue) {
  const std::vector<Mistake> mistakes = {
      {R"({"f_message": {"again": {"secret": 1}}})",
       "All.f_message.again: a member that the schema does not have (byte 33)"},
      {R"({"r_message": [{}, {"by_name": {"secret": {"colour": "secret"}}}]})",
       "All.r_message[1].by_name[].colour: not a name of its enumeration (byte 61)"},
      {R"({"f_int32": "secret"})", "All.f_int32: the number does not fit its type (byte 20)"},
      {R"({"f_int32": 2147483648})", "All.f_int32: the number does not fit its type (byte 22)"},
      {R"({"f_int32": 1.5})", "All.f_int32: the number does not fit its type (byte 15)"},
      {R"({"f_uint32": -1})", "All.f_uint32: the number does not fit its type (byte 15)"},
      {R"({"f_uint64": 18446744073709551616})", "All.f_uint64: the number does not fit its type (byte 33)"},
      {R"({"f_float": 1e39})", "All.f_float: the number does not fit its type (byte 16)"},
      {R"({"f_double": 1e309})", "All.f_double: the number does not fit its type (byte 18)"},
      {R"({"f_double": "inf"})", "All.f_double: the number does not fit its type (byte 18)"},
      {R"({"f_double": "0x1p3"})", "All.f_double: the number does not fit its type (byte 20)"},
      {R"({"f_bool": "true"})", "All.f_bool: neither true nor false (byte 11)"},
      {R"({"f_string": 5})", "All.f_string: not text (byte 13)"},
      {R"({"f_bytes": "secret!!"})", "All.f_bytes: not base64 (byte 22)"},
      {R"({"f_bytes": "AAAAA"})", "All.f_bytes: not base64 (byte 19)"},
      {R"({"f_message": []})", "All.f_message: not an object (byte 14)"},
      {R"({"f_message": "secret"})", "All.f_message: not an object (byte 14)"},
      {R"({"r_int32": 5})", "All.r_int32: not an array (byte 12)"},
      {R"({"r_int32": [null]})", "All.r_int32[0]: not a number (byte 13)"},
      {R"({"m_text": []})", "All.m_text: not an object (byte 11)"},
      {R"({"m_message": {"secret": {}}})", "All.m_message[]: the key does not fit its type (byte 23)"},
      {R"({"m_bool": {"1": 1}})", "All.m_bool[]: the key does not fit its type (byte 15)"},
      {R"({"f_enum": "secret"})", "All.f_enum: not a name of its enumeration (byte 19)"},
      {R"({"f_int32": 1, "fInt32": 1})", "All.f_int32: stands twice (byte 24)"},
      {R"({"o_text": "a", "o_number": 1})", "All.o_number: another member of its oneof is given too (byte 28)"},
      {R"({"f_int32": 1} secret)", "All: something stands behind the object (byte 15)"},
      {R"(["secret"])", "All: not an object (byte 0)"},
      {"", "All: not an object (byte 0)"},
      {"{\"f_string\": \"\xff\"}", "All: JSON is not UTF-8"},
      {R"({"f_string": "\ud800"})", "All.f_string: not JSON (byte 20)"},
      {R"({"f_string": "\x"})", "All.f_string: not JSON (byte 16)"},
      {R"({"f_string": "a)", "All.f_string: not JSON (byte 15)"},
      {R"({'f_int32': 1})", "All: not JSON (byte 1)"},
      {R"({f_int32: 1})", "All: not JSON (byte 1)"},
      {R"({"f_int32": 1,})", "All: not JSON (byte 14)"},
      {R"({"f_int32" 1})", "All.f_int32: not JSON (byte 11)"},
      {R"({"f_int32": 01})", "All.f_int32: not a number (byte 14)"},
      {R"({"f_int32": nul})", "All.f_int32: not JSON (byte 12)"},
      {R"({"f_int32": 1)", "All: not JSON (byte 13)"},
  };
  for (const Mistake& mistake : mistakes) {
    const auto wire = Kinds()->FromJson(All(), AsBytes(mistake.json));
    EXPECT_EQ(wire.code(), StatusCode::kInvalidArgument) << mistake.json;
    EXPECT_EQ(wire.status().message(), mistake.why) << mistake.json;
    EXPECT_THAT(wire.status().message(), Not(HasSubstr("secret")));
  }
}

std::string NestedJson(int depth) {
  std::string json = "{}";
  for (int i = 1; i < depth; ++i) json = (i + 1 == depth ? "{\"f_message\":" : "{\"again\":") + json + "}";
  return json;
}

TEST(Json, NestingDeeperThanAHundredIsRefused) {
  EXPECT_TRUE(Kinds()->FromJson(All(), AsBytes(NestedJson(100))).ok());
  EXPECT_EQ(ToJson(FromJson(NestedJson(100))), NestedJson(100));
  EXPECT_EQ(Kinds()->FromJson(All(), AsBytes(NestedJson(101))).code(), StatusCode::kInvalidArgument);
  std::string open;
  for (int i = 0; i < 200000; ++i) open += "{\"f_message\":";
  EXPECT_EQ(Kinds()->FromJson(All(), AsBytes(open)).code(), StatusCode::kInvalidArgument);
}

TEST(Json, WhatIsNotAMessageOfTheTypeIsNotWritten) {
  for (const std::string wire : {"\x72\x05x", "\x72\x01\xff", "\x70\x01", "\x8a\x01\x02\x12\x05", "\xaa\x01\x01\x80"}) {
    const auto json = Kinds()->ToJson(All(), AsBytes(wire));
    EXPECT_EQ(json.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(json.status().message(), "not a message of type All");
  }
}

TEST(Json, EveryTruncatedMessageIsRefusedOrWritten) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const std::string wire = Serialized(*KnownOnly(seed));
    for (std::size_t size = 0; size < wire.size(); ++size) {
      const std::string cut = wire.substr(0, size);
      ASSERT_EQ(Kinds()->ToJson(All(), AsBytes(cut)).ok(), KindsOracle().New()->ParseFromString(cut));
    }
  }
}

TEST(Json, WellKnownTypesHaveTheirOwnForms) {
  const auto schema = Loaded(kHead + R"(
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
message T {
  option (medseal.v1.record) = {};
  google.protobuf.Timestamp at = 1;
  google.protobuf.Duration for = 2;
  repeated google.protobuf.Int64Value maybe = 3;
  google.protobuf.Struct any = 4;
  google.protobuf.Value value = 5;
})");
  const TypePlan& type = *schema->FindType("T");
  const std::string json =
      R"({"at":"2021-02-23T10:00:00.500Z","for":"1.500s","maybe":["5","0"],"any":{"a":[1,null]},"value":null})";
  const auto wire = schema->FromJson(type, AsBytes(json));
  ASSERT_TRUE(wire.ok()) << wire.status().message();
  const auto again = schema->ToJson(type, std::as_const(*wire).Reveal());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(TextOf(*again), json);
  const auto refused = schema->FromJson(type, AsBytes(R"({"at": "secret"})"));
  EXPECT_EQ(refused.status().message(), "T.at: does not fit its type (byte 15)");
}

// A file of the vectors whose top level is an array.
pb::ListValue ListIn(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(std::string(MEDSEAL_VECTORS "/") + file).rdbuf();
  pb::ListValue list;
  EXPECT_TRUE(pb::util::JsonStringToMessage(text.str(), &list).ok()) << file;
  return list;
}

TEST(JsonScanner, AgreesWithTheJsonTestSuite) {
  mseal::test::Tally tally{"json/jsontestsuite.json"};
  const pb::ListValue list = ListIn("json/jsontestsuite.json");
  for (const pb::Value& one : list.values()) {
    const auto& fields = one.struct_value().fields();
    SecretBytes text;
    ASSERT_TRUE(DecodeBase64(AsBytes(fields.at("base64").string_value()), text));
    const ByteView json = std::as_const(text).Reveal();
    JsonScanner scanner(json);
    const bool accepted = IsUtf8(json) && scanner.Skip(0) && scanner.AtEnd();
    const char kind = fields.at("name").string_value()[0];
    EXPECT_TRUE(kind == 'i' || accepted == (kind == 'y')) << fields.at("name").string_value();
    EXPECT_TRUE(accepted || !Kinds()->FromJson(All(), json).ok());
    const std::string inside = "{\"f_message\": " + std::string(AsText(json)) + "}";
    EXPECT_TRUE(accepted || !Kinds()->FromJson(All(), AsBytes(inside)).ok());
    accepted ? ++tally.valid : ++tally.invalid;
  }
  EXPECT_EQ(tally.total(), 172);
  mseal::test::Record(tally);
}

TEST(Json, NaughtyStringsComeBackAsTheyWere) {
  mseal::test::Tally tally{"strings/blns.json"};
  const pb::ListValue list = ListIn("strings/blns.json");
  for (const pb::Value& one : list.values()) {
    const auto message = KindsOracle().New();
    message->GetReflection()->SetString(message.get(), message->GetDescriptor()->FindFieldByName("f_string"),
                                        one.string_value());
    const std::string wire = Serialized(*message);
    EXPECT_EQ(Serialized(*KindsOracle().Parsed(FromJson(ToJson(wire)))), wire);
    (void)Kinds()->FromJson(All(), AsBytes(one.string_value())).ok();
    ++tally.valid;
  }
  EXPECT_EQ(tally.total(), 515);
  mseal::test::Record(tally);
}

TEST(Json, AnyChangedByteIsReadOrRefused) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 8000; ++i) {
    std::string json = ToJson(Serialized(*KindsOracle().Random(random() % 40)));
    json[random() % json.size()] = static_cast<char>(random());
    const auto wire = Kinds()->FromJson(All(), AsBytes(json));
    ASSERT_TRUE(!wire.ok() || KindsOracle().Parsed(TextOf(*wire)) != nullptr);
  }
}

// Makes JSON with a value that nothing else holds, converts it both ways and drops it all.
mseal::test::Needle ConvertAndForget() {
  std::random_device device;
  SecretBytes value(200);  // more than a register holds: the loader may save those
  for (std::uint8_t& byte : value.Reveal()) byte = static_cast<std::uint8_t>('a' + device() % 26);
  SecretBytes json;
  json.Append(AsBytes("{\"f_message\": {\"by_name\": {\"k\": {\"text\": \""));
  json.Append(std::as_const(value).Reveal());
  json.Append(AsBytes("\"}}}, \"r_string\": [\""));
  json.Append(std::as_const(value).Reveal());
  json.Append(AsBytes("\"]}"));
  const auto wire = Kinds()->FromJson(All(), std::as_const(json).Reveal());
  EXPECT_TRUE(wire.ok());
  EXPECT_TRUE(Kinds()->ToJson(All(), std::as_const(*wire).Reveal()).ok());
  return mseal::test::Needle::TakenFrom(value.Reveal());
}

TEST(Json, LeavesNothingOfAValueInMemory) { EXPECT_EQ(mseal::test::CountInMemory(ConvertAndForget()), 0u); }

TEST(Base64, ReadsBothAlphabetsWithAndWithoutPadding) {
  const auto decoded = [](const std::string& text) {
    SecretBytes out;
    return DecodeBase64(AsBytes(text), out) ? TextOf(out) : "refused";
  };
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("Zg=="), "f");
  EXPECT_EQ(decoded("Zg"), "f");
  EXPECT_EQ(decoded("Zm8="), "fo");
  EXPECT_EQ(decoded("Zm9v"), "foo");
  EXPECT_EQ(decoded("-_-_"), decoded("+/+/"));
  for (const char* refused : {"Z", "Zg=", "Zg===", "Z===", "====", "Zm9v=", "Zm9 ", "Zm=v"})
    EXPECT_EQ(decoded(refused), "refused");
}

}  // namespace
}  // namespace mseal::schema::test
