// Parses and lays out a person slot.
#include "format/person_slot.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {

Result<PersonSlot> ParsePersonSlot(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kPersonSlotVersion) return Status::UnsupportedVersion("person slot");
  PersonSlot out;
  out.ephemeral = in.Fixed<32>();
  out.sealed = in.Take(32 + kSealedOverhead);
  if (!in.Done()) return Status::Corrupt("person slot");
  return out;
}

Bytes EncodePersonSlot(const PersonSlot& slot) {
  Bytes bytes;
  Writer(bytes).U8(kPersonSlotVersion).Raw(slot.ephemeral).Raw(slot.sealed);
  return bytes;
}

}  // namespace mseal::format
