// Starts, steps, pauses and lists jobs.
#include "vault/rotation.h"

#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "base/reader.h"
#include "format/keys_of_rows.h"

namespace mseal::vault {
namespace {

using format::Job;
using format::JobState;
using keys::MetaKind;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kRowsPerBatch = 256;  // at most

Result<Job> ReadJob(const Core& core, std::uint32_t number) {
  auto content = core.meta->Get(MetaKind::kJob, keys::MetaIdOf({number}));
  if (content.code() == StatusCode::kNotFound) return Status::NotFound("no job of that number");
  MS_TRY(content.status());
  return format::ParseJob(content->Reveal());
}

void PutJob(const Core& core, std::uint32_t number, const Job& job, store::Batch& batch) {
  core.meta->Put(batch, MetaKind::kJob, keys::MetaIdOf({number}), format::WriteJob(job));
}

// The handle after this one; false after the last.
bool Advance(keys::PatientHandle& handle) {
  for (std::size_t i = handle.size(); i-- > 0;) {
    if (++handle[i] != 0) return true;
  }
  return false;
}

// The locks of several patients at once, taken in the order of their addresses: nobody else holds more than one.
class LockedPatients {
 public:
  LockedPatients(PatientLocks& locks, const std::vector<keys::PatientHandle>& patients) {
    for (const keys::PatientHandle& patient : patients) mutexes_.push_back(&locks.Of(patient));
    std::sort(mutexes_.begin(), mutexes_.end());
    mutexes_.erase(std::unique(mutexes_.begin(), mutexes_.end()), mutexes_.end());
    for (std::mutex* mutex : mutexes_) mutex->lock();
  }
  ~LockedPatients() {
    for (std::mutex* mutex : mutexes_) mutex->unlock();
  }
  LockedPatients(const LockedPatients&) = delete;
  LockedPatients& operator=(const LockedPatients&) = delete;

 private:
  std::vector<std::mutex*> mutexes_;
};

// One rotation at work. The steps of a pass: take the next patients, lock them, rewrap, commit rows and job together.
class ClassRewrap {
 public:
  ClassRewrap(Core& core, Desk& desk, std::uint32_t number, std::size_t batch_size, Job& job)
      : core_(core), desk_(desk), number_(number), batch_size_(batch_size), job_(job) {}

  Status Batch() {
    const Job before = job_;
    const Status status = TryBatch();
    if (!status.ok()) job_ = before;
    return status;
  }

 private:
  Status TryBatch() {
    MS_ASSIGN(const auto patients, NextPatients());
    const LockedPatients locked(core_.locks, patients);
    store::Batch batch;
    std::vector<keys::PatientHandle> changed;
    for (const keys::PatientHandle& patient : patients) {
      MS_ASSIGN(const bool rewrapped, Rewrap(patient, batch));
      if (rewrapped) changed.push_back(patient);
    }
    job_.seen += patients.size();
    job_.changed += changed.size();
    job_.changed_in_pass += changed.size();
    job_.moved_ms = NowMs();
    job_.next = patients.empty() ? job_.next : patients.back();
    if (patients.size() < batch_size_ || !Advance(job_.next)) EndPass();
    PutJob(core_, number_, job_, batch);
    // Not synced: a power cut takes the job back together with the rows it tells of.
    MS_TRY(core_.rows->Commit(batch, store::Durability::kProcess));
    core_.anchor->Note();
    for (const keys::PatientHandle& patient : changed) core_.patients->Forget(patient);
    return Status::Ok();
  }

  // What the pass rewrote is looked at again by the next: the rotation ends with a pass that found nothing.
  void EndPass() {
    job_.next = {};
    if (job_.changed_in_pass == 0) {
      job_.state = JobState::kRewrapped;
      return;
    }
    ++job_.pass;
    job_.changed_in_pass = 0;
  }

  Result<std::vector<keys::PatientHandle>> NextPatients() const {
    std::vector<keys::PatientHandle> patients;
    const auto cursor = core_.rows->Scan(store::Table::kKeys, format::KeyRowPrefix(job_.next),
                                         format::AfterPrefix(format::KeyRowPrefix()));
    for (; cursor->Valid() && patients.size() < batch_size_; cursor->Next()) {
      MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
      if (patients.empty() || patients.back() != place.patient) patients.push_back(place.patient);
    }
    MS_TRY(cursor->status());
    return patients;
  }

  Result<bool> Rewrap(const keys::PatientHandle& patient, store::Batch& batch) {
    auto stored = core_.patients->Read(patient);
    if (stored.code() == StatusCode::kNotFound) return false;  // went since the scan
    MS_TRY(stored.status());
    format::Slot& slot = stored->row.slots[job_.class_number];
    if (slot.class_key_version >= job_.class_key_version) return false;
    MS_TRY(RewrapSlot(patient, slot));
    core_.patients->Put(batch, *stored);
    return true;
  }

