// What the rules make of results, and how much of what is known to be sensitive they find in real files.
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "schema/rules.h"
#include "schema/schemas.h"
#include "schema/walker.h"
#include "support/test_data.h"

namespace mseal::schema::test {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The name of the class of a LabResult with this JSON as its `result`.
std::string ClassOf(const std::string& result, const std::shared_ptr<const Schema>& schema = Lab()) {
  const TypePlan& type = *schema->FindType("LabResult");
  const auto message = schema->FromJson(type, AsBytes("{\"result\": " + result + "}"));
  EXPECT_TRUE(message.ok()) << message.status().message();
  std::vector<Piece> pieces;
  EXPECT_TRUE(Split(type, std::as_const(*message).Reveal(), pieces).ok());
  EXPECT_EQ(pieces.size(), 1u);
  return schema->classes()[schema->Classify(type, *type.FindField("result"), pieces.at(0).wire)].name;
}

std::string Coded(const std::string& system, const std::string& code, const std::string& text = "") {
  return R"({"code": {"coding": [{"system": ")" + system + R"(", "code": ")" + code + R"("}], "text": ")" + text +
         "\"}}";
}

TEST(Classify, NothingKnownMeansGeneral) {
  EXPECT_EQ(ClassOf("{}"), "general");
  EXPECT_EQ(ClassOf(Coded("http://loinc.org", "718-7", "Hemoglobin")), "general");
}

TEST(Classify, KnowsWhichClassesTheRulesCanGive) {
  std::vector<std::string> given;
  for (std::uint32_t index = 0; index < Lab()->classes().size(); ++index) {
    if (Lab()->RulesGive(index)) given.push_back(Lab()->classes()[index].name);
  }
  EXPECT_EQ(given, (std::vector<std::string>{"general", "narrative", "hiv", "genetic", "reproductive", "mental"}));
}

TEST(Classify, GoesByCodeWithinItsSystem) {
  EXPECT_EQ(ClassOf(Coded("http://loinc.org", "75622-1")), "hiv");
  EXPECT_EQ(ClassOf(Coded("urn:oid:2.16.840.1.113883.6.1", "75622-1")), "hiv");
  EXPECT_EQ(ClassOf(Coded("LN", " 75622-1 ")), "hiv");
  EXPECT_EQ(ClassOf(Coded("https://loinc.org/", "69548-6")), "genetic");
  EXPECT_EQ(ClassOf(Coded("http://loinc.org", "2106-3")), "reproductive");
  EXPECT_EQ(ClassOf(Coded("http://loinc.org", "44249-1")), "mental");
  EXPECT_EQ(ClassOf(Coded("http://snomed.info/sct", "86406008")), "hiv");
  EXPECT_EQ(ClassOf(Coded("http://example.org/local", "75622-1")), "general");
}

TEST(Classify, ACodeWithoutSystemMatchesWholeCodesOnly) {
  EXPECT_EQ(ClassOf(R"({"code": {"coding": [{"code": "75622-1"}]}})"), "hiv");
  EXPECT_EQ(ClassOf(R"({"code": {"coding": [{"code": "FBS"}]}})"), "general");
}

TEST(Classify, PrefixesCoverWhatIsBelowACode) {
  EXPECT_EQ(ClassOf(Coded("http://hl7.org/fhir/sid/icd-10-cm", "B20")), "hiv");
  EXPECT_EQ(ClassOf(Coded("http://hl7.org/fhir/sid/icd-10", "b20.1")), "hiv");
  EXPECT_EQ(ClassOf(Coded("http://hl7.org/fhir/sid/icd-10", "B2")), "general");
}

TEST(Classify, FindsTheCodeWhereverItStandsInTheValue) {
  EXPECT_EQ(ClassOf(R"({"component": [{"value": "1"}, {"component": [{"code": {"coding": [{"code": "75622-1"}]}}]}]})"),
            "hiv");
  EXPECT_EQ(ClassOf(R"({"value_code": {"coding": [{"code": "165816005", "system": "http://snomed.info/sct"}]}})"),
            "hiv");
}

TEST(Classify, AllCodingsCountAndTheHighestClassWins) {
  EXPECT_EQ(ClassOf(R"({"code": {"coding": [{"system": "http://loinc.org", "code": "2106-3"},
                                            {"system": "http://loinc.org", "code": "75622-1"}]}})"),
            "hiv");
  EXPECT_EQ(ClassOf(R"({"code": {"text": "schizophrenia, genotype"}})"), "genetic");
}

