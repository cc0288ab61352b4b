// People at work in an opened vault: logging in, the gate that their calls pass, and how their sessions end.
#include <algorithm>

#include "base/clock.h"
#include "people/policy.h"
#include "vault/known_time.h"
#include "vault/load_schema.h"
#include "vault/login.h"
#include "vault/on_record.h"
#include "vault/two_persons.h"
#include "vault/vault.h"

namespace mseal::vault {

Result<Call> Session::Enter() {
  MS_ASSIGN(Call call, vault_->Enter());
  if (ending_ || over_) return Ended();
  call.session_gate_ = std::shared_lock(gate_);
  if (desk_.session == nullptr) return Ended();
  // Not a clock: the watch knows the time, and a line that is written at every call would go from core to core.
  if (!used_.load(std::memory_order_relaxed)) used_.store(true, std::memory_order_relaxed);
  call.desk_ = &desk_;
  return call;
}

Result<Call> Session::EnterAlone() {
  MS_ASSIGN(Call call, vault_->Enter());
  call.whole_session_gate_ = std::unique_lock(gate_);
  if (desk_.session == nullptr || over_) return Ended();
  used_ = true;
  call.desk_ = &desk_;
  return call;
}

Result<std::shared_ptr<Session>> Vault::Login(const LoginRequest& request) {
  MS_TRY(people::CheckUse(request.use));
  MS_ASSIGN(people::Identity identity, Identify([this] { return Enter(); }, request.person, request.secret));
  MS_ASSIGN(Call call, Enter());
  return Begin(call.core(), std::move(identity), request);
}

Result<std::shared_ptr<Session>> Vault::Begin(Core& core, people::Identity identity, const LoginRequest& request) {
  const people::Person known = identity.person;
  auto inner = people::Session::Start(*core.registry, core.identity.store, core.identity.suite, std::move(identity),
                                      request.use, options_.cache_patients);
  if (!inner.ok()) core.registry->Settle();
  auto session = std::make_shared<Session>(shared_from_this());
  if (inner.ok()) session->Begin(std::move(*inner));
  const std::shared_lock gate(session->gate_);  // who ends it meanwhile waits
  // A rotation that ended between the two looks at the chain did not see this session yet.
  if (!core.registry->HasNewestKeys(known)) return Status::WrongSecret("this person has another secret since");
  MS_TRY(inner.status());
  MS_TRY(Admit(*session, known.number));
  session->desk_.session->DropRevoked();
  MS_TRY(RecordLogin(core, *session));
  MS_TRY(CompleteIndexKeys(core, session->desk_));
  if (!core.read_only)
    core.registry->RenewCredential(session->desk_.session->identity(), request.secret)
        .Ignore("a credential that stays under the suite of before opens as well, and is counted");
  FollowClock(core).Ignore("a known time that lags asks for a second person earlier, no more");
  return session;
}

namespace {

// Names the job too: the person is proven, and may have tried another's.
Status RecordLoginFor(Core& core, const Desk& desk, const Status& job) {
  const std::string& name = desk.session->use().job;
  const std::string detail = name.empty() ? std::string() : "job " + name;
  audit::Access access{.operation = audit::Operation::kLogin, .outcome = audit::OutcomeOf(job), .code = job.code()};
  access.incident = job.ok() ? 0 : DrawIncident();
  access.detail = detail;
  MS_TRY(core.Record(desk, access));
  return job.ok() ? Status::Ok() : job.WithIncident(access.incident);
}

}  // namespace

Status Vault::RecordLogin(Core& core, Session& session) {
  if (core.access_log == nullptr) return Status::Ok();
  const people::Session& inner = *session.desk_.session;
  audit::Actor actor{.person = inner.identity().person.number,
                     .purpose = inner.use().purpose,
                     .origin = inner.use().origin,
                     .on_behalf_of = inner.use().on_behalf_of};
  MS_ASSIGN(session.desk_.recorder, core.access_log->Begin(std::move(actor)));
  const Status job =
      inner.use().job.empty() ? Status::Ok() : core.alarms->jobs().Arrive(core, session.desk_, inner.use().job);
  MS_TRY(RecordLoginFor(core, session.desk_, job));
  return core.alarms->Arrive(session.desk_);
}

// ---- the time of sessions

Status Vault::Admit(Session& session, people::PersonNumber person) {
  std::lock_guard lock(children_mutex_);
  const auto own = static_cast<std::uint64_t>(
      std::count_if(sessions_.begin(), sessions_.end(), [&](const Session* one) { return one->person_ == person; }));
  if (own >= core_->registry->chain()->policy(people::policy::kSessionsPerPerson))
    return Status::ResourceExhausted("this person has as many sessions as policy allows: log out of one first");
  session.person_ = person;
  session.begun_ = session.last_use_ = PassedMs();
  if (watch_ != nullptr) return Status::Ok();
  looked_at_ = session.begun_;
  watch_ = std::make_unique<SessionWatch>([this] {
    EndSessionsThatAreOver();
    if (core_->alarms != nullptr) core_->alarms->Look();
  });
  return Status::Ok();
}

// Runs on the watch's thread, which ends before anything here is taken down.
void Vault::EndSessionsThatAreOver() {
  std::lock_guard lock(children_mutex_);
  const auto chain = core_->registry->chain();
  const std::uint64_t now = PassedMs();
  const Session::Limits limits{.idle_ms = chain->policy(people::policy::kSessionIdleMinutes) * 60'000,
                               .age_ms = chain->policy(people::policy::kSessionMaxHours) * 3'600'000,
                               .unwatched_ms = now - looked_at_};
  looked_at_ = now;
  for (Session* session : sessions_) session->EndIfOver(limits, now);
}

void Session::EndIfOver(const Limits& limits, std::uint64_t now) {
  if (person_ == 0) return;
  const bool used = used_.exchange(false) && limits.unwatched_ms < limits.idle_ms;
  const std::unique_lock gate(gate_, std::try_to_lock);
  if (used || !gate.owns_lock()) last_use_ = now;
  if (now - begun_ >= limits.age_ms || now - last_use_ >= limits.idle_ms) over_ = true;
  if (!over_ || !gate.owns_lock()) return;
  End();
  person_ = 0;
}

Status Session::Ended() const {
  return over_ ? Status::Closed("the session was over, being unused or too old: log in again")
               : Status::Closed("the vault or the session is closed");
}

std::uint32_t Vault::session_count() {
  std::lock_guard lock(children_mutex_);
  return static_cast<std::uint32_t>(sessions_.size());
}

// To be looked through without the list's lock, which their calls may want.
std::vector<std::shared_ptr<Session>> Vault::LiveSessions() {
  std::vector<std::shared_ptr<Session>> live;
  std::lock_guard lock(children_mutex_);
  for (Session* session : sessions_) {
    auto held = session->weak_from_this().lock();
    if (held != nullptr) live.push_back(std::move(held));
  }
  return live;
}

void Vault::EndSessionsWithOldKeys() {
  for (const auto& session : LiveSessions()) {
    if (session->HasOldKeys()) session->Logout();
    session->LoseDisabledWitness();
  }
}

void Vault::DropRevoked(const Session* own) {
  for (const auto& session : LiveSessions()) {
    if (session.get() == own) continue;
    const std::shared_lock gate(session->gate_);
    Desk& desk = session->desk_;
    if (desk.session != nullptr && desk.session->DropRevoked()) desk.index_keys.Clear();
  }
}

void Vault::ForgetPatient(const keys::PatientHandle& patient) {
  core_->patients->Forget(patient);
  for (const auto& session : LiveSessions()) {
    const std::shared_lock gate(session->gate_);
    if (session->desk_.session != nullptr) session->desk_.session->Forget(patient);
  }
}

// ---- sessions

Session::Session(std::shared_ptr<Vault> vault) : vault_(std::move(vault)) {
  std::lock_guard lock(vault_->children_mutex_);
  vault_->sessions_.insert(this);
}

Session::~Session() {
  if (ProcessWasForked()) return;
  Logout();
  std::lock_guard lock(vault_->children_mutex_);
  vault_->sessions_.erase(this);
}

// In a forked child a thread that is gone may hold the gate, and the keys are wiped already.
void Session::Logout() {
  if (ProcessWasForked()) return;
  ending_ = true;
  {
    const std::unique_lock gate(gate_);
    End();
  }
  std::lock_guard lock(vault_->children_mutex_);
  person_ = 0;
}

void Session::Begin(std::unique_ptr<people::Session> session) {
  const std::unique_lock gate(gate_);
  desk_.session = std::move(session);
}

bool Session::HasOldKeys() {
  const auto call = Enter();
  return call.ok() && !vault_->core_->registry->HasNewestKeys(desk_.session->identity().person);
}

void Session::LoseDisabledWitness() {
  const auto call = Enter();
  if (!call.ok()) return;
  people::PersonNumber second = desk_.second_person;
  if (second != 0 && vault_->core_->registry->chain()->IsDisabled(second)) Leave(desk_);
}

void Session::End() {
  if (desk_.session == nullptr) return;
  if (desk_.watch != nullptr || desk_.job != nullptr) vault_->core_->alarms->Leave(desk_);
  if (desk_.recorder != nullptr)
    desk_.recorder->Record({.operation = audit::Operation::kLogout}).Ignore("keys are wiped whatever the disk says");
  desk_.recorder.reset();
  desk_.session->End();
  desk_.session.reset();
  desk_.index_keys.Clear();
  Leave(desk_);
  desk_.job.reset();
}

}  // namespace mseal::vault
