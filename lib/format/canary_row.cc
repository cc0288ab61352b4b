// Parses and lays out the row of planted patients.
#include "format/canary_row.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {
constexpr std::uint8_t kVersion = 1;
}

SecretBytes WriteCanaries(const Canaries& canaries) {
  SecretBytes content;
  content.Reserve(1 + kKeySize + 8 + 4 + canaries.patients.size() * 16);
  SecretWriter out(content);
  out.U8(kVersion).Raw(canaries.seed.Reveal()).U64(canaries.next_number);
  out.U32(LengthAs<std::uint32_t>(canaries.patients.size()));
  for (const auto& patient : canaries.patients) out.Raw(patient);
  return content;
}

Result<Canaries> ParseCanaries(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("canaries");
  Canaries out;
  const ByteView seed = in.Take(kKeySize);
  out.next_number = in.U64();
  const std::uint32_t count = in.U32();
  if (!in.ok() || count > kMostCanaries || in.remaining() != std::size_t{count} * 16)
    return Status::Corrupt("the row of canaries is not well-formed");
  out.seed = KeyBytes::CopyOf(KeyView(seed.data(), kKeySize));
  for (std::uint32_t i = 0; i < count; ++i) out.patients.push_back(in.Fixed<16>());
  return out;
}

Bytes WriteFormerCanary(std::uint64_t erased_ms) {
  Bytes content;
  Writer(content).U8(kVersion).U64(erased_ms);
  return content;
}

Result<std::uint64_t> ParseFormerCanary(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("former canary");
  const std::uint64_t erased_ms = in.U64();
  if (!in.Done()) return Status::Corrupt("a former canary is not well-formed");
  return erased_ms;
}

}  // namespace mseal::format
