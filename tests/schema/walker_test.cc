// The walker against protobuf's reflection, and against what is not a message.
#include "schema/walker.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <random>

#include "schema/oracle.h"
#include "schema/schemas.h"
#include "support/vectors.h"

namespace mseal::schema::test {
namespace {

using ::testing::HasSubstr;

const TypePlan& All() { return *Kinds()->FindType("All"); }

std::string Joined(const std::vector<Piece>& pieces) {
  std::string joined;
  for (const Piece& piece : pieces) joined += AsText(piece.wire);
  return joined;
}

TEST(Split, EqualsReflectionByteForByteAndFieldByField) {
  std::vector<Piece> pieces;
  std::size_t compared = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto message = KindsOracle().Random(seed);
    const std::string wire = Serialized(*message);
    ASSERT_TRUE(Split(All(), AsBytes(wire), pieces).ok()) << "seed " << seed;
    EXPECT_EQ(Joined(pieces), wire);
    std::map<int, std::string> by_field;
    for (const Piece& piece : pieces) {
      const FieldPlan* field = All().FindField(piece.number);
      EXPECT_EQ(piece.group, field ? field->group : All().general_group);
      if (field) by_field[static_cast<int>(piece.number)] += AsText(piece.wire);
    }
    ASSERT_EQ(by_field, KindsOracle().ByField(*message)) << "seed " << seed;
    compared += by_field.size();
  }
  EXPECT_GT(compared, 30000u);
}

TEST(Split, PiecesRejoinedGroupByGroupAreTheSameMessage) {
  std::vector<Piece> pieces;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const auto message = KindsOracle().Random(seed);
    const std::string wire = Serialized(*message);
    ASSERT_TRUE(Split(All(), AsBytes(wire), pieces).ok());
    std::ranges::stable_sort(pieces, {}, &Piece::group);
    const auto again = KindsOracle().New();
    ASSERT_TRUE(again->ParseFromString(Joined(pieces)));
    ASSERT_EQ(Serialized(*again), wire) << "seed " << seed;
  }
}

std::string WithPackedFlipped(std::string proto) {
  for (const char* type : {"double", "float", "int32", "uint32", "uint64", "sint32", "sint64", "fixed32", "sfixed32",
                           "sfixed64", "bool"}) {
    const std::size_t at = proto.find(std::string("  repeated ") + type + " r_");
    EXPECT_NE(at, std::string::npos);
    proto.insert(proto.find(';', at), " [packed = false]");
  }
  for (const std::string field : {"r_int64 = 22", "r_fixed64 = 28"}) {
    const std::string loose = field + " [packed = false]";
    proto.replace(proto.find(loose), loose.size(), field);
  }
  return proto;
}

TEST(Split, TakesPackedAndUnpackedAlike) {
  Oracle flipped(WithPackedFlipped(KindsProto()));
  std::vector<Piece> pieces;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const std::string wire = Serialized(*flipped.Random(seed));
    const auto message = KindsOracle().New();
    ASSERT_TRUE(message->ParseFromString(wire));
    ASSERT_TRUE(Split(All(), AsBytes(wire), pieces).ok()) << "seed " << seed;
    ASSERT_EQ(Joined(pieces), wire);
  }
}

TEST(Split, RefusesATruncatedMessageWhereverProtobufDoes) {
  std::vector<Piece> pieces;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const std::string wire = Serialized(*KindsOracle().Random(seed));
    for (std::size_t size = 0; size < wire.size(); ++size) {
      const std::string cut = wire.substr(0, size);
      ASSERT_EQ(Split(All(), AsBytes(cut), pieces).ok(), KindsOracle().New()->ParseFromString(cut))
          << seed << " at " << size;
    }
  }
}

TEST(Split, WhatItTakesAfterAnyChangedByteProtobufTakesToo) {
  std::mt19937_64 random(7);
  std::vector<Piece> pieces;
  int taken = 0;
  for (int i = 0; i < 10000; ++i) {
    std::string wire = Serialized(*KindsOracle().Random(random() % 50));
    if (wire.empty()) continue;
    wire[random() % wire.size()] = static_cast<char>(random());
    if (!Split(All(), AsBytes(wire), pieces).ok()) continue;
    ++taken;
    ASSERT_EQ(Joined(pieces), wire);
    ASSERT_TRUE(KindsOracle().New()->ParseFromString(wire));
  }
  EXPECT_GT(taken, 500);
}

