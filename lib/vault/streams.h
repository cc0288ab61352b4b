// Large values: sealed in chunks that are rows of their own, read whole or in part in bounded memory. FORMAT.md,
// "Stream".
#pragma once

#include <set>
#include <span>
#include <vector>

#include "format/stream.h"
#include "vault/core.h"

namespace mseal::vault {

// What a stream's chunks are sealed with, beside the reference.
struct StreamKeys {
  keys::PatientHandle patient{};
  const keys::DataKey* data_key = nullptr;
  KeyView tag_key;  // of the patient: row keys
  people::ClassNumber class_number = 0;
  std::uint32_t generation = 0;
};

// Writes a content of unknown length piece by piece. The first batch also names the upload as pending in meta; whoever
// publishes the reference removes that in the same batch.
class StreamWriter {
 public:
  // `known` is what is known of the content ahead; it goes into the salt's hedge.
  StreamWriter(Core& core, const StreamKeys& keys, std::span<const ByteView> known = {});

  Status Append(ByteView piece);
  // Writes what is left and returns the reference; `prefix` goes into it as it is.
  Result<format::StreamReference> Finish(ByteView prefix);
  std::uint64_t length() const { return reference_.length; }
  seal::Suite suite() const { return suite_; }

 private:
  void SealChunk(bool last);
  Status Flush();

  Core& core_;
  keys::PatientHandle patient_;
  KeyBytes tag_key_;
  seal::Suite suite_;
  crypto::MessageKey message_key_;
  format::StreamReference reference_;
  SecretBytes buffer_;  // less than or exactly one chunk
  store::Batch batch_;
  bool named_pending_ = false;
};

// Writes the content of a stream once more, as a stream of its own under other keys, one chunk at a time. Whoever
// publishes the reference that comes back deletes the old chunks when nothing names them any more.
Result<format::StreamReference> ResealStream(Core& core, const StreamKeys& from,
                                             const format::StreamReference& reference, const StreamKeys& to);

// AuthFailed: the stream's chunks are not sealed with these keys under a suite that `identity` accepts.
Status CheckStreamKey(const StoreIdentity& identity, const StreamKeys& keys, const format::StreamReference& reference);

// Puts the removal of the pending mark into the batch that publishes the stream.
void ForgetPendingUpload(const Core& core, store::Batch& batch, const ByteArray<16>& stream);

// Appends `length` bytes of the content from `offset` to `out`; opens only the chunks they lie in.
Status ReadStream(const Core& core, const StreamKeys& keys, const format::StreamReference& reference,
                  std::uint64_t offset, std::uint64_t length, const store::Snapshot* at, SecretBytes& out);

// Whether the stream's content (prefix included) equals the pieces one after the other.
Result<bool> StreamEquals(const Core& core, const StreamKeys& keys, const format::StreamReference& reference,
                          const std::vector<ByteView>& pieces);

// Row keys of the chunks that uploads not published yet have written so far.
Result<std::set<Bytes>> PendingChunks(const Core& core, const store::Snapshot* at);

// Deletes the chunks of every upload that was never published.
Status SweepPendingUploads(Core& core);

}  // namespace mseal::vault
