// The comparison of two schemas.
#include "schema/succession.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <set>

#include "schema/message_plans.h"
#include "schema/policy.h"

namespace mseal::schema {
namespace {

class Succession {
 public:
  Succession(const SchemaView& current, const SchemaView& next) : current_(current), next_(next) {}

  Status Check() {
    for (const ClassPlan& was : current_.compiled.classes) MS_TRY(CheckClass(was));
    for (std::size_t i = 0; i < current_.compiled.types.size(); ++i) MS_TRY(CheckType(i));
    return CheckRules();
  }

 private:
  Status CheckClass(const ClassPlan& was) const {
    const auto is = std::ranges::find(next_.compiled.classes, was.name, &ClassPlan::name);
    if (is == next_.compiled.classes.end()) return Refuse(WhereNext(), "class `" + was.name + "` is gone");
    if (was.no_index && !is->no_index)
      return Refuse(WhereNext(), "class `" + was.name + "` is no longer marked no_index");
    return Status::Ok();
  }

  Status CheckType(std::size_t place) {
    const TypePlan& was = current_.compiled.types[place];
    const auto is = std::ranges::find(next_.compiled.types, was.name, &TypePlan::name);
    if (is == next_.compiled.types.end()) return Refuse(WhereNext(), "record type `" + was.name + "` is gone");
    const pb::Descriptor* message =
        next_.compiled.messages[static_cast<std::size_t>(is - next_.compiled.types.begin())];
    if (was.keep_history != is->keep_history)
      return Refuse(next_.descriptors.Where(message), was.name + ": `history` changed");
    MS_TRY(CheckMessage(*current_.compiled.messages[place], *message));
    for (const FieldPlan& field : was.fields) {
      const FieldPlan* now = is->FindField(field.number);
      if (const char* why = Changed(field, *now)) {
        return RefuseField(message->FindFieldByNumber(static_cast<int>(field.number)), why);
      }
      MS_TRY(CheckFieldClass(field, *now, message));
    }
    return Status::Ok();
  }

  Status CheckFieldClass(const FieldPlan& was, const FieldPlan& is, const pb::Descriptor* message) const {
    const std::string& class_was = current_.compiled.classes[was.class_index].name;
    if (class_was == next_.compiled.classes[is.class_index].name) return Status::Ok();
    return RefuseField(message->FindFieldByNumber(static_cast<int>(was.number)), "the class changed");
  }

  static bool Widened(const FieldPlan& was, const FieldPlan& is) {
    if (was.purposes.empty()) return false;
    return is.purposes.empty() || !std::ranges::all_of(is.purposes, [&](const auto& one) { return was.IsFor(one); });
  }

  // What stored records rely on; null when nothing of it changed.
  static const char* Changed(const FieldPlan& was, const FieldPlan& is) {
    if (was.is_public != is.is_public) return "`public` changed";
    if (was.by_rules != is.by_rules) return "`class_by` changed";
    if (was.normalizer != is.normalizer) return "the normaliser changed";
    if (was.unique != is.unique) return "`unique` changed";
    if (was.mask != is.mask && was.mask != Mask::kNone && is.mask != Mask::kAll)
      return "the mask changed, and may let through more";
    if (Widened(was, is)) return "`purposes` became wider";
    if (!was.find && is.find) return "`find` came to a field that has records already: they would not be found";
    if (!was.ordered && is.ordered)
      return "`ordered` came to a field that has records already: they would not be listed";
    if (is.size < was.size) return "`size` became smaller";
    return nullptr;
  }

