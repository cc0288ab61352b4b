// Gathers and deletes what there is of a patient.
#include "vault/erase.h"

#include <set>

#include "base/clock.h"
#include "format/keys_of_rows.h"
#include "format/row.h"
#include "people/policy.h"
#include "vault/approvals.h"
#include "vault/epoch_change.h"
#include "vault/erasures.h"
#include "vault/marks.h"
#include "vault/overlay.h"
#include "vault/patient_change.h"
#include "vault/patient_rows.h"

namespace mseal::vault {
namespace {

using store::Table;

constexpr std::size_t kLongestReason = 4096;
constexpr int kAttempts = 16;
constexpr std::uint64_t kDayMs = 86'400'000;

// One patient's rows on their way out. The caller holds the patient's lock.
class Withdrawal {
 public:
  Withdrawal(Core& core, const keys::PatientHandle& patient) : core_(core), patient_(patient), overlay_(*core.rows) {}

  Status Gather(format::Erasure& erasure) {
    MS_ASSIGN(const auto keys, core_.patients->Reload(patient_));
    erasure.bucket = keys->bucket->bucket;
    erasure.bucket_key_version = keys->bucket->version;
    erasure.bucket_key = keys->bucket->row_value;
    MS_TRY(TakeRecords(*keys, erasure));
    MS_TRY(TakeAll(Table::kHeads, patient_, erasure));
    return TakeAll(Table::kKeys, format::KeyRowPrefix(patient_), erasure);
  }
  store::Batch& batch() { return overlay_.batch(); }

 private:
  // Live rows name the patient's postings. Where the rows do not add up, those that open have to do, and those that do
  // not are deleted all the same.
  Status TakeRecords(const keys::PatientKeys& keys, format::Erasure& erasure) {
    const auto at = core_.rows->Freeze();
    const auto rows = CollectPatient(core_, keys, *at);
    if (rows.ok()) {
      for (const OpenedRow& row : rows->live) MS_TRY(TakePostings(row, erasure));
    } else if (rows.code() == StatusCode::kIoError) {
      return rows.status();
    } else {
      MS_TRY(TakePostingsOfWhatOpens(keys, erasure));
    }
    return TakeAll(Table::kRecords, patient_, erasure);
  }

  Status TakePostingsOfWhatOpens(const keys::PatientKeys& keys, format::Erasure& erasure) {
    const auto cursor = core_.rows->Scan(Table::kRecords, patient_, format::AfterPrefix(patient_));
    for (; cursor->Valid(); cursor->Next()) {
      const auto kind = format::KindOfRow(cursor->value());
      if (kind.ok() && *kind == format::RowKind::kChunk) continue;
      keys::RecordHandle handle{};
      if (cursor->key().size() == handle.size()) CopyBytes(cursor->key(), handle);
      const auto row =
          OpenRow(core_.identity, keys, keys::TagOf(handle), Bytes(cursor->value().begin(), cursor->value().end()));
      if (row.ok()) MS_TRY(TakePostings(*row, erasure));
      if (!row.ok()) ++erasure.unreadable;
    }
    return cursor->status();
  }

  Status TakePostings(const OpenedRow& row, format::Erasure& erasure) {
    const format::Posting own{row.place.patient, row.place.tag};
    for (const format::HeaderPosting& name : row.header.postings) {
      const Status removed = core_.postings->Remove(overlay_, name, own);
      if (removed.code() == StatusCode::kAuthFailed) continue;  // it was taken away before
      MS_TRY(removed);
      ++erasure.postings;
    }
    for (const format::HeaderOrdered& name : row.header.ordered)
      overlay_.Delete(Table::kIndex, OrderedRowKey(name.index, name.value, row.place.handle()));
    return Status::Ok();
  }

  Status TakeAll(Table table, ByteView prefix, format::Erasure& erasure) {
    const auto cursor = core_.rows->Scan(table, prefix, format::AfterPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) Take(table, cursor->key(), cursor->value(), erasure);
    return cursor->status();
  }

  void Take(Table table, ByteView key, ByteView value, format::Erasure& erasure) {
    ++erasure.rows;
    erasure.bytes += key.size() + value.size();
    overlay_.Delete(table, key);
  }

