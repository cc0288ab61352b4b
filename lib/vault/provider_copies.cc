// Opens, writes and adds copies of the provider.
#include "vault/provider_copies.h"

#include <algorithm>
#include <filesystem>

#include "base/clock.h"
#include "crypto/hash.h"
#include "vault/jobs.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

using keys::MetaKind;

// What opens a registered copy, as it is remembered.
keys::KeyringSecret SecretOf(const format::ProviderCopy& copy) {
  return {static_cast<keys::KeyringSecret::Kind>(copy.secret_kind), SecretBytes::CopyOf(copy.secret.Reveal())};
}

Status Unreachable(const std::string& uri, const Status& why) {
  return Status::KeyUnavailable("the provider copy " + uri + " cannot be used: " + std::string(why.message()));
}

Result<std::unique_ptr<keys::KeyProvider>> OpenRegistered(const Core& core, const format::ProviderCopy& copy) {
  return keys::OpenProvider(copy.uri, SecretOf(copy), {.file_io = core.file_io});
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

}  // namespace

Status ProviderCopies::OpenAll() {
  copies_.clear();
  copies_.push_back({core_.provider_uri, core_.provider.get(), nullptr});
  return core_.meta->ForEach(MetaKind::kProviderCopy,
                             [&](ByteView id, const SecretBytes& content) { return OpenCopy(id, content); });
}

Status ProviderCopies::OpenCopy(ByteView instance, const SecretBytes& content) {
  if (SameBytes(instance, core_.provider->instance())) return Status::Ok();
  MS_ASSIGN(const format::ProviderCopy copy, format::ParseProviderCopy(content.Reveal()));
  auto opened = OpenRegistered(core_, copy);
  if (!opened.ok()) return Unreachable(copy.uri, opened.status());
  if ((*opened)->store() != core_.identity.store || !SameBytes((*opened)->instance(), instance))
    return Unreachable(copy.uri, Status::AuthFailed("another provider lies there"));
  keys::KeyProvider* const provider = opened->get();
  copies_.push_back({copy.uri, provider, std::move(*opened)});
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

Status ProviderCopies::DestroyEverywhere(std::uint32_t epoch) {
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

namespace {

void PutProviderCopy(const Core& core, const keys::KeyProvider& provider, const std::string& uri, store::Batch& batch) {
  keys::KeyringSecret access = provider.Access();
  const format::ProviderCopy copy{static_cast<std::uint8_t>(access.kind), NowMs(), uri, std::move(access.bytes)};
  core.meta->Put(batch, MetaKind::kProviderCopy, provider.instance(), format::WriteProviderCopy(copy).Reveal());
}

// The same from whatever folder the vault is opened.
std::string FullUri(const keys::ProviderPlace& place, const std::string& uri) {
  return place.token.has_value() ? uri : std::filesystem::absolute(place.file).lexically_normal().string();
}

}  // namespace

Status RegisterProvider(Core& core) {
  MS_ASSIGN(const keys::ProviderPlace place, keys::ParseProviderUri(core.provider_uri));
  core.provider_uri = FullUri(place, core.provider_uri);
  const auto known = core.meta->Get(MetaKind::kProviderCopy, core.provider->instance());
  if (!known.ok() && known.code() != StatusCode::kNotFound) return known.status();
  if (known.ok()) {
    MS_ASSIGN(const format::ProviderCopy copy, format::ParseProviderCopy(known->Reveal()));
    if (copy.uri == core.provider_uri) return Status::Ok();
  }
  store::Batch batch;
  PutProviderCopy(core, *core.provider, core.provider_uri, batch);
  return core.CommitAs(batch, store::Durability::kPower);
}

Status AddProviderCopy(Core& core, const std::string& store, const std::string& uri, const keys::KeyringSecret& secret,
                       const crypto::Argon2Cost& cost) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  MS_ASSIGN(const keys::ProviderPlace place, keys::ParseProviderUri(uri));
  if (!place.token.has_value() && IsInside(place.file, store))
    return Status::InvalidArgument("a copy of the provider may not lie inside the store");
  if (core.epochs->all().size() > 1 || core.provider->Epochs().size() > 1)
    return Status::Conflict("the epoch is changing: finish that first, with medseal rotate resume");
  const auto epoch = core.epochs->newest();
  const std::string full = FullUri(place, uri);
  MS_ASSIGN(const auto made, keys::CreateProvider(full, secret, core.identity.store, core.identity.suite, epoch->number,
                                                  epoch->secret, {.cost = cost, .file_io = core.file_io}));
  store::Batch batch;
  PutProviderCopy(core, *made, full, batch);
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  MS_TRY(core.anchor->Move());
  MS_ASSIGN(const auto anchor, core.provider->ReadAnchor());
  return anchor.has_value() ? made->MoveAnchor(*anchor) : Status::Ok();
}

Result<std::size_t> MoveAnchorsOfOthers(Core& core, const keys::Anchor& anchor) {
  std::size_t missed = 0;
  MS_TRY(core.meta->ForEach(MetaKind::kProviderCopy, [&](ByteView id, const SecretBytes& content) -> Status {
    if (SameBytes(id, core.provider->instance())) return Status::Ok();
    MS_ASSIGN(const format::ProviderCopy copy, format::ParseProviderCopy(content.Reveal()));
    const auto opened = OpenRegistered(core, copy);
    const bool is_it = opened.ok() && SameBytes((*opened)->instance(), id);
    if (!is_it || !(*opened)->MoveAnchor(anchor).ok()) ++missed;
    return Status::Ok();
  }));
  return missed;
}

Status ListProviderCopies(Core& core, std::vector<ProviderFacts>& out) {
  out.clear();
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
  return core.meta->ForEach(MetaKind::kProviderCopy, [&](ByteView id, const SecretBytes& content) -> Status {
    if (SameBytes(id, core.provider->instance())) return Status::Ok();
    MS_ASSIGN(const format::ProviderCopy copy, format::ParseProviderCopy(content.Reveal()));
    ProviderFacts facts;
    facts.uri = copy.uri;
    const auto opened = OpenRegistered(core, copy);
    facts.reached = opened.status();
    if (opened.ok()) look(**opened, facts);
    out.push_back(std::move(facts));
    return Status::Ok();
  });
}

}  // namespace mseal::vault
