// The steps of a change of suite: patients, index, keys by an epoch change, then a look at everything there is.
#include "vault/suite_change.h"

#include <algorithm>

#include "base/clock.h"
#include "vault/epoch_change.h"
#include "vault/index_re_epoch.h"
#include "vault/patient_reseal.h"

namespace mseal::vault {
namespace {

using format::EpochScope;
using format::Job;
using format::JobKind;
using format::JobState;
using format::SuiteStep;
using keys::MetaKind;
using store::Durability;
using store::Table;

// One patient a batch, so that no writer waits for more than its own.
constexpr std::size_t kPatientsTogether = 1;
constexpr std::size_t kRowsPerLook = 16384;
// With rows that say their suite themselves, in the order in which they are looked at.
constexpr Table kTables[] = {Table::kHeads, Table::kKeys, Table::kIndex, Table::kMeta};

Status CheckHoldsEveryClass(const Core& core, const Desk& desk) {
  const auto chain = core.registry->chain();
  for (const auto& [number, entry] : chain->classes()) {
    if (!desk.session->Holds(number))
      return Status::PermissionDenied("a change of suite takes a session that holds every class; this one lacks " +
                                      entry.name);
  }
  return Status::Ok();
}

// Another job that this one waits for, worked on from here.
class Child {
 public:
  bool Is(std::uint32_t number) const { return work_ != nullptr && number_ == number; }
  void Take(std::uint32_t number, std::unique_ptr<JobWork> work) { number_ = number, work_ = std::move(work); }
  Status Batch(Job job) { return work_->Batch(job); }

 private:
  std::uint32_t number_ = 0;
  std::unique_ptr<JobWork> work_;
};

class SuiteChange : public JobWork {
 public:
  SuiteChange(Core& core, Desk& desk, std::uint32_t number, std::size_t batch_size)
      : core_(core), desk_(desk), number_(number), batch_size_(batch_size), pass_(core, number, kPatientsTogether) {}

  Status Batch(Job& job) override {
    switch (static_cast<SuiteStep>(job.pass)) {
      case SuiteStep::kRows:
        return PassOver(job, true);
      case SuiteStep::kIndex:
        return RenewIndex(job);
      case SuiteStep::kEpoch:
        return RenewKeys(job);
      case SuiteStep::kLookAtRows:
        return PassOver(job, false);
      case SuiteStep::kLookAtKeys:
        return LookAtRows(job);
    }
    return Status::Corrupt("a change of suite is at no step");
  }

 private:
  // The job at another step, in the store and then in `job`.
  Status GoTo(Job& job, SuiteStep step, store::Batch batch = {}) {
    Job next = job;
    next.pass = static_cast<std::uint32_t>(step);
    next.next = {};
    next.moved_ms = NowMs();
    PutJob(core_, number_, next, batch);
    MS_TRY(core_.CommitAs(batch, Durability::kPower));
    job = next;
    return Status::Ok();
  }

  // ---- patients

  // First all, alike, then whoever has something left, until nobody has.
  Status PassOver(Job& job, bool all) {
    const auto change = [&](const keys::PatientHandle& patient, store::Batch& batch) -> Result<bool> {
      auto share = PatientReseal::OpenWhole(core_, desk_, patient);
      if (share.code() == StatusCode::kNotFound) return false;  // went since the scan
      MS_TRY(share.status());
      return all ? SealAll(**share, batch) : SealLeft(**share, batch);
    };
    return pass_.Batch(job, change, [all](Job& next) {
      if (all || next.changed_in_pass == 0) ++next.pass;
    });
  }

  Result<bool> SealAll(PatientReseal& share, store::Batch& batch) {
    std::uint64_t sealed = 0;
    MS_TRY(share.RewrapSlots());
    MS_TRY(share.SealRows(PatientReseal::Which::kAlike, batch, sealed));
    share.Finish(batch);
    return true;
  }

  Result<bool> SealLeft(PatientReseal& share, store::Batch& batch) {
    std::uint64_t sealed = 0;
    MS_TRY(share.SealRows(PatientReseal::Which::kLeft, batch, sealed));
    MS_ASSIGN(const bool keys_are_left, share.KeysAreLeft());
    if (sealed == 0 && !keys_are_left) return false;
    MS_TRY(share.RewrapSlots());
    share.Finish(batch);
    return true;
  }

