// Seals, opens and sweeps chunks.
#include "vault/streams.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "format/row.h"

namespace mseal::vault {
namespace {

using format::ContextItem;
using store::Table;

constexpr std::size_t kChunksPerBatch = 16;

seal::Digest StreamContext(const StoreIdentity& identity, const keys::PatientHandle& patient,
                           const ByteArray<16>& stream) {
  format::Context context(format::ContextKind::kStream);
  context.Add(ContextItem::kStore, identity.store)
      .Add(ContextItem::kPatient, patient)
      .Add(ContextItem::kStream, stream);
  return seal::DigestOf(context);
}

void DeriveStreamKey(const StoreIdentity& identity, seal::Suite suite, const StreamKeys& keys,
                     const format::StreamReference& reference, crypto::MessageKey& out) {
  const auto label = format::EncodeLabel(
      {format::Purpose::kStreamChunk, static_cast<std::uint8_t>(suite), keys.class_number, keys.generation, 0});
  crypto::Derive(keys.data_key->Reveal(), reference.salt, StreamContext(identity, keys.patient, reference.id), label,
                 out);
}

Status Refused() { return Status::AuthFailed("stream does not authenticate"); }

// What the chunks of a stream open with.
struct ChunkKey {
  seal::Suite suite = seal::Suite::kChaCha20Poly1305;
  crypto::MessageKey key;
};

// The commitment binds the suite: it fits one of those accepted at most.
Status FindChunkKey(const StoreIdentity& identity, const StreamKeys& keys, const format::StreamReference& reference,
                    ChunkKey& out) {
  for (const seal::Suite suite : identity.suite.now()) {
    DeriveStreamKey(identity, suite, keys, reference, out.key);
    out.suite = suite;
    if (crypto::SameSecret(out.key.commitment, reference.commitment)) return crypto::CheckSuite(suite);
  }
  return Refused();
}

// Opens one chunk into `out`, which has its exact size.
Status OpenChunk(const Core& core, const StreamKeys& keys, const format::StreamReference& reference,
                 const ChunkKey& key, std::uint64_t number, const store::Snapshot* at, MutableBytes out) {
  Bytes bytes;
  const Status got =
      core.rows->Get(Table::kRecords, ChunkRowKey(keys.patient, keys.tag_key, reference.id, number), bytes, at);
  if (got.code() == StatusCode::kNotFound) return Refused();
  MS_TRY(got);
  MS_ASSIGN(const ByteView message, format::ParseChunk(bytes));
  if (message.size() != out.size() + crypto::kTagSize) return Refused();
  const auto nonce = format::ChunkNonce(number, number + 1 == reference.chunks);
  return crypto::AeadOpen(key.suite, key.key.Reveal(), nonce, message, out) ? Status::Ok() : Refused();
}

std::size_t SizeOfChunk(const format::StreamReference& reference, std::uint64_t number) {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(format::kChunkSize, reference.length - number * format::kChunkSize));
}

}  // namespace

StreamWriter::StreamWriter(Core& core, const StreamKeys& keys, std::span<const ByteView> known)
    : core_(core),
      patient_(keys.patient),
      tag_key_(KeyBytes::CopyOf(keys.tag_key)),
      suite_(core.identity.suite.now().newest()) {
  crypto::SystemRandom(reference_.id);
  crypto::SaltHedge hedge;
  hedge.AddKey(keys.data_key->Reveal()).AddContext(StreamContext(core.identity, patient_, reference_.id));
  for (const ByteView piece : known) hedge.AddPlaintext(piece);
  reference_.salt = hedge.Finish();
  DeriveStreamKey(core.identity, suite_, keys, reference_, message_key_);
  reference_.commitment = message_key_.commitment;
}

Status StreamWriter::Append(ByteView piece) {
  reference_.length += piece.size();
  while (!piece.empty()) {
    // A full chunk waits for one byte more: only then is it known not to be the last.
    if (buffer_.size() == format::kChunkSize) SealChunk(false);
    const std::size_t taken = std::min(piece.size(), format::kChunkSize - buffer_.size());
    buffer_.Append(piece.first(taken));
    piece = piece.subspan(taken);
    if (reference_.chunks % kChunksPerBatch == 0 && !batch_.empty()) MS_TRY(Flush());
  }
  return Status::Ok();
}

void StreamWriter::SealChunk(bool last) {
  Bytes row;
  format::BeginChunk(row);
  const std::size_t head = row.size();
  row.resize(head + buffer_.size() + crypto::kTagSize);
  crypto::AeadSeal(suite_, message_key_.Reveal(), format::ChunkNonce(reference_.chunks, last), buffer_.Reveal(),
                   MutableBytes(row).subspan(head));
  batch_.Put(Table::kRecords, ChunkRowKey(patient_, tag_key_.Reveal(), reference_.id, reference_.chunks), row);
  ++reference_.chunks;
  buffer_.Clear();
}

Status StreamWriter::Flush() {
  if (!named_pending_) {
    SecretBytes content;
    SecretWriter(content).Raw(patient_).Raw(tag_key_.Reveal());
    core_.meta->Put(batch_, keys::MetaKind::kPendingUpload, reference_.id, content.Reveal());
    named_pending_ = true;
  }
  MS_TRY(core_.Commit(batch_));
  batch_.Clear();
  return Status::Ok();
}

