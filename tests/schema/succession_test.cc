// Which schema may follow which, and how a schema is kept.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <regex>

#include "schema/descriptors.h"
#include "schema/schemas.h"

namespace mseal::schema::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Record type T stands in line 9, its fields from line 11 on.
const std::string kCurrent = kHead + R"(message T {
  option (medseal.v1.record) = {};
  string name = 1 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME size: 40 mask: LAST4 }];
  Nested nested = 2 [(medseal.v1.field) = { class: "hiv" }];
  repeated Kind kind = 3;
  string lab = 4 [(medseal.v1.field) = { public: true ordered: true }];
  Nested ruled = 5 [(medseal.v1.field) = { class_by: RULES }];
  string free = 6;
  string limited = 16 [(medseal.v1.field) = { purposes: ["care", "billing"] }];
  oneof either { string left = 7; string right = 8; }
  map<string, Nested> by_name = 9;
  string id = 10 [(medseal.v1.field) = { class: "identity" find: EXACT unique: true normalize: ID }];
}
message Nested {
  string code = 1 [(medseal.v1.field) = { rule: CODE }];
  int32 count = 2;
  Nested again = 3;
}
enum Kind { NONE = 0; SOME = 1; }
message Kept {
  option (medseal.v1.record) = { history: NONE };
  string a = 1 [(medseal.v1.field) = { find: EXACT }];
}
)";

// kCurrent with the first match of `pattern` replaced; there must be one.
std::string With(const std::string& pattern, const std::string& by) {
  const std::string changed =
      std::regex_replace(kCurrent, std::regex(pattern), by, std::regex_constants::format_first_only);
  EXPECT_NE(changed, kCurrent) << pattern;
  return changed;
}

std::string WhyRefused(const std::string& next, const std::string& current = kCurrent) {
  const auto schema = Schema::Succeed(*Loaded(current), *Loaded(next));
  if (schema.ok()) return "taken";
  EXPECT_EQ(schema.code(), StatusCode::kInvalidArgument);
  return schema.status().message();
}

struct Change {
  std::string pattern;
  std::string by;
  std::string place;
  std::string why;
};

TEST(Succeed, RefusesWhatTakesProtectionOrMeaningFromStoredRecords) {
  const std::vector<Change> changes = {
      {"name: \"hiv\" no_index: true", "name: \"hiv\"", "t.proto:1", "no longer marked no_index"},
      {"message Kept", "message Renamed", "t.proto:1", "record type `Kept` is gone"},
      {"history: NONE", "", "t.proto:28", "`history`"},
      {"string free = 6;", "", "t.proto:9", "field `free` is gone"},
      {"string free = 6;", "reserved 6;", "t.proto:9", "field `free` is gone"},
      {"string free = 6;", "string free = 26;", "t.proto:16", "number changed"},
      {"string free = 6;", "string other = 6;", "t.proto:16", "another name"},
      {"string free = 6;", "bytes free = 6;", "t.proto:16", "type changed"},
      {"string free = 6;", "repeated string free = 6;", "t.proto:16", "`repeated` changed"},
      {"string free = 6;", "string free = 6 [(medseal.v1.field) = { public: true }];", "t.proto:16",
       "`public` changed"},
      {"string free = 6;", "string free = 6 [(medseal.v1.field) = { class: \"hiv\" }];", "t.proto:16",
       "the class changed"},
      {"string free = 6;", "string free = 6 [(medseal.v1.field) = { find: EXACT }];", "t.proto:16",
       "would not be found"},
      {"class: \"identity\" find", "class: \"mental\" find", "t.proto:11", "the class changed"},
      {"class: \"identity\" find", "find", "t.proto:11", "the class changed"},
      {"normalize: NAME", "normalize: ID", "t.proto:11", "normaliser"},
      {"size: 40", "size: 39", "t.proto:11", "smaller"},
      {"mask: LAST4", "", "t.proto:11", "mask"},
      {"mask: LAST4", "mask: LAST2", "t.proto:11", "mask"},
      {"purposes: .*? }", "}", "t.proto:17", "`purposes`"},
      {"\"billing\"", "\"billing\", \"admin\"", "t.proto:17", "`purposes`"},
      {"\"billing\"", "\"research\"", "t.proto:17", "`purposes`"},
      {"unique: true", "", "t.proto:20", "`unique`"},
      {"public: true ordered: true", "", "t.proto:14", "`public` changed"},
      {"class_by: RULES", "class: \"hiv\"", "t.proto:15", "`class_by`"},
      {"string right = 8; }", "} string right = 8;", "t.proto:18", "oneof"},
      {"map<string, Nested>", "map<string, Kind>", "t.proto:19", "type changed"},
      {"map<string, Nested>", "map<int32, Nested>", "t.proto:19", "type changed"},
      {"string code = 1 .*?;", "string code = 1;", "t.proto:23", "`rule` changed"},
      {"int32 count = 2;", "int64 count = 2;", "t.proto:24", "type changed"},
      {"int32 count = 2;", "", "t.proto:22", "field `count` is gone"},
      {"Nested again = 3;", "string again = 3;", "t.proto:25", "type changed"},
      {"SOME = 1", "SOME = 2", "t.proto:13", "enumeration"},
      {"SOME = 1;", "", "t.proto:13", "enumeration"},
      {"SOME = 1", "OTHER = 1", "t.proto:13", "enumeration"},
  };
  for (const Change& change : changes) {
    const std::string why = WhyRefused(With(change.pattern, change.by));
    EXPECT_THAT(why, StartsWith(change.place + ": ")) << change.pattern;
    EXPECT_THAT(why, HasSubstr(change.why)) << change.pattern;
  }
}

