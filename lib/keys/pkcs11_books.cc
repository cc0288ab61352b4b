// Opens the session when there is none, then lets header, epochs and anchor do their part.
#include "keys/pkcs11_books.h"

#include "crypto/random.h"

namespace mseal::keys {
namespace {

format::TokenHeader HeaderOf(const KeyringBinding& binding) {
  return {static_cast<std::uint8_t>(binding.suite), binding.store, binding.instance};
}

}  // namespace

Status Pkcs11Books::Connect() {
  if (pin_.empty()) return Status::WrongSecret("the token has refused the PIN: it is not tried again");
  session_.reset();
  auto session = Pkcs11Session::Open(uri_, pin_.Reveal(), gate_);
  if (session.code() == StatusCode::kWrongSecret) pin_.Clear();
  if (!session.ok()) return session.status();
  session_ = std::move(*session);
  return Status::Ok();
}

Result<KeyringBinding> Pkcs11Books::ReadHeader() {
  MS_ASSIGN(const auto headers, session_->FindData(format::kTokenHeaderKind, uri_.object()));
  if (headers.empty()) return Status::NotFound("nothing of this name is on the token");
  if (headers.size() > 1) return Status::Corrupt("two providers of this name are on the token");
  MS_ASSIGN(const Bytes value, session_->ReadValue(headers.front()));
  MS_ASSIGN(const format::TokenHeader header, format::ParseTokenHeader(value));
  MS_ASSIGN(const crypto::Suite suite, crypto::SuiteFromNumber(header.suite));
  return KeyringBinding{header.store, header.instance, suite};
}

void Pkcs11Books::Bind(const KeyringBinding& binding) {
  binding_ = binding;
  epochs_.emplace(uri_.object(), HeaderOf(binding));
  anchor_.emplace(uri_.object(), binding);
}

Status Pkcs11Books::Open() {
  MS_TRY(Connect());
  MS_ASSIGN(const KeyringBinding found, ReadHeader());
  if (!binding_.has_value()) {
    MS_TRY(crypto::CheckSuite(found.suite));
    Bind(found);
  }
  if (found.store != binding_->store || found.instance != binding_->instance || found.suite != binding_->suite)
    return Status::AuthFailed("another provider has taken the name on the token");
  const Status inspected = epochs_->Inspect(*session_);
  Look();
  return inspected;
}

// A session that failed is not used again: the token may be in the middle of anything.
Status Pkcs11Books::Ready() {
  if (session_ != nullptr && !session_->lost()) return Status::Ok();
  const Status opened = Open();
  if (!opened.ok()) session_.reset();
  if (opened.code() == StatusCode::kNotFound)
    return Status::KeyUnavailable("the provider is not on the token any more");
  return opened;
}

// What reads as lost or changed may be a token that shows nothing at all, pulled out or logged out by somebody else.
Status Pkcs11Books::Explain(Status status) {
  if (status.code() != StatusCode::kAuthFailed && status.code() != StatusCode::kCorrupt) return status;
  if (ReadHeader().code() != StatusCode::kNotFound) return status;
  session_.reset();
  return Status::KeyUnavailable("the provider is not on the token any more");
}

void Pkcs11Books::Look() {
  std::lock_guard lock(seen_mutex_);
  seen_ = {epochs_->Epochs(), epochs_->Damaged()};
}

Pkcs11Books::Sight Pkcs11Books::Seen() const {
  std::lock_guard lock(seen_mutex_);
  return seen_;
}

Status Pkcs11Books::CheckFree(std::uint32_t epoch) {
  MS_ASSIGN(const auto of_persons, session_->FindAnything(format::kPersonKeyLabel));
  if (!of_persons.empty())
    return Status::InvalidArgument("somebody logs in with this token, so that its PIN is theirs: use another one");
  const std::string& name = uri_.object();
  for (const std::string& label : {name, format::TokenEpochLabel(name, epoch), format::TokenAnchorLabel(name, 0),
                                   format::TokenAnchorLabel(name, 1)}) {
    MS_ASSIGN(const auto found, session_->FindAnything(label));
    if (!found.empty()) return Status::AlreadyExists("something of this name is on the token: choose another name");
  }
  return Status::Ok();
}

// The header last: what has one was whole.
Status Pkcs11Books::MakeObjects(std::uint32_t epoch, const EpochSecret& first) {
  MS_TRY(epochs_->WriteFirst(*session_, epoch, first, AnchorKey(crypto::RandomKey())));
  MS_TRY(anchor_->WriteFirst(*session_, epochs_->anchor_key(), {epoch, 0, 0, 0, {}}));
  const Bytes header = format::EncodeTokenHeader(HeaderOf(*binding_));
  return session_->CreateData(format::kTokenHeaderKind, uri_.object(), header).status();
}

Status Pkcs11Books::Create(const KeyringBinding& binding, std::uint32_t epoch, const EpochSecret& first) {
  MS_TRY(Connect());
  MS_TRY(CheckFree(epoch));
  Bind(binding);
  Status made = MakeObjects(epoch, first);
  if (made.ok()) made = Open();
  if (made.ok()) return made;
  // In a session of its own, since this one may have failed.
  if (Connect().ok()) DestroyObjects().Ignore("the first failure is the one to tell");
  session_.reset();
  return made;
}

// The header last: an interrupted removal is found again by it.
Status Pkcs11Books::DestroyObjects() {
  MS_TRY(epochs_->DestroyAll(*session_));
  MS_TRY(anchor_->DestroyAll(*session_));
  MS_ASSIGN(const auto headers, session_->FindData(format::kTokenHeaderKind, uri_.object()));
  for (const TokenObject header : headers) MS_TRY(session_->Destroy(header));
  return Status::Ok();
}

// What an interrupted creation left has epochs and no header. They are what it is known by, so they go last.
Status Pkcs11Books::RemoveHalf(const ByteArray<16>& instance) {
  Bind({{}, instance, {}});
  MS_ASSIGN(const bool there, epochs_->AnythingThere(*session_));
  if (!there) return Status::NotFound("nothing of this name is on the token");
  MS_TRY(anchor_->DestroyAll(*session_));
  return epochs_->DestroyAll(*session_);
}

Status Pkcs11Books::Remove(const ByteArray<16>& instance) {
  MS_TRY(Connect());
  const auto header = ReadHeader();
  if (header.code() == StatusCode::kNotFound) return RemoveHalf(instance);
  MS_TRY(header.status());
  const KeyringBinding found = *header;
  if (found.instance != instance) return Status::InvalidArgument("another provider has this name on the token");
  Bind(found);
  return DestroyObjects();
}

Result<EpochSecret> Pkcs11Books::OpenEpoch(std::uint32_t epoch) {
  MS_TRY(Ready());
  Result<EpochSecret> opened = epochs_->Open(*session_, epoch);
  if (!opened.ok()) return Explain(opened.status());
  return opened;
}

Status Pkcs11Books::Write(std::uint32_t epoch, const EpochSecret& secret) {
  MS_TRY(Ready());
  const Status written = epochs_->Write(*session_, epoch, secret);
  Look();
  return Explain(written);
}

Status Pkcs11Books::Destroy(std::uint32_t epoch) {
  MS_TRY(Ready());
  const Status destroyed = epochs_->Destroy(*session_, epoch);
  Look();
  return Explain(destroyed);
}

Status Pkcs11Books::Rekey() {
  MS_TRY(Ready());
  const Status rekeyed = epochs_->Rekey(*session_);
  Look();
  return Explain(rekeyed);
}

Result<std::optional<Anchor>> Pkcs11Books::ReadAnchor() {
  MS_TRY(Ready());
  const auto anchor = anchor_->Read(*session_, epochs_->anchor_key());
  if (!anchor.ok()) return Explain(anchor.status());
  return std::optional(*anchor);
}

Status Pkcs11Books::MoveAnchor(const Anchor& anchor) {
  MS_TRY(Ready());
  return Explain(anchor_->Move(*session_, epochs_->anchor_key(), anchor));
}

Status Pkcs11Books::ReplaceLostAnchor(const Anchor& anchor) {
  MS_TRY(Ready());
  return Explain(anchor_->Replace(*session_, epochs_->anchor_key(), anchor));
}

}  // namespace mseal::keys
