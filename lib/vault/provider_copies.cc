// Opens, writes and adds copies of the provider.
#include "vault/provider_copies.h"

#include <algorithm>
#include <filesystem>

#include "base/clock.h"
#include "crypto/hash.h"
#include "keys/anchor_file.h"
#include "vault/given_up.h"
#include "vault/jobs.h"
#include "vault/provider_changes.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

using keys::MetaKind;

// What opens a registered copy, as it is remembered.
keys::KeyringSecret SecretOf(const format::ProviderCopy& copy) {
  return {static_cast<keys::KeyringSecret::Kind>(copy.secret_kind), SecretBytes::CopyOf(copy.secret.Reveal())};
}

Status Unreachable(const std::string& uri, const Status& why) {
  return Status::KeyUnavailable("the provider copy " + uri + " cannot be used: " + std::string(why.message()) +
                                "; one that is lost for good: medseal provider copy forget");
}

bool Has(const keys::KeyProvider& provider, std::uint32_t epoch) {
  const auto epochs = provider.Epochs();
  return std::find(epochs.begin(), epochs.end(), epoch) != epochs.end();
}

// Secrets that died are back in a provider that was put back from before.
Status DestroyBefore(keys::KeyProvider& provider, std::uint32_t epoch) {
  for (const std::uint32_t held : provider.Epochs()) {
    if (held < epoch) MS_TRY(provider.Destroy(held));
  }
  return Status::Ok();
}

bool HoldsBefore(const keys::KeyProvider& provider, std::uint32_t epoch) {
  const auto epochs = provider.Epochs();
  return std::any_of(epochs.begin(), epochs.end(), [&](std::uint32_t held) { return held < epoch; });
}

Result<std::unique_ptr<keys::KeyProvider>> OpenAsRemembered(const Core& core, const RegisteredCopy& registered) {
  const std::string& uri = registered.copy.uri;
  auto opened = keys::OpenProvider(uri, SecretOf(registered.copy), {.file_io = core.file_io});
  if (opened.code() != StatusCode::kWrongSecret) return opened;
  MS_ASSIGN(const auto change, ReadProviderChange(core, registered.instance));
  if (!change.has_value() || change->what != format::ProviderChange::What::kNewRoot) return opened;
  const keys::KeyringSecret next{static_cast<keys::KeyringSecret::Kind>(change->secret_kind),
                                 SecretBytes::CopyOf(change->secret.Reveal())};
  return keys::OpenProvider(uri, next, {.file_io = core.file_io});
}

}  // namespace

Result<std::vector<RegisteredCopy>> OtherCopies(const Core& core) {
  std::vector<RegisteredCopy> others;
  MS_TRY(core.meta->ForEach(MetaKind::kProviderCopy, [&](ByteView id, const SecretBytes& content) -> Status {
    if (SameBytes(id, core.provider->instance())) return Status::Ok();
    RegisteredCopy& other = others.emplace_back();
    CopyBytes(id, other.instance);
    MS_ASSIGN(other.copy, format::ParseProviderCopy(content.Reveal()));
    return Status::Ok();
  }));
  return others;
}

Result<std::unique_ptr<keys::KeyProvider>> OpenRegistered(const Core& core, const RegisteredCopy& registered) {
  MS_ASSIGN(auto opened, OpenAsRemembered(core, registered));
  if (opened->store() == core.identity.store && opened->instance() == registered.instance) return opened;
  return Status::AuthFailed("another provider lies there");
}

Status ProviderCopies::OpenAll() {
  copies_.clear();
  copies_.push_back({core_.provider_uri, core_.provider.get(), nullptr});
  MS_ASSIGN(const std::vector<RegisteredCopy> others, OtherCopies(core_));
  for (const RegisteredCopy& other : others) {
    auto opened = OpenRegistered(core_, other);
    if (!opened.ok()) return Unreachable(other.copy.uri, opened.status());
    keys::KeyProvider* const provider = opened->get();
    copies_.push_back({other.copy.uri, provider, std::move(*opened)});
  }
  return Status::Ok();
}

Result<keys::EpochSecret> ProviderCopies::KnownOrDrawn(std::uint32_t epoch) const {
  if (const auto known = core_.epochs->Find(epoch)) return keys::EpochSecret(KeyBytes::CopyOf(known->secret.Reveal()));
  for (const Copy& copy : copies_) {
    if (Has(*copy.provider, epoch)) return copy.provider->Open(epoch);
  }
  return keys::EpochSecret(crypto::RandomKey());
}

