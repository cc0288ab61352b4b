// What stands in a group in the place of a large value: where its chunks are and what they are sealed with.
// Layout: FORMAT.md, "Stream".
#pragma once

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

inline constexpr std::size_t kChunkSize = 64 * 1024;    // plaintext bytes in every chunk but the last
inline constexpr std::size_t kStreamAbove = 64 * 1024;  // longer values become streams

struct StreamReference {
  ByteArray<16> id{};
  std::uint64_t length = 0;  // plaintext bytes in all chunks
  std::uint32_t chunks = 0;
  ByteArray<24> salt{};
  ByteArray<32> commitment{};
  Bytes prefix;  // wire bytes that come before the content: a tag and a length
};

// The number of chunks a content of `length` bytes takes; at least 1.
std::uint64_t ChunksOf(std::uint64_t length);

SecretBytes WriteStreamReference(const StreamReference& reference);
Result<StreamReference> ParseStreamReference(ByteView content);  // UnsupportedVersion, Corrupt

// The AEAD nonce of a chunk: its number and whether it is the last one.
ByteArray<12> ChunkNonce(std::uint64_t number, bool last);

}  // namespace mseal::format
