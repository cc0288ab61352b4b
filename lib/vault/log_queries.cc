// Chooses how entries are found, opens them and adds them up.
#include "vault/log_queries.h"

#include "base/clock.h"
#include "vault/erasures.h"

namespace mseal::vault {
namespace {

using audit::Access;
using audit::LogReader;
using audit::OpenedEntry;
using audit::Operation;
using audit::Outcome;

// The class keys of `audit` as a session's reader asks for them.
audit::AuditPrivateKeys PrivateKeysOf(Desk& desk, people::ClassNumber audit) {
  auto opened = std::make_shared<std::map<std::uint32_t, crypto::PrivateKey>>();
  return [&desk, audit, opened](std::uint32_t version) -> Result<const crypto::PrivateKey*> {
    const auto known = opened->find(version);
    if (known != opened->end()) return &known->second;
    MS_ASSIGN(const auto key, desk.session->ClassKeyAt(audit, version));
    return &opened->emplace(version, crypto::PrivateKey(KeyBytes::CopyOf(key->Reveal()))).first->second;
  };
}

Result<people::ClassNumber> RequireAudit(Core& core, const Desk& desk) {
  const auto number = core.registry->chain()->FindClass(schema::kAudit);
  if (number.has_value() && desk.session->May(*number, people::Operation::kRead)) return *number;
  return Status::PermissionDenied("reading the log takes the class audit");
}

class Query {
 public:
  Query(Core& core, Desk& desk, const LogQuery& query, people::ClassNumber audit, const VisitEntry& visit)
      : core_(core),
        query_(query),
        visit_(visit),
        reader_(core.access_log->log(), core.access_log->keys(), core.identity.store, core.identity.suite,
                PrivateKeysOf(desk, audit)) {}

  Status Run() {
    if (!query_.person.empty()) {
      const people::Person* person = core_.registry->chain()->FindPerson(query_.person);
      if (person == nullptr) return Status::NotFound("no person of that name");
      person_ = person->number;
    }
    const auto each = [this](OpenedEntry& entry) { return Take(entry); };
    if (query_.patient.has_value()) {
      MS_ASSIGN(const auto keys, LoadPatient(core_, *query_.patient));
      return reader_.Find(keys->audit_token, each);
    }
    if (person_ == 0) return reader_.ForEach(query_.from_index, each);
    const std::uint32_t last = audit::MonthOf(std::min(query_.until_ms, NowMs()));
    for (std::uint32_t month = audit::MonthOf(std::max(query_.since_ms, Begun())); month <= last; ++month)
      MS_TRY(reader_.Find(audit::MonthToken(core_.access_log->keys(), person_, month), each));
    return Status::Ok();
  }

 private:
  // Before the oldest segment there is nothing to be found.
  std::uint64_t Begun() const {
    const auto& log = core_.access_log->log();
    const auto numbers = audit::ListSegments(log.options().folder);
    if (!numbers.ok() || numbers->empty()) return 0;
    const auto first = audit::Segment::OpenForLookups(audit::SegmentPath(log.options().folder, numbers->front()));
    return first.ok() ? (*first)->head().begun_ms : 0;
  }

  bool Fits(const OpenedEntry& entry) const {
    return entry.index >= query_.from_index && entry.time_ms >= query_.since_ms && entry.time_ms < query_.until_ms &&
           (person_ == 0 || entry.person == person_) &&
           (!query_.operation.has_value() || entry.operation == *query_.operation) &&
           (!query_.outcome.has_value() || entry.outcome == *query_.outcome);
  }

  Status Take(OpenedEntry& entry) {
    if (!Fits(entry)) return Status::Ok();
    if (entry.what == OpenedEntry::What::kSealed && entry.patient.has_value()) {
      const auto keys = LoadPatient(core_, *entry.patient);
      if (keys.ok()) MS_TRY(reader_.OpenWhat(**keys, entry));
    }
    return visit_(entry);
  }

  Core& core_;
  const LogQuery& query_;
  const VisitEntry& visit_;
  LogReader reader_;
  people::PersonNumber person_ = 0;
};

}  // namespace

Status RecordQuestion(Core& core, const Desk& desk, std::string_view detail) {
  const auto audit = RequireAudit(core, desk);
  Access access{.operation = Operation::kAudit, .outcome = audit::OutcomeOf(audit.status())};
  access.code = audit.code();
  access.detail = detail;
  MS_TRY(core.Record(desk, access));
  return audit.status();
}

Status QueryLog(Core& core, Desk& desk, const LogQuery& query, const VisitEntry& visit) {
  if (core.access_log == nullptr) return Status::Unsupported("the vault keeps no log");
  const auto audit = RequireAudit(core, desk);
  Access access{.operation = Operation::kAudit, .outcome = audit::OutcomeOf(audit.status())};
  access.code = audit.code();
  access.detail = query.person;
  if (query.patient.has_value()) access.patient = &*query.patient;
  MS_TRY(core.Record(desk, access));
  MS_TRY(audit.status());
  return Query(core, desk, query, *audit, visit).Run();
}

Result<Exposure> ExposureOfPerson(Core& core, Desk& desk, std::string_view person, std::uint64_t since_ms,
                                  std::uint64_t until_ms) {
  Exposure exposure;
  const LogQuery query{.patient = {},
                       .person = std::string(person),
                       .since_ms = since_ms,
                       .until_ms = until_ms,
                       .operation = {},
                       .outcome = Outcome::kDone};
  const VisitEntry each = [&](const OpenedEntry& entry) -> Status {
    if (entry.operation == Operation::kSearch) ++exposure.searches;
    if (entry.operation != Operation::kRead) return Status::Ok();
    ++exposure.reads;
    if (!entry.on_behalf_of.empty()) ++exposure.asserted;
    if (entry.what != OpenedEntry::What::kOpened) ++exposure.unknown;
    if (!entry.patient.has_value()) return Status::Ok();
    ExposedPatient& patient = exposure.patients[*entry.patient];
    patient.classes |= entry.classes;
    patient.fields += entry.fields.size();
    patient.asserted += entry.on_behalf_of.empty() ? 0 : 1;
    patient.unknown += entry.what != OpenedEntry::What::kOpened ? 1 : 0;
    exposure.fields += entry.fields.size();
    if (patient.reads++ == 0) patient.first_ms = entry.time_ms;
    patient.last_ms = entry.time_ms;
    return Status::Ok();
  };
  MS_TRY(QueryLog(core, desk, query, each));
  return exposure;
}

}  // namespace mseal::vault
