// Pairs keys with contents by instance and epoch. FORMAT.md, "PKCS#11 token".
#include "keys/pkcs11_epochs.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/random.h"

namespace mseal::keys {
namespace {

constexpr std::size_t kMostEpochs = 2;

Status DamagedPlace() { return Status::AuthFailed("an epoch on the token does not open"); }

// Of one object, not of the token or the session.
bool IsDamage(StatusCode code) {
  return code == StatusCode::kAuthFailed || code == StatusCode::kCorrupt || code == StatusCode::kUnsupportedVersion;
}

}  // namespace

Status Pkcs11Epochs::CollectKeys(Pkcs11Session& session, Places& places) const {
  MS_ASSIGN(const auto keys, session.FindKeys());
  for (const TokenObject key : keys) {
    MS_ASSIGN(const Bytes id, session.ReadId(key));
    const auto parsed = format::ParseTokenKeyId(id);
    if (parsed.ok() && parsed->instance == header_.instance) places[parsed->epoch].keys.push_back(key);
  }
  return Status::Ok();
}

Status Pkcs11Epochs::CollectContents(Pkcs11Session& session, Places& places) const {
  MS_ASSIGN(const auto contents, session.FindData(format::kTokenEpochKind));
  for (const TokenObject content : contents) {
    MS_ASSIGN(Bytes value, session.ReadValue(content));
    // What is not ours, or was changed so that it does not say so, leaves its key without a content.
    const auto parsed = format::ParseTokenEpoch(value);
    if (!parsed.ok() || parsed->instance != header_.instance) continue;
    places[parsed->epoch].contents.push_back({content, std::move(value)});
  }
  return Status::Ok();
}

Result<Pkcs11Epochs::Opened> Pkcs11Epochs::OpenWith(Pkcs11Session& session, std::uint32_t epoch, TokenObject key,
                                                    const Content& content) const {
  MS_ASSIGN(const format::TokenEpoch sealed, format::ParseTokenEpoch(content.value));
  MS_ASSIGN(const SecretBytes plain,
            session.Decrypt(key, sealed.nonce, format::TokenAssociatedData(header_, epoch), sealed.message));
  MS_ASSIGN(const format::EpochContent parts, format::ParseEpochContent(plain.Reveal()));
  if (parts.epoch != epoch) return DamagedPlace();
  Opened opened;
  CopyBytes(parts.secret, opened.secret.Fill());
  CopyBytes(parts.anchor_key, opened.anchor_key.Fill());
  return opened;
}

Result<Pkcs11Epochs::Opened> Pkcs11Epochs::OpenPlace(Pkcs11Session& session, std::uint32_t epoch,
                                                     const Place& place) const {
  return OpenWith(session, epoch, place.keys.at(place.key), place.contents.at(place.content));
}

Result<bool> Pkcs11Epochs::JudgeKey(Pkcs11Session& session, std::uint32_t epoch, Place& place, std::size_t key) {
  MS_ASSIGN(const bool stays_inside, session.StaysInside(place.keys[key]));
  for (std::size_t content = 0; stays_inside && content < place.contents.size(); ++content) {
    Result<Opened> opened = OpenWith(session, epoch, place.keys[key], place.contents[content]);
    if (!opened.ok() && !IsDamage(opened.code())) return opened.status();
    if (!opened.ok()) continue;
    anchor_key_ = std::move(opened->anchor_key);
    place.key = key;
    place.content = content;
    return true;
  }
  return false;
}

Status Pkcs11Epochs::Judge(Pkcs11Session& session, std::uint32_t epoch, Place& place) {
  for (std::size_t key = 0; key < place.keys.size() && !place.holds; ++key) {
    MS_ASSIGN(place.holds, JudgeKey(session, epoch, place, key));
  }
  return Status::Ok();
}

Result<Pkcs11Epochs::Places> Pkcs11Epochs::Collect(Pkcs11Session& session) const {
  Places places;
  MS_TRY(CollectKeys(session, places));
  MS_TRY(CollectContents(session, places));
  return places;
}

Status Pkcs11Epochs::Look(Pkcs11Session& session) {
  MS_ASSIGN(Places places, Collect(session));
  for (auto& [epoch, place] : places) MS_TRY(Judge(session, epoch, place));
  places_ = std::move(places);
  return Status::Ok();
}

Status Pkcs11Epochs::Inspect(Pkcs11Session& session) {
  MS_TRY(Look(session));
  if (Holding() > 0) return Status::Ok();
  if (!places_.empty()) return Status::AuthFailed("no epoch on the token opens");
  return Status::Corrupt("the token holds no epoch of this provider");
}

std::size_t Pkcs11Epochs::Holding() const {
  return static_cast<std::size_t>(std::ranges::count_if(places_, [](const auto& each) { return each.second.holds; }));
}

std::vector<std::uint32_t> Pkcs11Epochs::Epochs() const {
  std::vector<std::uint32_t> epochs;
  for (const auto& [epoch, place] : places_) {
    if (place.holds) epochs.push_back(epoch);
  }
  return epochs;
}

bool Pkcs11Epochs::Damaged() const {
  return !std::ranges::all_of(places_, [](const auto& each) { return each.second.Whole(); });
}

Result<EpochSecret> Pkcs11Epochs::Open(Pkcs11Session& session, std::uint32_t epoch) const {
  const auto found = places_.find(epoch);
  if (found == places_.end()) return Status::KeyUnavailable("this epoch's secret is not on the token");
  if (!found->second.holds) return DamagedPlace();
  Result<Opened> opened = OpenPlace(session, epoch, found->second);
  if (!opened.ok()) return opened.status();
  return std::move(opened->secret);
}

// Halves go always, for they open nothing. An epoch that is whole and does not open goes only when its place is needed.
Status Pkcs11Epochs::MakeRoom(Pkcs11Session& session, std::uint32_t epoch) {
  const auto taken = places_.find(epoch);
  if (taken != places_.end() && taken->second.holds)
    return Status::AlreadyExists("this epoch's secret is on the token");
  if (Holding() >= kMostEpochs) return Status::AlreadyExists("both places on the token are in use");
  std::vector<std::uint32_t> useless;
  for (const auto& [other, place] : places_) {
    const bool in_the_way = other == epoch || places_.size() >= kMostEpochs;
    if (!place.holds && (place.Half() || in_the_way)) useless.push_back(other);
  }
  for (const std::uint32_t each : useless) MS_TRY(Remove(session, each));
  return Status::Ok();
}

Status Pkcs11Epochs::Make(Pkcs11Session& session, std::uint32_t epoch, const EpochSecret& secret) {
  const std::string label = format::TokenEpochLabel(name_, epoch);
  MS_ASSIGN(const TokenObject key, session.GenerateKey(label, format::EncodeTokenKeyId({header_.instance, epoch})));
  MS_ASSIGN(const bool stays_inside, session.StaysInside(key));
  if (!stays_inside) return Status::Unsupported("the token would give away a key that it was told to keep");
  const SecretBytes content = format::EncodeEpochContent({epoch, secret.Reveal(), anchor_key_.Reveal()});
  format::TokenEpoch sealed{header_.instance, epoch, {}, {}};
  crypto::SystemRandom(sealed.nonce);
  MS_ASSIGN(const Bytes message,
            session.Encrypt(key, sealed.nonce, format::TokenAssociatedData(header_, epoch), content.Reveal()));
  sealed.message = message;
  return session.CreateData(format::kTokenEpochKind, label, format::EncodeTokenEpoch(sealed)).status();
}

Status Pkcs11Epochs::WriteAndReadBack(Pkcs11Session& session, std::uint32_t epoch, const EpochSecret& secret) {
  places_[epoch] = {};
  MS_TRY(Make(session, epoch, secret));
  MS_TRY(Look(session));
  const auto opened = Open(session, epoch);
  if (opened.ok() && crypto::SameSecret(opened->Reveal(), secret.Reveal())) return Status::Ok();
  return Status::IoError("an epoch on the token does not open as written");
}

Status Pkcs11Epochs::Write(Pkcs11Session& session, std::uint32_t epoch, const EpochSecret& secret) {
  MS_TRY(Inspect(session));
  MS_TRY(MakeRoom(session, epoch));
  const Status written = WriteAndReadBack(session, epoch, secret);
  if (written.ok()) return written;
  Remove(session, epoch)
      .Ignore(
          "the first failure is the one to tell; what is left is this secret, or a half that the next write removes");
  return written;
}

Status Pkcs11Epochs::WriteFirst(Pkcs11Session& session, std::uint32_t epoch, const EpochSecret& secret,
                                AnchorKey anchor_key) {
  anchor_key_ = std::move(anchor_key);
  return WriteAndReadBack(session, epoch, secret);
}

// The key first: from then on the content is noise. Both are searched for afterwards, by a search that still finds what
// else there is.
Status Pkcs11Epochs::Remove(Pkcs11Session& session, std::uint32_t epoch) {
  MS_ASSIGN(const Places before, Collect(session));
  places_[epoch].holds = false;
  if (const auto found = before.find(epoch); found != before.end()) {
    for (const TokenObject key : found->second.keys) MS_TRY(session.Destroy(key));
    for (const Content& content : found->second.contents) MS_TRY(session.Destroy(content.object));
  }
  MS_ASSIGN(const Places after, Collect(session));
  if (after.contains(epoch)) return Status::IoError("the token still has what it was told to destroy");
  for (const auto& [other, place] : places_) {
    if (place.holds && !after.contains(other))
      return Status::KeyUnavailable("the token does not show what else it holds");
  }
  places_.erase(epoch);
  return Status::Ok();
}

Status Pkcs11Epochs::Destroy(Pkcs11Session& session, std::uint32_t epoch) {
  MS_TRY(Inspect(session));
  const auto found = places_.find(epoch);
  if (found == places_.end()) return Status::NotFound("this epoch's secret is not on the token");
  if (Holding() == (found->second.holds ? 1 : 0)) return Status::InvalidArgument("the only epoch secret on the token");
  return Remove(session, epoch);
}

// What is there of an epoch and was not there before.
Result<Pkcs11Epochs::Place> Pkcs11Epochs::NewIn(Pkcs11Session& session, std::uint32_t epoch,
                                                const Place& before) const {
  MS_ASSIGN(Places now, Collect(session));
  Place& place = now[epoch];
  std::erase_if(place.keys, [&](TokenObject key) { return std::ranges::count(before.keys, key) != 0; });
  std::erase_if(place.contents, [&](const Content& content) {
    return std::ranges::count(before.contents, content.object, &Content::object) != 0;
  });
  if (place.keys.size() == 1 && place.contents.size() == 1) return std::move(place);
  return Status::IoError("the token does not show the key that it made");
}

// The keys first, as in Remove.
Status Pkcs11Epochs::RekeyEpoch(Pkcs11Session& session, std::uint32_t epoch) {
  const Place before = places_.at(epoch);
  MS_ASSIGN(const Opened known, OpenPlace(session, epoch, before));
  MS_TRY(Make(session, epoch, known.secret));
  MS_ASSIGN(const Place made, NewIn(session, epoch, before));
  MS_ASSIGN(const bool stays_inside, session.StaysInside(made.keys.front()));
  const auto again = OpenPlace(session, epoch, made);
  if (!stays_inside || !again.ok() || !crypto::SameSecret(again->secret.Reveal(), known.secret.Reveal()))
    return Status::IoError("an epoch on the token does not open as written");
  for (const TokenObject key : before.keys) MS_TRY(session.Destroy(key));
  for (const Content& content : before.contents) MS_TRY(session.Destroy(content.object));
  MS_TRY(Look(session));
  if (places_.contains(epoch) && places_.at(epoch).Whole()) return Status::Ok();
  return Status::IoError("the token still has what it was told to destroy");
}

Status Pkcs11Epochs::Rekey(Pkcs11Session& session) {
  MS_TRY(Inspect(session));
  for (const std::uint32_t epoch : Epochs()) MS_TRY(RekeyEpoch(session, epoch));
  return Status::Ok();
}

Result<bool> Pkcs11Epochs::AnythingThere(Pkcs11Session& session) const {
  MS_ASSIGN(const Places places, Collect(session));
  return !places.empty();
}

Status Pkcs11Epochs::DestroyAll(Pkcs11Session& session) {
  MS_ASSIGN(places_, Collect(session));
  while (!places_.empty()) MS_TRY(Remove(session, places_.begin()->first));
  return Status::Ok();
}

}  // namespace mseal::keys