TEST(Classify, GoesByLabel) {
  const auto label = [](const std::string& text) {
    return ClassOf("{\"code\": {\"label\": [\"N\", \"" + text + "\"]}}");
  };
  EXPECT_EQ(label("http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV"), "hiv");
  EXPECT_EQ(label("http://terminology.hl7.org/CodeSystem/v3-ActCode|42CFRPart2"), "mental");
  EXPECT_EQ(label("http://terminology.hl7.org/CodeSystem/v3-ActCode|SEX"), "reproductive");
  EXPECT_EQ(label("http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R"), "narrative");
  EXPECT_EQ(label("v"), "narrative");
  EXPECT_EQ(label("http://terminology.hl7.org/CodeSystem/v3-Confidentiality|N"), "general");
  EXPECT_EQ(label(""), "general");
  EXPECT_EQ(label("|"), "general");
}

TEST(Classify, GoesBySegment) { EXPECT_EQ(ClassOf(R"({"code": {"segment": "molecularsequence"}})"), "genetic"); }

TEST(Classify, GoesByWordsInAnyTextWithoutRegardToCaseAndAccents) {
  EXPECT_EQ(ClassOf(R"({"code": {"text": "HIV rapid test"}})"), "hiv");
  EXPECT_EQ(ClassOf(R"({"value": "patient SÉROPOSITIF depuis 2004"})"), "hiv");
  EXPECT_EQ(ClassOf(R"({"value": "anti-VIH\u00a0: négatif"})"), "hiv");
  EXPECT_EQ(ClassOf(R"({"interpretation": "Grossesse évolutive"})"), "reproductive");
  EXPECT_EQ(ClassOf(R"({"code": {"coding": [{"display": "Cystic  FIBROSIS, screening"}]}})"), "genetic");
  EXPECT_EQ(ClassOf(R"({"unit": "mg/dL", "value": "12"})"), "general");
}

TEST(Classify, AWordIsAWholeWordUnlessTheRuleSaysOtherwise) {
  EXPECT_EQ(ClassOf(R"({"value": "hives"})"), "general");
  EXPECT_EQ(ClassOf(R"({"value": "sicklecell"})"), "general");
  EXPECT_EQ(ClassOf(R"({"value": "cystic"})"), "general");
  EXPECT_EQ(ClassOf(R"({"value": "antiretrovirals started"})"), "hiv");
}

TEST(Classify, WhatCannotBeReadHasTheHighestClass) {
  const TypePlan& type = *Lab()->FindType("LabResult");
  const FieldPlan& field = *type.FindField("result");
  const auto class_of = [&](std::string_view wire) {
    return Lab()->classes()[Lab()->Classify(type, field, AsBytes(wire))].name;
  };
  EXPECT_EQ(class_of({"\x0a\x02\x12\x05", 4}), "hiv");  // a value longer than what is left
  EXPECT_EQ(class_of({"\x0a\x02\x12", 3}), "hiv");
  EXPECT_EQ(class_of({"\x08\x01", 2}), "hiv");
  EXPECT_EQ(class_of({"\x12\x01x", 3}), "hiv");
  EXPECT_EQ(class_of({"\x0a\x00", 2}), "general");
  EXPECT_EQ(class_of({}), "general");
}

TEST(Classify, AFieldOfFixedClassKeepsIt) {
  const TypePlan& type = *Lab()->FindType("LabResult");
  const FieldPlan& note = *type.FindField("note");
  EXPECT_EQ(Lab()->Classify(type, note, AsBytes("HIV")), note.class_index);
}