  // Fields stay: under a number that the schema no longer knows, stored values would come back as unknown fields and be
  // sealed under `general` at the next write.
  Status CheckMessage(const pb::Descriptor& was, const pb::Descriptor& is) {
    if (!seen_.emplace(&was, &is).second) return Status::Ok();
    for (int i = 0; i < was.field_count(); ++i) {
      const pb::FieldDescriptor& field = *was.field(i);
      const pb::FieldDescriptor* now = is.FindFieldByNumber(field.number());
      if (now == nullptr) return Missing(field, is);
      if (const char* why = Changed(field, *now)) return RefuseField(now, why);
      if (field.enum_type() != nullptr) MS_TRY(CheckEnum(*field.enum_type(), *now));
      if (field.message_type() != nullptr) MS_TRY(CheckMessage(*field.message_type(), *now->message_type()));
    }
    return Status::Ok();
  }

  Status Missing(const pb::FieldDescriptor& was, const pb::Descriptor& is) const {
    if (const pb::FieldDescriptor* moved = is.FindFieldByName(was.name()))
      return RefuseField(moved, "the number changed");
    return Refuse(next_.descriptors.Where(&is),
                  is.name() + ": field `" + was.name() + "` is gone; keep it, marked deprecated");
  }

  static std::string OneofOf(const pb::FieldDescriptor& field) {
    return field.real_containing_oneof() != nullptr ? field.real_containing_oneof()->name() : "";
  }

  static RuleRole RoleOf(const pb::FieldDescriptor& field) {
    const auto policy = ReadPolicy(field.options());
    return policy.ok() ? policy->role : RuleRole::kNoRole;
  }

  static bool SameType(const pb::FieldDescriptor& was, const pb::FieldDescriptor& is) {
    if (was.type() != is.type() || was.is_map() != is.is_map()) return false;
    if (!was.is_map()) return true;
    const pb::Descriptor &entry = *was.message_type(), &now = *is.message_type();
    return entry.map_key()->type() == now.map_key()->type() && entry.map_value()->type() == now.map_value()->type();
  }

  static const char* Changed(const pb::FieldDescriptor& was, const pb::FieldDescriptor& is) {
    if (was.name() != is.name()) return "the number had another name";
    if (!SameType(was, is)) return "the type changed";
    if (was.is_repeated() != is.is_repeated()) return "`repeated` changed";
    if (OneofOf(was) != OneofOf(is)) return "the field came to or left a oneof";
    if (RoleOf(was) != RoleOf(is)) return "`rule` changed";
    return nullptr;
  }

  Status CheckEnum(const pb::EnumDescriptor& was, const pb::FieldDescriptor& field) const {
    for (int i = 0; i < was.value_count(); ++i) {
      const pb::EnumValueDescriptor* now = field.enum_type()->FindValueByName(was.value(i)->name());
      if (now == nullptr || now->number() != was.value(i)->number()) {
        return RefuseField(&field, "a value of its enumeration is gone or has another number");
      }
    }
    return Status::Ok();
  }

  // A rule that goes, or gives another class, would leave results less protected than their like already stored.
  Status CheckRules() const {
    const auto& listed = next_.rules.listed();
    for (const auto& rule : current_.rules.listed()) {
      if (!std::ranges::binary_search(listed, rule)) {
        return Refuse(next_.rules.shown_name(), "the rule `" + rule.first + " " + rule.second + "` is gone");
      }
    }
    return Status::Ok();
  }

  std::string WhereNext() const {
    const auto& files = next_.descriptors.files();
    return files.empty() ? "schema" : next_.descriptors.Where(files.back());
  }
  static Status Refuse(const std::string& where, const std::string& why) {
    return Status::InvalidArgument(where + ": " + why);
  }
  Status RefuseField(const pb::FieldDescriptor* field, const std::string& why) const {
    return Refuse(next_.descriptors.Where(field), field->name() + ": " + why);
  }

  const SchemaView& current_;
  const SchemaView& next_;
  std::set<std::pair<const pb::Descriptor*, const pb::Descriptor*>> seen_;
};

}  // namespace

Status CheckSuccession(const SchemaView& current, const SchemaView& next) { return Succession(current, next).Check(); }

}  // namespace mseal::schema
