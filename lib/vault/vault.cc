// Opens and closes vaults and lets calls in; sessions.cc has the people at work.
#include "vault/vault.h"

#include <algorithm>

#include "base/clock.h"
#include "vault/given_up.h"
#include "vault/index_re_epoch.h"
#include "vault/known_time.h"
#include "vault/load_schema.h"
#include "vault/log_recovery.h"
#include "vault/marks.h"
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

}  // namespace mseal::vault