TEST(Classify, RulesOfOnesOwnReplaceTheBuiltInOnes) {
  const std::string proto = kHead + R"(
message Coding {
  string system = 1 [(medseal.v1.field) = { rule: SYSTEM }];
  string code = 2 [(medseal.v1.field) = { rule: CODE }];
}
message Code { repeated Coding coding = 1; string text = 2; }
message Result { Code code = 1; }
message LabResult { option (medseal.v1.record) = {}; Result result = 1 [(medseal.v1.field) = { class_by: RULES }]; })";
  const auto schema = Loaded(
      proto, "# mine\norder narrative hiv\nsystem mine urn:mine\ncode mine A* hiv  # all of A\ncode * Z9 narrative\n");
  EXPECT_EQ(ClassOf(Coded("urn:mine", "a1"), schema), "hiv");
  EXPECT_EQ(ClassOf(Coded("urn:other", "a1"), schema), "general");
  EXPECT_EQ(ClassOf(Coded("urn:other", "z9"), schema), "narrative");
  EXPECT_EQ(ClassOf(Coded("http://loinc.org", "75622-1"), schema), "general");
}

TEST(Rules, RefuseALineThatIsNoRuleAndNameIt) {
  const auto why = [](const std::string& text) {
    const auto rules = Rules::Parse(text, "rules");
    return rules.ok() ? std::string("parsed") : rules.status().message();
  };
  const std::string head = "order hiv\nsystem loinc http://loinc.org\n";
  EXPECT_EQ(why(head + "code loinc 1-8 hiv"), "parsed");
  EXPECT_EQ(why("\r\n# nothing\n\n"), "parsed");
  EXPECT_THAT(why("ordre hiv"), StartsWith("rules:1: "));
  EXPECT_THAT(why("order hiv hiv"), StartsWith("rules:1: "));
  EXPECT_THAT(why(head + "order hiv"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "system lionc http://LOINC.org/"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "system"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "code loinc 1-8"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "code snomed 1-8 hiv"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "code loinc 1-8 hvi"), HasSubstr("`hvi`"));
  EXPECT_THAT(why(head + "code loinc 1*8 hiv"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "label loinc \"\" hiv"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "segment hiv"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "word * hiv"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "word a*b hiv"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "word two words hiv"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "word \"open hiv"), StartsWith("rules:3: "));
  EXPECT_THAT(why(head + "word \"\xff\" hiv"), StartsWith("rules:3: "));
}

// FHIR, as far as these tests need it.

const Value* Get(const Struct& object, const std::string& name) {
  const auto at = object.fields().find(name);
  return at != object.fields().end() ? &at->second : nullptr;
}

const Struct& Object(const Struct& object, const std::string& name) {
  static const Struct none;
  const Value* value = Get(object, name);
  return value != nullptr ? value->struct_value() : none;
}

std::string Text(const Struct& object, const std::string& name) {
  const Value* value = Get(object, name);
  return value != nullptr ? value->string_value() : "";
}

std::vector<Struct> List(const Struct& object, const std::string& name) {
  std::vector<Struct> list;
  const Value* value = Get(object, name);
  if (value == nullptr) return list;
  for (const Value& one : value->list_value().values()) list.push_back(one.struct_value());
  return list;
}

Value TextValue(const std::string& text) {
  Value value;
  value.set_string_value(text);
  return value;
}

// A CodeableConcept as a medseal.lab.Coded.
Value CodedOf(const Struct& concept_) {
  Value coded;
  auto& fields = *coded.mutable_struct_value()->mutable_fields();
  for (const Struct& coding : List(concept_, "coding")) {
    auto& out = *fields["coding"].mutable_list_value()->add_values()->mutable_struct_value()->mutable_fields();
    for (const char* name : {"system", "code", "display"}) out[name] = TextValue(Text(coding, name));
  }
  fields["text"] = TextValue(Text(concept_, "text"));
  return coded;
}

std::string ResultJson(const Struct& resource, bool with_labels) {
  Struct result;
  auto& fields = *result.mutable_fields();
  const bool medication = Get(resource, "medicationCodeableConcept") != nullptr;
  Value code = CodedOf(Object(resource, medication ? "medicationCodeableConcept" : "code"));
  for (const Struct& label : List(Object(resource, "meta"), "security")) {
    if (!with_labels) break;
    auto& labels = (*code.mutable_struct_value()->mutable_fields())["label"];
    *labels.mutable_list_value()->add_values() = TextValue(Text(label, "system") + "|" + Text(label, "code"));
  }
  fields["code"] = code;
  fields["value_code"] = CodedOf(Object(resource, "valueCodeableConcept"));
  fields["value"] = TextValue(Text(resource, "valueString"));
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(result, &json).ok());
  return json;
}