std::string Nested(int depth) {
  std::string wire;  // Inner.again inside Inner.again ..., below All.f_message
  for (int i = 0; i < depth; ++i) {
    std::string size;
    for (std::size_t rest = wire.size();; rest >>= 7) {
      size += static_cast<char>(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
      if (rest < 0x80) break;
    }
    wire = (i + 1 == depth ? std::string("\x8a\x01") : std::string("\x12")) + size + wire;
  }
  return wire;
}

TEST(Split, RefusesNestingDeeperThanAHundred) {
  std::vector<Piece> pieces;
  EXPECT_TRUE(Split(All(), AsBytes(Nested(100)), pieces).ok());
  const Status status = Split(All(), AsBytes(Nested(101)), pieces);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("f_message"));
  EXPECT_FALSE(Split(All(), AsBytes(Nested(20000)), pieces).ok());
}

TEST(Split, NamesTheFieldAndNeverTheValue) {
  std::vector<Piece> pieces;
  const Status status = Split(All(), AsBytes("\x18\x01\x72\x06secre\xff"), pieces);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "All.f_string: text is not UTF-8, in the field at byte 2");
}

TEST(Split, ClearsWhatThePiecesHeldBefore) {
  std::vector<Piece> pieces(5);
  EXPECT_TRUE(Split(All(), {}, pieces).ok());
  EXPECT_TRUE(pieces.empty());
}

const char* const kVectorTypes = R"(
enum E { ZERO = 0; }
message Deep { Deep a = 1; }
message Int { option (medseal.v1.record) = {}; int32 a = 1; }
message Bool { option (medseal.v1.record) = {}; bool a = 1; }
message Enum { option (medseal.v1.record) = {}; E a = 1; }
message Packed { option (medseal.v1.record) = {}; repeated int32 a = 1; }
message Text { option (medseal.v1.record) = {}; string a = 1; }
message Raw { option (medseal.v1.record) = {}; bytes a = 1; }
message Message { option (medseal.v1.record) = {}; Deep a = 1; }
message Other { option (medseal.v1.record) = {}; int32 b = 2; }
)";

// In which of the types of kVectorTypes a case is a message; in all others it is refused.
const std::map<std::string, std::string> kAcceptedIn = {
    {"truncated-tag", ""},
    {"tag-only", ""},
    {"length-2^32-1", ""},
    {"length-2^63", ""},
    {"length-2^64-1", ""},
    {"varint-11-bytes", ""},
    {"varint-10-bytes-overflow", ""},
    {"varint-overlong-zero", "Int Bool Enum Packed Other"},
    {"field-number-max+1", ""},
    {"wire-type-6", ""},
    {"wire-type-7", ""},
    {"fixed64-short", ""},
    {"group-unterminated", ""},
    {"group-mismatched-end", ""},
    {"groups-nested-200", ""},
    {"groups-nested-100000-open", ""},
    {"nested-len-10000", "Packed Raw Other"},
    {"duplicate-scalar", "Int Bool Enum Packed Other"},
    {"unknown-field-1000", "Int Bool Enum Packed Text Raw Message Other"},
    {"unknown-fields-10000", "Int Bool Enum Packed Text Raw Message Other"},
    {"invalid-utf8-in-string", "Packed Raw Other"},
    {"overlong-utf8-nul", "Raw Other"},
    {"utf8-surrogate", "Raw Other"},
    {"embedded-nul", "Packed Text Raw Other"},
    {"enum-unknown-value", "Int Bool Enum Packed Other"},
    {"bool-2", "Int Bool Enum Packed Other"},
    {"packed-truncated", "Raw Other"},
    {"wrong-wire-type-for-1", "Other"},
    {"empty-message", "Int Bool Enum Packed Text Raw Message Other"},
};

