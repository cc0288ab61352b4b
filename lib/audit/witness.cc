// Signs and verifies as cosignature/v1 says.
#include "audit/witness.h"

#include <algorithm>

#include "audit/checkpoint_file.h"
#include "audit/note.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/base64.h"
#include "crypto/sha256.h"

namespace mseal::audit {
namespace {

constexpr std::uint8_t kCosignature = 4;
constexpr std::string_view kDash = "\xe2\x80\x94 ";

Bytes Typed(const crypto::VerifyKey& key) {
  Bytes typed;
  Writer(typed).U8(kCosignature).Raw(key);
  return typed;
}

ByteArray<4> IdOf(std::string_view name, const crypto::VerifyKey& key) {
  const std::string line = std::string(name) + "\n";
  const auto hash = crypto::Sha256({AsBytes(line), Typed(key)});
  ByteArray<4> id;
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

std::string MessageOf(std::uint64_t time_s, std::string_view text) {
  return "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + std::string(text);
}

struct Witness {
  std::string name;
  crypto::VerifyKey key{};
};

Result<Witness> ParseWitnessKey(std::string_view text) {
  const Status corrupt = Status::Corrupt("this is no verifier key of a witness");
  const std::size_t first = text.find('+');
  const std::size_t second = first == text.npos ? first : text.find('+', first + 1);
  if (second == text.npos) return corrupt;
  const auto typed = crypto::FromBase64(text.substr(second + 1));
  Witness witness{std::string(text.substr(0, first)), {}};
  if (!typed || typed->size() != 1 + witness.key.size() || typed->front() != kCosignature) return corrupt;
  std::copy(typed->begin() + 1, typed->end(), witness.key.begin());
  const auto written = WriteWitnessKey(witness.name, witness.key);
  if (!written.ok() || *written != text) return corrupt;
  return witness;
}

// The time of a signature, where the witness made it.
Result<std::uint64_t> TimeOf(const NoteSignature& signature, std::string_view text, const Witness& witness) {
  Reader in(signature.signature);
  const std::uint64_t time_s = in.U64();
  const auto bytes = in.Fixed<64>();
  if (in.Done() && crypto::Verify(witness.key, AsBytes(MessageOf(time_s, text)), bytes)) return time_s;
  return Status::AuthFailed("the witness's signature does not fit the checkpoint");
}

Result<std::uint64_t> CosignedBy(std::string_view note, const Witness& witness) {
  MS_ASSIGN(const UnprovenNote parsed, ParseNote(note));
  for (const NoteSignature& signature : parsed.signatures) {
    if (signature.name == witness.name && signature.id == IdOf(witness.name, witness.key))
      return TimeOf(signature, parsed.text, witness);
  }
  return Status::AuthFailed("the witness did not sign the checkpoint");
}

// Which checkpoint is to be signed, once it goes on from the last.
Result<std::string_view> NextOf(const CosignRequest& request, const Witness& witness) {
  if (request.last.empty()) return request.checkpoint;
  if (request.proof == nullptr)
    return Status::InvalidArgument("a proof is needed that the log goes on from the last one");
  MS_TRY(CosignedBy(request.last, witness).status());
  MS_TRY(CheckGrowth(*request.proof, request.last, request.log_key));
  return std::string_view(request.proof->checkpoint);
}

}  // namespace

Result<std::string> WriteWitnessKey(std::string_view name, const crypto::VerifyKey& key) {
  if (!IsNoteName(name))
    return Status::InvalidArgument("a witness's name has no blank, plus sign or control character");
  return std::string(name) + "+" + HexText(IdOf(name, key)) + "+" + crypto::ToBase64(Typed(key));
}

Result<std::string> Cosign(const CosignRequest& request, const crypto::SigningSeed& seed) {
  const Witness witness{std::string(request.name), crypto::VerifyKeyOf(seed)};
  if (!IsNoteName(witness.name) || request.time_s == 0 || request.log_key.empty())
    return Status::InvalidArgument("a witness's name, the log's key and the time are needed");
  MS_ASSIGN(const std::string_view note, NextOf(request, witness));
  MS_TRY(OpenCheckpoint(note, request.log_key).status());
  MS_ASSIGN(const UnprovenNote parsed, ParseNote(note));
  Bytes signature;
  Writer(signature)
      .Raw(IdOf(witness.name, witness.key))
      .U64(request.time_s)
      .Raw(crypto::Sign(seed, AsBytes(MessageOf(request.time_s, parsed.text))));
  return std::string(note) + std::string(kDash) + witness.name + " " + crypto::ToBase64(signature) + "\n";
}

Result<std::uint64_t> CosignedAt(std::string_view note, std::string_view witness_key) {
  MS_ASSIGN(const Witness witness, ParseWitnessKey(witness_key));
  return CosignedBy(note, witness);
}

}  // namespace mseal::audit
