// Begins the reseal of a class and passes over the patients: the first pass seals anew, those after it look for what is
// left under previous data keys and drop these.
#include "vault/reseal.h"

#include "vault/backup.h"
#include "vault/patient_reseal.h"

namespace mseal::vault {
namespace {

using format::Job;
using format::JobKind;

// One patient a batch, so that no writer waits for more than its own.
constexpr std::size_t kPatientsTogether = 1;

// Whether a backup from before everything was sealed anew may still be there to be restored, which takes the previous
// data keys: one that a place lists, or any where a place is away or holds copies that another tool made. A place that
// is given up is forgotten, a backup pruned. A clock that ran ahead makes no backup newer: its commits have to be. They
// alone do not say it either, since a restore takes the counter back while later backups stay where they are.
Result<bool> BackupsNeedPrevious(Core& core, const Job& job) {
  std::vector<PlaceView> views;
  const Status listed = ListBackups(core, {}, views);
  if (listed.code() == StatusCode::kNotFound) return false;  // no place is registered
  MS_TRY(listed);
  for (const PlaceView& view : views) {
    if (!view.reached.ok() || view.place.facts.kind == format::PlaceKind::kCopies) return true;
    for (const PlaceView::Entry& entry : view.backups) {
      const bool newer = entry.facts.commit_counter >= job.commits && entry.facts.made_ms > job.moved_ms;
      if (!entry.known.ok() || !newer) return true;
    }
  }
  return false;
}

class Reseal : public JobWork {
 public:
  Reseal(Core& core, Desk& desk, std::uint32_t number, const Job& job)
      : core_(core),
        desk_(desk),
        number_(number),
        class_number_(static_cast<people::ClassNumber>(job.subject)),
        pass_(core, number, kPatientsTogether) {}

  Status Batch(Job& job) override {
    MS_TRY(NoteCommits(job));
    MS_TRY(CheckBackups(job));
    const Status passed =
        pass_.Batch(job, [&](const keys::PatientHandle& patient, store::Batch& batch) -> Result<bool> {
          auto share = PatientReseal::Open(core_, desk_, patient, class_number_);
          if (share.code() == StatusCode::kNotFound) return false;  // went since the scan
          MS_TRY(share.status());
          return job.pass == 1 ? SealAll(**share, batch) : SealLeft(**share, job.pass == 2, batch);
        });
    return passed.ok() ? NoteCommits(job) : passed;
  }

 private:
  // Right after the first pass; by the next step if the process died in between. A backup that has as many commits has
  // all that the pass wrote.
  Status NoteCommits(Job& job) {
    if (job.pass == 1 || job.commits != 0 || job.state != format::JobState::kRunning) return Status::Ok();
    Job next = job;
    next.commits = core_.rows->CommitCounter();
    MS_TRY(CommitJob(core_, number_, next, store::Durability::kProcess));
    job = next;
    return Status::Ok();
  }

  // Before the second pass drops the first key. Backups that are made from then on have nothing under a previous one.
  Status CheckBackups(const Job& job) {
    if (job.pass != 2 || job.next != keys::PatientHandle{}) return Status::Ok();
    MS_ASSIGN(const bool needed, BackupsNeedPrevious(core_, job));
    if (!needed) return Status::Ok();
    return Status::KeyUnavailable(
        "a backup from before still needs the previous data keys: medseal backup create, then backup prune the older "
        "ones "
        "(or backup forget a place that is given up), then medseal rotate resume");
  }

  Result<bool> SealAll(PatientReseal& share, store::Batch& batch) {
    std::uint64_t sealed = 0;
    MS_TRY(share.BeginGeneration());
    MS_TRY(share.SealRows(PatientReseal::Which::kAlike, batch, sealed));
    share.Finish(batch);
    return true;
  }

  // Under the patient's lock nothing comes under the previous data key any more once nothing was found under it. The
  // second pass writes every key row, also where there is nothing to drop: they change alike.
  Result<bool> SealLeft(PatientReseal& share, bool every_key_row, store::Batch& batch) {
    std::uint64_t sealed = 0;
    if (!share.has_previous() && !every_key_row) return false;
    if (share.has_previous()) MS_TRY(share.SealRows(PatientReseal::Which::kLeft, batch, sealed));
    if (sealed == 0) share.DropPrevious();
    share.Finish(batch);
    return true;
  }

  Core& core_;
  Desk& desk_;
  std::uint32_t number_;
  people::ClassNumber class_number_;
  PatientPass pass_;
};

Status CheckHolds(const Desk& desk, people::ClassNumber number) {
  if (desk.session->Holds(number)) return Status::Ok();
  return Status::PermissionDenied("only a session that holds the class works on its reseal");
}

}  // namespace

Result<std::unique_ptr<JobWork>> MakeReseal(Core& core, Desk& desk, std::uint32_t number, const Job& job) {
  MS_TRY(CheckHolds(desk, static_cast<people::ClassNumber>(job.subject)));
  return std::unique_ptr<JobWork>(std::make_unique<Reseal>(core, desk, number, job));
}

Status ReopenReseals(Core& core) {
  store::Batch batch;
  MS_TRY(ForEachJob(core, [&](std::uint32_t number, Job job) {
    if (job.kind != JobKind::kReseal || format::IsOver(job)) return Status::Ok();
    job.pass = 1;
    job.next = {};
    job.changed_in_pass = 0;
    job.commits = 0;
    PutJob(core, number, job, batch);
    return Status::Ok();
  }));
  return batch.empty() ? Status::Ok() : core.CommitAs(batch, store::Durability::kPower);
}

Status StartReseal(Session& session, std::string_view class_name, std::uint32_t& number) {
  MS_ASSIGN(Call call, session.Enter());
  Core& core = call.core();
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  const auto class_number = core.registry->chain()->FindClass(class_name);
  if (!class_number.has_value()) return Status::NotFound("no class of that name");
  MS_TRY(CheckHolds(call.desk(), *class_number));
  const auto next = NextJob(core, JobKind::kReseal, *class_number);
  if (next.code() == StatusCode::kAlreadyExists)
    return Status::AlreadyExists("the class's previous data keys are not dropped yet: finish its reseal first");
  MS_ASSIGN(number, next);
  store::Batch batch;
  BeginJob(core, number, {.kind = JobKind::kReseal, .subject = *class_number}, batch);
  MS_TRY(core.Commit(batch));
  return core.anchor->Move();
}

}  // namespace mseal::vault