Status ProviderCopies::WriteTo(const Copy& copy, std::uint32_t epoch, const keys::EpochSecret& secret) {
  if (Has(*copy.provider, epoch)) {
    MS_ASSIGN(const keys::EpochSecret held, copy.provider->Open(epoch));
    const bool same = crypto::SameSecret(held.Reveal(), secret.Reveal());
    return same ? Status::Ok() : Status::AuthFailed("it holds another secret of the new epoch");
  }
  // Beside the secret in use they would take the place of the new one.
  if (Has(*copy.provider, epoch - 1)) MS_TRY(DestroyBefore(*copy.provider, epoch - 1));
  MS_TRY(copy.provider->Write(epoch, secret));
  core_.AtPoint("epoch secret is in a copy");
  return Status::Ok();
}

Result<keys::EpochSecret> ProviderCopies::WriteEverywhere(std::uint32_t epoch) {
  MS_ASSIGN(keys::EpochSecret secret, KnownOrDrawn(epoch));
  for (const Copy& copy : copies_) {
    const Status written = WriteTo(copy, epoch, secret);
    if (!written.ok()) return Unreachable(copy.uri, written);
  }
  return secret;
}

// Providers that are to be taken away have it too.
Status ProviderCopies::DestroyEverywhere(std::uint32_t epoch) {
  MS_TRY(SweepProviders(core_));
  for (const Copy& copy : copies_) {
    Status destroyed = copy.provider->Destroy(epoch);
    if (destroyed.ok() || destroyed.code() == StatusCode::kNotFound) destroyed = DestroyBefore(*copy.provider, epoch);
    if (!destroyed.ok()) return Unreachable(copy.uri, destroyed);
    if (HoldsBefore(*copy.provider, epoch + 1))
      return Unreachable(copy.uri, Status::IoError("it holds the old secret still"));
    core_.AtPoint("epoch secret is gone from a copy");
  }
  return Status::Ok();
}

Status ProviderCopies::MoveAnchors(const keys::Anchor& anchor) {
  for (const Copy& copy : copies_) MS_TRY(copy.provider->MoveAnchor(anchor));
  return Status::Ok();
}

std::vector<format::EpochEnd::Copy> ProviderCopies::Facts() const {
  std::vector<format::EpochEnd::Copy> facts;
  for (const Copy& copy : copies_)
    facts.push_back({copy.provider->instance(), static_cast<std::uint8_t>(copy.provider->assurance()), copy.uri});
  return facts;
}

bool ProviderCopies::Opens(const format::Erasure& erasure, std::uint8_t bucket_bits) const {
  for (const Copy& copy : copies_) {
    for (const std::uint32_t epoch : copy.provider->Epochs()) {
      const auto secret = copy.provider->Open(epoch);
      if (!secret.ok()) continue;
      // The epoch that it was sealed under is part of its place: all that any secret here could stand for are tried.
      for (std::uint32_t place = 1; place <= erasure.epoch; ++place) {
        const keys::BucketKeyFacts facts{bucket_bits, erasure.bucket, erasure.bucket_key_version, place};
        if (keys::UnwrapBucketKey(core_.identity.store, core_.identity.suite, facts, *secret, erasure.bucket_key).ok())
          return true;
      }
    }
  }
  return false;
}

void PutProviderCopy(const Core& core, const keys::KeyProvider& provider, const std::string& uri, store::Batch& batch) {
  keys::KeyringSecret access = provider.Access();
  const format::ProviderCopy copy{static_cast<std::uint8_t>(access.kind), NowMs(), uri, std::move(access.bytes)};
  core.meta->Put(batch, MetaKind::kProviderCopy, provider.instance(), format::WriteProviderCopy(copy).Reveal());
}

Result<std::string> FullUri(const std::string& uri) {
  MS_ASSIGN(const keys::ProviderPlace place, keys::ParseProviderUri(uri));
  return place.token.has_value() ? uri : std::filesystem::absolute(place.file).lexically_normal().string();
}

