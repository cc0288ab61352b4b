// Writes and reads stream references, and numbers chunks.
#include "format/stream.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kStreamVersion = 1;
constexpr std::size_t kLongestPrefix = 20;  // two varints

}  // namespace

std::uint64_t ChunksOf(std::uint64_t length) {
  return std::max<std::uint64_t>(1, length / kChunkSize + (length % kChunkSize != 0));
}

SecretBytes WriteStreamReference(const StreamReference& reference) {
  SecretBytes out;
  SecretWriter(out)
      .U8(kStreamVersion)
      .Raw(reference.id)
      .U64(reference.length)
      .U32(reference.chunks)
      .Raw(reference.salt)
      .Raw(reference.commitment)
      .Prefixed8(reference.prefix);
  return out;
}

Result<StreamReference> ParseStreamReference(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kStreamVersion) return Status::UnsupportedVersion("stream reference");
  StreamReference reference;
  reference.id = in.Fixed<16>();
  reference.length = in.U64();
  reference.chunks = in.U32();
  reference.salt = in.Fixed<24>();
  reference.commitment = in.Fixed<32>();
  const ByteView prefix = in.Prefixed8();
  reference.prefix.assign(prefix.begin(), prefix.end());
  if (!in.Done() || prefix.size() > kLongestPrefix || reference.chunks != ChunksOf(reference.length))
    return Status::Corrupt("stream reference is not well-formed");
  return reference;
}

ByteArray<12> ChunkNonce(std::uint64_t number, bool last) {
  ByteArray<12> nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  nonce[11] = last ? 1 : 0;
  return nonce;
}

}  // namespace mseal::format
