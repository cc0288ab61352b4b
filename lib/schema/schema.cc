// Loading of schemas, and what a loaded one answers.
#include "schema/schema.h"

#include <google/protobuf/util/type_resolver_util.h>

#include <algorithm>

#include "schema/classify.h"
#include "schema/describe.h"
#include "schema/embedded.h"
#include "schema/json.h"
#include "schema/parts.h"
#include "schema/stored.h"
#include "schema/succession.h"

namespace mseal::schema {
namespace {

constexpr std::string_view kRulesName = "rules";
constexpr std::string_view kBuiltInRulesName = "built-in rules";

}  // namespace

Result<std::unique_ptr<Schema::Parts>> Schema::Parts::Make(std::shared_ptr<const Descriptors> descriptors,
                                                           std::string rules_text, const std::string& rules_name,
                                                           std::vector<IndexEntry> known) {
  auto parts = std::make_unique<Parts>();
  parts->descriptors = std::move(descriptors);
  parts->rules_text = std::move(rules_text);
  MS_ASSIGN(parts->rules, Rules::Parse(parts->rules_text, rules_name));
  MS_ASSIGN(parts->compiled, Compile(*parts->descriptors, *parts->rules, std::move(known)));
  parts->stored = EncodeStored(*parts->descriptors, parts->rules_text, parts->compiled.indexes);
  parts->resolver.reset(pb::util::NewTypeResolverForDescriptorPool(std::string(kTypeUrl), parts->descriptors->pool()));
  return parts;
}

Result<const pb::Descriptor*> Schema::Parts::MessageOf(const TypePlan& type) const {
  const auto at = std::ranges::find(compiled.types, type.name, &TypePlan::name);
  if (at == compiled.types.end()) return Status::InvalidArgument("record type of another schema");
  return compiled.messages[static_cast<std::size_t>(at - compiled.types.begin())];
}

Schema::Schema(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Schema::~Schema() = default;

Result<std::shared_ptr<const Schema>> Schema::Load(const SchemaText& text) {
  if (text.proto.empty() == text.descriptor_set.empty()) {
    return Status::InvalidArgument("a schema is a text or a descriptor set, not both");
  }
  MS_ASSIGN(auto descriptors, text.proto.empty() ? Descriptors::FromSet(text.descriptor_set)
                                                 : Descriptors::FromText(text.proto, text.file_name));
  const bool built_in = text.rules.empty();
  MS_ASSIGN(auto parts, Parts::Make(std::move(descriptors), built_in ? std::string(kBuiltInRules) : text.rules,
                                    std::string(built_in ? kBuiltInRulesName : kRulesName), {}));
  return std::shared_ptr<const Schema>(new Schema(std::move(parts)));
}

Result<std::shared_ptr<const Schema>> Schema::LoadStored(ByteView stored) {
  MS_ASSIGN(StoredSchema schema, DecodeStored(stored));
  MS_ASSIGN(auto descriptors, Descriptors::FromSet(schema.descriptor_set));
  MS_ASSIGN(auto parts, Parts::Make(std::move(descriptors), std::move(schema.rules_text), std::string(kRulesName),
                                    std::move(schema.indexes)));
  return std::shared_ptr<const Schema>(new Schema(std::move(parts)));
}

Result<std::shared_ptr<const Schema>> Schema::Succeed(const Schema& current, const Schema& next) {
  const Parts& was = *current.parts_;
  const Parts& is = *next.parts_;
  MS_TRY(CheckSuccession({*was.descriptors, *was.rules, was.compiled}, {*is.descriptors, *is.rules, is.compiled}));
  MS_ASSIGN(auto parts, Parts::Make(is.descriptors, is.rules_text, is.rules->shown_name(), was.compiled.indexes));
  return std::shared_ptr<const Schema>(new Schema(std::move(parts)));
}

const Bytes& Schema::Stored() const { return parts_->stored; }
const std::vector<ClassPlan>& Schema::classes() const { return parts_->compiled.classes; }
const std::vector<TypePlan>& Schema::types() const { return parts_->compiled.types; }

const TypePlan* Schema::FindType(std::string_view name) const {
  const auto at = std::ranges::find(types(), name, &TypePlan::name);
  return at != types().end() ? &*at : nullptr;
}

std::uint32_t Schema::Classify(const TypePlan& type, const FieldPlan& field, ByteView value) const {
  if (!field.by_rules) return field.class_index;
  return parts_->compiled.class_of_rank[RankOf(*parts_->rules, type, field, value)];
}

bool Schema::RulesGive(std::uint32_t class_index) const {
  const auto& given = parts_->compiled.class_of_rank;
  return std::find(given.begin(), given.end(), class_index) != given.end();
}

std::string Schema::Describe() const { return DescribeSchema(classes(), types()); }

Result<SecretBytes> Schema::FromJson(const TypePlan& type, ByteView json) const {
  MS_ASSIGN(const pb::Descriptor* message, parts_->MessageOf(type));
  return JsonToMessage(*parts_->resolver, *message, json);
}

Result<SecretBytes> Schema::ToJson(const TypePlan& type, ByteView message) const {
  MS_ASSIGN(const pb::Descriptor* descriptor, parts_->MessageOf(type));
  return MessageToJson(*parts_->resolver, *descriptor, message);
}

}  // namespace mseal::schema
