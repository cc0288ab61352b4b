// Finds entries of a log by their tokens and opens them for whoever holds the class `audit`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/access.h"
#include "audit/log.h"
#include "audit/log_index.h"
#include "audit/log_keys.h"
#include "crypto/exchange.h"
#include "seal/seal.h"

namespace mseal::audit {

// One entry as the person who reads the log sees it.
struct OpenedEntry {
  std::uint64_t index = 0;  // in the tree
  ByteArray<16> session{};
  std::uint32_t person = 0;
  Operation operation = Operation::kRead;
  Outcome outcome = Outcome::kDone;
  StatusCode code = StatusCode::kOk;
  std::uint64_t time_ms = 0;
  std::uint64_t incident = 0;
  std::uint64_t number = 0;
  std::optional<keys::PatientHandle> patient;
  std::string purpose;
  std::string origin;
  std::string on_behalf_of;
  std::string detail;

  // What it was done to, once OpenWhat has opened it; gone with the patient.
  enum class What : std::uint8_t { kNone = 0, kSealed = 1, kOpened = 2 };
  What what = What::kNone;
  std::string type;
  SecretBytes record_id;
  std::uint64_t record_version = 0;
  std::uint32_t schema_version = 0;
  std::uint16_t classes = 0;
  std::uint16_t redacted = 0;
  std::vector<std::uint32_t> fields;

  // For OpenWhat.
  ByteArray<24> salt{};
  ByteArray<32> what_commitment{};
  Bytes what_message;
};

// The private halves of the class `audit`, by version: what the person's session holds.
using AuditPrivateKeys = std::function<Result<const crypto::PrivateKey*>(std::uint32_t version)>;

// One thread's. Borrows the log, which must outlive it.
class LogReader {
 public:
  LogReader(Log& log, const LogKeys& keys, const keys::StoreId& store, seal::SuiteView suite, AuditPrivateKeys audit)
      : log_(log), keys_(keys), store_(store), suite_(suite), audit_(std::move(audit)) {}

  using Visit = std::function<Status(OpenedEntry&)>;
  // Every access with the token, oldest first. Stops at the first failure of `visit`.
  //   AuthFailed, Corrupt  the log or an index of it was changed
  Status Find(const Token& token, const Visit& visit);
  // Every access from index `from` on.
  Status ForEach(std::uint64_t from, const Visit& visit);
  // Opens what an entry says of its patient. AuthFailed: it was changed.
  Status OpenWhat(const keys::PatientKeys& patient, OpenedEntry& entry);

 private:
  using VisitRaw = std::function<Status(std::uint64_t index, ByteView entry)>;
  Status FindRaw(const Token& token, const VisitRaw& visit);
  Status FindIn(std::uint64_t segment, const Token& token, const VisitRaw& visit);
  Result<std::vector<LogIndex::Place>> PlacesIn(const format::LogSegmentHead& head, const Token& token) const;
  Status MakeIndex(std::uint64_t segment);
  Status ProveFrom(std::uint64_t segment);
  Status LearnFirstShown();
  Result<const KeyBytes*> KeyOf(const ByteArray<16>& id);
  Status Open(std::uint64_t index, ByteView bytes, const Visit& visit);

  Log& log_;
  const LogKeys& keys_;
  keys::StoreId store_;
  seal::SuiteView suite_;
  AuditPrivateKeys audit_;
  std::map<ByteArray<16>, KeyBytes> audit_keys_;
  std::optional<std::uint64_t> first_shown_;  // entries before it are past their time
  std::uint64_t proven_from_ = 0;  // segments from there on lead to the one that is written; 0: not looked yet
};

}  // namespace mseal::audit
