// Seals what one session, or the host, does into entries of the log. FORMAT.md, "Log entry".
#pragma once

#include <memory>
#include <string>

#include "audit/access.h"
#include "audit/log.h"
#include "audit/log_keys.h"
#include "crypto/exchange.h"
#include "seal/seal.h"

namespace mseal::audit {

// Who the entries of a recorder are about.
struct Actor {
  std::uint32_t person = 0;  // 0: the host, or nobody that is known
  std::string purpose{};
  std::string origin{};        // as the host gave it
  std::string on_behalf_of{};  // asserted by the host
};

// To whom audit keys are sealed: the newest version of the class `audit`.
struct AuditClass {
  std::uint32_t version = 0;
  crypto::PublicKey public_half{};
};

// Any thread may call. Borrows log and keys.
class Recorder {
 public:
  // Draws an audit key and puts it on record, sealed to `to`. Errors as Log::Append has them.
  static Result<std::unique_ptr<Recorder>> Begin(Log& log, const LogKeys& keys, const keys::StoreId& store,
                                                 seal::SuiteView suite, const AuditClass& to, Actor actor);

  // On record when it returns. Errors as Log::Append has them.
  Status Record(const Access& access) const;

  const Actor& actor() const { return actor_; }
  // Names the session in every entry.
  const ByteArray<16>& id() const { return id_; }
  Log& log() const { return log_; }

 private:
  Recorder(Log& log, const LogKeys& keys, const keys::StoreId& store, seal::SuiteView suite, Actor actor);
  ByteArray<16> PersonToken(std::uint32_t person, std::uint64_t time_ms) const;

  Log& log_;
  const LogKeys& keys_;
  keys::StoreId store_;
  seal::SuiteView suite_;
  Actor actor_;
  ByteArray<16> id_{};
  KeyBytes key_;
  seal::Digest context_{};
  std::uint32_t first_month_ = 0;
  std::array<ByteArray<16>, 2> tokens_;  // of this month and the next
};

// The key of what an entry says of a patient: takes the session's audit key and the patient's.
void WhatKey(KeyView audit_key, const keys::PatientKeys& patient, MutableKeyView out);
seal::Digest LogContext(const keys::StoreId& store, const ByteArray<16>& audit_key_id);
// The place of a session's audit key sealed to the class `audit`.
seal::Place AuditKeyPlace(const keys::StoreId& store, seal::SuiteSet suite, const ByteArray<16>& id,
                          std::uint32_t version);

}  // namespace mseal::audit
