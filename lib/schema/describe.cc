// Rendering of plans.
#include "schema/describe.h"

#include <array>

#include "schema/mask.h"

namespace mseal::schema {
namespace {

constexpr std::array kKinds{"text", "bytes", "bool", "enum", "integer", "real", "message"};
constexpr std::array kNormalizers{"AS_IS", "NIR", "NAME", "DATE", "ID"};

std::string Protection(const std::vector<ClassPlan>& classes, const FieldPlan& field) {
  if (field.is_public) return "public";
  if (field.by_rules) return "class by rules";
  return "class " + classes[field.class_index].name;
}

std::string Line(const std::vector<ClassPlan>& classes, const FieldPlan& field) {
  std::string line = "  " + field.name + " = " + std::to_string(field.number) + ": ";
  line += (field.repeated ? "repeated " : "") + std::string(kKinds[static_cast<std::size_t>(field.kind)]);
  line += ", " + Protection(classes, field);
  if (field.ordered) line += ", ordered";
  if (field.find) line += std::string(", find ") + kNormalizers[static_cast<std::size_t>(field.normalizer)];
  if (field.unique) line += ", unique";
  if (field.mask != Mask::kNone) line += ", mask " + std::string(NameOf(field.mask));
  for (const std::string& purpose : field.purposes) line += (&purpose == &field.purposes[0] ? ", for " : " ") + purpose;
  if (field.size != 0) line += ", size " + std::to_string(field.size);
  return line + "\n";
}

}  // namespace

std::string DescribeSchema(const std::vector<ClassPlan>& classes, const std::vector<TypePlan>& types) {
  std::string text;
  for (const ClassPlan& one : classes) {
    text += "class " + one.name + (one.no_index ? " (no index)" : "");
    if (one.retention_days != 0) text += ", kept " + std::to_string(one.retention_days) + " days";
    text += "\n";
  }
  for (const TypePlan& type : types) {
    text += "\ntype " + type.name;
    if (type.retention_days != 0) text += ", kept " + std::to_string(type.retention_days) + " days";
    text += type.keep_history ? "\n" : ", no history\n";
    for (const FieldPlan& field : type.fields) text += Line(classes, field);
  }
  return text;
}

}  // namespace mseal::schema