namespace {

Result<bool> IsRemembered(const Core& core) {
  const auto known = core.meta->Get(MetaKind::kProviderCopy, core.provider->instance());
  if (known.code() == StatusCode::kNotFound) return false;
  MS_TRY(known.status());
  MS_ASSIGN(const format::ProviderCopy copy, format::ParseProviderCopy(known->Reveal()));
  const keys::KeyringSecret access = core.provider->Access();
  return copy.uri == core.provider_uri && copy.secret_kind == static_cast<std::uint8_t>(access.kind) &&
         SameBytes(copy.secret.Reveal(), access.bytes.Reveal());
}

}  // namespace

Status RegisterProvider(Core& core) {
  using What = format::ProviderChange::What;
  MS_ASSIGN(core.provider_uri, FullUri(core.provider_uri));
  MS_ASSIGN(const auto change, ReadProviderChange(core, core.provider->instance()));
  if (change.has_value() && change->what == What::kLeaving) return Status::Ok();
  if (change.has_value() && change->what == What::kArriving)
    return Status::KeyUnavailable("the making of this provider was interrupted: open the vault with the one before");
  MS_ASSIGN(const bool remembered, IsRemembered(core));
  if (remembered && !change.has_value()) return Status::Ok();
  store::Batch batch;
  PutProviderCopy(core, *core.provider, core.provider_uri, batch);
  if (change.has_value()) EndProviderChange(core, core.provider->instance(), batch);
  MS_TRY(TakeBack(core, batch));
  return core.CommitAs(batch, store::Durability::kPower);
}

Status CheckEpochIsSettled(const Core& core) {
  if (core.epochs->all().size() == 1 && core.provider->Epochs().size() == 1) return Status::Ok();
  return Status::Conflict("the epoch is changing: finish that first, with medseal rotate resume");
}

namespace {

Status CheckFile(const std::string& store, const std::string& file) {
  if (IsInside(file, store)) return Status::InvalidArgument("a copy of the provider may not lie inside the store");
  std::error_code error;
  if (!std::filesystem::is_directory(std::filesystem::path(file).parent_path(), error))
    return Status::NotFound("the folder for the new keyring is not there: make it first");
  for (const std::string& path : {file, keys::AnchorPathOf(file)}) {
    if (std::filesystem::exists(path, error)) return Status::AlreadyExists("something is at the path of the new copy");
  }
  return Status::Ok();
}

// The PIN is tried before it is remembered: a wrong one would be tried again at every opening, until the token locks.
Status CheckToken(const Core& core, const std::string& uri, const keys::KeyringSecret& pin) {
  const auto opened = keys::OpenProvider(uri, pin, {.file_io = core.file_io});
  if (opened.code() == StatusCode::kNotFound) return Status::Ok();
  if (opened.ok()) return Status::AlreadyExists("a provider of this name is on the token");
  return opened.status();
}

// What is under its names belongs to nobody here, and is not to be swept away with what comes to nothing. Nothing is
// announced where nothing can be made.
Status CheckPlace(const Core& core, const std::string& store, const std::string& uri,
                  const keys::KeyringSecret& secret) {
  MS_ASSIGN(const keys::ProviderPlace place, keys::ParseProviderUri(uri));
  return place.token.has_value() ? CheckToken(core, uri, secret) : CheckFile(store, place.file);
}

// A passphrase is asked for again; the PIN of a token is needed to take away what is on it.
format::ProviderChange Arriving(const std::string& uri, const keys::KeyringSecret& secret) {
  format::ProviderChange change;
  change.what = format::ProviderChange::What::kArriving;
  change.secret_kind = static_cast<std::uint8_t>(secret.kind);
  change.uri = uri;
  const auto place = keys::ParseProviderUri(uri);
  if (place.ok() && place->token.has_value()) change.secret = SecretBytes::CopyOf(secret.bytes.Reveal());
  return change;
}

Result<std::unique_ptr<keys::KeyProvider>> CreateAnnounced(Core& core, const std::string& uri,
                                                           const keys::KeyringSecret& secret,
                                                           const crypto::Argon2Cost& cost) {
  ByteArray<16> instance{};
  crypto::SystemRandom(instance);
  store::Batch batch;
  PutProviderChange(core, instance, Arriving(uri, secret), batch);
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  core.AtPoint("a provider is made");
  const auto epoch = core.epochs->newest();
  auto made = keys::CreateProvider(uri, secret, core.identity.store, core.identity.suite.now().newest(), epoch->number,
                                   epoch->secret, {.cost = cost, .instance = instance, .file_io = core.file_io});
  core.AtPoint("a provider was made");
  if (!made.ok()) SweepProviders(core).Ignore("the first failure is the one to tell; the next opening tries again");
  return made;
}

}  // namespace

