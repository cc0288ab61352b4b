// The log of accesses of an opened vault: its keys, who its entries are sealed to, and the checkpoint beside it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "audit/recorder.h"
#include "keys/meta_table.h"
#include "people/registry.h"

namespace mseal::vault {

std::string LogFolder(const std::string& store);

// Draws the log's keys for a store that is being made, into `batch`.
void MakeLogKeys(const keys::MetaTable& meta, const keys::StoreId& store, const crypto::SigningSeed& founder,
                 store::Batch& batch);

struct AccessLogOptions {
  std::string store;  // folder of the vault
  keys::StoreId id{};
  seal::SuiteView suite{crypto::Suite::kChaCha20Poly1305};
  audit::LogSync sync = audit::LogSync::kGroup;
};

// Any thread may call. Borrows the registry, which must outlive it.
class AccessLog {
 public:
  // Errors as audit::Log::Open has them.
  static Result<std::unique_ptr<AccessLog>> Open(const AccessLogOptions& options, const keys::MetaTable& meta,
                                                 const people::Registry& registry, const audit::LogPosition& anchored);

  audit::Log& log() { return *log_; }
  const audit::LogKeys& keys() const { return keys_; }
  // The line by which checkpoints name this log.
  const std::string& origin() const { return origin_; }

  // What a session records its doings with. Errors as audit::Log::Append has them.
  Result<std::unique_ptr<audit::Recorder>> Begin(audit::Actor actor) const;
  // What nobody logged in did: failed logins, jobs of the host. Its key is drawn when it is first needed.
  Status RecordByHost(const audit::Access& access);

  // Syncs, and leaves a signed checkpoint of the log beside it.
  Result<audit::LogPosition> Checkpoint();
  // The same, and gives it.
  Result<std::string> SignedCheckpoint();
  // The last mark; nothing is recorded afterwards.
  Status Close();

 private:
  AccessLog(const AccessLogOptions& options, const people::Registry& registry)
      : options_(options), registry_(registry) {}

  AccessLogOptions options_;
  const people::Registry& registry_;
  std::string origin_;
  audit::LogKeys keys_;
  std::unique_ptr<audit::Log> log_;
  std::mutex host_mutex_;
  std::unique_ptr<audit::Recorder> host_;
  std::mutex checkpoint_mutex_;
  audit::LogPosition checkpointed_;
  std::string note_;
};

}  // namespace mseal::vault
