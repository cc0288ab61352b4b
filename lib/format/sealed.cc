// Parses and lays out a sealed value.
#include "format/sealed.h"

#include "base/reader.h"

namespace mseal::format {

Result<Sealed> ParseSealed(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kSealedVersion) return Status::UnsupportedVersion("sealed value");
  Sealed sealed;
  sealed.suite = in.U8();
  sealed.salt = in.Fixed<24>();
  sealed.commitment = in.Fixed<32>();
  sealed.message = in.Rest();
  if (!in.ok() || sealed.message.size() < kSealedOverhead - kSealedHead)
    return Status::Corrupt("sealed value is cut short");
  return sealed;
}

void WriteSealedHead(std::uint8_t suite, const ByteArray<24>& salt, const ByteArray<32>& commitment, MutableBytes out) {
  out[0] = kSealedVersion;
  out[1] = suite;
  CopyBytes(salt, out.subspan(2));
  CopyBytes(commitment, out.subspan(2 + salt.size()));
}

}  // namespace mseal::format
