// What reflection says.
#include "schema/oracle.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "schema/schemas.h"

namespace mseal::schema::test {
namespace {

std::string KeyOf(const pb::Message& entry) {
  auto key = std::unique_ptr<pb::Message>(entry.New());
  key->CopyFrom(entry);
  key->GetReflection()->ClearField(key.get(), key->GetDescriptor()->map_value());
  key->DiscardUnknownFields();
  return Serialized(*key);
}

// A dynamic message keeps every entry that was parsed; of those with one key the last one holds.
void KeepLastEntries(pb::Message& message, const pb::FieldDescriptor& map) {
  const pb::Reflection& reflection = *message.GetReflection();
  std::map<std::string, std::unique_ptr<pb::Message>> last;
  for (int i = 0; i < reflection.FieldSize(message, &map); ++i) {
    const pb::Message& entry = reflection.GetRepeatedMessage(message, &map, i);
    auto copy = std::unique_ptr<pb::Message>(entry.New());
    copy->CopyFrom(entry);
    last[KeyOf(entry)] = std::move(copy);
  }
  reflection.ClearField(&message, &map);
  for (auto& [key, entry] : last) reflection.AddMessage(&message, &map)->CopyFrom(*entry);
}

// In the message and all messages inside it.
void KeepLastEntries(pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> set;
  reflection.ListFields(message, &set);
  for (const pb::FieldDescriptor* field : set) {
    if (field->message_type() == nullptr) continue;
    if (field->is_map()) KeepLastEntries(message, *field);
    for (int i = 0; field->is_repeated() && i < reflection.FieldSize(message, field); ++i) {
      KeepLastEntries(*reflection.MutableRepeatedMessage(&message, field, i));
    }
    if (!field->is_repeated()) KeepLastEntries(*reflection.MutableMessage(&message, field));
  }
}

}  // namespace

std::string Serialized(const pb::Message& message) {
  std::string text;
  pb::io::StringOutputStream stream(&text);
  pb::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&out);
  out.Trim();
  return text;
}

Oracle::Oracle(const std::string& proto) : descriptors_(*Descriptors::FromText(proto, "t.proto")) {
  type_ = descriptors_->pool()->FindMessageTypeByName("All");
}

std::unique_ptr<pb::Message> Oracle::New() { return std::unique_ptr<pb::Message>(factory_.GetPrototype(type_)->New()); }

std::unique_ptr<pb::Message> Oracle::Random(std::uint64_t seed, UnknownFields unknown) {
  std::mt19937_64 random(seed);
  auto message = New();
  FillRandomly(*message, random, unknown);
  return message;
}

std::unique_ptr<pb::Message> Oracle::Parsed(const std::string& wire) {
  auto message = New();
  if (!message->ParseFromString(wire)) return nullptr;
  KeepLastEntries(*message);
  return message;
}

std::map<int, std::string> Oracle::ByField(const pb::Message& message) {
  std::map<int, std::string> by_field;
  std::vector<const pb::FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const pb::FieldDescriptor* keep : set) {
    auto alone = New();
    alone->CopyFrom(message);
    alone->GetReflection()->MutableUnknownFields(alone.get())->Clear();
    for (const pb::FieldDescriptor* field : set) {
      if (field != keep) alone->GetReflection()->ClearField(alone.get(), field);
    }
    by_field[keep->number()] = Serialized(*alone);
  }
  return by_field;
}

Oracle& KindsOracle() {
  static Oracle oracle(KindsProto());
  return oracle;
}

}  // namespace mseal::schema::test
