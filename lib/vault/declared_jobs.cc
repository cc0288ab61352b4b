// Reads, signs and changes the rows of declared jobs.
#include "vault/declared_jobs.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/clock.h"
#include "crypto/sign.h"
#include "format/clean_name.h"
#include "vault/two_persons.h"

namespace mseal::vault {
namespace {

using format::DeclaredJob;
using keys::MetaKind;

constexpr std::uint64_t kDayMs = 86'400'000;

Status RequireAdministrator(const Core& core, const Desk& desk) {
  MS_TRY(core.CheckWritable());
  if (desk.session->MayOverVault(people::Operation::kAdminister)) return Status::Ok();
  return Status::PermissionDenied("declaring what a program reads takes an administrator");
}

struct StoredJob {
  std::uint32_t number = 0;
  KnownJob known;
};
using VisitStored = std::function<Status(const StoredJob&)>;

// By two who could declare it now; a declaration does not outlive the right to make it.
bool IsSigned(const Core& core, const DeclaredJob& job) {
  const auto chain = core.registry->chain();
  const people::Person* const by = chain->FindPerson(job.by);
  const people::Person* const second = chain->FindPerson(job.second);
  if (by == nullptr || !chain->OperationsOverVault(job.by).Has(people::Operation::kAdminister)) return false;
  if (second == nullptr || second->kind != people::PersonKind::kHuman || chain->IsDisabled(job.second)) return false;
  const Bytes message = format::DeclaredJobSigned(core.identity.store, job);
  return crypto::Verify(by->verify_key, message, job.signature) &&
         crypto::Verify(second->verify_key, message, job.second_signature);
}

void Sign(const Core& core, const people::Identity& by, const people::Identity& second, DeclaredJob& job) {
  job.by = by.person.number;
  job.second = second.person.number;
  const Bytes message = format::DeclaredJobSigned(core.identity.store, job);
  job.signature = crypto::Sign(by.keys.seed, message);
  job.second_signature = crypto::Sign(second.keys.seed, message);
}

DeclaredJobState StateOf(const Core& core, const DeclaredJob& job) {
  if (!IsSigned(core, job)) return DeclaredJobState::kNotSigned;
  return NowMs() < job.until_ms ? DeclaredJobState::kInForce : DeclaredJobState::kExpired;
}

Status ForEachStored(const Core& core, const VisitStored& visit) {
  return core.meta->ForEach(MetaKind::kDeclaredJob, [&](ByteView id, const SecretBytes& content) -> Status {
    StoredJob stored;
    for (const std::uint8_t byte : id) stored.number = stored.number << 8 | byte;
    MS_ASSIGN(stored.known.job, format::ParseDeclaredJob(content.Reveal()));
    stored.known.state = StateOf(core, stored.known.job);
    return visit(stored);
  });
}

Status CheckTerms(const JobDeclaration& declaration) {
  const audit::DailyWindow& window = declaration.window;
  if (!format::IsCleanName(AsBytes(declaration.name)))
    return Status::InvalidArgument("the name of a job is 1 to 64 bytes of clean text");
  if (declaration.patients == 0 || declaration.patients > kMostPatientsOfAJob)
    return Status::InvalidArgument("a job reads from 1 to 1000000 patients in one window");
  if (window.from >= format::kMinutesOfADay || window.to >= format::kMinutesOfADay)
    return Status::InvalidArgument("a window begins and ends at a minute of the day: 0 to 1439");
  if (window.days == 0 || window.days > format::kEveryDay)
    return Status::InvalidArgument("a window begins on days of the week: bit 0 Monday to bit 6 Sunday");
  const std::uint64_t now = NowMs();
  if (declaration.until_ms <= now || declaration.until_ms > now + kLongestDeclaredDays * kDayMs)
    return Status::InvalidArgument("a declaration holds until a time to come, 366 days away at most");
  return Status::Ok();
}

std::pair<std::string_view, std::string_view> SplitField(std::string_view field) {
  const std::size_t dot = field.rfind('.');
  if (dot == std::string_view::npos) return {};
  return {field.substr(0, dot), field.substr(dot + 1)};
}

bool HasFieldOf(const std::vector<std::string>& fields, std::string_view type) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return SplitField(field).first == type; });
}