TEST(Succeed, RefusesAClassThatIsGone) {
  const std::string with_spare = With("message T ", "option (medseal.v1.class) = { name: \"spare\" }; message T ");
  EXPECT_EQ(WhyRefused(kCurrent, with_spare), "t.proto:1: class `spare` is gone");
}

TEST(Succeed, TakesWhatAddsToTheSchema) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"string free = 6;", "string free = 6; string new = 20 [(medseal.v1.field) = { find: EXACT }];"},
      {"string free = 6;", "string free = 6 [deprecated = true];"},
      {"message Nested", "message New { option (medseal.v1.record) = {}; }\nmessage Nested"},
      {"Nested again = 3;", "Nested again = 3; string more = 4;"},
      {"SOME = 1;", "SOME = 1; MORE = 2;"},
      {"SOME = 1;", "option allow_alias = true; SOME = 1; ALSO = 1;"},
      {"size: 40", "size: 41"},
      {"mask: LAST4", "mask: ALL"},
      {"normalize: ID", "normalize: ID mask: LAST4"},
      {", \"billing\"", ""},
      {"string free = 6;", "string free = 6 [(medseal.v1.field) = { purposes: \"care\" }];"},
      {"find: EXACT normalize: NAME", "normalize: NAME"},
      {"message T ", "option (medseal.v1.class) = { name: \"new\" }; message T "},
      {"option .medseal.v1.record. = ..;", "option (medseal.v1.record) = { retention: \"5y\" };"},
      {"name: \"genetic\"", "name: \"genetic\" no_index: true"},
      {"name: \"genetic\"", "name: \"genetic\" retention: \"5y\""},
      {"message T ", "// only a comment\nmessage T "},
  };
  EXPECT_EQ(WhyRefused(kCurrent), "taken");
  for (const auto& [pattern, by] : changes) EXPECT_EQ(WhyRefused(With(pattern, by)), "taken") << by;
}

TEST(Succeed, ARuleMayComeButNotGo) {
  const std::string order = "order hiv genetic reproductive mental narrative\n";
  const auto succeed = [&](const std::string& current, const std::string& next) {
    const auto schema = Schema::Succeed(*Loaded(kCurrent, order + current), *Loaded(kCurrent, order + next));
    return schema.ok() ? std::string("taken") : schema.status().message();
  };
  EXPECT_EQ(succeed("word sida hiv\n", "word SIDA hiv\nword vih hiv\n"), "taken");
  EXPECT_EQ(succeed("word sida hiv\n", "word vih hiv\n"), "rules: the rule `word sida hiv` is gone");
  EXPECT_EQ(succeed("word sida hiv\n", "word sida mental\n"), "rules: the rule `word sida hiv` is gone");
  EXPECT_EQ(succeed("system x urn:x\ncode x A* hiv\n", "system x urn:x\ncode x A1 hiv\n"),
            "rules: the rule `code x a* hiv` is gone");
}

std::uint32_t IndexId(const Schema& schema, const char* type, const char* field) {
  return schema.FindType(type)->FindField(field)->index_id;
}

