// Writes and reads a key row's content.
#include "format/key_row.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kKeyRowVersion = 1;

void WriteSlot(const Slot& slot, SecretWriter& out) {
  out.U8(static_cast<std::uint8_t>(slot.state)).U32(slot.class_key_version).U32(slot.generation);
  out.U32(slot.previous_generation).Raw(slot.current).Raw(slot.previous);
}

// Generations count up from 1, so that no two data keys of a slot have the same.
bool Consistent(const Slot& slot) {
  const bool used = slot.state != SlotState::kUnused;
  if (slot.state != SlotState::kBoth) return used == (slot.generation != 0) && slot.previous_generation == 0;
  return slot.previous_generation != 0 && slot.previous_generation < slot.generation;
}

Slot ReadSlot(Reader& in) {
  Slot slot;
  const std::uint8_t state = in.U8();
  slot.state = static_cast<SlotState>(state);
  slot.class_key_version = in.U32();
  slot.generation = in.U32();
  slot.previous_generation = in.U32();
  slot.current = in.Fixed<kWrappedKeySize>();
  slot.previous = in.Fixed<kWrappedKeySize>();
  if (state > 2 || !Consistent(slot)) in.Fail();
  return slot;
}

}  // namespace

SecretBytes WriteKeyRow(const KeyRow& row) {
  SecretBytes content;
  content.Reserve(kKeyRowContentSize);
  SecretWriter out(content);
  out.U8(kKeyRowVersion).Raw(row.patient_key.Reveal()).Raw(row.audit_key.Reveal()).U64(row.slot_counter);
  for (const Slot& slot : row.slots) WriteSlot(slot, out);
  return content;
}

Result<KeyRow> ParseKeyRow(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kKeyRowVersion) return Status::UnsupportedVersion("key row");
  KeyRow row;
  CopyBytes(in.Take(kKeySize), row.patient_key.Fill());
  CopyBytes(in.Take(kKeySize), row.audit_key.Fill());
  row.slot_counter = in.U64();
  for (Slot& slot : row.slots) slot = ReadSlot(in);
  if (!in.Done()) return Status::Corrupt("key row is not well-formed");
  return row;
}

}  // namespace mseal::format