Status CheckScope(const JobDeclaration& declaration, const schema::Schema& schema) {
  const auto& [types, fields] = std::tie(declaration.types, declaration.fields);
  if (types.empty() || types.size() > format::kMostJobNames || fields.size() > format::kMostJobNames)
    return Status::InvalidArgument("a job names 1 to 255 record types, and at most 255 fields");
  for (const std::string& type : types) {
    if (schema.FindType(type) == nullptr) return Status::InvalidArgument("the schema has no such record type");
    if (!fields.empty() && !HasFieldOf(fields, type))
      return Status::InvalidArgument("name fields of every type that the job reads, or none at all");
  }
  for (const std::string& field : fields) {
    const auto [type, name] = SplitField(field);
    const schema::TypePlan* const plan = schema.FindType(type);
    if (plan == nullptr || plan->FindField(name) == nullptr ||
        std::find(types.begin(), types.end(), type) == types.end())
      return Status::InvalidArgument("a field is named TYPE.FIELD, of a type that the job reads");
  }
  return Status::Ok();
}

// They vouch for somebody else's work, not for their own.
Result<people::PersonNumber> WhoRuns(const Core& core, const Desk& desk, std::string_view name) {
  const auto chain = core.registry->chain();
  const people::Person* const person = chain->FindPerson(name);
  if (person == nullptr) return Status::NotFound("no person of that name");
  if (person->number == desk.session->identity().person.number || person->number == desk.second_person)
    return Status::InvalidArgument("whoever runs a job does not vouch for it: two others declare it");
  return person->number;
}

// The number of a new row.
Result<std::uint32_t> NextNumber(const Core& core, std::string_view name) {
  std::uint32_t newest = 0, count = 0;
  bool taken = false;
  MS_TRY(ForEachStored(core, [&](const StoredJob& stored) {
    newest = std::max(newest, stored.number);
    taken = taken || stored.known.job.name == name;
    ++count;
    return Status::Ok();
  }));
  if (taken) return Status::AlreadyExists("a declared job has that name: revoke it first");
  if (count >= kMostDeclaredJobs) return Status::ResourceExhausted("there are 256 declared jobs: revoke some");
  return newest + 1;
}

// The anchor moves: a declaration put back is an older store.
Status CommitAndMove(Core& core, const store::Batch& batch) {
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  return core.anchor->Move();
}

void Put(const Core& core, store::Batch& batch, std::uint32_t number, const DeclaredJob& job) {
  core.meta->Put(batch, MetaKind::kDeclaredJob, keys::MetaIdOf({number}), format::WriteDeclaredJob(job));
}

// Every row of that name: somebody with the meta key may have doubled one.
Status DeleteRows(Core& core, std::string_view name) {
  const std::lock_guard lock(core.numbered_mutex);
  store::Batch batch;
  bool found = false;
  MS_TRY(ForEachStored(core, [&](const StoredJob& stored) {
    if (stored.known.job.name != name) return Status::Ok();
    core.meta->Delete(batch, MetaKind::kDeclaredJob, keys::MetaIdOf({stored.number}));
    found = true;
    return Status::Ok();
  }));
  return found ? CommitAndMove(core, batch) : Status::NotFound("no job of that name is declared");
}

}  // namespace

