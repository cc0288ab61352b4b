// Compares what goes on record with the rules.
#include "vault/alarms.h"

#include <cstdlib>

#include "base/clock.h"
#include "format/canary_row.h"
#include "people/policy.h"
#include "vault/canaries.h"
#include "vault/core.h"
#include "vault/erasures.h"
#include "vault/known_time.h"
#include "vault/settings.h"

namespace mseal::vault {
namespace {

using audit::Access;
using audit::Outcome;
using audit::Rule;
using keys::MetaKind;
namespace policy = people::policy;

constexpr std::uint64_t kMinuteMs = 60'000;
constexpr std::uint64_t kHourMs = 60 * kMinuteMs;
constexpr std::uint64_t kDayMs = 24 * kHourMs;
constexpr std::uint64_t kTellAllDamages = 16;  // beyond, each time it has doubled
constexpr std::size_t kMostIdle = 256;         // persons whose hour is remembered though they have no session

std::uint32_t Setting(const people::Chain& chain, std::string_view name) {
  return static_cast<std::uint32_t>(chain.policy(name));
}

audit::AlertLimits LimitsOf(const people::Chain& chain) {
  audit::AlertLimits limits;
  limits.failed_logins = Setting(chain, policy::kAlertFailedLogins);
  limits.failed_logins_of_all = Setting(chain, policy::kAlertFailedLoginsOfAll);
  limits.patients_per_hour = Setting(chain, policy::kAlertPatientsPerHour);
  limits.habit_factor = Setting(chain, policy::kAlertHabitFactor);
  limits.habit_least = Setting(chain, policy::kAlertHabitLeast);
  limits.denials = Setting(chain, policy::kAlertDenials);
  limits.clock_minutes = Setting(chain, policy::kAlertClockMinutes);
  limits.key_days = Setting(chain, policy::kAlertKeyDays);
  limits.certificate_days = Setting(chain, policy::kAlertCertificateDays);
  limits.hours = {static_cast<std::uint8_t>(Setting(chain, policy::kAlertHoursFrom)),
                  static_cast<std::uint8_t>(Setting(chain, policy::kAlertHoursTo))};
  for (const audit::RuleEntry& entry : audit::RuleTable()) {
    const bool off = !entry.policy.empty() && chain.policy(entry.policy) == 0;
    if (off) limits.off |= 1u << static_cast<unsigned>(entry.rule);
  }
  return limits;
}

Result<std::vector<keys::PatientHandle>> ReadPlanted(const Core& core) {
  const auto row = core.meta->Get(MetaKind::kCanaries, {});
  if (row.code() == StatusCode::kNotFound) return std::vector<keys::PatientHandle>();
  MS_TRY(row.status());
  MS_ASSIGN(const format::Canaries canaries, format::ParseCanaries(row->Reveal()));
  return canaries.patients;
}

std::int64_t ClockLessPassed() { return static_cast<std::int64_t>(NowMs()) - static_cast<std::int64_t>(PassedMs()); }

}  // namespace

void Alarms::Load() {
  LoadLimits();
  clock_ = ClockLessPassed();
  looked_at_ = PassedMs();
  if (auto former = ReadFormerCanaries(core_); former.ok())
    former_.Set(*former);
  else
    loaded_ = former.status();
  const auto planted = ReadPlanted(core_);
  if (planted.ok())
    planted_.Set(*planted);
  else
    loaded_ = planted.status();
  const Status delivery = delivery_.Load();
  if (loaded_.ok()) loaded_ = delivery;
}

void Alarms::LoadLimits() {
  const std::lock_guard lock(limits_mutex_);
  all_limits_.push_back(std::make_unique<const audit::AlertLimits>(LimitsOf(*core_.registry->chain())));
  limits_.store(all_limits_.back().get(), std::memory_order_release);
}

Status Alarms::Raise(const Desk& desk, Rule rule, std::uint64_t number, const keys::PatientHandle* patient,
                     people::PersonNumber person) {
  if (!limits().On(rule)) return Status::Ok();
  const bool has_session = desk.recorder != nullptr;
  const Access entry{.operation = audit::Operation::kAlert,
                     .number = number,
                     .person = person,
                     .detail = audit::NameOf(rule),
                     .patient = patient};
  MS_TRY(has_session ? desk.recorder->Record(entry) : core_.access_log->RecordByHost(entry));
  format::KeptAlert alert;
  alert.rule = static_cast<std::uint8_t>(rule);
  alert.time_ms = NowMs();
  alert.number = number;
  alert.person = has_session ? desk.recorder->actor().person : person;
  if (has_session) alert.session = desk.recorder->id();
  if (patient != nullptr) alert.patient = *patient;
  delivery_.Take(std::move(alert));
  return Status::Ok();
}

// ---- accesses

Status Alarms::Saw(const Desk& desk, const Access& access) {
  const keys::PatientHandle* patient = access.keys != nullptr ? &access.keys->handle : access.patient;
  if (patient != nullptr && planted_.Has(*patient)) MS_TRY(SawPatient(desk, *patient));
  if (access.outcome != Outcome::kDone || access.operation == audit::Operation::kBreakGlass)
    return Judge(desk, access, patient);
  if (access.operation != audit::Operation::kRead || patient == nullptr || desk.watch == nullptr) return Status::Ok();
  return SawRead(desk, access, *patient);
}

// Of a planted patient: once each time that somebody turns to one.
Status Alarms::SawPatient(const Desk& desk, const keys::PatientHandle& patient) {
  const std::uint64_t mark = Planted::MarkOf(patient);
  if (desk.last_planted.exchange(mark, std::memory_order_relaxed) == mark) return Status::Ok();
  return Raise(desk, Rule::kCanary, 0, &patient);
}

Status Alarms::SawRead(const Desk& desk, const Access& access, const keys::PatientHandle& patient) {
  const audit::AlertLimits& limits = *limits_.load(std::memory_order_acquire);
  if (access.by_name && access.redacted != 0) MS_TRY(SawDenial(desk));
  const std::uint64_t mark = Planted::MarkOf(patient);
  if (desk.job != nullptr && !desk.outside_job.load(std::memory_order_relaxed)) {
    const auto answer = desk.job->Saw({access.type, access.fields, mark}, {NowMs(), PassedMs()});
    if (answer == audit::JobWatch::Answer::kWithin) return Status::Ok();
    const bool first = !desk.outside_job.exchange(true, std::memory_order_relaxed);
    if (first && answer == audit::JobWatch::Answer::kOutside) MS_TRY(SawOutsideJob(desk, limits, mark));
  }
  if (limits.hours.set()) MS_TRY(SawOutsideHours(desk, limits));
  if (desk.last_patient.load(std::memory_order_relaxed) == mark) return Status::Ok();
  desk.last_patient.store(mark, std::memory_order_relaxed);
  const std::uint32_t count = desk.watch->Read(patient, PassedMs());
  if (audit::Crosses(count, limits.patients_per_hour)) MS_TRY(Raise(desk, Rule::kBulkRead, count));
  return audit::Crosses(count, desk.habit_limit) ? Raise(desk, Rule::kAboveHabit, count) : Status::Ok();
}

// What the job read before counts from now on, as if nothing had been declared.
Status Alarms::SawOutsideJob(const Desk& desk, const audit::AlertLimits& limits, std::uint64_t patient) {
  MS_TRY(Raise(desk, Rule::kOutsideJob, desk.job->tally().patients));
  audit::JobWatch::Within within = desk.job->Leave();
  within.patients.push_back(patient);
  const std::uint32_t count = desk.watch->Join(within.patients, within.others, PassedMs());
  // Where `count` itself is not where an alert is due, one was due on the way.
  if (count > limits.patients_per_hour) MS_TRY(Raise(desk, Rule::kBulkRead, count));
  return count > desk.habit_limit ? Raise(desk, Rule::kAboveHabit, count) : Status::Ok();
}

// Once for each hour of the day.
Status Alarms::SawOutsideHours(const Desk& desk, const audit::AlertLimits& limits) {
  const std::uint64_t now = NowMs();
  if (limits.hours.Has(now)) return Status::Ok();
  const std::uint64_t hour = now / kHourMs;
  if (desk.last_hour_outside.exchange(hour, std::memory_order_relaxed) == hour) return Status::Ok();
  return Raise(desk, Rule::kOutsideHours);
}

Status Alarms::SawDenial(const Desk& desk) {
  if (desk.watch == nullptr) return Status::Ok();
  const std::uint32_t count = desk.watch->Denied(PassedMs());
  return audit::Crosses(count, limits().denials) ? Raise(desk, Rule::kDenials, count) : Status::Ok();
}

Status Alarms::Judge(const Desk& desk, const Access& access, const keys::PatientHandle* patient) {
  // Before it is done, and once.
  if (access.operation == audit::Operation::kBreakGlass && access.outcome == Outcome::kBegun)
    return Raise(desk, Rule::kBreakGlass);
  if (access.outcome == Outcome::kDenied && access.operation != audit::Operation::kLogin) return SawDenial(desk);
  if (!audit::TellsOfDamage(access.code)) return Status::Ok();
  const std::uint64_t count = ++damages_;
  const bool told = count <= kTellAllDamages || (count & (count - 1)) == 0;
  return told ? Raise(desk, Rule::kIntegrity, count, patient) : Status::Ok();
}

Status Alarms::LoginFailed(people::PersonNumber person, std::uint64_t failures, std::uint64_t of_all, bool locked_out) {
  const Desk host;
  const audit::AlertLimits now = limits();
  if (failures != 0 && failures % now.failed_logins == 0)
    MS_TRY(Raise(host, Rule::kFailedLogins, failures, nullptr, person));
  if (of_all != 0 && of_all % now.failed_logins_of_all == 0) MS_TRY(Raise(host, Rule::kFailedLoginsOfAll, of_all));
  return locked_out ? Raise(host, Rule::kLockOut, failures, nullptr, person) : Status::Ok();
}

// ---- sessions

// The row of a habit that does not open counts as none: it would be a way to make a person seem to read more. Whoever
// spoiled it is told of.
std::shared_ptr<audit::PersonWatch> Alarms::WatchOf(people::PersonNumber person, bool& spoiled) {
  audit::Habit habit;
  const auto row = core_.meta->Get(MetaKind::kHabit, keys::MetaIdOf({person}));
  const auto kept = row.ok() ? format::ParseHabit(row->Reveal()) : row.status();
  spoiled = !kept.ok() && kept.code() != StatusCode::kNotFound;
  if (kept.ok()) habit = {kept->hours, kept->mean, kept->begun_ms, kept->patients};
  return std::make_shared<audit::PersonWatch>(habit, NowMs(), PassedMs());
}

Status Alarms::Arrive(Desk& desk) {
  const audit::Actor& actor = desk.recorder->actor();
  bool elsewhere = false, spoiled = false;
  {
    const std::lock_guard lock(persons_mutex_);
    Known& known = persons_[actor.person];
    if (known.watch == nullptr) known.watch = WatchOf(actor.person, spoiled);
    desk.watch = known.watch;
    ++known.sessions;
    // Where a session is said to be nowhere, nothing is known.
    elsewhere = !actor.origin.empty() && !known.places.empty() && !known.places.contains(actor.origin);
    if (!actor.origin.empty()) ++known.places[actor.origin];
  }
  desk.habit_limit = desk.watch->HabitLimit(limits(), PassedMs());
  if (spoiled) MS_TRY(Raise(desk, Rule::kIntegrity));
  return elsewhere ? Raise(desk, Rule::kTwoPlaces) : Status::Ok();
}

void Alarms::Leave(Desk& desk) {
  jobs_.Leave(core_, desk);
  if (desk.watch == nullptr) return;
  const audit::Actor& actor = desk.recorder->actor();
  Store(actor.person, *desk.watch);
  desk.watch.reset();
  const std::lock_guard lock(persons_mutex_);
  const auto known = persons_.find(actor.person);
  const auto place = known->second.places.find(actor.origin);
  if (place != known->second.places.end() && --place->second == 0) known->second.places.erase(place);
  if (--known->second.sessions == 0 && persons_.size() > kMostIdle) persons_.erase(known);
}

void Alarms::Store(people::PersonNumber person, audit::PersonWatch& watch) {
  bool changed = false;
  const audit::Habit habit = watch.Take(NowMs(), PassedMs(), changed);
  if (!changed || core_.read_only) return;
  store::Batch batch;
  core_.meta->Put(batch, MetaKind::kHabit, keys::MetaIdOf({person}),
                  format::WriteHabit({habit.hours, habit.mean, habit.begun_ms, habit.patients}));
  core_.meta->Commit(batch, store::Durability::kProcess)
      .Ignore("what was read in this session is then missing from the person's habit; keys are wiped all the same");
}

// ---- time

void Alarms::AtOpen(bool older) {
  const Desk host;
  const auto raise = [&](Rule rule, std::uint64_t number = 0) {
    Raise(host, rule, number).Ignore("a log that takes no entry is found by the next call, which then does nothing");
  };
  if (!loaded_.ok()) raise(Rule::kIntegrity);
  if (older) raise(Rule::kFreshness);
  if (core_.access_log->log().found().lost_power) raise(Rule::kAuditGap);
  if (delivery_.found() != 0) raise(Rule::kUndelivered, delivery_.found());
  const auto clock = JudgeClock(core_, NowMs(), 0);
  if (clock.ok() && (*clock == ClockState::kBehind || *clock == ClockState::kAhead)) raise(Rule::kClock);
  CheckAges();
  delivery_.Start();
}

void Alarms::Look() {
  CheckClock();
  if (PassedMs() - looked_at_ < kDayMs) return;
  looked_at_ = PassedMs();
  CheckAges();
}

void Alarms::CheckClock() {
  const std::int64_t now = ClockLessPassed();
  const auto step = static_cast<std::uint64_t>(std::abs(now - clock_)) / kMinuteMs;
  if (step < limits().clock_minutes) return;
  clock_ = now;
  Raise(Desk(), Rule::kClock, step).Ignore("a log that takes no entry is found by the next call");
}

// The epoch secret is as old as the last change of it, or as the store; an erasure is not over until it is dead.
void Alarms::CheckAges() {
  const audit::AlertLimits now = limits();
  const auto settings = ReadSettings(*core_.meta);
  std::uint64_t changed = settings.ok() ? settings->created_ms : NowMs();
  core_.meta
      ->ForEach(MetaKind::kEpochEnd,
                [&](ByteView, const SecretBytes& content) -> Status {
                  MS_ASSIGN(const format::EpochEnd end, format::ParseEpochEnd(content.Reveal()));
                  changed = std::max(changed, end.destroyed_ms);
                  return Status::Ok();
                })
      .Ignore("verify finds rows that do not open; the age is then that of the store");
  std::uint64_t waiting = 0;
  ForEachErasure(core_, [&](const keys::PatientHandle&, const format::Erasure& erasure) {
    const bool old = erasure.withdrawn_ms + now.certificate_days * kDayMs < NowMs();
    if (erasure.state == format::ErasureState::kWithdrawn && old) ++waiting;
    return Status::Ok();
  }).Ignore("verify finds rows that do not open");
  const Desk host;
  const auto ignored = "a log that takes no entry is found by the next call";
  const std::uint64_t days = (NowMs() - std::min(NowMs(), changed)) / kDayMs;
  if (days > now.key_days) Raise(host, Rule::kKeyOverdue, days).Ignore(ignored);
  if (waiting != 0) Raise(host, Rule::kCertificateOverdue, waiting).Ignore(ignored);
}

}  // namespace mseal::vault
