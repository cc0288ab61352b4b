// The checks and the making of plans. What is refused, and why it is safe to rely on it: compile.h.
#include "schema/compile.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>

#include "base/purposes.h"
#include "schema/message_plans.h"
#include "schema/policy.h"
#include "schema/schema.h"

namespace mseal::schema {
namespace {

using Type = pb::FieldDescriptor;

// A key row has 16 slots, one a class.
constexpr std::size_t kMostClasses = 16;
constexpr std::size_t kLongestName = 255;  // of a record type: headers tell its length in one byte
constexpr std::uint32_t kLargestSize = 64 * 1024;
// Of an entry in a group's content before its value: number, kind, length.
constexpr std::uint32_t kEntryOverhead = 9;
// What a boolean or an enumeration takes when the schema gives it no size: the tag and the largest value fit.
constexpr std::uint32_t kSmallValueSize = 16;

bool IsClassName(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto inside = [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 64 && lower(name[0]) && std::ranges::all_of(name, inside);
}

ValueKind KindOf(const pb::FieldDescriptor& field) {
  switch (field.type()) {
    case Type::TYPE_STRING:
      return ValueKind::kText;
    case Type::TYPE_BYTES:
      return ValueKind::kBytes;
    case Type::TYPE_BOOL:
      return ValueKind::kBool;
    case Type::TYPE_ENUM:
      return ValueKind::kEnum;
    case Type::TYPE_FLOAT:
    case Type::TYPE_DOUBLE:
      return ValueKind::kReal;
    case Type::TYPE_MESSAGE:
      return ValueKind::kMessage;
    default:
      return ValueKind::kInteger;
  }
}

// Why these settings may not stand on a field; null when they may. Classes are looked at elsewhere.
const char* CheckPublic(const FieldPolicy& policy, ValueKind kind) {
  if (policy.ordered && !policy.is_public) return "`ordered` is for public fields only";
  if (!policy.is_public) return nullptr;
  if (!policy.class_name.empty()) return "a public field has no class";
  if (policy.by_rules) return "`class_by` cannot stand on a public field";
  if (policy.find || policy.unique) return "`find` cannot stand on a public field; `ordered` lists it";
  if (policy.mask != Mask::kNone) return "a public field has no mask";
  if (!policy.purposes.empty()) return "a public field is there for every purpose";
  if (policy.ordered && kind == ValueKind::kMessage) return "`ordered` cannot stand on a message or map";
  if (policy.ordered && (kind == ValueKind::kBool || kind == ValueKind::kEnum)) {
    return "`ordered` cannot stand on a boolean or enumeration";
  }
  return nullptr;
}

const char* CheckFind(const FieldPolicy& policy, const pb::FieldDescriptor& field, ValueKind kind) {
  if (policy.unique && !policy.find) return "`unique` needs `find`";
  if (!policy.find) return nullptr;
  if (policy.by_rules) return "`find` cannot stand on a field whose class comes from the data";
  if (kind == ValueKind::kEnum || kind == ValueKind::kBool) {
    return "`find` cannot stand on an enumeration or boolean: so few values would show through the index";
  }
  if (field.is_map()) return "`find` cannot stand on a map";
  if (kind == ValueKind::kMessage) return "`find` cannot stand on a message";
  if (kind == ValueKind::kReal) return "`find` cannot stand on a real number";
  return nullptr;
}

const char* CheckRest(const FieldPolicy& policy, ValueKind kind) {
  if (policy.by_rules && kind != ValueKind::kMessage) return "`class_by` is for message fields only";
  if (policy.by_rules && !policy.class_name.empty()) return "a field has a class or `class_by`, not both";
  if (policy.normalizer != Normalizer::kAsIs && kind != ValueKind::kText) return "a normaliser is for text only";
  if (policy.mask != Mask::kNone && kind != ValueKind::kText) return "a mask is for text only";
  if (!std::ranges::all_of(policy.purposes, IsPurpose))
    return "`purposes` are care, billing, research, admin, emergency, migration, or x- and a name of your own";
  if (policy.role != RuleRole::kNoRole) return "`rule` is for fields inside a message";
  if (policy.size > kLargestSize) return "`size` is at most 65536";
  return nullptr;
}

// Inside a nested message nothing but a role has an effect, and a setting without effect would look like protection.
const char* CheckNested(const FieldPolicy& policy, const pb::FieldDescriptor& field) {
  FieldPolicy role_only;
  role_only.role = policy.role;
  if (policy != role_only)
    return "inside a message only `rule` may stand: the value is sealed with its top-level field";
  if (policy.role != RuleRole::kNoRole && field.type() != Type::TYPE_STRING) return "`rule` is for text only";
  if (policy.role == RuleRole::kSystem && field.is_repeated()) return "a code system cannot be repeated";
  return nullptr;
}

class Compiler {
 public:
  Compiler(const Descriptors& descriptors, const Rules& rules, std::vector<IndexEntry> known)
      : descriptors_(descriptors), rules_(rules) {
    out_.indexes = std::move(known);
  }

  Result<Compiled> Run() {
    out_.classes = {{std::string(kGeneral), false},
                    {std::string(kDirectory), false},
                    {std::string(kSource), true},
                    {std::string(kAudit), true}};
    MS_TRY(AddFile(descriptors_.directory()));
    for (const pb::FileDescriptor* file : descriptors_.files()) MS_TRY(DeclareClasses(file));
    for (const pb::FileDescriptor* file : descriptors_.files()) MS_TRY(AddFile(file));
    for (std::size_t i = 0; i < out_.types.size(); ++i) MS_TRY(CheckInside(*out_.messages[i]));
    MS_TRY(RankClasses());
    return std::move(out_);
  }

 private:
  Status DeclareClasses(const pb::FileDescriptor* file) {
    auto declarations = ReadPolicy(file->options());
    if (!declarations.ok()) return Refuse(descriptors_.Where(file), declarations.status().message());
    for (std::size_t i = 0; i < declarations->size(); ++i) {
      const std::vector<int> path{pb::FileDescriptorProto::kOptionsFieldNumber, kOptionNumber, static_cast<int>(i)};
      MS_TRY(DeclareClass((*declarations)[i], descriptors_.Where(file, path, descriptors_.Where(file))));
    }
    return Status::Ok();
  }

  Status DeclareClass(const ClassDeclaration& declaration, const std::string& where) {
    if (!IsClassName(declaration.name)) return Refuse(where, "a class name is made of a-z, 0-9 and _, 64 at most");
    const std::uint32_t known = FindClass(declaration.name);
    if (known == kNone) {
      out_.classes.push_back({declaration.name, declaration.no_index, declaration.retention_days});
      return out_.classes.size() <= kMostClasses ? Status::Ok() : Refuse(where, "more than 16 classes in all");
    }
    const bool implicit = known < kImplicitClasses;
    ClassPlan& plan = out_.classes[known];
    // Nobody is found by a directory whose entries went, and the log has a time of its own.
    const bool stays = plan.name == kDirectory || plan.name == kAudit;
    if (implicit && plan.retention_days == 0 && !stays) plan.retention_days = declaration.retention_days;
    const bool same = (implicit ? !declaration.no_index || plan.no_index : declaration.no_index == plan.no_index) &&
                      declaration.retention_days == plan.retention_days;
    return same ? Status::Ok() : Refuse(where, "class `" + declaration.name + "` is declared in two ways");
  }

  Status AddFile(const pb::FileDescriptor* file) {
    if (file->syntax() != pb::FileDescriptor::SYNTAX_PROTO3)
      return Refuse(descriptors_.Where(file), "syntax must be proto3");
    for (int i = 0; i < file->message_type_count(); ++i) MS_TRY(AddMessage(file->message_type(i)));
    return Status::Ok();
  }

  Status AddMessage(const pb::Descriptor* message) {
    const auto policy = ReadPolicy(message->options());
    if (!policy.ok()) return Refuse(WhereRecord(message), policy.status().message());
    for (int i = 0; i < message->nested_type_count(); ++i) MS_TRY(AddNested(message->nested_type(i)));
    return *policy ? AddType(message, **policy) : CheckNestedFields(message);
  }

  Status AddNested(const pb::Descriptor* message) {
    const auto policy = ReadPolicy(message->options());
    if (!policy.ok() || *policy)
      return Refuse(descriptors_.Where(message), "a record type cannot be declared inside another message");
    for (int i = 0; i < message->nested_type_count(); ++i) MS_TRY(AddNested(message->nested_type(i)));
    return CheckNestedFields(message);
  }

  Status CheckNestedFields(const pb::Descriptor* message) {
    for (int i = 0; i < message->field_count(); ++i) {
      const pb::FieldDescriptor* field = message->field(i);
      const auto policy = ReadPolicy(field->options());
      if (!policy.ok()) return RefuseField(field, policy.status().message());
      if (const char* why = CheckNested(*policy, *field)) return RefuseField(field, why);
    }
    return Status::Ok();
  }

  Status AddType(const pb::Descriptor* message, const RecordPolicy& policy) {
    if (message->name().size() > kLongestName) {
      return Refuse(descriptors_.Where(message), "the name of a record type has more than 255 bytes");
    }
    if (std::ranges::count(out_.types, message->name(), &TypePlan::name) != 0) {
      return Refuse(descriptors_.Where(message), "two record types are named `" + message->name() + "`");
    }
    TypePlan type;
    type.name = message->name();
    type.retention_days = policy.retention_days;
    type.keep_history = policy.keep_history;
    for (int i = 0; i < message->field_count(); ++i) MS_TRY(AddField(message->field(i), type));
    std::ranges::sort(type.fields, {}, &FieldPlan::number);
    MakeGroups(type);
    MakeMessagePlans(*message, type);
    NumberIndexes(type);
    out_.types.push_back(std::move(type));
    out_.messages.push_back(message);
    return Status::Ok();
  }

  Status AddField(const pb::FieldDescriptor* field, TypePlan& type) {
    const auto policy = ReadPolicy(field->options());
    if (!policy.ok()) return RefuseField(field, policy.status().message());
    const ValueKind kind = KindOf(*field);
    for (const char* why : {CheckPublic(*policy, kind), CheckFind(*policy, *field, kind), CheckRest(*policy, kind)}) {
      if (why != nullptr) return RefuseField(field, why);
    }
    MS_ASSIGN(const std::uint32_t class_index, ClassOf(*policy, field));
    type.fields.push_back(PlanOf(*field, *policy, kind, class_index));
    return Status::Ok();
  }

  Result<std::uint32_t> ClassOf(const FieldPolicy& policy, const pb::FieldDescriptor* field) {
    if (policy.class_name.empty()) return std::uint32_t{0};
    const std::uint32_t index = FindClass(policy.class_name);
    if (index == kNone) return RefuseField(field, "class `" + policy.class_name + "` is not declared");
    if (policy.class_name == kAudit) return RefuseField(field, "class `audit` is for the audit log only");
    if (policy.find && out_.classes[index].no_index) {
      return RefuseField(
          field, "`find` cannot stand on a field of class `" + policy.class_name + "`, which is marked no_index");
    }
    return index;
  }

  static FieldPlan PlanOf(const pb::FieldDescriptor& field, const FieldPolicy& policy, ValueKind kind,
                          std::uint32_t class_index) {
    FieldPlan plan;
    plan.number = static_cast<std::uint32_t>(field.number());
    plan.name = field.name();
    plan.kind = kind;
    plan.repeated = field.is_repeated();
    plan.is_public = policy.is_public;
    plan.ordered = policy.ordered;
    plan.by_rules = policy.by_rules;
    plan.find = policy.find;
    plan.unique = policy.unique;
    plan.normalizer = policy.normalizer;
    plan.mask = policy.mask;
    plan.purposes = policy.purposes;
    plan.size = policy.size;
    plan.class_index = class_index;
    plan.wire_type = WireOf(field).wire_type;
    plan.number_form = WireOf(field).number_form;
    return plan;
  }

  static std::uint32_t LeastSize(const FieldPlan& field) {
    const bool small = field.kind == ValueKind::kBool || field.kind == ValueKind::kEnum;
    const std::uint32_t size = field.size == 0 && small ? kSmallValueSize : field.size;
    return size == 0 ? 0 : kEntryOverhead + size;
  }

  // Of general first, then of the other classes, then one for each field whose class comes from the data.
  static void MakeGroups(TypePlan& type) {
    type.groups.emplace_back();
    for (std::uint32_t class_index = 1; class_index < kMostClasses; ++class_index) {
      const auto of_class = [&](const FieldPlan& field) {
        return !field.is_public && field.class_index == class_index;
      };
      if (std::ranges::any_of(type.fields, of_class)) type.groups.emplace_back().class_index = class_index;
    }
    for (std::uint32_t i = 0; i < type.fields.size(); ++i) {
      FieldPlan& field = type.fields[i];
      if (field.is_public) continue;
      if (field.by_rules) type.groups.emplace_back().by_rules = true;
      const auto fits = [&](const GroupPlan& group) {
        return !group.by_rules && group.class_index == field.class_index;
      };
      const auto group = field.by_rules ? std::prev(type.groups.end()) : std::ranges::find_if(type.groups, fits);
      field.group = static_cast<std::uint32_t>(group - type.groups.begin());
      group->fields.push_back(i);
      group->least_size += LeastSize(field);
    }
  }

  static void MakeMessagePlans(const pb::Descriptor& message, TypePlan& type) {
    type.messages = MessagePlansOf(message);
    const auto give_group = [&](WireSlot& slot) {
      if (const FieldPlan* field = type.FindField(slot.number)) slot.group = field->group;
    };
    std::ranges::for_each(type.messages[0].dense, give_group);
    std::ranges::for_each(type.messages[0].sparse, give_group);
  }

  void NumberIndexes(TypePlan& type) {
    for (FieldPlan& field : type.fields) {
      if (!field.find && !field.ordered) continue;
      field.index_id = IndexId(type.name, field.number);
    }
  }

  std::uint32_t IndexId(const std::string& type, std::uint32_t number) {
    for (const IndexEntry& entry : out_.indexes) {
      if (entry.type == type && entry.number == number) return entry.id;
    }
    const std::uint32_t id = out_.indexes.empty() ? 1 : out_.indexes.back().id + 1;
    out_.indexes.push_back({type, number, id});
    return id;
  }

  // Record types are whole by themselves: inside another one their own settings would be without effect.
  Status CheckInside(const pb::Descriptor& record) {
    for (const pb::Descriptor* message : MessagesInside(record)) {
      for (int i = 0; i < message->field_count(); ++i) {
        const pb::FieldDescriptor* field = message->field(i);
        if (field->is_required()) return RefuseField(field, "required fields are not supported");
        if (field->message_type() != nullptr && std::ranges::count(out_.messages, field->message_type()) != 0) {
          return RefuseField(field, "a record type cannot stand inside another message");
        }
      }
    }
    return Status::Ok();
  }

  // A rule whose class is missing would leave what it protects under `general`.
  Status RankClasses() {
    const bool used = std::ranges::any_of(
        out_.types, [](const TypePlan& type) { return std::ranges::any_of(type.fields, &FieldPlan::by_rules); });
    for (const std::string& name : rules_.order()) {
      const std::uint32_t index = FindClass(name);
      if (index == kNone && used) {
        return Refuse(rules_.order_place(), "class `" + name + "` is not declared, and a field is `class_by: RULES`");
      }
      out_.class_of_rank.push_back(index == kNone ? 0 : index);
    }
    out_.class_of_rank.push_back(0);
    return Status::Ok();
  }

  std::uint32_t FindClass(std::string_view name) const {
    const auto at = std::ranges::find(out_.classes, name, &ClassPlan::name);
    return at != out_.classes.end() ? static_cast<std::uint32_t>(at - out_.classes.begin()) : kNone;
  }

  std::string WhereRecord(const pb::Descriptor* message) const {
    if (message->containing_type() != nullptr) return descriptors_.Where(message);
    return descriptors_.Where(message->file(),
                              {pb::FileDescriptorProto::kMessageTypeFieldNumber, message->index(),
                               pb::DescriptorProto::kOptionsFieldNumber, static_cast<int>(kOptionNumber)},
                              descriptors_.Where(message));
  }

  static Status Refuse(const std::string& where, const std::string& why) {
    return Status::InvalidArgument(where + ": " + why);
  }
  Status RefuseField(const pb::FieldDescriptor* field, const std::string& why) const {
    return Refuse(descriptors_.Where(field), field->name() + ": " + why);
  }

  static constexpr std::uint32_t kImplicitClasses = 4;

  const Descriptors& descriptors_;
  const Rules& rules_;
  Compiled out_;
};

}  // namespace

Result<Compiled> Compile(const Descriptors& descriptors, const Rules& rules, std::vector<IndexEntry> known) {
  return Compiler(descriptors, rules, std::move(known)).Run();
}

}  // namespace mseal::schema