Status DeclareJob(Core& core, Desk& desk, const JobDeclaration& declaration) {
  MS_TRY(RequireAdministrator(core, desk));
  const auto second = SecondAt(desk);
  if (second == nullptr) return Status::PermissionDenied("declaring a job takes a second person at the session");
  MS_TRY(CheckTerms(declaration));
  MS_TRY(CheckScope(declaration, *core.schemas.current()->schema));
  MS_ASSIGN(const people::PersonNumber person, WhoRuns(core, desk, declaration.person));
  DeclaredJob job;
  job.name = declaration.name;
  job.person = person;
  job.declared_ms = NowMs();
  job.until_ms = declaration.until_ms;
  job.patients = declaration.patients;
  job.from = declaration.window.from;
  job.to = declaration.window.to;
  job.days = declaration.window.days;
  job.types = declaration.types;
  job.fields = declaration.fields;
  Sign(core, desk.session->identity(), *second, job);
  const std::lock_guard lock(core.numbered_mutex);
  MS_ASSIGN(const std::uint32_t number, NextNumber(core, job.name));
  store::Batch batch;
  Put(core, batch, number, job);
  return CommitAndMove(core, batch);
}

Status RevokeDeclaredJob(Core& core, Desk& desk, std::string_view name) {
  MS_TRY(RequireAdministrator(core, desk));
  MS_TRY(DeleteRows(core, name));
  if (core.alarms != nullptr) core.alarms->jobs().Revoke(name);
  return Status::Ok();
}

Status ForEachDeclaredJob(const Core& core, const VisitJob& visit) {
  return ForEachStored(core, [&](const StoredJob& stored) { return visit(stored.known); });
}

Status ListDeclaredJobs(const Core& core, const Desk& desk, const VisitJob& visit) {
  const bool all = desk.session->MayOverVault(people::Operation::kAudit) ||
                   desk.session->MayOverVault(people::Operation::kAdminister);
  const people::PersonNumber own = desk.session->identity().person.number;
  return ForEachDeclaredJob(
      core, [&](const KnownJob& known) { return all || known.job.person == own ? visit(known) : Status::Ok(); });
}

Result<DeclaredJob> FindDeclaredJob(const Core& core, people::PersonNumber person, std::string_view name) {
  std::optional<KnownJob> found;
  MS_TRY(ForEachDeclaredJob(core, [&](const KnownJob& known) {
    if (known.job.name == name) found = known;
    return Status::Ok();
  }));
  if (!found.has_value()) return Status::NotFound("no job of that name is declared: medseal job declare");
  if (found->state == DeclaredJobState::kNotSigned)
    return Status::AuthFailed("the declaration is not signed by two who may vouch for it: declare it anew");
  if (found->job.person != person) return Status::PermissionDenied("the job is declared for another person");
  return std::move(found->job);
}

audit::JobTerms TermsOf(const DeclaredJob& job, const schema::Schema& schema) {
  audit::JobTerms terms;
  terms.patients = job.patients;
  terms.window = {.from = job.from, .to = job.to, .days = job.days};
  terms.until_ms = job.until_ms;
  for (const std::string& type : job.types) terms.types[type];
  for (const std::string& field : job.fields) {
    const auto [type, name] = SplitField(field);
    const schema::TypePlan* const plan = schema.FindType(type);
    const schema::FieldPlan* const known = plan == nullptr ? nullptr : plan->FindField(name);
    auto& numbers = terms.types[std::string(type)];
    if (!numbers.has_value()) numbers.emplace();
    if (known != nullptr) numbers->insert(known->number);
  }
  return terms;
}

Status NoteRun(Core& core, const DeclaredJob& job, const audit::JobTally& tally) {
  const std::lock_guard lock(core.numbered_mutex);
  store::Batch batch;
  bool found = false;
  MS_TRY(ForEachStored(core, [&](const StoredJob& stored) {
    if (stored.known.job.signature != job.signature) return Status::Ok();
    found = true;
    DeclaredJob noted = stored.known.job;
    noted.used_ms = NowMs();
    noted.window_ms = tally.window_ms;
    noted.read = tally.patients;
    Put(core, batch, stored.number, noted);
    return Status::Ok();
  }));
  return found ? core.meta->Commit(batch, store::Durability::kProcess) : Status::Ok();
}

}  // namespace mseal::vault