TEST(Succeed, IndexIdsAreCarriedOverAndNeverUsedAgain) {
  const auto first = Loaded(kCurrent);
  const std::uint32_t name = IndexId(*first, "T", "name"), kept = IndexId(*first, "Kept", "a");
  ASSERT_NE(name, 0u);
  ASSERT_NE(kept, name);
  // Were ids given anew, a field before the others would take theirs.
  const auto second =
      Schema::Succeed(*first, *Loaded(With("message T ",
                                           "message A { option (medseal.v1.record) = {};"
                                           " string a = 1 [(medseal.v1.field) = { find: EXACT }]; } message T ")));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(IndexId(**second, "T", "name"), name);
  EXPECT_EQ(IndexId(**second, "Kept", "a"), kept);
  const std::uint32_t added = IndexId(**second, "A", "a");
  EXPECT_GT(added, kept);
  // An index that goes leaves its id behind, through the stored form too.
  const auto without = Schema::Succeed(*first, *Loaded(With("string a = 1 .*?;", "string a = 1;")));
  ASSERT_TRUE(without.ok());
  const auto reopened = Schema::LoadStored((*without)->Stored());
  ASSERT_TRUE(reopened.ok());
  const auto third = Schema::Succeed(
      **reopened,
      *Loaded(With("string a = 1 .*?;", "string a = 1;\n string b = 2 [(medseal.v1.field) = { find: EXACT }];")));
  ASSERT_TRUE(third.ok()) << third.status().message();
  EXPECT_EQ(IndexId(**third, "Kept", "a"), 0u);
  EXPECT_GT(IndexId(**third, "Kept", "b"), kept);
}

TEST(Succeed, KeepsThePlacesOfTheNextSchema) {
  const auto second =
      Schema::Succeed(*Loaded(kCurrent), *Loaded(With("string free = 6;", "string free = 6; string new = 20;")));
  ASSERT_TRUE(second.ok());
  const auto third = Schema::Succeed(*Loaded(With("string free = 6;", "string free = 6; int32 new = 20;")), **second);
  EXPECT_EQ(third.status().message(), "t.proto:16: new: the type changed");
}

TEST(Stored, LoadsBackToTheSameSchema) {
  for (const auto& schema : {Lab(), Kinds(), Loaded(kCurrent)}) {
    const auto again = Schema::LoadStored(schema->Stored());
    ASSERT_TRUE(again.ok()) << again.status().message();
    EXPECT_EQ((*again)->Stored(), schema->Stored());
    EXPECT_EQ((*again)->Describe(), schema->Describe());
    EXPECT_TRUE(Schema::Succeed(*schema, **again).ok());
    EXPECT_TRUE(Schema::Succeed(**again, *schema).ok());
  }
}

TEST(Stored, NamesNoFileOfTheHostAndNoComment) {
  const auto here = Schema::Load(
      {.proto = "// secret\n" + kCurrent, .file_name = "/home/anna/t.proto", .descriptor_set = {}, .rules = ""});
  ASSERT_TRUE(here.ok());
  EXPECT_EQ((*here)->Stored(), Loaded(kCurrent)->Stored());
}

TEST(Stored, KeepsTheRulesItWasLoadedWith) {
  const std::string rules = "order hiv genetic reproductive mental narrative\nword zebra hiv\n";
  const auto again = Schema::LoadStored(Loaded(kCurrent, rules)->Stored());
  ASSERT_TRUE(again.ok());
  const TypePlan& type = *(*again)->FindType("T");
  const auto message = (*again)->FromJson(type, AsBytes(R"({"ruled": {"again": {"code": "zebra"}}})"));
  EXPECT_EQ((*again)->Classify(type, *type.FindField("ruled"), std::as_const(*message).Reveal()), 0u)
      << "a code is no word";
  EXPECT_NE((*again)->Stored(), Loaded(kCurrent)->Stored());
}

TEST(Stored, ATextFromAnotherRecordTypeKeepsImportsInside) {
  const auto schema = Loaded(
      "syntax = \"proto3\";\nimport \"medseal/lab.proto\";\nimport \"medseal/options.proto\";\n"
      "import \"google/protobuf/timestamp.proto\";\n"
      "message Visit { option (medseal.v1.record) = {}; medseal.lab.Coded why = 1; google.protobuf.Timestamp at = 2; "
      "}");
  EXPECT_NE(schema->FindType("Patient"), nullptr);
  EXPECT_NE(schema->FindType("Visit"), nullptr);
  const auto again = Schema::LoadStored(schema->Stored());
  ASSERT_TRUE(again.ok()) << again.status().message();
  EXPECT_EQ((*again)->Stored(), schema->Stored());
  EXPECT_NE((*again)->FindType("Patient"), nullptr);
}

TEST(Stored, CutChangedOrLongerBytesAreRefused) {
  const Bytes stored = Loaded(kCurrent)->Stored();
  for (std::size_t size = 0; size < stored.size(); size += size < 32 || size + 32 > stored.size() ? 1 : 61) {
    const auto cut = Schema::LoadStored(ByteView(stored).first(size));
    EXPECT_FALSE(cut.ok()) << size;
  }
  Bytes longer = stored;
  longer.push_back(0);
  EXPECT_EQ(Schema::LoadStored(longer).code(), StatusCode::kCorrupt);
  Bytes other = stored;
  other[0] = 2;
  EXPECT_EQ(Schema::LoadStored(other).code(), StatusCode::kUnsupportedVersion);
  Bytes same_id = stored;
  same_id.back() = 0;
  EXPECT_EQ(Schema::LoadStored(same_id).code(), StatusCode::kCorrupt);
}

