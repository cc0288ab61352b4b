// Gathers and deletes what there is of a patient.
#include "vault/erase.h"

#include "base/clock.h"
#include "format/keys_of_rows.h"
#include "format/row.h"
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

}  // namespace

Status ErasePatient(Session& session, const PatientName& name, std::string_view reason, Erased& out) {
  MS_ASSIGN(Call call, session.Enter());
  Core& core = call.core();
  MS_TRY(core.CheckWritable());
  MS_TRY(CheckReason(reason));
  if (!call.desk().session->MayOverVault(people::Operation::kErase))
    return Status::PermissionDenied("only the founder erases patients, and whoever has a role that erases");
  MS_ASSIGN(out.patient, FindPatient(core, call.desk(), name));
  Status status = Status::Ok();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    status = TryErase(session.vault(), core, call.desk(), reason, out);
    if (status.code() != StatusCode::kConflict) break;
  }
  MS_TRY(status);
  MS_TRY(ForgetMarks(core, out.patient));
  return core.anchor->Move();
}

}  // namespace mseal::vault