TEST(Split, AnswersEveryMalformedVectorAsStated) {
  const auto schema = Loaded(kHead + kVectorTypes);
  mseal::test::Tally tally{"generated/protobuf-wire.json"};
  for (const auto& one : mseal::test::LoadCases("generated/protobuf-wire.json", "vectors")) {
    const auto expected = kAcceptedIn.find(one.Text("name"));
    ASSERT_NE(expected, kAcceptedIn.end()) << one.Text("name");
    const Bytes wire = one.Hex("hex");
    std::string accepted;
    for (const char* name : {"Int", "Bool", "Enum", "Packed", "Text", "Raw", "Message", "Other"}) {
      std::vector<Piece> pieces;
      const Status status = Split(*schema->FindType(name), wire, pieces);
      if (status.ok()) accepted += accepted.empty() ? name : std::string(" ") + name;
      EXPECT_EQ(status.code(), status.ok() ? StatusCode::kOk : StatusCode::kInvalidArgument);
    }
    EXPECT_EQ(accepted, expected->second) << one.Text("name");
    accepted.empty() ? ++tally.invalid : ++tally.valid;
  }
  EXPECT_EQ(tally.total(), 29);
  mseal::test::Record(tally);
}

TEST(Split, UnknownFieldsGoToTheGeneralGroup) {
  const auto schema = Loaded(kHead +
                             "message T { option (medseal.v1.record) = {};\n"
                             "  string a = 1 [(medseal.v1.field) = { class: \"hiv\" }]; }");
  const TypePlan& type = *schema->FindType("T");
  std::vector<Piece> pieces;
  ASSERT_TRUE(Split(type, AsBytes(std::string("\x0a\x01x\xfa\x3f\x01y", 7)), pieces).ok());
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_NE(pieces[0].group, type.general_group);
  EXPECT_EQ(pieces[1].number, 1023u);
  EXPECT_EQ(pieces[1].group, type.general_group);
}

// What Values gives for one field of a message.
struct FieldValues {
  std::vector<ByteView> values;
  SecretBytes numbers;
};

std::string NumberBytes(std::uint64_t sortable) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(sortable >> shift);
  return bytes;
}

constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

// The value at `index` of a number field, as Values is to give it.
std::string Expected(const pb::Message& message, const pb::FieldDescriptor& field, int index) {
  const pb::Reflection& reflection = *message.GetReflection();
  const bool one = !field.is_repeated();
#define READ(Kind) (one ? reflection.Get##Kind(message, &field) : reflection.GetRepeated##Kind(message, &field, index))
  const auto of_signed = [](std::int64_t value) { return NumberBytes(static_cast<std::uint64_t>(value) ^ kSign); };
  const auto of_real = [](double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    return NumberBytes(bits & kSign ? ~bits : bits | kSign);
  };
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return of_signed(READ(Int32));
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return of_signed(READ(Int64));
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return of_signed(READ(EnumValue));
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return NumberBytes(READ(UInt32));
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return NumberBytes(READ(UInt64));
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return NumberBytes(READ(Bool));
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return of_real(READ(Float));
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      return of_real(READ(Double));
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return READ(String);
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return "";
  }
#undef READ
  return "";
}

TEST(Values, EqualReflectionsForEveryFieldAndShareTheirBuffers) {
  std::vector<Piece> pieces;
  std::size_t compared = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const auto message = KindsOracle().Random(seed);
    const std::string wire = Serialized(*message);
    ASSERT_TRUE(Split(All(), AsBytes(wire), pieces).ok());
    FieldValues got;
    std::vector<std::string> expected;
    for (const FieldPlan& field : All().fields) {
      const pb::FieldDescriptor& descriptor =
          *message->GetDescriptor()->FindFieldByNumber(static_cast<int>(field.number));
      if (field.kind == ValueKind::kMessage) continue;
      for (const Piece& piece : pieces) {
        if (piece.number != field.number) continue;
        ASSERT_TRUE(Values(field, piece.wire, got.values, got.numbers).ok());
      }
      const bool repeated = descriptor.is_repeated();
      const int count = repeated ? message->GetReflection()->FieldSize(*message, &descriptor)
                                 : message->GetReflection()->HasField(*message, &descriptor);
      for (int i = 0; i < count; ++i) expected.push_back(Expected(*message, descriptor, i));
    }
    ASSERT_EQ(got.values.size(), expected.size()) << "seed " << seed;
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(AsText(got.values[i]), expected[i]) << "seed " << seed;
    compared += expected.size();
  }
  EXPECT_GT(compared, 20000u);
}

