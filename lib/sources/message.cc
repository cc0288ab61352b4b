// Protobuf's wire format, as far as length-delimited fields need it.
#include "sources/message.h"

namespace mseal::sources {
namespace {

constexpr std::uint64_t kLengthDelimited = 2;

void AppendVarint(SecretBytes& out, std::uint64_t value) {
  ByteArray<10> varint;
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) varint[size++] = static_cast<std::uint8_t>(value | 0x80);
  varint[size++] = static_cast<std::uint8_t>(value);
  out.Append({varint.data(), size});
}

void AppendField(SecretBytes& out, std::uint32_t number, ByteView payload) {
  AppendVarint(out, std::uint64_t{number} << 3 | kLengthDelimited);
  AppendVarint(out, payload.size());
  out.Append(payload);
}

}  // namespace

void AppendJoined(SecretBytes& out, std::string_view separator, std::string_view text) {
  if (text.empty()) return;
  if (!out.empty()) Append(out, separator);
  Append(out, text);
}

Wire& Wire::Text(std::uint32_t number, std::string_view text) {
  if (!text.empty()) AppendField(bytes_, number, AsBytes(text));
  return *this;
}

Wire& Wire::Nested(std::uint32_t number, const Wire& message) {
  if (!message.empty()) AppendField(bytes_, number, message.Reveal());
  return *this;
}

const schema::FieldPlan* Message::Writable(std::string_view field, schema::ValueKind kind) {
  const schema::FieldPlan* plan = type_.FindField(field);
  if (plan == nullptr || plan->kind != kind) return nullptr;
  const auto index = static_cast<std::size_t>(plan - type_.fields.data());
  if (!plan->repeated && written_[index]) return nullptr;
  written_[index] = true;
  return plan;
}

Message& Message::Text(std::string_view field, std::string_view text) {
  if (text.empty()) return *this;
  const schema::FieldPlan* plan = Writable(field, schema::ValueKind::kText);
  if (plan != nullptr) AppendField(bytes_, plan->number, AsBytes(text));
  return *this;
}

Message& Message::Nested(std::string_view field, const Wire& message) {
  if (message.empty()) return *this;
  const schema::FieldPlan* plan = Writable(field, schema::ValueKind::kMessage);
  if (plan != nullptr) AppendField(bytes_, plan->number, message.Reveal());
  return *this;
}

Message& Message::Source(std::string_view original) {
  const schema::FieldPlan* plan = Writable("source", schema::ValueKind::kBytes);
  if (plan != nullptr) AppendField(bytes_, plan->number, AsBytes(original));
  return *this;
}

}  // namespace mseal::sources
