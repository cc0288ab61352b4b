// The schema code in a process whose host has registered our options: they then are no unknown fields any more.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "medseal/options.pb.h"
#include "schema/schema.h"

namespace mseal::schema::test {
namespace {

std::string LabProto() {
  std::ostringstream text;
  text << std::ifstream(MEDSEAL_SOURCE "/include/medseal/lab.proto").rdbuf();
  return text.str();
}

Result<std::shared_ptr<const Schema>> Load(const std::string& proto) {
  return Schema::Load({.proto = proto, .file_name = "t.proto", .descriptor_set = {}, .rules = ""});
}

TEST(HostWithGeneratedOptions, HasRegisteredTheExtension) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  EXPECT_NE(pool->FindExtensionByName("medseal.v1.field"), nullptr);
  EXPECT_EQ(medseal::v1::field.number(), 22294471);
}

TEST(HostWithGeneratedOptions, TheSchemaStillSeesEveryOption) {
  const auto schema = Load(LabProto());
  ASSERT_TRUE(schema.ok()) << schema.status().message();
  const TypePlan& patient = *(*schema)->FindType("Patient");
  const FieldPlan& nir = *patient.FindField("nir");
  EXPECT_EQ((*schema)->classes()[nir.class_index].name, "national_id");
  EXPECT_TRUE(nir.find);
  EXPECT_EQ(nir.normalizer, Normalizer::kNir);
  EXPECT_EQ(nir.mask, Mask::kLast4);
  EXPECT_EQ(nir.size, 24u);
  EXPECT_TRUE(patient.FindField("lab")->is_public);
  EXPECT_TRUE((*schema)->FindType("LabResult")->FindField("result")->by_rules);
  EXPECT_EQ((*schema)->classes().size(), 12u);
}

TEST(HostWithGeneratedOptions, TheStoredFormIsReadBack) {
  const auto schema = Load(LabProto());
  const auto again = Schema::LoadStored((*schema)->Stored());
  ASSERT_TRUE(again.ok()) << again.status().message();
  EXPECT_EQ((*again)->Stored(), (*schema)->Stored());
  EXPECT_EQ((*again)->Describe(), (*schema)->Describe());
}

TEST(HostWithGeneratedOptions, RefusalsAreTheSame) {
  const auto schema = Load(
      "syntax = \"proto3\";\nimport \"medseal/options.proto\";\nmessage T {\n"
      "  option (medseal.v1.record) = {};\n  bool b = 1 [(medseal.v1.field) = { find: EXACT }];\n}");
  EXPECT_THAT(schema.status().message(), ::testing::StartsWith("t.proto:5: b: `find`"));
}

TEST(HostWithGeneratedOptions, AFileThatTheHostHasLinkedInIsNoImportOfASchema) {
  // The host's own copy of our options is in its pool under this name; other names of the host are just as out of
  // reach.
  const auto schema = Load("syntax = \"proto3\";\nimport \"medseal/other.proto\";");
  EXPECT_EQ(schema.code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace mseal::schema::test
