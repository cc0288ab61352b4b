// A vault in a temporary folder, filled with patients who have one record of 12 fields in 3 classes each, and beside it
// a plain database that holds the very bytes the vault stored.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vault/listing.h"
#include "vault/put.h"
#include "vault/read.h"
#include "vault/vault.h"

namespace mseal::bench {

inline constexpr std::size_t kPatients = 10'000;
inline constexpr std::string_view kType = "Visit";
inline constexpr std::string_view kRecordId = "1";

// A serialized Visit: 12 fields, 542 bytes of values. `number` makes it one of a kind.
Bytes MakeVisit(std::size_t number);
std::string PatientId(std::size_t number);
std::string FindableName(std::size_t number);

// A walk over all patients that no cache line prefetcher follows.
inline std::size_t Scatter(std::size_t i) { return i * 7919 % kPatients; }

class BenchVault {
 public:
  // Made at the first call, which takes some seconds; removed at exit.
  static BenchVault& Instance();

  // Opened again with a log of accesses of this kind, or with none.
  enum class Log { kNone, kGroup, kSync };
  void ReopenWith(Log log);

  // One patient's record read, or written anew, by the session.
  Result<std::unique_ptr<vault::OpenedRecord>> Get(std::size_t number);
  Status Put(std::size_t number);

  vault::Session& session() { return *session_; }
  vault::Vault& vault() { return *vault_; }
  store::Rows& plain() { return *plain_; }
  const std::vector<keys::RecordHandle>& handles() const { return handles_; }
  // Keys and values of the plain database: the record rows as the vault stored them.
  const std::vector<Bytes>& plain_keys() const { return plain_keys_; }
  const Bytes& plain_value() const { return plain_value_; }
  std::size_t stored_bytes() const { return stored_bytes_; }

  ~BenchVault();

 private:
  BenchVault();
  void Open();
  void Fill();
  void CopyToPlain();
  void WarmUp();

  std::string folder_;
  Log log_ = Log::kGroup;
  std::shared_ptr<vault::Vault> vault_;
  std::shared_ptr<vault::Session> session_;
  std::unique_ptr<store::Rows> plain_;
  std::vector<keys::RecordHandle> handles_;
  std::vector<Bytes> plain_keys_;
  Bytes plain_value_;
  std::size_t stored_bytes_ = 0;
};

}  // namespace mseal::bench
