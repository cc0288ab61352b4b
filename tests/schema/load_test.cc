// What a schema may say, and where and why the rest is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "schema/schemas.h"

namespace mseal::schema::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string WhyRefused(const std::string& proto, const std::string& rules = "") {
  const auto schema = Schema::Load({.proto = proto, .file_name = "t.proto", .descriptor_set = {}, .rules = rules});
  if (schema.ok()) return "loaded";
  EXPECT_EQ(schema.code(), StatusCode::kInvalidArgument);
  return schema.status().message();
}

// A record type from line 9 on; its fields from line 11 on.
std::string Record(const std::string& fields) {
  return kHead + "message T {\n  option (medseal.v1.record) = {};\n" + fields + "\n}\n";
}

struct Refusal {
  std::string name;
  std::string proto;
  std::string place;  // what the message begins with
  std::string why;    // what else it says
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

class SchemaLoad : public ::testing::TestWithParam<Refusal> {};

TEST_P(SchemaLoad, RefusesWithFileAndLine) {
  const Refusal& refusal = GetParam();
  const std::string why = WhyRefused(refusal.proto);
  EXPECT_THAT(why, StartsWith(refusal.place + ": "));
  EXPECT_THAT(why, HasSubstr(refusal.why));
}

std::string Field(const std::string& type, const std::string& policy) {
  return Record("  int32 first = 1;\n  " + type + " it = 2 [(medseal.v1.field) = { " + policy + " }];");
}

const std::vector<Refusal> kRefusals = {
    {"NotProto", "no proto at all", "t.proto:1", ""},
    {"Empty", "syntax = \"proto2\";", "t.proto:1", "proto3"},
    {"NoSyntax", "message M {}", "t.proto", "proto3"},
    {"Edition", "edition = \"2023\";\nmessage M {}", "t.proto:1", ""},
    {"Proto2Group", "syntax = \"proto2\";\nmessage M { required int32 a = 1; optional group G = 2 {} }", "t.proto:1",
     "proto3"},
    {"UnknownImport", "syntax = \"proto3\";\nimport \"other.proto\";", "t.proto:2", "other.proto"},
    {"UnknownOption", Record("  string a = 1 [(medseal.v1.fild) = {}];"), "t.proto:11", "fild"},
    {"UnknownOptionMember", Record("\n  string a = 1 [(medseal.v1.field) = { clas: \"hiv\" }];"), "t.proto:12", "clas"},
    {"UnknownEnumValue", Field("string", "find: FUZZY"), "t.proto:12", "FUZZY"},
    {"FindOnEnum",
     kHead + "enum E { A = 0; }\nmessage T {\n option (medseal.v1.record) = {};\n\n"
             " E e = 1 [(medseal.v1.field) = { find: EXACT }];\n}",
     "t.proto:13", "enumeration"},
    {"FindOnBool", Field("bool", "find: EXACT"), "t.proto:12", "boolean"},
    {"FindOnMessage", Field("N", "find: EXACT") + "message N {}", "t.proto:12", "message"},
    {"FindOnRepeatedMessage", Field("repeated N", "find: EXACT") + "message N {}", "t.proto:12", "message"},
    {"FindOnMap", Field("map<string, string>", "find: EXACT"), "t.proto:12", "map"},
    {"FindOnReal", Field("double", "find: EXACT"), "t.proto:12", "real number"},
    {"FindOnNoIndexClass", Field("string", "class: \"hiv\" find: EXACT"), "t.proto:12", "no_index"},
    {"FindOnSource", Field("bytes", "class: \"source\" find: EXACT"), "t.proto:12", "no_index"},
    {"FindOnPublic", Field("string", "public: true find: EXACT"), "t.proto:12", "public"},
    {"FindByRules", Field("N", "class_by: RULES find: EXACT") + "message N {}", "t.proto:12", "data"},
    {"UniqueWithoutFind", Field("string", "unique: true"), "t.proto:12", "unique"},
    {"UnknownClass", Field("string", "class: \"hvi\""), "t.proto:12", "`hvi`"},
    {"AuditClass", Field("string", "class: \"audit\""), "t.proto:12", "audit"},
    {"ClassOnPublic", Field("string", "public: true class: \"identity\""), "t.proto:12", "no class"},
    {"GeneralOnPublic", Field("string", "public: true class: \"general\""), "t.proto:12", "no class"},
    {"MaskOnPublic", Field("string", "public: true mask: LAST4"), "t.proto:12", "mask"},
    {"PurposeOnPublic", Field("string", "public: true purposes: \"care\""), "t.proto:12", "every purpose"},
    {"UnknownPurpose", Field("string", "purposes: [\"care\", \"fun\"]"), "t.proto:12", "x-"},
    {"PurposeInsideMessage", kHead + "message N {\n\n  string a = 1 [(medseal.v1.field) = { purposes: \"care\" }];\n}",
     "t.proto:11", "top-level"},
    {"UnknownMask", Field("string", "mask: MOST"), "t.proto:12", "MOST"},
    {"ClassByOnPublic", Field("N", "public: true class_by: RULES") + "message N {}", "t.proto:12", "class_by"},
    {"ClassByOnText", Field("string", "class_by: RULES"), "t.proto:12", "message fields only"},
    {"ClassAndClassBy", Field("N", "class: \"hiv\" class_by: RULES") + "message N {}", "t.proto:12", "not both"},
    {"OrderedSealed", Field("string", "ordered: true"), "t.proto:12", "public fields only"},
    {"OrderedBool", Field("bool", "public: true ordered: true"), "t.proto:12", "boolean"},
    {"OrderedMessage", Field("N", "public: true ordered: true") + "message N {}", "t.proto:12", "message"},
    {"NormalizerOnNumber", Field("int32", "normalize: NIR"), "t.proto:12", "text only"},
    {"MaskOnBytes", Field("bytes", "mask: LAST4"), "t.proto:12", "text only"},
    {"HugeSize", Field("string", "size: 65537"), "t.proto:12", "65536"},
    {"RuleOnRecordField", Field("string", "rule: CODE"), "t.proto:12", "inside a message"},
    {"ClassInsideMessage", kHead + "message N {\n\n  string a = 1 [(medseal.v1.field) = { class: \"hiv\" }];\n}",
     "t.proto:11", "top-level"},
    {"PublicInsideNestedMessage", Record("  message N {\n  string a = 1 [(medseal.v1.field) = { public: true }];\n }"),
     "t.proto:12", "top-level"},
    {"RuleOnNumber", kHead + "message N {\n  int32 a = 1 [(medseal.v1.field) = { rule: CODE }];\n}", "t.proto:10",
     "text only"},
    {"RepeatedSystem", kHead + "message N {\n repeated string a = 1 [(medseal.v1.field) = { rule: SYSTEM }];\n}",
     "t.proto:10", "repeated"},
    {"NestedRecordType", Record("  message N {\n    option (medseal.v1.record) = {};\n  }"), "t.proto:11",
     "inside another"},
    {"RecordTypeAsField",
     Record("  int32 a = 1;") + "message N {\n  T t = 1;\n}\nmessage R {\n"
                                "  option (medseal.v1.record) = {};\n  N n = 1;\n}",
     "t.proto:14", "inside another"},
    {"RecordTypeInItself", Record("  T t = 1;"), "t.proto:11", "inside another"},
    {"RequiredInside",
     "syntax = \"proto3\";\nimport \"medseal/options.proto\";\nimport \"google/protobuf/descriptor.proto\";\n"
     "message T {\n  option (medseal.v1.record) = {};\n  google.protobuf.UninterpretedOption a = 1;\n}",
     "google.protobuf.UninterpretedOption.NamePart.name_part", "required"},
    {"ReservedTypeName", kHead + "message directory {\n  option (medseal.v1.record) = {};\n}", "t.proto:9",
     "`directory`"},
    {"TwoTypesOfOneName",
     "syntax = \"proto3\";\nimport \"medseal/lab.proto\";\nimport \"medseal/options.proto\";\n\n"
     "message Patient {\n  option (medseal.v1.record) = {};\n}",
     "t.proto:5", "`Patient`"},
    {"BadRetention", kHead + "message T {\n\n  option (medseal.v1.record) = { retention: \"20 years\" };\n}",
     "t.proto:11", ""},
    {"RetentionThatOverrunsTimes", kHead + "message T {\n\n  option (medseal.v1.record) = { retention: \"1001y\" };\n}",
     "t.proto:11", ""},
    {"BadRetentionOfAClass", kHead + "\noption (medseal.v1.class) = { name: \"xray\" retention: \"5\" };", "t.proto:1",
     ""},
    {"RetentionOfTheDirectory", kHead + "\noption (medseal.v1.class) = { name: \"directory\" retention: \"5y\" };",
     "t.proto:10", "two ways"},
    {"RetentionOfTheLog", kHead + "\noption (medseal.v1.class) = { name: \"audit\" retention: \"5y\" };", "t.proto:10",
     "two ways"},
    {"ClassKeptInTwoWays",
     kHead + "option (medseal.v1.class) = { name: \"xray\" };\noption (medseal.v1.class) = { name: \"xray\" "
             "retention: \"5y\" };",
     "t.proto:10", "two ways"},
    {"ClassName", kHead + "\noption (medseal.v1.class) = { name: \"H,I\" };", "t.proto:10", "a-z"},
    {"ClassWithoutName", kHead + "option (medseal.v1.class) = {};", "t.proto:9", "a-z"},
    {"TypeNameTooLong", kHead + "message " + std::string(256, 'T') + " { option (medseal.v1.record) = {}; }",
     "t.proto:9", "255 bytes"},
    {"ClassTwice", kHead + "option (medseal.v1.class) = { name: \"identity\" no_index: true };", "t.proto:9",
     "two ways"},
    {"ImplicitClassChanged", kHead + "option (medseal.v1.class) = { name: \"general\" no_index: true };", "t.proto:9",
     "two ways"},
};

INSTANTIATE_TEST_SUITE_P(All, SchemaLoad, ::testing::ValuesIn(kRefusals),
                         [](const auto& one) { return one.param.name; });

std::string Classes(int count) {
  std::string text = kHead;
  for (int i = 0; i < count; ++i) text += "option (medseal.v1.class) = { name: \"c" + std::to_string(i) + "\" };\n";
  return text;
}

TEST(SchemaLoadClasses, SixteenAreTheMostWithTheImplicitOnes) {
  // Four implicit ones and six of kHead leave six.
  EXPECT_EQ(Loaded(Classes(6))->classes().size(), 16u);
  EXPECT_THAT(WhyRefused(Classes(7)), StartsWith("t.proto:15: more than 16"));
}

TEST(SchemaLoadClasses, ImplicitOnesComeFirstAndMayBeRepeatedUnchanged) {
  const auto schema = Loaded(kHead +
                             "option (medseal.v1.class) = { name: \"general\" };"
                             "option (medseal.v1.class) = { name: \"source\" no_index: true };");
  const auto& classes = schema->classes();
  ASSERT_EQ(classes.size(), 10u);
  EXPECT_EQ(classes[0].name, kGeneral);
  EXPECT_EQ(classes[1].name, kDirectory);
  EXPECT_EQ(classes[2].name, kSource);
  EXPECT_EQ(classes[3].name, kAudit);
  EXPECT_EQ(classes[4].name, "identity");
  EXPECT_EQ(classes[6].name, "hiv");
  EXPECT_TRUE(classes[6].no_index);
  EXPECT_FALSE(classes[0].no_index);
}

TEST(SchemaRules, ClassByNeedsEveryClassOfTheRules) {
  const std::string proto =
      "syntax = \"proto3\";\nimport \"medseal/options.proto\";\nmessage N {}\nmessage T {\n"
      "  option (medseal.v1.record) = {};\n  N n = 1 [(medseal.v1.field) = { class_by: RULES }];\n}";
  EXPECT_THAT(WhyRefused(proto, "\norder secret\n"), StartsWith("rules:2: class `secret` is not declared"));
  EXPECT_THAT(WhyRefused(proto), HasSubstr("built-in rules:"));
}

TEST(SchemaSource, TakesATextOrASetButNotBoth) {
  EXPECT_EQ(Schema::Load({}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Schema::Load({.proto = kHead, .file_name = "", .descriptor_set = Bytes{1}, .rules = ""}).code(),
            StatusCode::kInvalidArgument);
}

TEST(SchemaSource, DeepNestingIsRefusedAndNotFollowed) {
  std::string messages = "syntax = \"proto3\";\n", options = "syntax = \"proto3\";\noption x = ";
  for (int i = 0; i < 200000; ++i) messages += "message A {", options += i % 2 ? "{ a: " : "{ a <";
  EXPECT_EQ(WhyRefused(messages), "t.proto:2: nests too deep");
  EXPECT_EQ(WhyRefused(options), "t.proto:2: nests too deep");
}

TEST(SchemaSource, AnyBeginningOfASchemaLoadsOrIsRefused) {
  const std::string proto = KindsProto();
  for (std::size_t size = 1; size < proto.size(); size += 29) {
    (void)Schema::Load({.proto = proto.substr(0, size), .file_name = "t.proto", .descriptor_set = {}, .rules = ""})
        .ok();
  }
}

TEST(SchemaPlan, AFieldWithoutOptionsIsSealedUnderGeneral) {
  const auto schema = Loaded(Record("  string a = 1;"));
  const FieldPlan* field = schema->FindType("T")->FindField("a");
  ASSERT_NE(field, nullptr);
  EXPECT_EQ(field->class_index, 0u);
  EXPECT_FALSE(field->is_public);
  EXPECT_EQ(field->group, schema->FindType("T")->general_group);
}

TEST(SchemaPlan, FieldsOfOneClassShareAGroupAndRuledFieldsStandAlone) {
  const TypePlan& type = *Kinds()->FindType("All");
  EXPECT_EQ(type.groups[type.general_group].class_index, 0u);
  EXPECT_EQ(type.FindField("f_float")->group, type.FindField("f_string")->group);
  EXPECT_NE(type.FindField("f_float")->group, type.FindField("f_bool")->group);
  EXPECT_EQ(type.FindField("f_int64")->group, kNone);
  const GroupPlan& ruled = type.groups[type.FindField("f_message")->group];
  EXPECT_TRUE(ruled.by_rules);
  EXPECT_EQ(ruled.fields.size(), 1u);
  std::vector<std::uint32_t> grouped;
  for (const GroupPlan& group : type.groups) grouped.insert(grouped.end(), group.fields.begin(), group.fields.end());
  std::ranges::sort(grouped);
  EXPECT_EQ(std::ranges::adjacent_find(grouped), grouped.end());
  EXPECT_EQ(grouped.size() + 1, type.fields.size()) << "every field but the public one is in a group";
}

TEST(SchemaPlan, LeastSizeCoversDeclaredSizesBooleansAndEnumerations) {
  const auto schema = Loaded(kHead + R"(
enum E { A = 0; }
message T {
  option (medseal.v1.record) = {};
  bool b = 1 [(medseal.v1.field) = { class: "hiv" }];
  E e = 2 [(medseal.v1.field) = { class: "hiv" }];
  string s = 3 [(medseal.v1.field) = { class: "hiv" size: 40 }];
  string free = 4 [(medseal.v1.field) = { class: "hiv" }];
})");
  const TypePlan& type = *schema->FindType("T");
  EXPECT_EQ(type.groups[type.FindField("b")->group].least_size, 9u + 16 + 9 + 16 + 9 + 40);
}

TEST(SchemaPlan, ATypeWithoutGeneralFieldsStillHasTheGeneralGroup) {
  const auto schema = Loaded(Record("  string a = 1 [(medseal.v1.field) = { class: \"hiv\" }];"));
  const TypePlan& type = *schema->FindType("T");
  EXPECT_TRUE(type.groups[type.general_group].fields.empty());
  EXPECT_EQ(type.groups.size(), 2u);
}

TEST(SchemaPlan, TheDirectoryTypeIsAlwaysThere) {
  const auto schema = Loaded(kHead);
  const TypePlan* type = schema->FindType(kDirectoryType);
  ASSERT_NE(type, nullptr);
  EXPECT_FALSE(type->keep_history);
  ASSERT_EQ(type->fields.size(), 1u);
  const FieldPlan& id = type->fields[0];
  EXPECT_EQ(id.name, "external_id");
  EXPECT_EQ(id.number, 1u);
  EXPECT_TRUE(id.repeated && id.find && id.unique);
  EXPECT_EQ(id.normalizer, Normalizer::kAsIs);
  EXPECT_EQ(id.index_id, 1u);
  EXPECT_EQ(schema->classes()[id.class_index].name, kDirectory);
}

TEST(SchemaPlan, RetentionIsReadInDays) {
  const auto days = [](const std::string& retention) {
    return Loaded(kHead + "message T { option (medseal.v1.record) = { retention: \"" + retention + "\" }; }")
        ->FindType("T")
        ->retention_days;
  };
  EXPECT_EQ(days(""), 0u);
  EXPECT_EQ(days("90d"), 90u);
  EXPECT_EQ(days("18m"), 18u * 31);
  EXPECT_EQ(days("20y"), 20u * 366);
}

TEST(SchemaPlan, ClassesHaveARetentionOfTheirOwn) {
  const auto schema = Loaded(kHead +
                             "option (medseal.v1.class) = { name: \"xray\" retention: \"5y\" };"
                             "option (medseal.v1.class) = { name: \"source\" retention: \"90d\" };"
                             "message T { option (medseal.v1.record) = {}; }");
  std::map<std::string, std::uint64_t> days;
  for (const ClassPlan& plan : schema->classes()) days[plan.name] = plan.retention_days;
  EXPECT_EQ(days["xray"], 5u * 366);
  EXPECT_EQ(days["source"], 90u);
  EXPECT_EQ(days["general"], 0u);
  EXPECT_THAT(schema->Describe(), HasSubstr("class xray, kept 1830 days"));
}

TEST(SchemaPlan, IndexesAreNumberedOncePerField) {
  std::vector<std::uint32_t> ids;
  for (const TypePlan& type : Lab()->types()) {
    for (const FieldPlan& field : type.fields) {
      EXPECT_EQ(field.index_id != 0, field.find || field.ordered) << type.name << "." << field.name;
      if (field.index_id != 0) ids.push_back(field.index_id);
    }
  }
  std::ranges::sort(ids);
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids[i], i + 1);
}

TEST(SchemaPlan, OptionsInSeveralPartsAreMerged) {
  const auto schema =
      Loaded(Record("  string a = 1 [(medseal.v1.field).class = \"identity\", (medseal.v1.field).find = EXACT];"));
  const FieldPlan* field = schema->FindType("T")->FindField("a");
  EXPECT_TRUE(field->find);
  EXPECT_EQ(schema->classes()[field->class_index].name, "identity");
}

TEST(SchemaPlan, TheLabSchemaGivesEveryFieldTheClassItNames) {
  const auto class_of = [](const char* type, const char* field) {
    return Lab()->classes()[Lab()->FindType(type)->FindField(field)->class_index].name;
  };
  EXPECT_EQ(class_of("Patient", "nir"), "national_id");
  EXPECT_EQ(class_of("Patient", "family"), "identity");
  EXPECT_EQ(class_of("Patient", "hiv"), "hiv");
  EXPECT_EQ(class_of("Patient", "pregnant"), "reproductive");
  EXPECT_EQ(class_of("LabResult", "source"), "source");
  EXPECT_EQ(class_of("LabResult", "note"), "narrative");
  EXPECT_EQ(class_of("GenomicReport", "vcf"), "genetic");
  EXPECT_TRUE(Lab()->FindType("LabResult")->FindField("result")->by_rules);
}

TEST(SchemaDescribe, NamesEveryFieldAndItsClass) {
  const std::string text = Lab()->Describe();
  EXPECT_THAT(text, HasSubstr("nir = 1: text, class national_id, find NIR, mask LAST4, size 24"));
  EXPECT_THAT(text, HasSubstr("birth_date = 5: text, class identity, find DATE, mask YEAR"));
  EXPECT_THAT(text, HasSubstr("result = 1: message, class by rules"));
  const auto limited = Loaded(Field("string", "mask: FIRST1 purposes: [\"care\", \"x-board\"]"));
  EXPECT_THAT(limited->Describe(), HasSubstr("mask FIRST1, for care x-board\n"));
  EXPECT_THAT(text, HasSubstr("lab = 14: text, public, ordered"));
}

}  // namespace
}  // namespace mseal::schema::test
