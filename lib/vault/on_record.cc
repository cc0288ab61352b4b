// Records failures and administrative work.
#include "vault/on_record.h"

#include <cstring>

#include "crypto/random.h"
#include "vault/erasures.h"

namespace mseal::vault {
namespace {

using audit::Access;
using audit::Outcome;

bool IsCallersSlip(const Status& status) {
  switch (status.code()) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kConflict:
    case StatusCode::kAlreadyExists:
    case StatusCode::kClosed:
    case StatusCode::kForked:
    case StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

// Enters for as long as it takes to record; `enter` gives the call, and nobody's desk where there is no session.
template <typename Enter>
Status RecordAs(Enter&& enter, const Access& access) {
  auto call = enter();
  if (!call.ok()) return call.status();
  const Desk nobody;
  return call->core().Record(call->has_desk() ? call->desk() : nobody, access);
}

template <typename Enter>
Status Administer(Enter&& enter, audit::Operation operation, std::string_view detail, const std::function<Status()>& work,
                  const std::optional<keys::PatientHandle>& patient) {
  Access access{.operation = operation, .outcome = Outcome::kBegun};
  access.detail = detail;
  if (patient.has_value()) access.patient = &*patient;
  MS_TRY(RecordAs(enter, access));
  const Status status = work();
  access.outcome = audit::OutcomeOf(status);
  access.code = status.code();
  access.incident = status.ok() ? 0 : DrawIncident();
  const Status recorded = RecordAs(enter, access);
  // What was done is done: a log that fails now is found by the next call, and the entry before says what had begun.
  if (status.ok()) return recorded.ok() || recorded.code() == StatusCode::kClosed ? Status::Ok() : recorded;
  return status.WithIncident(access.incident);
}

}  // namespace

std::uint64_t DrawIncident() {
  ByteArray<8> random;
  crypto::SystemRandom(random);
  std::uint64_t incident = 0;
  std::memcpy(&incident, random.data(), random.size());
  return incident;
}

Status RecordFailure(Core& core, const Desk& desk, audit::Operation operation, const Status& failure,
                     const std::optional<keys::PatientHandle>& patient) {
  if (IsCallersSlip(failure)) return failure;
  Access access{.operation = operation, .outcome = audit::OutcomeOf(failure), .code = failure.code()};
  access.incident = DrawIncident();
  if (patient.has_value()) access.patient = &*patient;
  std::shared_ptr<const keys::PatientKeys> keys;
  if (patient.has_value()) {
    auto loaded = LoadPatient(core, *patient);
    if (loaded.ok()) keys = std::move(*loaded);
  }
  access.keys = keys.get();
  MS_TRY(core.Record(desk, access));
  return failure.WithIncident(access.incident);
}

Status OnRecord(Call& call, audit::Operation operation, const RecordWork& work) {
  std::optional<keys::PatientHandle> patient;
  const Status status = work(patient);
  return status.ok() ? status : RecordFailure(call.core(), call.desk(), operation, status, patient);
}

Status OnRecord(Session& session, audit::Operation operation, std::string_view detail, const std::function<Status()>& work,
                const std::optional<keys::PatientHandle>& patient) {
  return Administer([&] { return session.Enter(); }, operation, detail, work, patient);
}

Status OnRecord(Vault& vault, audit::Operation operation, std::string_view detail, const std::function<Status()>& work) {
  return Administer([&] { return vault.Enter(); }, operation, detail, work, {});
}

}  // namespace mseal::vault
