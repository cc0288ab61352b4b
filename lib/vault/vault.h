// An opened vault and the people at work in it: opening, closing, logging in, and the gate that every call passes.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "keys/provider_uri.h"
#include "store/rocks.h"
#include "vault/core.h"
#include "vault/metrics.h"
#include "vault/session_watch.h"
#include "vault/settings.h"
#include "vault/store_files.h"

namespace mseal::vault {

struct OpenOptions {
  std::string store;
  std::string keyring;
  keys::KeyringSecret secret;
  store::Durability durability = store::Durability::kPower;
  bool accept_stale = false;
  // For a restore: the store is older than its anchor on purpose, which stays where it is. Not within reach of hosts.
  bool restoring = false;
  audit::LogSync audit = audit::LogSync::kGroup;
  // What the log costs is measured against a vault without one. Not within reach of hosts.
  bool audited = true;
  AlertCallback on_alert{};  // also of a store that does not open because it was changed or is older than its anchor
  std::size_t cache_patients = 16384;
  std::size_t cache_bytes = 64 << 20;
  store::RocksEnvironment* environment = nullptr;  // tests let files fail
  keys::FileIo* file_io = nullptr;
  std::function<void(std::string_view)> crash_point;
};

// The keeper of the anchor of core.provider, in the place of one before. `held` as AnchorKeeper has it.
void KeepAnchor(Core& core, bool held);

class Session;
class Vault;

struct LoginRequest {
  std::string_view person;
  people::LoginSecret secret;
  people::Use use;
};

// Something that reads through an opened vault and must let go of it when it closes: a listing, an upload.
class Child {
 public:
  explicit Child(std::shared_ptr<Session> session);
  virtual ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Session& session() { return *session_; }
  // Lets go of everything that belongs to the vault. No call on the child is running.
  virtual void Drop() = 0;

 protected:
  // A derived destructor calls this first: afterwards Drop is not called any more.
  void Leave();

 private:
  std::shared_ptr<Session> session_;
};

// Holds vault and session open while a call runs.
class Call {
 public:
  Core& core() { return *core_; }
  Desk& desk() { return *desk_; }
  bool has_desk() const { return desk_ != nullptr; }  // without one the vault itself was entered

 private:
  friend class Vault;
  friend class Session;
  std::shared_lock<std::shared_mutex> vault_gate_;
  std::shared_lock<std::shared_mutex> session_gate_;
  std::unique_lock<std::shared_mutex> whole_session_gate_;
  Core* core_ = nullptr;
  Desk* desk_ = nullptr;
};

class Vault : public std::enable_shared_from_this<Vault> {
 public:
  // Errors as medseal_open has them.
  static Result<std::shared_ptr<Vault>> Open(const OpenOptions& options);
  ~Vault();

  Status Close();
  // Closed, Forked.
  Result<Call> Enter();
  // Runs while no call does: those that run are waited for, and none begins before it ends. Closed, Forked.
  Status Alone(const std::function<Status(Core&)>& work);
  // Beside what Identify answers:
  //   InvalidArgument    the use is not stated as people::CheckUse wants it, or the secret is empty
  //   ResourceExhausted  the person has as many sessions as policy allows
  // and, of the declared job that it is for, as FindDeclaredJob has them: NotFound, PermissionDenied, AuthFailed
  Result<std::shared_ptr<Session>> Login(const LoginRequest& request);
  Result<std::shared_ptr<Session>> Login(std::string_view person, ByteView password, std::string purpose) {
    return Login({person, password, {.purpose = std::move(purpose)}});
  }

  const FreshnessReport& freshness() const { return freshness_; }
  const OpenOptions& options() const { return options_; }
  std::uint32_t session_count();
  Metrics& metrics() { return metrics_; }
  // Ends the sessions of persons who have other keys since they logged in, or were disabled, also as a second person.
  // The caller is in no call of a session.
  void EndSessionsWithOldKeys();
  // Sessions let go of the classes and operations that the chain has taken from their persons. `own`: the caller's,
  // which lost none.
  void DropRevoked(const Session* own);
  // Vault and sessions let go of a patient's keys.
  void ForgetPatient(const keys::PatientHandle& patient);

 private:
  friend class Child;
  friend class Session;
  explicit Vault(const OpenOptions& options);

  Status OpenParts();
  Status OpenRows(bool read_only);
  Status OpenEpochs();
  Status OpenMeta();
  Status TakeUpSuites(const Settings& settings);
  Status CheckFreshness();
  void TellOfFailure(const Status& failure);
  Status OpenAccessLog(const std::optional<keys::Anchor>& anchor);
  Status RecordLogin(Core& core, Session& session);
  void EndSessions();
  Result<std::shared_ptr<Session>> Begin(Core& core, people::Identity identity, const LoginRequest& request);
  Status Admit(Session& session, people::PersonNumber person);
  void EndSessionsThatAreOver();
  std::vector<std::shared_ptr<Session>> LiveSessions();

  OpenOptions options_;
  FreshnessReport freshness_;
  Metrics metrics_;
  std::unique_ptr<StoreLock> lock_;
  std::shared_mutex gate_;  // shared by calls, taken whole by Close
  std::atomic<bool> closing_{false};
  std::unique_ptr<Core> core_;  // null once closed
  std::mutex children_mutex_;
  std::set<Child*> children_;
  std::set<Session*> sessions_;
  std::uint64_t looked_at_ = 0;          // by the watch, as PassedMs has it
  std::unique_ptr<SessionWatch> watch_;  // from the first login on
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(std::shared_ptr<Vault> vault);
  ~Session();

  // Closed, once logged out or when the session's time was over; Forked.
  Result<Call> Enter();
  // The same once every other call on this session has ended; none begins before this one ends.
  Result<Call> EnterAlone();
  void Logout();
  Vault& vault() { return *vault_; }

  struct Limits {
    std::uint64_t idle_ms = 0;
    std::uint64_t age_ms = 0;
    std::uint64_t unwatched_ms = 0;  // since somebody last looked: a use in that time may be as old
  };

 private:
  friend class Vault;
  friend class Child;
  void Begin(std::unique_ptr<people::Session> session);
  bool HasOldKeys();
  void LoseDisabledWitness();
  void End();  // the gate is held
  Status Ended() const;
  // Without waiting for calls that run: their session is in use, and if it is too old they are the last.
  void EndIfOver(const Limits& limits, std::uint64_t now);

  std::shared_ptr<Vault> vault_;
  std::shared_mutex gate_;  // shared by calls, taken whole by Logout
  std::atomic<bool> ending_{false};
  std::atomic<bool> over_{false};           // by time
  std::atomic<bool> used_{false};           // since the watch last looked: all that a call writes here
  people::PersonNumber person_ = 0;         // from the login to the end; the vault's list of children is held
  std::uint64_t begun_ = 0, last_use_ = 0;  // likewise, as PassedMs has it
  Desk desk_;                               // without a session once logged out
};

}  // namespace mseal::vault
