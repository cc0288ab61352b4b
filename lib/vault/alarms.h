// Watches what goes on record, and raises alerts within the operation that crosses a line. The rules: audit/alerts.h.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "audit/alerts.h"
#include "people/chain.h"
#include "vault/alert_delivery.h"
#include "vault/planted.h"
#include "vault/running_jobs.h"

namespace mseal::vault {

struct Core;
struct Desk;

// Any thread may call. Borrows the core, which must outlive it, with its log.
class Alarms {
 public:
  explicit Alarms(Core& core) : core_(core), delivery_(core) {}

  // Limits, planted patients, sinks and what was not delivered. What of it does not open raises an alert (AtOpen).
  void Load();
  // The limits anew, once policy has changed.
  void LoadLimits();

  // An access that went on record just now. What it raises is on record when this returns; errors as
  // audit::Log::Append has them. A read that raises nothing takes no lock.
  Status Saw(const Desk& desk, const audit::Access& access);
  // `person`: whom the host raises it about.
  Status Raise(const Desk& desk, audit::Rule rule, std::uint64_t number = 0,
               const keys::PatientHandle* patient = nullptr, people::PersonNumber person = 0);
  // A login failed: so often for this name in a row, and so often in all; 0: nobody has the name.
  Status LoginFailed(people::PersonNumber person, std::uint64_t failures, std::uint64_t of_all, bool locked_out);

  // A session of the desk begins, which has its recorder, and ends.
  Status Arrive(Desk& desk);
  void Leave(Desk& desk);

  // What opening found. `older`: the store is older than its anchor.
  void AtOpen(bool older);
  // Once a second: whether the clock was set; once a day: whether keys are overdue.
  void Look();

  AlertDelivery& delivery() { return delivery_; }
  Planted& planted() { return planted_; }
  // Those that were planted before, and erased since.
  Planted& former() { return former_; }
  RunningJobs& jobs() { return jobs_; }
  audit::AlertLimits limits() const { return *limits_.load(std::memory_order_acquire); }

 private:
  struct Known {
    std::shared_ptr<audit::PersonWatch> watch;
    std::map<std::string, unsigned> places;  // where live sessions are, and how many
    unsigned sessions = 0;
  };

  Status SawRead(const Desk& desk, const audit::Access& access, const keys::PatientHandle& patient);
  Status SawOutsideJob(const Desk& desk, const audit::AlertLimits& limits, std::uint64_t patient);
  Status SawPatient(const Desk& desk, const keys::PatientHandle& patient);
  Status SawOutsideHours(const Desk& desk, const audit::AlertLimits& limits);
  Status SawDenial(const Desk& desk);
  Status Judge(const Desk& desk, const audit::Access& access, const keys::PatientHandle* patient);
  std::shared_ptr<audit::PersonWatch> WatchOf(people::PersonNumber person, bool& spoiled);
  void Store(people::PersonNumber person, audit::PersonWatch& watch);
  void CheckClock();
  void CheckAges();

  Core& core_;
  AlertDelivery delivery_;
  Planted planted_;
  Planted former_;
  RunningJobs jobs_;
  Status loaded_ = Status::Ok();
  std::atomic<std::uint64_t> damages_{0};

  // Readers hold no lock: what was in force before stays until the vault closes.
  std::atomic<const audit::AlertLimits*> limits_{nullptr};
  std::mutex limits_mutex_;
  std::vector<std::unique_ptr<const audit::AlertLimits>> all_limits_;

  std::mutex persons_mutex_;
  std::map<people::PersonNumber, Known> persons_;

  std::int64_t clock_ = 0;       // the time of day less the time passed, when last looked at; the watch's alone
  std::uint64_t looked_at_ = 0;  // for what is overdue, as PassedMs has it
};

}  // namespace mseal::vault
