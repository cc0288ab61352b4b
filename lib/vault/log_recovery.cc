// Compares the newest writes of the log with the heads that are there.
#include "vault/log_recovery.h"

#include <map>

#include "audit/log_heads.h"
#include "vault/erasures.h"
#include "vault/patient_rows.h"

namespace mseal::vault {
namespace {

using audit::HeadEntry;

struct Last {
  HeadEntry entry;
  std::uint64_t index = 0;
};

// The last word on each patient's head among the entries from `from` on.
std::map<ByteArray<16>, Last> LastHeads(const audit::Log& log, std::uint64_t from) {
  std::map<ByteArray<16>, Last> last;
  const std::uint64_t until = log.found().position.size;
  for (const auto& segment : log.Segments()) {
    std::uint64_t index = segment->head().first_entry;
    const auto each = [&](std::uint64_t, ByteView bytes) {
      const std::uint64_t at = index++;
      if (at < from || at >= until) return Status::Ok();
      if (const auto entry = audit::HeadEntryOf(bytes)) last[entry->patient_token] = {*entry, at};
      return Status::Ok();
    };
    segment->ForEach(audit::Segment::kFirstCell, segment->End(), each)
        .Ignore("the visitor never fails, and entries were whole when the log was opened");
  }
  return last;
}

Status RecordNotCommitted(Core& core, std::uint64_t index, const keys::PatientHandle& patient,
                          const keys::PatientKeys* keys, const format::LogHead* head) {
  audit::Access access{.operation = audit::Operation::kWrite, .outcome = audit::Outcome::kNotCommitted};
  access.number = index;
  access.patient = &patient;
  access.keys = keys;
  access.head = head;
  const Desk nobody;
  return core.Record(nobody, access);
}

// A write that was on record, and of which the store knows nothing: its process died in between.
Status Settle(Core& core, const Last& last) {
  const StoreIdentity& identity = core.identity;
  MS_ASSIGN(const keys::PatientHandle patient,
            audit::OpenPlace(core.access_log->keys(), identity.store, identity.suite, last.entry));
  const auto keys = LoadPatient(core, patient);
  if (keys.code() == StatusCode::kErased) return Status::Ok();
  if (keys.code() == StatusCode::kNotFound) return RecordNotCommitted(core, last.index, patient, nullptr, nullptr);
  MS_TRY(keys.status());
  MS_ASSIGN(const format::LogHead logged, audit::OpenHead(**keys, identity.store, identity.suite, last.entry));
  MS_ASSIGN(const format::Head head, keys::ReadHead(*core.rows, identity.store, identity.suite, **keys));
  if (head.version >= logged.version) return Status::Ok();
  const format::LogHead there = audit::HeadOf(head);
  return RecordNotCommitted(core, last.index, patient, keys->get(), &there);
}

Status RecordLostPower(Core& core) {
  audit::Access access{.operation = audit::Operation::kOpen, .outcome = audit::Outcome::kFailed};
  access.number = core.access_log->log().found().last_known_ms;
  access.detail = "the power was lost: entries of the last 50 ms before that may be missing";
  const Desk nobody;
  return core.Record(nobody, access);
}

}  // namespace

Status RecoverLog(Core& core, std::uint64_t anchored) {
  if (core.access_log == nullptr) return Status::Ok();
  const audit::Log& log = core.access_log->log();
  if (log.found().lost_power) MS_TRY(RecordLostPower(core));
  if (!log.found().not_closed) return Status::Ok();
  for (const auto& [token, last] : LastHeads(log, anchored)) {
    const Status settled = Settle(core, last);
    if (IsDamage(settled.code())) continue;  // verify says which patient it is
    MS_TRY(settled);
  }
  return Status::Ok();
}

}  // namespace mseal::vault
