// Compiles a record type's message, and the messages inside it, into what the walker needs.
#pragma once

#include <google/protobuf/descriptor.h>

#include <functional>
#include <vector>

#include "schema/plan.h"

namespace mseal::schema {

struct Wire {
  WireType wire_type;
  NumberForm number_form;
};
Wire WireOf(const google::protobuf::FieldDescriptor& field);

// [0] is `record`, whose slots have no group yet. The options in it were checked before.
std::vector<MessagePlan> MessagePlansOf(const google::protobuf::Descriptor& record);

// The messages that can stand inside `record`, itself first, each once.
std::vector<const google::protobuf::Descriptor*> MessagesInside(const google::protobuf::Descriptor& record);

}  // namespace mseal::schema