TEST(Stored, FlippedBytesNeverCrash) {
  const Bytes stored = Loaded(kHead + "message T { option (medseal.v1.record) = {}; string a = 1; }")->Stored();
  for (std::size_t at = 0; at < stored.size(); at += 5 * (1 + at / 100)) {
    Bytes flipped = stored;
    flipped[at] ^= static_cast<std::uint8_t>(1u << at % 8);
    (void)Schema::LoadStored(flipped).ok();
  }
}

// The set that protoc would write, with or without source info.
Bytes DescriptorSet(const std::string& proto, bool with_lines) {
  const auto descriptors = *Descriptors::FromText(proto, "t.proto");
  pb::FileDescriptorSet set;
  for (const char* import : {"google/protobuf/descriptor.proto", "medseal/options.proto"}) {
    descriptors->pool()->FindFileByName(import)->CopyTo(set.add_file());
  }
  pb::FileDescriptorProto& file = *set.add_file();
  descriptors->files().back()->CopyTo(&file);
  descriptors->files().back()->CopyJsonNameTo(&file);
  if (with_lines) descriptors->files().back()->CopySourceCodeInfoTo(&file);
  const std::string serialized = set.SerializeAsString();
  const ByteView bytes = AsBytes(serialized);
  return Bytes(bytes.begin(), bytes.end());
}

Result<std::shared_ptr<const Schema>> LoadSet(const Bytes& set) {
  return Schema::Load({.proto = "", .file_name = "", .descriptor_set = set, .rules = ""});
}

TEST(DescriptorSet, GivesTheSchemaOfItsText) {
  const auto schema = LoadSet(DescriptorSet(kCurrent, true));
  ASSERT_TRUE(schema.ok()) << schema.status().message();
  EXPECT_EQ((*schema)->Stored(), Loaded(kCurrent)->Stored());
}

TEST(DescriptorSet, RefusalsHaveALineWhereThereIsOneAndElseTheFullName) {
  const std::string bad =
      "syntax = \"proto3\";\npackage p.q;\nimport \"medseal/options.proto\";\nmessage T {\n"
      "  option (medseal.v1.record) = {};\n  bool b = 1 [(medseal.v1.field) = { find: EXACT }];\n}";
  EXPECT_THAT(LoadSet(DescriptorSet(bad, true)).status().message(), StartsWith("schema.proto:6: b: `find`"));
  EXPECT_THAT(LoadSet(DescriptorSet(bad, false)).status().message(), StartsWith("p.q.T.b: b: `find`"));
}

TEST(DescriptorSet, WhatIsNoneOrDoesNotLinkIsRefused) {
  EXPECT_EQ(LoadSet(Bytes{0xff, 0xff}).code(), StatusCode::kInvalidArgument);
  pb::FileDescriptorSet set;
  set.add_file()->set_name("a.proto");
  set.mutable_file(0)->set_syntax("proto3");
  set.mutable_file(0)->add_dependency("missing.proto");
  const std::string serialized = set.SerializeAsString();
  const auto schema = LoadSet(Bytes(serialized.begin(), serialized.end()));
  EXPECT_EQ(schema.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(schema.status().message(), HasSubstr("missing.proto"));
}

TEST(DescriptorSet, OptionsThatThisVersionDoesNotKnowAreRefused) {
  for (const std::string policy : {"\x58\x01", "\x18\x02", "\x28\x05",
                                   "\x0a\x04"
                                   "a",
                                   "\x10"}) {  // field 11; unknown values; cut short
    pb::FileDescriptorSet set;
    pb::FileDescriptorProto& file = *set.add_file();
    file.set_name("a.proto");
    file.set_syntax("proto3");
    pb::DescriptorProto& type = *file.add_message_type();
    type.set_name("T");
    type.mutable_options()->mutable_unknown_fields()->AddLengthDelimited(22294471, "");
    pb::FieldDescriptorProto& field = *type.add_field();
    field.set_name("f");
    field.set_number(1);
    field.set_type(pb::FieldDescriptorProto::TYPE_STRING);
    field.set_label(pb::FieldDescriptorProto::LABEL_OPTIONAL);
    field.mutable_options()->mutable_unknown_fields()->AddLengthDelimited(22294471, policy);
    const std::string serialized = set.SerializeAsString();
    const auto schema = LoadSet(Bytes(serialized.begin(), serialized.end()));
    EXPECT_EQ(schema.code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(schema.status().message(), StartsWith("T.f: f: option"));
  }
}

}  // namespace
}  // namespace mseal::schema::test
