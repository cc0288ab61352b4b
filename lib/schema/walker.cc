// The hot path: cuts messages into pieces and fields into values with a precompiled plan.
#include "schema/walker.h"

#include <bit>
#include <string>

#include "base/utf8.h"
#include "schema/sortable.h"
#include "schema/wire.h"

namespace mseal::schema {
namespace {

constexpr int kMaxDepth = 100;

Status NotWellFormed(std::size_t offset) {
  return Status::InvalidArgument("message is not well-formed at byte " + std::to_string(offset));
}

// Why an occurrence may not stand where it stands; null when it may.
const char* Check(const TypePlan& type, const WireSlot& slot, const Occurrence& found, int depth);

bool WholePackedRun(WireType wire_type, ByteView run) {
  WireReader in(run);
  std::uint64_t value;
  if (wire_type != WireType::kVarint) return run.size() % (wire_type == WireType::kFixed64 ? 8 : 4) == 0;
  while (in.NextVarint(value)) {
  }
  return in.ok();
}

const char* CheckMessage(const TypePlan& type, const MessagePlan& plan, ByteView message, int depth) {
  if (depth > kMaxDepth) return "nesting is too deep";
  WireReader in(message);
  for (Occurrence found; in.Next(found);) {
    const WireSlot* slot = plan.Find(found.number);
    if (slot == nullptr) continue;
    if (const char* why = Check(type, *slot, found, depth)) return why;
  }
  return in.ok() ? nullptr : "nested message is not well-formed";
}

const char* Check(const TypePlan& type, const WireSlot& slot, const Occurrence& found, int depth) {
  if (found.wire_type != slot.wire_type) {
    if (!slot.packable || found.wire_type != WireType::kLength) return "wire type does not fit the field";
    return WholePackedRun(slot.wire_type, found.payload) ? nullptr : "packed run is not well-formed";
  }
  if (slot.text) return IsUtf8(found.payload) ? nullptr : "text is not UTF-8";
  if (slot.nested == kNone) return nullptr;
  return CheckMessage(type, type.messages[slot.nested], found.payload, depth + 1);
}

Status Refused(const TypePlan& type, std::uint32_t number, const char* why, std::size_t offset) {
  const FieldPlan* field = type.FindField(number);
  return Status::InvalidArgument(type.name + "." + (field ? field->name : "") + ": " + why + ", in the field at byte " +
                                 std::to_string(offset));
}

// The value on the wire in its sortable form.
std::uint64_t SortableOfWire(NumberForm form, WireType wire_type, std::uint64_t value) {
  switch (form) {
    case NumberForm::kZigzag:
      return Sortable(static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1)));
    case NumberForm::kSigned:
      if (wire_type == WireType::kFixed32) return Sortable(std::int64_t{static_cast<std::int32_t>(value)});
      return Sortable(static_cast<std::int64_t>(value));
    case NumberForm::kReal:
      if (wire_type == WireType::kFixed64) return Sortable(std::bit_cast<double>(value));
      return Sortable(double{std::bit_cast<float>(static_cast<std::uint32_t>(value))});
    default:
      return Sortable(value);
  }
}

void AppendNumber(const FieldPlan& field, std::uint64_t value, SecretBytes& numbers) {
  AppendSortable(SortableOfWire(field.number_form, field.wire_type, value), numbers);
}

bool AppendRun(const FieldPlan& field, ByteView run, SecretBytes& numbers) {
  WireReader in(run);
  std::uint64_t value;
  const auto next = [&] {
    if (field.wire_type == WireType::kVarint) return in.NextVarint(value);
    return in.NextFixed(field.wire_type == WireType::kFixed64 ? 8 : 4, value);
  };
  while (next()) AppendNumber(field, value, numbers);
  return in.ok();
}

// Views into `numbers` point at its old place after it grew.
void Rebase(std::vector<ByteView>& values, ByteView old_place, const SecretBytes& numbers) {
  const std::uint8_t* now = numbers.Reveal().data();
  if (now == old_place.data() || old_place.empty()) return;
  const std::less_equal<> le;
  for (ByteView& value : values) {
    const bool inside =
        le(old_place.data(), value.data()) && le(value.data() + value.size(), old_place.data() + old_place.size());
    if (inside && !value.empty()) value = {now + (value.data() - old_place.data()), value.size()};
  }
}

Status NumberValues(const FieldPlan& field, ByteView wire, std::vector<ByteView>& values, SecretBytes& numbers) {
  const ByteView old_place = std::as_const(numbers).Reveal();
  WireReader in(wire);
  for (Occurrence found; in.Next(found);) {
    if (found.number != field.number) return NotWellFormed(in.offset());
    if (found.wire_type == field.wire_type) {
      AppendNumber(field, found.number_value, numbers);
    } else if (found.wire_type != WireType::kLength || !AppendRun(field, found.payload, numbers)) {
      return NotWellFormed(in.offset());
    }
  }
  if (!in.ok()) return NotWellFormed(in.offset());
  Rebase(values, old_place, numbers);
  const ByteView added = std::as_const(numbers).Reveal().subspan(old_place.size());
  for (std::size_t at = 0; at < added.size(); at += 8) values.push_back(added.subspan(at, 8));
  return Status::Ok();
}

}  // namespace

Status Split(const TypePlan& type, ByteView message, std::vector<Piece>& pieces) {
  pieces.clear();
  const MessagePlan& plan = type.messages[0];
  WireReader in(message);
  const std::uint8_t* start = in.at();
  for (Occurrence found; in.Next(found); start = in.at()) {
    const WireSlot* slot = plan.Find(found.number);
    const ByteView wire(start, in.at());
    if (slot == nullptr) {
      pieces.push_back({found.number, type.general_group, wire});
      continue;
    }
    if (const char* why = Check(type, *slot, found, 0)) {
      return Refused(type, found.number, why, static_cast<std::size_t>(start - message.data()));
    }
    pieces.push_back({found.number, slot->group, wire});
  }
  return in.ok() ? Status::Ok() : NotWellFormed(in.offset());
}

Status Values(const FieldPlan& field, ByteView wire, std::vector<ByteView>& values, SecretBytes& numbers) {
  if (field.number_form != NumberForm::kNotNumber) return NumberValues(field, wire, values, numbers);
  WireReader in(wire);
  for (Occurrence found; in.Next(found);) {
    if (found.number != field.number || found.wire_type != WireType::kLength) return NotWellFormed(in.offset());
    values.push_back(found.payload);
  }
  return in.ok() ? Status::Ok() : NotWellFormed(in.offset());
}

}  // namespace mseal::schema