  Status RewrapSlot(const keys::PatientHandle& patient, format::Slot& slot) {
    MS_ASSIGN(const auto to, desk_.session->ClassKeyAt(job_.class_number, job_.class_key_version));
    std::shared_ptr<const keys::ClassKey> old;
    if (slot.state != format::SlotState::kUnused) {
      MS_ASSIGN(old, desk_.session->ClassKeyAt(job_.class_number, slot.class_key_version));
    }
    return keys::RewrapSlot(core_.identity.store, core_.identity.suite, patient, job_.class_number, old.get(), *to,
                            job_.class_key_version, slot);
  }

  Core& core_;
  Desk& desk_;
  std::uint32_t number_;
  std::size_t batch_size_;
  Job& job_;
};

Status CheckHolds(const Desk& desk, const Job& job) {
  if (desk.session->Holds(job.class_number)) return Status::Ok();
  return Status::PermissionDenied("only a session that holds the class works on its rotation");
}

// So few at a low rate that a step answers its caller several times a second.
std::size_t BatchSize(std::uint64_t rows_per_second) {
  if (rows_per_second == 0) return kRowsPerBatch;
  return std::clamp<std::uint64_t>(rows_per_second / 4, 1, kRowsPerBatch);
}

// Sleeps for what is left of the time that `rows` take at the rate.
void Throttle(std::uint64_t rows, std::uint64_t rows_per_second, Clock::time_point begun) {
  if (rows_per_second == 0) return;
  std::this_thread::sleep_until(begun + std::chrono::microseconds(rows * 1'000'000 / rows_per_second));
}

}  // namespace

Status StartClassRotation(Session& session, std::string_view class_name, const std::vector<std::string>& revoked,
                          std::uint32_t& number) {
  MS_ASSIGN(Call call, session.Enter());
  Core& core = call.core();
  Desk& desk = call.desk();
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  const auto class_number = core.registry->chain()->FindClass(class_name);
  if (!class_number.has_value()) return Status::NotFound("no class of that name");
  number = 0;
  MS_TRY(ForEachJob(core, [&](std::uint32_t known, const Job& job) {
    number = known;
    if (job.class_number == *class_number && job.state != JobState::kRewrapped)
      return Status::AlreadyExists("the class is being rotated: finish that job first");
    return Status::Ok();
  }));
  ++number;
  const auto also = [&](const keys::ClassKey& next, people::ClassKeyVersion version, store::Batch& batch) {
    Job job{.class_number = *class_number, .class_key_version = version, .started_ms = NowMs()};
    job.moved_ms = job.started_ms;
    core.meta->RequireAbsent(batch, MetaKind::kJob, keys::MetaIdOf({number}));
    PutJob(core, number, job, batch);
    return RewrapIndexKeys(core.identity, *core.meta, *desk.session, *class_number, next, version, batch);
  };
  MS_TRY(core.registry->RotateClass(desk.session->identity(), *class_number, revoked, also));
  session.vault().DropRevoked(&session);  // first: the statements stand, whatever becomes of the anchor
  return core.anchor->Move();
}

Status StepJob(Core& core, Desk& desk, std::uint32_t number, const StepOptions& options, Job& job) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  MS_ASSIGN(job, ReadJob(core, number));
  MS_TRY(CheckHolds(desk, job));
  if (job.state == JobState::kPaused) return Status::Unsupported("the job is paused: resume it first");
  const std::uint64_t rows_in_all = core.rows->Measure().approximate_rows[static_cast<int>(store::Table::kHeads)];
  ClassRewrap rewrap(core, desk, number, BatchSize(options.rows_per_second), job);
  const auto begun = Clock::now();
  const std::uint64_t seen_before = job.seen;
  bool stopped = false;
  while (job.state == JobState::kRunning && !stopped) {
    MS_TRY(rewrap.Batch());
    stopped = options.on_progress && !options.on_progress(job, rows_in_all);
    if (options.time_budget.count() > 0 && Clock::now() - begun >= options.time_budget) break;
    if (!stopped) Throttle(job.seen - seen_before, options.rows_per_second, begun);
  }
  MS_TRY(core.anchor->Move());
  return stopped && job.state == JobState::kRunning ? Status::Cancelled("the job was stopped; it can go on")
                                                    : Status::Ok();
}

Status PauseJob(Core& core, const Desk& desk, std::uint32_t number, bool pause) {
  const std::lock_guard lock(core.job_mutex);
  MS_ASSIGN(Job job, ReadJob(core, number));
  MS_TRY(CheckHolds(desk, job));
  if (job.state == JobState::kRewrapped) return Status::Unsupported("the job has nothing left to do");
  job.state = pause ? JobState::kPaused : JobState::kRunning;
  store::Batch batch;
  PutJob(core, number, job, batch);
  return core.Commit(batch);
}

Status ForEachJob(Core& core, const std::function<Status(std::uint32_t, const Job&)>& visit) {
  return core.meta->ForEach(MetaKind::kJob, [&](ByteView id, const SecretBytes& content) -> Status {
    MS_ASSIGN(const Job job, format::ParseJob(content.Reveal()));
    return visit(Reader(id).U32(), job);
  });
}

}  // namespace mseal::vault