Result<format::StreamReference> StreamWriter::Finish(ByteView prefix) {
  SealChunk(true);
  MS_TRY(Flush());
  reference_.prefix.assign(prefix.begin(), prefix.end());
  return reference_;
}

void ForgetPendingUpload(const Core& core, store::Batch& batch, const ByteArray<16>& stream) {
  core.meta->Delete(batch, keys::MetaKind::kPendingUpload, stream);
}

Status CheckStreamKey(const StoreIdentity& identity, const StreamKeys& keys, const format::StreamReference& reference) {
  ChunkKey key;
  return FindChunkKey(identity, keys, reference, key);
}

Status ReadStream(const Core& core, const StreamKeys& keys, const format::StreamReference& reference,
                  std::uint64_t offset, std::uint64_t length, const store::Snapshot* at, SecretBytes& out) {
  if (offset >= reference.length) return Status::Ok();
  length = std::min(length, reference.length - offset);
  ChunkKey key;
  MS_TRY(FindChunkKey(core.identity, keys, reference, key));
  SecretBytes chunk;
  while (length > 0) {
    const std::uint64_t number = offset / format::kChunkSize;
    const auto skip = static_cast<std::size_t>(offset % format::kChunkSize);
    chunk.Clear();
    chunk.Resize(SizeOfChunk(reference, number));
    MS_TRY(OpenChunk(core, keys, reference, key, number, at, chunk.Reveal()));
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(length, chunk.size() - skip));
    out.Append(chunk.Reveal().subspan(skip, taken));
    offset += taken;
    length -= taken;
  }
  return Status::Ok();
}

Result<format::StreamReference> ResealStream(Core& core, const StreamKeys& from,
                                             const format::StreamReference& reference, const StreamKeys& to) {
  const ByteView known[] = {reference.commitment};
  StreamWriter writer(core, to, known);
  SecretBytes chunk;
  for (std::uint64_t offset = 0; offset < reference.length; offset += format::kChunkSize) {
    chunk.Clear();
    MS_TRY(ReadStream(core, from, reference, offset, format::kChunkSize, nullptr, chunk));
    MS_TRY(writer.Append(chunk.Reveal()));
  }
  return writer.Finish(reference.prefix);
}

Result<bool> StreamEquals(const Core& core, const StreamKeys& keys, const format::StreamReference& reference,
                          const std::vector<ByteView>& pieces) {
  SecretBytes wanted;
  for (const ByteView piece : pieces) wanted.Append(piece);
  if (wanted.size() != reference.prefix.size() + reference.length) return false;
  SecretBytes stored = SecretBytes::CopyOf(reference.prefix);
  stored.Reserve(wanted.size());
  MS_TRY(ReadStream(core, keys, reference, 0, reference.length, nullptr, stored));
  return SameBytes(stored.Reveal(), wanted.Reveal());
}

namespace {

struct PendingUpload {
  ByteArray<16> stream;
  keys::PatientHandle patient;
  KeyBytes tag_key;
};

Result<std::vector<PendingUpload>> PendingUploads(const Core& core, const store::Snapshot* at) {
  std::vector<PendingUpload> pending;
  MS_TRY(core.meta->ForEach(
      keys::MetaKind::kPendingUpload,
      [&](ByteView id, const SecretBytes& content) {
        Reader name(id);
        Reader in(content.Reveal());
        PendingUpload upload{name.Fixed<16>(), in.Fixed<16>(), {}};
        CopyBytes(in.Take(kKeySize), upload.tag_key.Fill());
        if (!name.Done() || !in.Done()) return Status::Corrupt("pending upload is not well-formed");
        pending.push_back(std::move(upload));
        return Status::Ok();
      },
      at));
  return pending;
}

// Chunks were written in order, so the first that is missing ends them.
Status CollectChunks(const Core& core, const PendingUpload& upload, const store::Snapshot* at, std::set<Bytes>& keys) {
  Bytes value;
  for (std::uint64_t number = 0;; ++number) {
    Bytes key = ChunkRowKey(upload.patient, upload.tag_key.Reveal(), upload.stream, number);
    const Status got = core.rows->Get(Table::kRecords, key, value, at);
    if (got.code() == StatusCode::kNotFound) return Status::Ok();
    MS_TRY(got);
    keys.insert(std::move(key));
  }
}

}  // namespace

Result<std::set<Bytes>> PendingChunks(const Core& core, const store::Snapshot* at) {
  std::set<Bytes> keys;
  MS_ASSIGN(const auto pending, PendingUploads(core, at));
  for (const PendingUpload& upload : pending) MS_TRY(CollectChunks(core, upload, at, keys));
  return keys;
}

Status SweepPendingUploads(Core& core) {
  MS_ASSIGN(const auto pending, PendingUploads(core, nullptr));
  for (const PendingUpload& upload : pending) {
    std::set<Bytes> keys;
    MS_TRY(CollectChunks(core, upload, nullptr, keys));
    store::Batch batch;
    for (const Bytes& key : keys) batch.Delete(Table::kRecords, key);
    ForgetPendingUpload(core, batch, upload.stream);
    MS_TRY(core.Commit(batch));
  }
  return Status::Ok();
}

}  // namespace mseal::vault