  // ---- index

  Status RenewIndex(Job& job) {
    MS_ASSIGN(const std::optional<NumberedJob> newest, NewestJob(core_, JobKind::kIndexReEpoch));
    // One that began before this job may have built some of it under the suite of then.
    const bool begun_since = newest.has_value() && newest->number > number_;
    if (newest.has_value() && !IsOver(newest->job)) return WorkOn(*newest);
    if (begun_since) return GoTo(job, SuiteStep::kEpoch);
    return BeginReEpoch();
  }

  // Erasures begin jobs too, which would take the number.
  Status BeginReEpoch() {
    const std::lock_guard lock(core_.gather_mutex);
    std::uint32_t number = 0;
    return BeginIndexReEpoch(core_, number);
  }

  Status WorkOn(const NumberedJob& other) {
    if (other.job.state == JobState::kPaused)
      return Status::Unsupported("this waits for another job, which is paused: resume that one first");
    if (!child_.Is(other.number)) {
      if (other.job.kind == JobKind::kEpochChange) {
        child_.Take(other.number, MakeEpochChange(core_, other.number));
      } else {
        MS_ASSIGN(auto work, MakeReEpoch(core_, other.number, batch_size_));
        child_.Take(other.number, std::move(work));
      }
    }
    return child_.Batch(other.job);
  }

  // ---- keys

  // Of all buckets, to the job's target or beyond: key rows, bucket keys and meta are made anew by it.
  Status RenewKeys(Job& job) {
    bool is_wanted = true;
    bool is_over = false;
    std::optional<NumberedJob> oldest;  // that is open: they go on in their order
    MS_TRY(ForEachJob(core_, [&](std::uint32_t number, const Job& known) {
      if (known.kind != JobKind::kEpochChange) return Status::Ok();
      if (known.subject == static_cast<std::uint32_t>(EpochScope::kAll) && known.target >= job.target) {
        is_wanted = false;
        is_over |= known.state == JobState::kDone;
      }
      if (known.state != JobState::kDone && !oldest.has_value()) oldest = {number, known};
      return Status::Ok();
    }));
    if (is_wanted) return BeginEpochChange(job);
    return is_over ? GoTo(job, SuiteStep::kLookAtRows) : WorkOn(*oldest);
  }

  Status BeginEpochChange(Job& job) {
    const std::lock_guard lock(core_.gather_mutex);
    std::uint32_t number = 0;
    store::Batch batch;
    Job next = job;
    MS_TRY(JoinEpochChange(core_, EpochScope::kAll, number, next.target, batch));
    MS_TRY(GoTo(next, SuiteStep::kEpoch, std::move(batch)));
    job = next;
    return Status::Ok();
  }

  // ---- the end

  // Some of the rows that say their suite themselves. What opens each is what it says, so none that says the newest
  // opens under another. Groups and large values, which do not say it, were opened by the pass before.
  Status LookAtRows(Job& job) {
    const std::size_t at = job.next[0];
    if (at >= std::size(kTables)) return Status::Corrupt("a change of suite is at no table");
    ByteArray<16> next{};
    const auto cursor = core_.rows->Scan(kTables[at], BeginningIn(job.next), {});
    for (std::size_t looked_at = 0; cursor->Valid(); cursor->Next(), ++looked_at) {
      // Rows of one beginning are looked at together: it is all that the job remembers.
      const auto beginning = BeginningOf(at, cursor->key());
      if (looked_at >= kRowsPerLook && beginning != next) return StayAt(job, beginning);
      next = beginning;
      if (kTables[at] == Table::kIndex && cursor->key()[0] == 'o') continue;  // in clear
      if (!seal::IsUnder(newest(), cursor->value())) return GoBack(job, kTables[at]);
    }
    MS_TRY(cursor->status());
    return at + 1 < std::size(kTables) ? StayAt(job, BeginningOf(at + 1, {})) : End(job);
  }

