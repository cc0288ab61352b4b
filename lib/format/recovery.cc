// Parses and lays out what is sealed to the custodians.
#include "format/recovery.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {

Result<Recovery> ParseRecovery(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kRecoveryVersion) return Status::UnsupportedVersion("recovery");
  Recovery out;
  out.ephemeral = in.Fixed<32>();
  out.sealed = in.Take(kCredentialContentSize + kSealedOverhead);
  if (!in.Done()) return Status::Corrupt("recovery");
  return out;
}

Bytes EncodeRecovery(const Recovery& recovery) {
  Bytes bytes;
  Writer(bytes).U8(kRecoveryVersion).Raw(recovery.ephemeral).Raw(recovery.sealed);
  return bytes;
}

}  // namespace mseal::format
