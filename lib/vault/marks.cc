// Sets, lifts and loads marks.
#include "vault/marks.h"

#include "base/clock.h"
#include "crypto/hash.h"
#include "format/clean_name.h"
#include "vault/entitled.h"
#include "vault/two_persons.h"

namespace mseal::vault {
namespace {

using format::MarkEntry;
using keys::MetaKind;

constexpr keys::PatientHandle kTallyId{};  // nobody's handle: those are random

Status Writable(const Core& core) {
  return core.read_only
             ? Status::Unsupported("the vault was opened read-only, because its store is older than its anchor")
             : Status::Ok();
}

// Counts marks as they are read in the order of their handles.
class Tallying {
 public:
  void Add(const keys::PatientHandle& patient, ByteView content) {
    ++tally_.count;
    hasher_.AddPrefixed(patient).AddPrefixed(content);
  }
  format::MarkTally Finish() {
    hasher_.Finish(tally_.digest);
    return tally_;
  }

 private:
  format::MarkTally tally_;
  crypto::Hasher hasher_{"medseal.v1.marks", 32};
};

// Every mark's content as it is stored.
Status ForEachContent(const Core& core,
                      const std::function<Status(const keys::PatientHandle&, const SecretBytes&)>& visit) {
  return core.meta->ForEach(MetaKind::kMark, [&](ByteView id, const SecretBytes& content) {
    keys::PatientHandle patient;
    CopyBytes(id, patient);
    return patient == kTallyId ? Status::Ok() : visit(patient, content);
  });
}

void PutTally(const keys::MetaTable& meta, const format::MarkTally& tally, store::Batch& batch) {
  meta.Put(batch, MetaKind::kMark, kTallyId, format::WriteMarkTally(tally));
}

// The tally as it will be once the patient's mark is `next`; none: it goes.
Result<format::MarkTally> TallyWith(const Core& core, const keys::PatientHandle& patient, const SecretBytes* next) {
  Tallying tallying;
  bool placed = next == nullptr;
  const auto place = [&](const keys::PatientHandle& before) {
    if (placed || before <= patient) return;
    tallying.Add(patient, next->Reveal());
    placed = true;
  };
  MS_TRY(ForEachContent(core, [&](const keys::PatientHandle& known, const SecretBytes& content) {
    place(known);
    if (known != patient) tallying.Add(known, content.Reveal());
    return Status::Ok();
  }));
  if (!placed) tallying.Add(patient, next->Reveal());
  return tallying.Finish();
}

// The caller holds the patient's lock.
Status Store(Core& core, const keys::PatientHandle& patient, const Marks& marks) {
  const std::lock_guard lock(core.marked.change_mutex());
  store::Batch batch;
  SecretBytes content;
  if (marks.empty()) {
    core.meta->Delete(batch, MetaKind::kMark, patient);
  } else {
    content = format::WriteMark(marks);
    core.meta->Put(batch, MetaKind::kMark, patient, content.Reveal());
  }
  MS_ASSIGN(const format::MarkTally tally, TallyWith(core, patient, marks.empty() ? nullptr : &content));
  PutTally(*core.meta, tally, batch);
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  core.marked.Set(patient, marks.hold.has_value(), marks.restriction.has_value());
  return core.anchor->Move();
}

// Changes what `edit` makes of the patient's marks.
Status Change(Core& core, Desk& desk, const PatientName& name, const std::function<Status(Marks&)>& edit) {
  MS_TRY(Writable(core));
  MS_TRY(RequireEntitled(core, desk));
  MS_ASSIGN(const keys::PatientHandle patient, FindPatient(core, desk, name));
  const std::lock_guard lock(core.locks.Of(patient));
  MS_TRY(core.patients->Load(patient).status());
  MS_ASSIGN(Marks marks, ReadMarks(core, patient));
  MS_TRY(edit(marks));
  return Store(core, patient, marks);
}

Result<MarkEntry> EntryOf(const Desk& desk, std::string_view reason) {
  if (!format::IsCleanText(AsBytes(reason), format::kLongestReason))
    return Status::InvalidArgument("a reason is 1 to 240 bytes of text without control characters");
  return MarkEntry{NowMs(), desk.session->identity().person.number, SecretBytes::CopyOf(AsBytes(reason))};
}

}  // namespace

Status Hold(Core& core, Desk& desk, const PatientName& patient, std::string_view reason) {
  MS_ASSIGN(MarkEntry entry, EntryOf(desk, reason));
  return Change(core, desk, patient, [&](Marks& marks) {
    if (marks.hold.has_value()) return Status::AlreadyExists("the patient is under a legal hold already");
    marks.hold = std::move(entry);
    return Status::Ok();
  });
}

Status Release(Core& core, Desk& desk, const PatientName& patient) {
  return Change(core, desk, patient, [&](Marks& marks) {
    if (!marks.hold.has_value()) return Status::NotFound("the patient is under no legal hold");
    marks.hold.reset();
    return Status::Ok();
  });
}

Status Restrict(Core& core, Desk& desk, const PatientName& patient, std::string_view reason) {
  MS_ASSIGN(MarkEntry entry, EntryOf(desk, reason));
  return Change(core, desk, patient, [&](Marks& marks) {
    if (marks.restriction.has_value()) return Status::AlreadyExists("the patient is restricted already");
    marks.restriction = std::move(entry);
    return Status::Ok();
  });
}

Status Unrestrict(Core& core, Desk& desk, const PatientName& patient) {
  if (!AreTwo(desk)) return Status::PermissionDenied("lifting a restriction takes a second person's own login");
  return Change(core, desk, patient, [&](Marks& marks) {
    if (!marks.restriction.has_value()) return Status::NotFound("the patient is not restricted");
    marks.restriction.reset();
    return Status::Ok();
  });
}

Result<Marks> ReadMarks(const Core& core, const keys::PatientHandle& patient) {
  if (patient == kTallyId) return Marks{};
  const auto content = core.meta->Get(MetaKind::kMark, patient);
  if (content.code() == StatusCode::kNotFound) return Marks{};
  MS_TRY(content.status());
  return format::ParseMark(content->Reveal());
}

Status ListMarks(const Core& core, const Desk& desk,
                 const std::function<Status(const keys::PatientHandle&, const Marks&)>& visit) {
  MS_TRY(RequireEntitled(core, desk));
  return ForEachContent(core, [&](const keys::PatientHandle& patient, const SecretBytes& content) -> Status {
    MS_ASSIGN(const Marks marks, format::ParseMark(content.Reveal()));
    return visit(patient, marks);
  });
}

Status CheckNotHeld(const Core& core, const keys::PatientHandle& patient) {
  return core.marked.IsHeld(patient)
             ? Status::PermissionDenied(
                   "the patient is under a legal hold: nothing of them is deleted before its release")
             : Status::Ok();
}

bool MayOpen(const Core& core, const Desk& desk, const keys::PatientHandle& patient) {
  return !core.marked.IsRestricted(patient) || AreTwo(desk);
}

Status CheckMayOpen(const Core& core, const Desk& desk, const keys::PatientHandle& patient) {
  return MayOpen(core, desk, patient)
             ? Status::Ok()
             : Status::PermissionDenied("the patient is restricted: it takes a second person's own login");
}

Status ForgetMarks(Core& core, const keys::PatientHandle& patient) {
  MS_TRY(Writable(core));
  const std::lock_guard lock(core.locks.Of(patient));
  MS_ASSIGN(const Marks marks, ReadMarks(core, patient));
  return marks.empty() ? Status::Ok() : Store(core, patient, Marks{});
}

void PutFirstTally(const keys::MetaTable& meta, store::Batch& batch) { PutTally(meta, Tallying().Finish(), batch); }

Status LoadMarks(Core& core) {
  Tallying tallying;
  MS_TRY(ForEachContent(core, [&](const keys::PatientHandle& patient, const SecretBytes& content) -> Status {
    MS_ASSIGN(const Marks marks, format::ParseMark(content.Reveal()));
    tallying.Add(patient, content.Reveal());
    core.marked.Set(patient, marks.hold.has_value(), marks.restriction.has_value());
    return Status::Ok();
  }));
  const Status gone =
      Status::AuthFailed("the marks of patients are not those that were set: one was taken away or put back");
  const auto stored = core.meta->Get(MetaKind::kMark, kTallyId);
  if (stored.code() == StatusCode::kNotFound) return gone;
  MS_TRY(stored.status());
  MS_ASSIGN(const format::MarkTally tally, format::ParseMarkTally(stored->Reveal()));
  const format::MarkTally found = tallying.Finish();
  return tally.count == found.count && tally.digest == found.digest ? Status::Ok() : gone;
}

}  // namespace mseal::vault
