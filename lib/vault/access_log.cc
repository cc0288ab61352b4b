// Opens the log, hands out recorders and signs checkpoints.
#include "vault/access_log.h"

#include "audit/checkpoint.h"
#include "audit/log_drop.h"
#include "audit/log_index.h"
#include "audit/note.h"
#include "audit/replaced_file.h"
#include "schema/schema.h"

namespace mseal::vault {
namespace {

Result<audit::AuditClass> NewestAuditClass(const people::Chain& chain) {
  const auto number = chain.FindClass(schema::kAudit);
  if (!number.has_value()) return Status::KeyUnavailable("the store has no class audit to seal the log to");
  const people::ClassKeyVersion version = chain.NewestVersion(*number);
  const people::ClassKeyEntry* entry = chain.FindClassKey(*number, version);
  if (entry == nullptr) return Status::KeyUnavailable("the class audit has no key yet");
  return audit::AuditClass{version, entry->public_half};
}

}  // namespace

std::string LogFolder(const std::string& store) { return store + "/audit"; }

void MakeLogKeys(const keys::MetaTable& meta, const keys::StoreId& store, const crypto::SigningSeed& founder,
                 store::Batch& batch) {
  meta.Put(batch, keys::MetaKind::kLogKeys, {}, audit::DrawLogKeys(store, founder).Reveal());
}

Result<std::unique_ptr<AccessLog>> AccessLog::Open(const AccessLogOptions& options, const keys::MetaTable& meta,
                                                   const people::Registry& registry,
                                                   const audit::LogPosition& anchored) {
  std::unique_ptr<AccessLog> opened(new AccessLog(options, registry));
  MS_ASSIGN(const SecretBytes content, meta.Get(keys::MetaKind::kLogKeys, {}));
  MS_ASSIGN(opened->keys_, audit::ReadLogKeys(content.Reveal()));
  opened->origin_ = audit::LogOrigin(options.id);
  audit::LogOptions log;
  log.folder = LogFolder(options.store);
  log.store = options.id;
  log.sync = options.sync;
  log.finished = [raw = opened.get(), folder = log.folder](const audit::Segment& segment) {
    audit::WriteLogIndex(audit::IndexPath(folder, segment.head().number), raw->keys_.index.Reveal(), segment)
        .Ignore("the first question that needs it makes it");
  };
  const audit::NoteKey key{opened->origin_, crypto::VerifyKeyOf(opened->keys_.signer)};
  MS_ASSIGN(const auto stub, audit::ReadLogStub(log.folder, options.id, audit::WriteNoteKey(key)));
  if (stub.has_value()) {
    log.first_segment = stub->first_segment;
    MS_TRY(audit::RemoveBefore(log.folder, stub->first_segment));
  }
  MS_ASSIGN(opened->log_, audit::Log::Open(log, anchored));
  return opened;
}

Result<std::unique_ptr<audit::Recorder>> AccessLog::Begin(audit::Actor actor) const {
  MS_ASSIGN(const audit::AuditClass to, NewestAuditClass(*registry_.chain()));
  return audit::Recorder::Begin(*log_, keys_, options_.id, options_.suite, to, std::move(actor));
}

Status AccessLog::RecordByHost(const audit::Access& access) {
  const std::lock_guard lock(host_mutex_);
  if (host_ == nullptr) {
    MS_ASSIGN(host_, Begin({}));
  }
  return host_->Record(access);
}

Result<audit::LogPosition> AccessLog::Checkpoint() {
  MS_ASSIGN(const audit::LogPosition position, log_->Sync());
  const std::lock_guard lock(checkpoint_mutex_);
  if (position.size <= checkpointed_.size) return position;
  const std::string text =
      audit::WriteCheckpoint({.origin = origin_, .size = position.size, .root = position.root, .extensions = {}});
  std::string note = audit::SignNote(text, origin_, keys_.signer);
  MS_TRY(audit::ReplaceFile(audit::CheckpointPath(LogFolder(options_.store)), AsBytes(note), "the log's checkpoint"));
  note_ = std::move(note);
  checkpointed_ = position;
  return position;
}

Result<std::string> AccessLog::SignedCheckpoint() {
  MS_TRY(Checkpoint().status());
  const std::lock_guard lock(checkpoint_mutex_);
  return note_;
}

Status AccessLog::Close() {
  MS_TRY(log_->Close());
  return Checkpoint().status();
}

}  // namespace mseal::vault
