// medseal.h: the log of accesses, proven to outsiders.
#include "abi/call.h"
#include "abi/handles.h"
#include "abi/on_record.h"
#include "audit/log_check.h"
#include "audit/log_proof.h"
#include "audit/note.h"
#include "audit/witness.h"
#include "base/clock.h"
#include "vault/drop_log.h"

namespace mseal::abi {
namespace {

template <std::size_t Size>
void CopyBytes(const ByteArray<Size>& bytes, std::uint8_t (&out)[Size]) {
  std::memcpy(out, bytes.data(), Size);
}

std::string_view NoteOf(const medseal_bytes& bytes) { return {static_cast<const char*>(bytes.data), bytes.size}; }

medseal_audit_report ReportOf(const audit::LogCheck& check) {
  medseal_audit_report out{};
  CopyBytes(check.store, out.store_id);
  out.entries = check.log.position.size;
  out.first_entry = check.log.first_entry;
  out.segments = check.log.segments;
  CopyBytes(check.log.position.root, out.root);
  out.opened = check.opened;
  out.not_closed = check.not_closed;
  out.power_lost = check.power_lost;
  out.set_back = check.set_back;
  out.is_open = check.is_open ? 1 : 0;
  out.beside = static_cast<medseal_checkpoint_standing>(check.beside);
  out.given = static_cast<medseal_checkpoint_standing>(check.against);
  out.dropped = static_cast<medseal_checkpoint_standing>(check.dropped);
  return out;
}

Status Give(const audit::LogProof& proof, medseal_audit_proof_callback callback, void* context) {
  Bytes hashes;
  for (const audit::TreeHash& hash : proof.hashes) hashes.insert(hashes.end(), hash.begin(), hash.end());
  medseal_audit_proof info{};
  info.size = sizeof(info);
  info.from = proof.from;
  info.tree_size = proof.size;
  CopyBytes(proof.leaf, info.leaf);
  info.hashes = Lend(hashes);
  info.checkpoint = Lend(AsBytes(proof.checkpoint));
  callback(context, &info);
  return Status::Ok();
}

Result<audit::LogProof> ReadProof(const medseal_audit_proof* given) {
  MS_ASSIGN(const medseal_audit_proof known, Read(given));
  audit::LogProof proof{.from = known.from, .size = known.tree_size, .leaf = {}, .hashes = {}, .checkpoint = {}};
  std::memcpy(proof.leaf.data(), known.leaf, proof.leaf.size());
  proof.checkpoint = NoteOf(known.checkpoint);
  const ByteView hashes = View(known.hashes);
  if (hashes.size() % proof.leaf.size() != 0) return Status::Corrupt("a hash of the proof is cut short");
  for (std::size_t at = 0; at < hashes.size(); at += proof.leaf.size()) {
    audit::TreeHash& hash = proof.hashes.emplace_back();
    std::copy_n(hashes.begin() + static_cast<std::ptrdiff_t>(at), hash.size(), hash.begin());
  }
  return proof;
}

Result<vault::AccessLog*> LogOf(vault::Core& core) {
  if (core.access_log == nullptr) return Status::Unsupported("the vault keeps no log");
  return core.access_log.get();
}

medseal_audit_key_info KeyInfo(vault::Core& core, const vault::AccessLog& log) {
  medseal_audit_key_info info{};
  const crypto::VerifyKey key = crypto::VerifyKeyOf(log.keys().signer);
  CopyText(audit::WriteNoteKey({log.origin(), key}), info.key);
  CopyBytes(core.identity.store, info.store_id);
  CopyBytes(key, info.verify_key);
  CopyBytes(core.registry->chain()->founder_key(), info.founder_key);
  CopyBytes(log.keys().founder_signature, info.founder_signature);
  return info;
}

Result<crypto::SigningSeed> SeedOf(const medseal_bytes& seed) {
  MS_TRY(Require(seed.data != nullptr && seed.size == kKeySize, "a witness's key has 32 bytes"));
  return crypto::SigningSeed(KeyBytes::CopyOf(KeyView(static_cast<const std::uint8_t*>(seed.data), kKeySize)));
}

Result<std::string> SignAsWitness(const medseal_witness_options& known) {
  MS_ASSIGN(const crypto::SigningSeed seed, SeedOf(known.seed));
  audit::CosignRequest request{.name = Text(known.name), .log_key = Text(known.log_key)};
  request.last = NoteOf(known.last);
  request.checkpoint = NoteOf(known.checkpoint);
  request.time_s = NowMs() / 1000;
  audit::LogProof proof;
  if (known.proof != nullptr) {
    MS_ASSIGN(proof, ReadProof(known.proof));
    request.proof = &proof;
  }
  return audit::Cosign(request, seed);
}

medseal_buffer* BufferOf(std::string_view text) { return new medseal_buffer{SecretBytes::CopyOf(AsBytes(text))}; }

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_audit_key(medseal_vault* vault, medseal_audit_key_info* info, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && info != nullptr, "vault and output are needed"));
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    MS_ASSIGN(const vault::AccessLog* log, LogOf(call.core()));
    Write(KeyInfo(call.core(), *log), info);
    return Status::Ok();
  });
}

