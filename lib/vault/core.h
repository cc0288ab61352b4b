// The parts of an opened vault that its operations work on.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "keys/buckets.h"
#include "keys/file_io.h"
#include "keys/meta_table.h"
#include "keys/patient_keys.h"
#include "people/registry.h"
#include "store/rows.h"
#include "vault/access_log.h"
#include "vault/alarms.h"
#include "vault/anchor_keeper.h"
#include "vault/gate.h"
#include "vault/index_generations.h"
#include "vault/index_keys.h"
#include "vault/job_file.h"
#include "vault/login_attempts.h"
#include "vault/marked.h"
#include "vault/postings.h"
#include "vault/schema_book.h"

namespace mseal::vault {

// One lock per patient, shared by patients whose handles fall together. Whoever changes a patient holds it.
class PatientLocks {
 public:
  std::mutex& Of(const keys::PatientHandle& patient) { return locks_[keys::HandleHash()(patient) % kLocks].mutex; }
  std::vector<std::mutex*> All() {
    std::vector<std::mutex*> all;
    for (Lock& lock : locks_) all.push_back(&lock.mutex);
    return all;
  }

 private:
  static constexpr std::size_t kLocks = 1024;
  struct alignas(64) Lock {
    std::mutex mutex;
  };
  std::array<Lock, kLocks> locks_;
};

struct Desk;

// Patients whom each person was let erase alone, and who are on their way out.
struct ErasuresAlone {
  std::mutex mutex;
  std::map<people::PersonNumber, std::uint64_t> patients;
};

struct Core {
  // Before the chain of statements is known: whatever there is, since a stored value tells its suite itself.
  seal::Suites suites{seal::SuiteSet::All()};
  StoreIdentity identity{{}, suites};
  store::Durability durability = store::Durability::kPower;
  bool read_only = false;

  // In the order they are built; each borrows from those above it.
  std::unique_ptr<keys::KeyProvider> provider;
  std::unique_ptr<keys::Epochs> epochs;
  std::unique_ptr<store::Rows> rows;
  std::unique_ptr<keys::MetaTable> meta;
  std::unique_ptr<keys::Buckets> buckets;
  std::unique_ptr<keys::PatientKeyTable> patients;
  std::unique_ptr<people::Registry> registry;
  std::unique_ptr<Postings> postings;
  SchemaBook schemas;
  IndexGenerations generations;
  PatientLocks locks;
  std::mutex job_mutex;     // one job works at a time
  std::mutex numbered_mutex;  // one row of those that are numbered one after the other is added or changed at a time
  std::mutex canary_mutex;  // the row of planted patients changes
  std::mutex gather_mutex;  // an erasure joins an epoch change, or the change closes
  MarkedPatients marked;
  LoginAttempts attempts;
  std::shared_ptr<ErasuresAlone> erasures_alone = std::make_shared<ErasuresAlone>();
  Gate new_patients;  // shared by whoever makes one, from before the lock of its handle until the commit
  std::unique_ptr<AccessLog> access_log;  // null while a vault is made
  std::unique_ptr<AnchorKeeper> anchor;
  std::unique_ptr<Alarms> alarms;     // where there is a log
  std::unique_ptr<JobFile> job_file;  // job_mutex is held

  std::string provider_uri;                           // of the copy that the vault was opened with
  keys::FileIo* file_io = nullptr;                    // null: the system's
  std::function<void(std::string_view)> crash_point;  // tests stop here; empty: nothing

  // Made up, and in no count.
  bool IsPlanted(const keys::PatientHandle& patient) const {
    return alarms != nullptr && alarms->planted().Has(patient);
  }
  // The same, or it was until canaries were rotated: entries of the log tell of those too.
  bool WasPlanted(const keys::PatientHandle& patient) const {
    return IsPlanted(patient) || (alarms != nullptr && alarms->former().Has(patient));
  }
  void AtPoint(std::string_view name) const {
    if (crash_point) crash_point(name);
  }
  // Unsupported when the vault was opened read-only.
  Status CheckWritable() const;
  // Commits, with the durability that the caller of the vault chose or another, and lets the anchor know.
  Status Commit(const store::Batch& batch) { return CommitAs(batch, durability); }
  Status CommitAs(const store::Batch& batch, store::Durability durability);
  // On record when it returns, as the doing of whoever is at the desk, or of the host where nobody is. Errors as
  // audit::Log::Append has them.
  Status Record(const Desk& desk, const audit::Access& access);
};

// One person at work in this vault.
struct Desk {
  std::unique_ptr<people::Session> session;
  IndexKeys index_keys;
  std::unique_ptr<audit::Recorder> recorder;
  std::atomic<people::PersonNumber> second_person{0};  // who joined by their own login; 0: nobody
  std::atomic<std::shared_ptr<const people::Identity>> second;  // what they sign with; null once they are gone
  // What alerts go by: of the person, and of this session alone. Null without a session.
  std::shared_ptr<audit::PersonWatch> watch;
  std::uint32_t habit_limit = ~std::uint32_t{0};
  std::shared_ptr<audit::JobWatch> job;                // that the session is for; null: none
  mutable std::atomic<bool> outside_job{false};        // from then on as without one
  mutable std::atomic<std::uint64_t> last_patient{0};  // as Planted::MarkOf has them
  mutable std::atomic<std::uint64_t> last_planted{0};
  mutable std::atomic<std::uint64_t> last_hour_outside{0};

};

}  // namespace mseal::vault
