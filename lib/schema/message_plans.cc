// Making of message plans.
#include "schema/message_plans.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>

#include "schema/policy.h"

namespace mseal::schema {
namespace {

namespace pb = google::protobuf;
using Type = pb::FieldDescriptor;

// Numbers below this are looked up by place.
constexpr std::uint32_t kDenseNumbers = 128;

RuleRole RoleOf(const pb::FieldDescriptor& field) {
  const auto policy = ReadPolicy(field.options());
  return policy.ok() ? policy->role : RuleRole::kNoRole;
}

std::uint32_t IndexOf(const std::vector<const pb::Descriptor*>& messages, const pb::Descriptor* message) {
  return static_cast<std::uint32_t>(std::ranges::find(messages, message) - messages.begin());
}

WireSlot SlotOf(const pb::FieldDescriptor& field, const std::vector<const pb::Descriptor*>& messages) {
  WireSlot slot;
  slot.number = static_cast<std::uint32_t>(field.number());
  slot.wire_type = WireOf(field).wire_type;
  slot.packable = field.is_packable();
  slot.text = field.type() == Type::TYPE_STRING;
  slot.role = RoleOf(field);
  if (field.message_type() != nullptr) slot.nested = IndexOf(messages, field.message_type());
  return slot;
}

MessagePlan PlanOf(const pb::Descriptor& message, const std::vector<const pb::Descriptor*>& messages) {
  MessagePlan plan;
  for (int i = 0; i < message.field_count(); ++i) {
    const WireSlot slot = SlotOf(*message.field(i), messages);
    if (slot.number >= kDenseNumbers) {
      plan.sparse.push_back(slot);
      continue;
    }
    if (plan.dense.size() <= slot.number) plan.dense.resize(slot.number + 1);
    plan.dense[slot.number] = slot;
  }
  std::ranges::sort(plan.sparse, {}, &WireSlot::number);
  return plan;
}

}  // namespace

Wire WireOf(const pb::FieldDescriptor& field) {
  switch (field.type()) {
    case Type::TYPE_INT32:
    case Type::TYPE_INT64:
    case Type::TYPE_ENUM:
      return {WireType::kVarint, NumberForm::kSigned};
    case Type::TYPE_UINT32:
    case Type::TYPE_UINT64:
    case Type::TYPE_BOOL:
      return {WireType::kVarint, NumberForm::kUnsigned};
    case Type::TYPE_SINT32:
    case Type::TYPE_SINT64:
      return {WireType::kVarint, NumberForm::kZigzag};
    case Type::TYPE_FIXED32:
      return {WireType::kFixed32, NumberForm::kUnsigned};
    case Type::TYPE_FIXED64:
      return {WireType::kFixed64, NumberForm::kUnsigned};
    case Type::TYPE_SFIXED32:
      return {WireType::kFixed32, NumberForm::kSigned};
    case Type::TYPE_SFIXED64:
      return {WireType::kFixed64, NumberForm::kSigned};
    case Type::TYPE_FLOAT:
      return {WireType::kFixed32, NumberForm::kReal};
    case Type::TYPE_DOUBLE:
      return {WireType::kFixed64, NumberForm::kReal};
    default:
      return {WireType::kLength, NumberForm::kNotNumber};
  }
}

std::vector<const pb::Descriptor*> MessagesInside(const pb::Descriptor& record) {
  std::vector<const pb::Descriptor*> messages{&record};
  for (std::size_t at = 0; at < messages.size(); ++at) {
    for (int i = 0; i < messages[at]->field_count(); ++i) {
      const pb::Descriptor* inside = messages[at]->field(i)->message_type();
      if (inside != nullptr && std::ranges::count(messages, inside) == 0) messages.push_back(inside);
    }
  }
  return messages;
}

std::vector<MessagePlan> MessagePlansOf(const pb::Descriptor& record) {
  const std::vector<const pb::Descriptor*> messages = MessagesInside(record);
  std::vector<MessagePlan> plans;
  for (const pb::Descriptor* message : messages) plans.push_back(PlanOf(*message, messages));
  return plans;
}

}  // namespace mseal::schema