  // Where the look goes on: the table's place in the list above, and how its next row's key begins.
  static ByteArray<16> BeginningOf(std::size_t table, ByteView row_key) {
    ByteArray<16> next{static_cast<std::uint8_t>(table)};
    CopyBytes(row_key.first(std::min(row_key.size(), next.size() - 1)), MutableBytes(next).subspan(1));
    return next;
  }
  // A key may be as short as what is not zero of it.
  static ByteView BeginningIn(const ByteArray<16>& next) {
    ByteView beginning = ByteView(next).subspan(1);
    while (!beginning.empty() && beginning.back() == 0) beginning = beginning.first(beginning.size() - 1);
    return beginning;
  }

  Status StayAt(Job& job, const ByteArray<16>& place) {
    Job next = job;
    next.next = place;
    next.moved_ms = NowMs();
    MS_TRY(CommitJob(core_, number_, next, Durability::kProcess));
    job = next;
    return Status::Ok();
  }

  Status End(Job& job) {
    MS_TRY(LookInside());
    Job done = job;
    done.state = JobState::kDone;
    MS_TRY(GoTo(done, SuiteStep::kLookAtKeys));
    job = done;
    return Status::Ok();
  }

  // What rows of meta have inside was brought under the suite with the statement that named it.
  Status LookInside() const {
    MS_TRY(core_.registry->CheckSealedUnderNewest());
    return core_.meta->ForEach(MetaKind::kIndexKey, [this](ByteView, const SecretBytes& content) {
      if (IsIndexKeyUnder(newest(), content.Reveal())) return Status::Ok();
      return Status::AuthFailed("the key of an index lies under a suite of before: an older row was put back");
    });
  }

  // Something is left: the step that brings rows of that table under the suite, once more.
  Status GoBack(Job& job, Table table) {
    if (table == Table::kHeads) return GoTo(job, SuiteStep::kLookAtRows);
    if (table == Table::kIndex) {
      MS_TRY(BeginReEpoch());
      return GoTo(job, SuiteStep::kIndex);
    }
    Job next = job;
    next.target = core_.meta->epoch() + 1;
    MS_TRY(GoTo(next, SuiteStep::kEpoch));
    job = next;
    return Status::Ok();
  }

  seal::Suite newest() const { return core_.identity.suite.now().newest(); }

  Core& core_;
  Desk& desk_;
  std::uint32_t number_;
  std::size_t batch_size_;
  PatientPass pass_;
  Child child_;
};

}  // namespace

Result<std::unique_ptr<JobWork>> MakeSuiteChange(Core& core, Desk& desk, std::uint32_t number, std::size_t batch_size) {
  MS_TRY(CheckHoldsEveryClass(core, desk));
  return std::unique_ptr<JobWork>(std::make_unique<SuiteChange>(core, desk, number, batch_size));
}

Status StartSuiteChange(Session& session, crypto::Suite suite, std::uint32_t& number) {
  MS_TRY(crypto::CheckSuite(suite));
  MS_ASSIGN(Call call, session.Enter());
  Core& core = call.core();
  people::Session& person = *call.desk().session;
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  MS_TRY(CheckHoldsEveryClass(core, call.desk()));
  const std::lock_guard no_erasure_begins(core.gather_mutex);
  const auto subject = static_cast<std::uint32_t>(suite);
  MS_ASSIGN(number, NextJob(core, JobKind::kSuiteChange, subject));
  MS_ASSIGN(const std::uint32_t epoch, NextEpoch(core));
  const auto also = [&](const seal::SuiteSet& suites, store::Batch& batch) {
    BeginJob(core, number, {.kind = JobKind::kSuiteChange, .subject = subject, .target = epoch}, batch);
    return ResealIndexKeys({core.identity.store, suites}, *core.meta, person, batch);
  };
  MS_TRY(core.registry->ChangeSuite(person.identity(), suite, core.suites, also));
  return core.anchor->Move();
}

Status ReopenSuiteChange(Core& core) {
  MS_ASSIGN(std::optional<NumberedJob> newest, NewestJob(core, JobKind::kSuiteChange));
  if (!newest.has_value()) return Status::Ok();
  newest->job.state = JobState::kRunning;
  newest->job.pass = static_cast<std::uint32_t>(SuiteStep::kRows);
  newest->job.next = {};
  newest->job.changed_in_pass = 0;
  return CommitJob(core, newest->number, newest->job, Durability::kPower);
}

Result<std::uint32_t> CredentialsUnderOthers(const Core& core) { return core.registry->CredentialsToRenew(); }

}  // namespace mseal::vault
