// Opens and closes vaults and lets calls in.
#include "vault/vault.h"

#include <algorithm>

#include "base/clock.h"
#include "people/policy.h"
#include "vault/given_up.h"
#include "vault/index_re_epoch.h"
#include "vault/known_time.h"
#include "vault/load_schema.h"
#include "vault/log_recovery.h"
#include "vault/login.h"
#include "vault/marks.h"
#include "vault/on_record.h"
#include "vault/provider_changes.h"
#include "vault/provider_copies.h"
#include "vault/streams.h"

namespace mseal::vault {
namespace {

Status Closed() { return Status::Closed("the vault or the session is closed"); }
Status Forked() { return Status::Forked("this process is a child of the one that opened the vault"); }

}  // namespace

Status Core::CheckWritable() const {
  if (!read_only) return Status::Ok();
  return Status::Unsupported("the vault was opened read-only, because its store is older than its anchor");
}

Status Core::Record(const Desk& desk, const audit::Access& access) {
  if (access_log == nullptr) return Status::Ok();
  MS_TRY(desk.recorder != nullptr ? desk.recorder->Record(access) : access_log->RecordByHost(access));
  if (anchor != nullptr) anchor->Note();
  return alarms == nullptr ? Status::Ok() : alarms->Saw(desk, access);
}

Status Core::CommitAs(const store::Batch& batch, store::Durability how) {
  MS_TRY(CheckWritable());
  AtPoint("a batch is committed");
  MS_TRY(batch.Writes(store::Table::kMeta) ? meta->Commit(batch, how) : rows->Commit(batch, how));
  anchor->Note();
  AtPoint("a batch was committed");
  return Status::Ok();
}

void KeepAnchor(Core& core, bool held) {
  const auto facts = [&core]() -> Result<keys::Anchor> {
    keys::Anchor anchor{.epoch = core.meta->epoch(), .statement_number = core.registry->chain()->newest_number()};
    if (core.access_log == nullptr) return anchor;
    MS_ASSIGN(const audit::LogPosition log, core.access_log->Checkpoint());
    anchor.audit_size = log.size;
    anchor.audit_root = log.root;
    return anchor;
  };
  core.anchor.reset();
  core.anchor = std::make_unique<AnchorKeeper>(*core.rows, *core.provider, facts, held);
}

// ---- children

Child::Child(std::shared_ptr<Session> session) : session_(std::move(session)) {
  Vault& vault = session_->vault();
  std::lock_guard lock(vault.children_mutex_);
  vault.children_.insert(this);
}

Child::~Child() = default;

void Child::Leave() {
  if (ProcessWasForked()) return;
  Vault& vault = session_->vault();
  const std::shared_lock gate(vault.gate_);  // not while Close drops the children
  std::lock_guard lock(vault.children_mutex_);
  vault.children_.erase(this);
}

// ---- opening

Vault::Vault(const OpenOptions& options)
    : options_{.store = options.store,
               .keyring = options.keyring,
               .secret = {options.secret.kind, SecretBytes::CopyOf(options.secret.bytes.Reveal())},
               .durability = options.durability,
               .accept_stale = options.accept_stale,
               .restoring = options.restoring,
               .audit = options.audit,
               .audited = options.audited,
               .on_alert = options.on_alert,
               .cache_patients = options.cache_patients,
               .cache_bytes = options.cache_bytes,
               .environment = options.environment,
               .file_io = options.file_io,
               .crash_point = options.crash_point} {}

Result<std::shared_ptr<Vault>> Vault::Open(const OpenOptions& options) {
  MS_TRY(CheckVaultAt(options.store));
  std::shared_ptr<Vault> vault(new Vault(options));
  MS_ASSIGN(StoreLock lock, StoreLock::Take(options.store));
  vault->lock_ = std::make_unique<StoreLock>(std::move(lock));
  const Status opened = vault->OpenParts();
  if (!opened.ok()) return vault->core_.reset(), vault->TellOfFailure(opened), opened;
  if (vault->core_->alarms != nullptr && !options.restoring)
    vault->core_->alarms->AtOpen(vault->freshness_.freshness == Freshness::kOlder);
  return vault;
}

// A vault that does not open has no log and no sinks but the host's own.
void Vault::TellOfFailure(const Status& failure) {
  if (!options_.on_alert || !audit::TellsOfDamage(failure.code())) return;
  const auto rule = failure.code() == StatusCode::kStale ? audit::Rule::kFreshness : audit::Rule::kIntegrity;
  options_.on_alert({.time_ms = NowMs(),
                     .store = {},
                     .rule = std::string(audit::NameOf(rule)),
                     .person = {},
                     .session = {},
                     .patient = {},
                     .number = 0});
}

Status Vault::OpenRows(bool read_only) {
  store::RocksOptions rocks;
  rocks.read_only = read_only;
  rocks.block_cache_bytes = options_.cache_bytes;
  rocks.environment = options_.environment;
  MS_ASSIGN(core_->rows, store::OpenRocks(RowsFolder(options_.store), rocks));
  core_->read_only = read_only;
  return Status::Ok();
}

// Comes before anything is read: a store that lost its newest rows may not even open.
Status Vault::CheckFreshness() {
  if (options_.restoring) return Status::Ok();
  const auto anchor = core_->provider->ReadAnchor();
  if (!anchor.ok() && !options_.accept_stale) return anchor.status();
  const std::optional<keys::Anchor> known = anchor.ok() ? *anchor : std::nullopt;
  freshness_ = CompareWithAnchor(known, core_->rows->CommitCounter(), known.has_value() ? known->statement_number : 0);
  if (anchor.ok() && freshness_.freshness != Freshness::kOlder) return Status::Ok();
  if (!options_.accept_stale)
    return Status::Stale("the store is older than its anchor: something was lost or an old copy was put back");
  core_->rows.reset();
  return OpenRows(true);
}

// Every epoch the provider has: two while the epoch changes.
Status Vault::OpenEpochs() {
  for (const std::uint32_t number : core_->provider->Epochs()) {
    MS_ASSIGN(keys::EpochSecret secret, core_->provider->Open(number));
    keys::Epoch epoch{number, std::move(secret)};
    if (core_->epochs == nullptr)
      core_->epochs = std::make_unique<keys::Epochs>(std::move(epoch));
    else
      core_->epochs->Add(std::move(epoch));
  }
  if (core_->epochs != nullptr) return Status::Ok();
  return Status::KeyUnavailable("the keyring holds no epoch secret of this store");
}

// The newest epoch whose meta key is there; until an epoch change has sealed meta anew that is the one before.
Status Vault::OpenMeta() {
  for (const auto& epoch : core_->epochs->all()) {
    auto meta = keys::MetaTable::Open(*core_->rows, core_->identity.store, core_->identity.suite, *epoch);
    if (meta.code() == StatusCode::kNotFound) continue;
    if (meta.code() == StatusCode::kAuthFailed)
      return Status::AuthFailed(
          "the keyring does not open this store: it is another store's, or the store was changed");
    MS_TRY(meta.status());
    core_->meta = std::move(*meta);
    return Status::Ok();
  }
  return Status::KeyUnavailable("the keyring holds no epoch secret of this store");
}

// From here on those that the chain names open, and its newest seals.
Status Vault::TakeUpSuites(const Settings& settings) {
  const auto chain = core_->registry->chain();
  if (settings.suite != chain->founding_suite()) return Status::AuthFailed("the settings name another suite");
  if (!chain->suites().Accepts(core_->provider->suite()))
    return Status::AuthFailed("the keyring is under a suite that the chain of statements does not name");
  MS_TRY(crypto::CheckSuite(chain->suites().newest()));
  core_->suites.Change(chain->suites());
  return Status::Ok();
}

// A log that lost entries closes the vault as a store that lost rows does.
Status Vault::OpenAccessLog(const std::optional<keys::Anchor>& anchor) {
  if (!options_.audited) return Status::Ok();
  AccessLogOptions options{.store = options_.store, .id = core_->identity.store, .suite = core_->identity.suite};
  options.sync = options_.audit;
  audit::LogPosition anchored;
  if (anchor.has_value() && !options_.restoring) anchored = {anchor->audit_size, anchor->audit_root};
  auto opened = AccessLog::Open(options, *core_->meta, *core_->registry, anchored);
  const bool older = opened.code() == StatusCode::kStale || opened.code() == StatusCode::kAuthFailed;
  if (older && options_.accept_stale) {
    freshness_.freshness = Freshness::kOlder;
    core_->read_only = true;
    opened = AccessLog::Open(options, *core_->meta, *core_->registry, {});
  }
  MS_TRY(opened.status());
  core_->access_log = std::move(*opened);
  core_->alarms = std::make_unique<Alarms>(*core_);
  if (options_.on_alert) core_->alarms->delivery().SetCallback(options_.on_alert);
  core_->alarms->Load();
  return Status::Ok();
}

Status Vault::OpenParts() {
  core_ = std::make_unique<Core>();
  core_->job_file = std::make_unique<JobFile>(options_.store);
  auto provider = keys::OpenProvider(options_.keyring, options_.secret, {.file_io = options_.file_io});
  if (provider.code() == StatusCode::kNotFound)
    return Status::KeyUnavailable("there is no keyring at its path or of its name");
  MS_TRY(provider.status());
  options_.secret.bytes.Clear();
  core_->provider = std::move(*provider);
  core_->identity.store = core_->provider->store();
  core_->durability = options_.durability;
  core_->provider_uri = options_.keyring;
  core_->file_io = options_.file_io;
  core_->crash_point = options_.crash_point;
  MS_TRY(OpenRows(false));
  MS_TRY(CheckFreshness());
  MS_TRY(OpenEpochs());
  MS_TRY(OpenMeta());
  const StoreIdentity& identity = core_->identity;
  MS_ASSIGN(const Settings settings, ReadSettings(*core_->meta));
  MS_TRY(OpenPostings(*core_));
  MS_TRY(core_->generations.Load(*core_->meta));
  core_->buckets = std::make_unique<keys::Buckets>(*core_->rows, identity.store, identity.suite, *core_->epochs,
                                                   settings.bucket_bits);
  core_->patients = std::make_unique<keys::PatientKeyTable>(*core_->rows, identity.store, identity.suite,
                                                            *core_->buckets, options_.cache_patients);
  MS_ASSIGN(core_->registry, people::Registry::Load(*core_->rows, *core_->meta, identity.store, identity.suite));
  const auto chain = core_->registry->chain();
  MS_TRY(TakeUpSuites(settings));
  const auto anchor = core_->provider->ReadAnchor();
  if (anchor.ok() && anchor->has_value() && !core_->read_only && !options_.restoring) {
    if (chain->newest_number() < (*anchor)->statement_number)
      return Status::Stale("the chain of statements is older than its anchor");
    if (core_->meta->epoch() < (*anchor)->epoch) return Status::Stale("the store's epoch is older than its anchor's");
  }
  MS_ASSIGN(auto active, LoadActiveSchema(*core_->meta, *chain));
  core_->schemas.Set(std::move(active));
  MS_TRY(OpenAccessLog(anchor.ok() ? *anchor : std::nullopt));
  const Status marks = LoadMarks(*core_);
  // Opened read-only for what can be saved: the marks that are there bind, and one that is missing does not close it.
  if (core_->read_only) return Status::Ok();
  MS_TRY(marks);
  KeepAnchor(*core_, options_.restoring);
  if (!options_.restoring) MS_TRY(RecoverLog(*core_, anchor.ok() && anchor->has_value() ? (*anchor)->audit_size : 0));
  MS_TRY(RegisterProvider(*core_));
  // What a restored store remembers may be long over.
  if (!options_.restoring) {
    SweepProviders(*core_).Ignore("no epoch secret is dead until it could be done; other work goes on");
    SweepGivenUp(*core_, GivenUpOn::kFile)
        .Ignore("certificates say that its secrets may be there; a listing of copies says why");
  }
  return SweepPendingUploads(*core_);
}

// ---- closing

Status Vault::Close() {
  if (ProcessWasForked()) return Forked();
  closing_ = true;
  std::unique_ptr<SessionWatch> watch;
  const std::unique_lock gate(gate_);
  if (core_ == nullptr) return Status::Ok();
  {
    std::lock_guard lock(children_mutex_);
    watch = std::move(watch_);
  }
  watch.reset();
  EndSessions();
  core_->alarms.reset();  // what it has not delivered stays in meta
  Status moved = Status::Ok();
  if (core_->anchor != nullptr) {
    if (core_->access_log != nullptr) moved = core_->access_log->Close();
    const Status anchored = core_->anchor->Move();
    if (moved.ok()) moved = anchored;
    core_->anchor.reset();
  }
  core_.reset();
  lock_.reset();
  return moved;
}

void Vault::EndSessions() {
  std::lock_guard lock(children_mutex_);
  for (Child* child : children_) child->Drop();
  for (Session* session : sessions_) {
    const std::unique_lock gate(session->gate_);
    session->End();
  }
}

Vault::~Vault() {
  // In a forked child the database's threads are gone: taking it down could wait for them for ever.
  if (ProcessWasForked()) {
    static_cast<void>(core_.release());
    static_cast<void>(watch_.release());
    return;
  }
  Close().Ignore("whoever wants to know calls Close");
}

// ---- calls

Result<Call> Vault::Enter() {
  if (ProcessWasForked()) return Forked();
  if (closing_) return Closed();
  Call call;
  call.vault_gate_ = std::shared_lock(gate_);
  if (core_ == nullptr) return Closed();
  call.core_ = core_.get();
  return call;
}

Status Vault::Alone(const std::function<Status(Core&)>& work) {
  if (ProcessWasForked()) return Forked();
  const std::unique_lock gate(gate_);
  return core_ == nullptr ? Closed() : work(*core_);
}

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

Status Vault::RecordLogin(Core& core, Session& session) {
  if (core.access_log == nullptr) return Status::Ok();
  const people::Session& inner = *session.desk_.session;
  audit::Actor actor{.person = inner.identity().person.number,
                     .purpose = inner.use().purpose,
                     .origin = inner.use().origin,
                     .on_behalf_of = inner.use().on_behalf_of};
  MS_ASSIGN(session.desk_.recorder, core.access_log->Begin(std::move(actor)));
  MS_TRY(core.Record(session.desk_, {.operation = audit::Operation::kLogin}));
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
  return over_ ? Status::Closed("the session was over, being unused or too old: log in again") : Closed();
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
  if (vault_->core_->registry->chain()->IsDisabled(second)) desk_.second_person.compare_exchange_strong(second, 0);
}

void Session::End() {
  if (desk_.session == nullptr) return;
  if (desk_.watch != nullptr) vault_->core_->alarms->Leave(desk_);
  if (desk_.recorder != nullptr)
    desk_.recorder->Record({.operation = audit::Operation::kLogout}).Ignore("keys are wiped whatever the disk says");
  desk_.recorder.reset();
  desk_.session->End();
  desk_.session.reset();
  desk_.index_keys.Clear();
  desk_.second_person = 0;
  desk_.masked_classes = 0;
}

}  // namespace mseal::vault