medseal_code medseal_audit_checkpoint(medseal_vault* vault, medseal_buffer** note, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && note != nullptr, "vault and output are needed"));
    *note = nullptr;
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    MS_ASSIGN(vault::AccessLog * log, LogOf(call.core()));
    MS_ASSIGN(const std::string text, log->SignedCheckpoint());
    *note = BufferOf(text);
    return Status::Ok();
  });
}

medseal_code medseal_audit_verify(const medseal_audit_verify_options* options, medseal_audit_report* report,
                                  medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(const medseal_audit_verify_options known, Read(options));
    MS_TRY(Require(known.store != nullptr, "the store is needed"));
    audit::LogCheckOptions check{.folder = vault::LogFolder(known.store)};
    check.against = NoteOf(known.checkpoint);
    check.key = Text(known.key);
    check.on_progress = [&known](std::uint64_t done, std::uint64_t in_all) {
      const medseal_progress progress{sizeof(progress), done, in_all, done};
      return known.on_progress == nullptr || known.on_progress(known.context, &progress) == 0;
    };
    MS_ASSIGN(const audit::LogCheck checked, audit::CheckLog(check));
    Write(ReportOf(checked), report);
    return Status::Ok();
  });
}

medseal_code medseal_audit_prove_entry(const char* store, uint64_t index, medseal_audit_proof_callback callback,
                                       void* context, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(store != nullptr && callback != nullptr, "store and callback are needed"));
    MS_ASSIGN(const audit::LogProof proof, audit::ProveEntry(vault::LogFolder(store), index));
    return Give(proof, callback, context);
  });
}

medseal_code medseal_audit_prove_growth(const char* store, medseal_bytes old_checkpoint,
                                        medseal_audit_proof_callback callback, void* context, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(store != nullptr && callback != nullptr, "store and callback are needed"));
    MS_ASSIGN(const audit::LogProof proof, audit::ProveGrowth(vault::LogFolder(store), NoteOf(old_checkpoint)));
    return Give(proof, callback, context);
  });
}

medseal_code medseal_audit_check_entry(const medseal_audit_proof* proof, const char* key, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(const audit::LogProof known, ReadProof(proof));
    return audit::CheckEntry(known, Text(key));
  });
}

medseal_code medseal_audit_check_growth(const medseal_audit_proof* proof, medseal_bytes old_checkpoint, const char* key,
                                        medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(const audit::LogProof known, ReadProof(proof));
    return audit::CheckGrowth(known, NoteOf(old_checkpoint), Text(key));
  });
}

medseal_code medseal_witness_key(const char* name, medseal_bytes seed, medseal_buffer** key, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(name != nullptr && key != nullptr, "name and output are needed"));
    *key = nullptr;
    MS_ASSIGN(const crypto::SigningSeed signer, SeedOf(seed));
    MS_ASSIGN(const std::string text, audit::WriteWitnessKey(name, crypto::VerifyKeyOf(signer)));
    *key = BufferOf(text);
    return Status::Ok();
  });
}

medseal_code medseal_witness_sign(const medseal_witness_options* options, medseal_buffer** note, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(note != nullptr, "an output is needed"));
    *note = nullptr;
    MS_ASSIGN(const medseal_witness_options known, Read(options));
    MS_ASSIGN(const std::string text, SignAsWitness(known));
    *note = BufferOf(text);
    return Status::Ok();
  });
}

medseal_code medseal_witness_check(medseal_bytes note, const char* witness_key, uint64_t* signed_ms,
                                   medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(const std::uint64_t time_s, audit::CosignedAt(NoteOf(note), Text(witness_key)));
    if (signed_ms != nullptr) *signed_ms = time_s * 1000;
    return Status::Ok();
  });
}

medseal_code medseal_audit_drop(medseal_session* session, uint64_t before_ms, int run,
                                medseal_audit_drop_report* report, medseal_error* error) {
  const auto work = [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    MS_ASSIGN(const audit::DropPlan plan, vault::DropLog(call.core(), call.desk(), before_ms, run != 0));
    Write(medseal_audit_drop_report{0, plan.segments, plan.entries, plan.held_by_keys}, report);
    return Status::Ok();
  };
  if (run == 0) return Run(error, work);
  return RunOnRecord(session, audit::Operation::kRetention, "entries of the log", error, work);
}