std::vector<Struct> Resources(const std::string& folder) {
  std::vector<Struct> resources;
  for (const auto& file : std::filesystem::directory_iterator(mseal::test::TestData(folder))) {
    std::ostringstream text;
    text << std::ifstream(file.path()).rdbuf();
    Struct bundle;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text.str(), &bundle).ok()) << file.path();
    for (const Struct& entry : List(bundle, "entry")) resources.push_back(Object(entry, "resource"));
  }
  return resources;
}

bool NamesHiv(const Struct& observation) {
  for (const Struct& coding : List(Object(observation, "code"), "coding")) {
    if (Text(coding, "display").find("HIV") != std::string::npos) return true;
  }
  return false;
}

TEST(ClassifyRealFiles, EveryHivObservationOfTheBundlesIsFound) {
  int known = 0, found = 0, observations = 0;
  std::map<std::string, int> classes;
  for (const Struct& resource : Resources("fhir/synthea-hiv-bundles")) {
    if (Text(resource, "resourceType") != "Observation") continue;
    const std::string class_name = ClassOf(ResultJson(resource, true));
    ++observations, ++classes[class_name];
    if (!NamesHiv(resource)) continue;
    ++known;
    found += class_name == "hiv";
  }
  EXPECT_GT(known, 0);
  EXPECT_EQ(found, known);
  std::cout << "HIV observations found: " << found << " of " << known << " (" << observations << " in all;";
  for (const auto& [name, count] : classes) std::cout << " " << name << " " << count;
  std::cout << ")\n";
}

// What the labels of the shift bundles ask for, as the built-in rules understand them.
std::string Asked(const Struct& resource) {
  std::string asked;
  for (const Struct& label : List(Object(resource, "meta"), "security")) {
    const std::string code = Text(label, "code");
    if (code == "HIV") return "hiv";
    if (code == "GDIS") asked = "genetic";
    if (asked != "genetic" && (code == "SEX" || code == "STD")) asked = "reproductive";
    if (asked.empty() && (code == "BH" || code == "SUD" || code == "SDV")) asked = "mental";
  }
  return asked;
}

// Whether a class stands at least as high as another in the built-in order.
bool AsHigh(const std::string& name, const std::string& asked) {
  const std::vector<std::string> order{"hiv", "genetic", "reproductive", "mental", "narrative", "general"};
  return std::ranges::find(order, name) <= std::ranges::find(order, asked);
}

TEST(ClassifyRealFiles, LabelsAreBelievedAndMostIsFoundWithoutThem) {
  int labelled = 0, with_labels = 0, without_labels = 0, raised = 0, unlabelled = 0;
  for (const Struct& resource : Resources("fhir/shift-sensitivity-labels")) {
    if (Get(resource, "code") == nullptr && Get(resource, "medicationCodeableConcept") == nullptr) continue;
    const std::string asked = Asked(resource);
    const bool any_label = !List(Object(resource, "meta"), "security").empty();
    unlabelled += !any_label;
    raised += !any_label && ClassOf(ResultJson(resource, true)) != "general";
    EXPECT_TRUE(!any_label || ClassOf(ResultJson(resource, true)) != "general");
    if (asked.empty()) continue;
    ++labelled;
    with_labels += AsHigh(ClassOf(ResultJson(resource, true)), asked);
    without_labels += ClassOf(ResultJson(resource, false)) != "general";
  }
  EXPECT_GT(labelled, 0);
  EXPECT_EQ(with_labels, labelled);
  EXPECT_GE(without_labels * 10, labelled * 9);
  EXPECT_EQ(raised, 0);
  std::cout << "labelled resources: " << labelled << ", of the class asked for or a higher one " << with_labels
            << ", sensitive without labels " << without_labels << "; raised of " << unlabelled
            << " unlabelled: " << raised << "\n";
}

}  // namespace
}  // namespace mseal::schema::test
