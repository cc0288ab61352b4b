// Begins the rotation of a class key and rewraps slots.
#include "vault/rotation.h"

#include "vault/epoch_change.h"

namespace mseal::vault {
namespace {

using format::Job;
using format::JobKind;

class ClassRewrap : public JobWork {
 public:
  ClassRewrap(Core& core, Desk& desk, std::uint32_t number, const Job& job, std::size_t batch_size)
      : core_(core),
        desk_(desk),
        class_number_(static_cast<people::ClassNumber>(job.subject)),
        version_(job.target),
        pass_(core, number, batch_size, [this](store::Batch& batch) { return BringEpochChange(batch); }) {}

  Status Batch(Job& job) override {
    return pass_.Batch(
        job, [this](const keys::PatientHandle& patient, store::Batch& batch) { return Rewrap(patient, batch); });
  }

 private:
  // What the old versions open in copies of the disk dies with it.
  Status BringEpochChange(store::Batch& batch) {
    std::uint32_t number = 0, epoch = 0;
    return JoinEpochChange(core_, format::EpochScope::kAll, number, epoch, batch);
  }

  Result<bool> Rewrap(const keys::PatientHandle& patient, store::Batch& batch) {
    auto stored = core_.patients->Read(patient);
    if (stored.code() == StatusCode::kNotFound) return false;  // went since the scan
    MS_TRY(stored.status());
    format::Slot& slot = stored->row.slots[class_number_];
    if (slot.class_key_version >= version_) return false;
    MS_TRY(RewrapSlot(patient, slot));
    core_.patients->Put(batch, *stored);
    return true;
  }

  Status RewrapSlot(const keys::PatientHandle& patient, format::Slot& slot) {
    MS_ASSIGN(const auto to, desk_.session->ClassKeyAt(class_number_, version_));
    std::shared_ptr<const keys::ClassKey> old;
    if (slot.state != format::SlotState::kUnused) {
      MS_ASSIGN(old, desk_.session->ClassKeyAt(class_number_, slot.class_key_version));
    }
    return keys::RewrapSlot(core_.identity.store, core_.identity.suite, patient, class_number_, old.get(), *to,
                            version_, slot);
  }

  Core& core_;
  Desk& desk_;
  people::ClassNumber class_number_;
  people::ClassKeyVersion version_;
  PatientPass pass_;
};

}  // namespace

Result<std::unique_ptr<JobWork>> MakeClassRewrap(Core& core, Desk& desk, std::uint32_t number, const Job& job,
                                                 std::size_t batch_size) {
  if (!desk.session->Holds(static_cast<people::ClassNumber>(job.subject)))
    return Status::PermissionDenied("only a session that holds the class works on its rotation");
  return std::unique_ptr<JobWork>(std::make_unique<ClassRewrap>(core, desk, number, job, batch_size));
}

Status StartClassRotation(Session& session, std::string_view class_name, const std::vector<std::string>& revoked,
                          std::uint32_t& number) {
  MS_ASSIGN(Call call, session.Enter());
  Core& core = call.core();
  Desk& desk = call.desk();
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  const auto class_number = core.registry->chain()->FindClass(class_name);
  if (!class_number.has_value()) return Status::NotFound("no class of that name");
  MS_ASSIGN(number, NextJob(core, JobKind::kClassRotation, *class_number));
  const auto also = [&](const keys::ClassKey& next, people::ClassKeyVersion version, store::Batch& batch) {
    BeginJob(core, number, {.kind = JobKind::kClassRotation, .subject = *class_number, .target = version}, batch);
    return RewrapIndexKeys(core.identity, *core.meta, *desk.session, *class_number, next, version, batch);
  };
  MS_TRY(core.registry->RotateClass(desk.session->identity(), *class_number, revoked, also));
  session.vault().DropRevoked(&session);  // first: the statements stand, whatever becomes of the anchor
  return core.anchor->Move();
}

}  // namespace mseal::vault