  Core& core_;
  const keys::PatientHandle& patient_;
  Overlay overlay_;
};

Status CheckReason(std::string_view reason) {
  if (!reason.empty() && reason.size() <= kLongestReason) return Status::Ok();
  return Status::InvalidArgument("a reason has 1 to 4096 bytes");
}

// Committed while no epoch change closes; Conflict: another writer took a posting first.
Status Withdraw(Core& core, const Desk& desk, const keys::PatientHandle& patient, std::string_view reason,
                Erased& out) {
  Withdrawal withdrawal(core, patient);
  format::Erasure erasure;
  MS_TRY(withdrawal.Gather(erasure));
  const std::lock_guard gathering(core.gather_mutex);
  MS_TRY(JoinEpochChange(core, format::EpochScope::kErased, out.job, erasure.epoch, withdrawal.batch()));
  crypto::SystemRandom(erasure.certificate);
  erasure.withdrawn_ms = NowMs();
  erasure.person = desk.session->identity().person.number;
  erasure.reason = reason;
  erasure.posting_key = core.postings->newest()->generation;
  PutErasure(core, patient, erasure, withdrawal.batch());
  MS_TRY(core.CommitAs(withdrawal.batch(), store::Durability::kPower));
  out.erasure = std::move(erasure);
  return Status::Ok();
}

Status TryErase(Vault& vault, Core& core, const Desk& desk, std::string_view reason, Erased& out) {
  const std::lock_guard lock(core.locks.Of(out.patient));
  auto known = ReadErasure(core, out.patient);
  if (known.ok()) return out.erasure = std::move(*known), Status::Ok();
  if (known.code() != StatusCode::kNotFound) return known.status();
  MS_TRY(CheckNotHeld(core, out.patient));
  MS_TRY(Withdraw(core, desk, out.patient, reason, out));
  vault.ForgetPatient(out.patient);
  return Status::Ok();
}

Status CheckMayErase(const Core& core, const Desk& desk, std::string_view reason) {
  MS_TRY(core.CheckWritable());
  MS_TRY(CheckReason(reason));
  if (desk.session->MayOverVault(people::Operation::kErase)) return Status::Ok();
  return Status::PermissionDenied("only the founder erases patients, and whoever has a role that erases");
}

Result<std::uint64_t> ErasedToday(const Core& core, people::PersonNumber person) {
  const std::uint64_t now = NowMs();
  std::uint64_t count = 0;
  MS_TRY(ForEachErasure(core, [&](const keys::PatientHandle&, const format::Erasure& erasure) {
    // A clock that was set back takes nobody out of the count.
    if (erasure.person == person && erasure.withdrawn_ms + kDayMs > now) ++count;
    return Status::Ok();
  }));
  return count;
}

Status Erase(Session& session, Call& call, std::string_view reason, Erased& out) {
  Core& core = call.core();
  Status status = Status::Ok();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    status = TryErase(session.vault(), core, call.desk(), reason, out);
    if (status.code() != StatusCode::kConflict) break;
  }
  MS_TRY(status);
  MS_TRY(ForgetMarks(core, out.patient));
  return core.anchor->Move();
}

}  // namespace

ErasePermit& ErasePermit::operator=(ErasePermit&& other) noexcept {
  Release();
  alone_ = std::move(other.alone_);
  person_ = other.person_;
  count_ = other.count_;
  return *this;
}

void ErasePermit::Release() {
  if (alone_ == nullptr) return;
  const std::lock_guard lock(alone_->mutex);
  alone_->patients[person_] -= count_;
  alone_.reset();
}

// Those who are on their way out count beside those who are gone: calls at the same time let nobody do more.
Result<ErasePermit> ErasePermit::Require(Core& core, Desk& desk, std::vector<keys::PatientHandle> patients,
                                         std::string_view reason) {
  if (patients.size() > format::kMostPatientsOfAnAction)
    return Status::ResourceExhausted("more patients than can be erased at once: name 65 536 at the most");
  ErasePermit permit;
  if (patients.empty()) return permit;
  const std::uint64_t alone = core.registry->chain()->policy(people::policy::kEraseAlone);
  permit.person_ = desk.session->identity().person.number;
  permit.count_ = patients.size();
  {
    const std::lock_guard lock(core.erasures_alone->mutex);
    MS_ASSIGN(const std::uint64_t today, ErasedToday(core, permit.person_));
    std::uint64_t& under_way = core.erasures_alone->patients[permit.person_];
    if (today + under_way + permit.count_ <= alone) {
      under_way += permit.count_;
      permit.alone_ = core.erasures_alone;
      return permit;
    }
  }
  MS_TRY(RequireApproval(core, desk, {format::ActionKind::kErase, 0, std::string(reason), {}, std::move(patients)}));
  return permit;
}

Status ErasePatient(Session& session, const PatientName& name, std::string_view reason, Erased& out) {
  MS_ASSIGN(Call call, session.Enter());
  MS_TRY(CheckMayErase(call.core(), call.desk(), reason));
  MS_ASSIGN(out.patient, FindPatient(call.core(), call.desk(), name));
  std::vector<keys::PatientHandle> patients;
  if (ReadErasure(call.core(), out.patient).code() == StatusCode::kNotFound) patients.push_back(out.patient);
  MS_ASSIGN(const ErasePermit permit, ErasePermit::Require(call.core(), call.desk(), std::move(patients), reason));
  return Erase(session, call, reason, out);
}

Result<ErasePermit> ErasePermit::Get(Session& session, const std::vector<PatientName>& names, std::string_view reason) {
  MS_ASSIGN(Call call, session.Enter());
  MS_TRY(CheckMayErase(call.core(), call.desk(), reason));
  std::set<keys::PatientHandle> patients;
  for (const PatientName& name : names) {
    const auto patient = FindPatient(call.core(), call.desk(), name);
    if (patient.code() == StatusCode::kNotFound || patient.code() == StatusCode::kErased) continue;
    MS_TRY(patient.status());
    if (ReadErasure(call.core(), *patient).code() == StatusCode::kNotFound) patients.insert(*patient);
  }
  return Require(call.core(), call.desk(), {patients.begin(), patients.end()}, reason);
}

Status ErasePatient(Session& session, const PatientName& name, std::string_view reason, const ErasePermit&,
                    Erased& out) {
  MS_ASSIGN(Call call, session.Enter());
  MS_TRY(CheckMayErase(call.core(), call.desk(), reason));
  MS_ASSIGN(out.patient, FindPatient(call.core(), call.desk(), name));
  return Erase(session, call, reason, out);
}

}  // namespace mseal::vault