TEST(Values, NumbersSortAsTheyCount) {
  const auto schema =
      Loaded(kHead + "message T { option (medseal.v1.record) = {}; sint64 s = 1; double d = 2; int32 i = 3; }");
  const TypePlan& type = *schema->FindType("T");
  const auto bytes_of = [&](const std::string& json, const char* name) {
    FieldValues got;
    const auto message = schema->FromJson(type, AsBytes(json));
    EXPECT_TRUE(Values(*type.FindField(name), std::as_const(*message).Reveal(), got.values, got.numbers).ok());
    return std::string(AsText(got.values.at(0)));
  };
  std::vector<std::string> integers, reals, ints;
  for (const char* number : {"-9223372036854775808", "-5", "-1", "0", "1", "77", "9223372036854775807"}) {
    integers.push_back(bytes_of(std::string("{\"s\": \"") + number + "\"}", "s"));
  }
  for (const char* number : {"\"-Infinity\"", "-1e300", "-1.5", "-1e-300", "0", "1e-300", "2", "\"Infinity\""}) {
    reals.push_back(bytes_of(std::string("{\"d\": ") + number + "}", "d"));
  }
  for (const char* number : {"-2147483648", "-1", "0", "2147483647"}) {
    ints.push_back(bytes_of(std::string("{\"i\": ") + number + "}", "i"));
  }
  EXPECT_TRUE(std::ranges::is_sorted(integers, std::ranges::less_equal()));
  EXPECT_TRUE(std::ranges::is_sorted(reals, std::ranges::less_equal()));
  EXPECT_TRUE(std::ranges::is_sorted(ints, std::ranges::less_equal()));
}

TEST(ValueFromText, IsWhatValuesGivesForTheSameValue) {
  const std::pair<const char*, const char*> values[] = {{"f_int32", "-5"},
                                                        {"f_int64", "-9223372036854775808"},
                                                        {"f_uint64", "18446744073709551615"},
                                                        {"f_sint64", "-1"},
                                                        {"f_sfixed32", "-7"},
                                                        {"f_double", "-1.5"},
                                                        {"f_float", "0.25"},
                                                        {"f_fixed32", "4294967295"},
                                                        {"f_string", "12"},
                                                        {"f_bytes", "AAAA"},
                                                        {"f_bool", "true"},
                                                        {"r_sint32", "[-3]"}};
  for (const auto& [name, text] : values) {
    const FieldPlan& field = *All().FindField(name);
    const bool quoted = field.kind == ValueKind::kText || field.kind == ValueKind::kBytes;
    const std::string json = std::string("{\"") + name + "\":" + (quoted ? "\"" : "") + text + (quoted ? "\"}" : "}");
    const auto message = Kinds()->FromJson(All(), AsBytes(json));
    ASSERT_TRUE(message.ok()) << message.status().message();
    FieldValues got;
    ASSERT_TRUE(Values(field, std::as_const(*message).Reveal(), got.values, got.numbers).ok());
    std::string bare = text;
    if (field.repeated) bare = bare.substr(1, bare.size() - 2);
    if (field.kind == ValueKind::kBytes) bare = std::string(3, '\0');
    const auto value = ValueFromText(field, AsBytes(bare));
    ASSERT_TRUE(value.ok()) << name;
    EXPECT_TRUE(SameBytes(std::as_const(*value).Reveal(), got.values.at(0))) << name;
  }
}

TEST(ValueFromText, RefusesWhatIsNoValueOfTheField) {
  for (const auto& [name, text] : {std::pair{"f_int32", "secret"},
                                   {"f_int32", "1.5"},
                                   {"f_int32", ""},
                                   {"f_uint64", "-1"},
                                   {"f_double", "1x"},
                                   {"f_bool", "1"},
                                   {"f_enum", "RED"},
                                   {"f_message", "{}"}}) {
    const auto value = ValueFromText(*All().FindField(name), AsBytes(text));
    EXPECT_EQ(value.code(), StatusCode::kInvalidArgument) << name;
    EXPECT_EQ(value.status().message(), std::string(name) + ": not a value of this field");
  }
}

TEST(Values, RefuseBytesOfAnotherField) {
  FieldValues got;
  EXPECT_EQ(Values(*All().FindField("f_string"), AsBytes("\x0a\x01x"), got.values, got.numbers).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(Values(*All().FindField("f_int32"), AsBytes("\x10\x01"), got.values, got.numbers).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(Values(*All().FindField("r_int32"), AsBytes("\xaa\x01\x01\x80"), got.values, got.numbers).code(),
            StatusCode::kInvalidArgument);
  EXPECT_TRUE(got.values.empty());
}

}  // namespace
}  // namespace mseal::schema::test