Result<std::unique_ptr<keys::KeyProvider>> MakeProviderCopy(Core& core, const std::string& store,
                                                            const std::string& uri, const keys::KeyringSecret& secret,
                                                            const crypto::Argon2Cost& cost) {
  MS_TRY(CheckEpochIsSettled(core));
  SweepProviders(core).Ignore("what cannot be taken away is in the way only where it lies");
  MS_TRY(CheckPlace(core, store, uri, secret));
  MS_ASSIGN(auto made, CreateAnnounced(core, uri, secret, cost));
  store::Batch batch;
  PutProviderCopy(core, *made, uri, batch);
  EndProviderChange(core, made->instance(), batch);
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  MS_TRY(core.anchor->Move());
  MS_ASSIGN(const auto anchor, core.provider->ReadAnchor());
  if (anchor.has_value()) MS_TRY(made->MoveAnchor(*anchor));
  return made;
}

Status AddProviderCopy(Core& core, const std::string& store, const std::string& uri, const keys::KeyringSecret& secret,
                       const crypto::Argon2Cost& cost) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  MS_ASSIGN(const std::string full, FullUri(uri));
  return MakeProviderCopy(core, store, full, secret, cost).status();
}

Result<std::size_t> MoveAnchorsOfOthers(Core& core, const keys::Anchor& anchor) {
  std::size_t missed = 0;
  MS_ASSIGN(const std::vector<RegisteredCopy> others, OtherCopies(core));
  for (const RegisteredCopy& other : others) {
    const auto opened = OpenRegistered(core, other);
    if (!opened.ok() || !(*opened)->MoveAnchor(anchor).ok()) ++missed;
  }
  return missed;
}

namespace {

// One that answers although it was given up is destroyed when somebody looks: not while a job works with the copies.
Status SweepGivenUpNow(Core& core) {
  const std::unique_lock lock(core.job_mutex, std::try_to_lock);
  return lock.owns_lock() && !core.read_only ? SweepGivenUp(core, GivenUpOn::kAny) : Status::Ok();
}

Status ListGivenUp(const Core& core, std::vector<ProviderFacts>& out) {
  MS_ASSIGN(const std::vector<GivenUp> all, ReadGivenUp(core));
  for (const GivenUp& one : all) {
    ProviderFacts& facts = out.emplace_back();
    facts.uri = one.copy.uri;
    facts.reached = Status::KeyUnavailable("it was given up");
    facts.given_up_ms = one.copy.given_up_ms;
    facts.destroyed_ms = one.copy.destroyed_ms;
    facts.assurance = static_cast<keys::Assurance>(one.copy.assurance);
    if (one.copy.destroyed_ms != 0) continue;
    facts.epochs.push_back(one.copy.first_epoch);
    if (one.copy.last_epoch != one.copy.first_epoch) facts.epochs.push_back(one.copy.last_epoch);
  }
  return Status::Ok();
}

}  // namespace

Status ListProviderCopies(Core& core, std::vector<ProviderFacts>& out) {
  out.clear();
  MS_TRY(SweepGivenUpNow(core));
  const auto look = [](const keys::KeyProvider& provider, ProviderFacts& facts) {
    facts.assurance = provider.assurance();
    facts.epochs = provider.Epochs();
    facts.damaged = provider.Damaged();
  };
  ProviderFacts own;
  own.uri = core.provider_uri;
  own.own = true;
  look(*core.provider, own);
  out.push_back(std::move(own));
  MS_ASSIGN(const std::vector<RegisteredCopy> others, OtherCopies(core));
  for (const RegisteredCopy& other : others) {
    ProviderFacts& facts = out.emplace_back();
    facts.uri = other.copy.uri;
    const auto opened = OpenRegistered(core, other);
    facts.reached = opened.status();
    if (opened.ok()) look(**opened, facts);
  }
  return ListGivenUp(core, out);
}

}  // namespace mseal::vault
