// Hands every call over to the thread that talks to the token.
#include "keys/person_token.h"

#include <functional>
#include <optional>
#include <utility>

#include "base/key_slab.h"
#include "crypto/random.h"
#include "keys/pkcs11_session.h"
#include "keys/pkcs11_worker.h"

namespace mseal::keys {
namespace {

// What jobs work on: they own a share, for they may end after whoever waited for them.
struct OnToken {
  TokenUri uri;
  SecretBytes pin;
  std::function<bool()> gate;
  std::unique_ptr<Pkcs11Session> session = {};

  Status Connect() {
    session.reset();
    MS_ASSIGN(session, Pkcs11Session::Open(uri, pin.Reveal(), gate));
    if (session->pin_was_judged()) return Status::Ok();
    session.reset();
    return Status::KeyUnavailable(
        "something else in this process is logged in to the token, which then takes any PIN: log it out and try again");
  }
};

// The keys of the store on the token but `kept`.
Status DestroyBut(Pkcs11Session& session, const StoreId& store, const std::optional<PersonKeyId>& kept) {
  MS_ASSIGN(const auto keys, session.FindAnything(format::kPersonKeyLabel));
  for (const TokenObject key : keys) {
    MS_ASSIGN(const Bytes id, session.ReadId(key));
    const auto parsed = format::ParsePersonKeyId(id);
    if (!parsed.ok() || parsed->store != store) continue;
    if (!kept.has_value() || parsed->key != kept->key) MS_TRY(session.Destroy(key));
  }
  return Status::Ok();
}

Result<TokenObject> Find(Pkcs11Session& session, const PersonKeyId& wanted) {
  MS_ASSIGN(const auto keys, session.FindKeys(format::EncodePersonKeyId(wanted)));
  return keys.empty() ? Result<TokenObject>(Status::NotFound("the token has no such key")) : keys.front();
}

Status Make(Pkcs11Session& session, const PersonKeyId& id) {
  MS_ASSIGN(const auto keyrings, session.FindData(format::kTokenHeaderKind));
  if (!keyrings.empty())
    return Status::InvalidArgument(
        "a vault's keyring is on this token, and who opens that vault knows its PIN: a person has a token of their own");
  MS_ASSIGN(const TokenObject key, session.GenerateKey(format::kPersonKeyLabel, format::EncodePersonKeyId(id)));
  MS_ASSIGN(const bool stays_inside, session.StaysInside(key));
  if (stays_inside) return Status::Ok();
  return Status::Unsupported("the token would give away a key that it was told to keep");
}

}  // namespace

struct PersonToken::Parts {
  Parts(TokenUri uri, ByteView pin, std::chrono::milliseconds deadline)
      : worker(deadline),
        on(std::make_shared<OnToken>(OnToken{std::move(uri), SecretBytes::CopyOf(pin), worker.Gate()})) {}

  Pkcs11Worker worker;
  std::shared_ptr<OnToken> on;
  ByteArray<32> identity{};
  std::optional<Status> unlocked;  // how that ended
  std::optional<PersonKeyId> made;  // and not kept yet

  Status Unlock() {
    MS_ASSIGN(identity, keys::Ask<ByteArray<32>>(worker, [on = on]() -> Result<ByteArray<32>> {
                MS_TRY(on->Connect());
                return on->session->Identity();
              }));
    return Status::Ok();
  }

  template <typename T, typename Job>
  Result<T> Ask(Job job) {
    return keys::Ask<T>(worker, [on = on, job = std::move(job)]() -> Result<T> {
      if (on->session == nullptr || on->session->lost()) return Status::KeyUnavailable("the token is gone");
      return job(*on->session);
    });
  }
  template <typename Job>
  Status Run(Job job) {
    return worker.Run([on = on, job = std::move(job)] {
      if (on->session == nullptr || on->session->lost()) return Status::KeyUnavailable("the token is gone");
      return job(*on->session);
    });
  }
};

PersonToken::PersonToken(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

PersonToken::~PersonToken() {
  if (ProcessWasForked()) {
    static_cast<void>(parts_.release());  // the token is the parent's
    return;
  }
  if (parts_->made.has_value()) {
    // In a session of its own where this one has failed.
    parts_->worker
        .Run([on = parts_->on, id = *parts_->made]() -> Status {
          if (on->session == nullptr || on->session->lost()) MS_TRY(on->Connect());
          MS_ASSIGN(const TokenObject key, Find(*on->session, id));
          return on->session->Destroy(key);
        })
        .Ignore("a key that nobody knows of opens nothing; the next one that is made for the store takes it away");
  }
  // Ending the session is a call to the token too.
  parts_->worker.Post([on = std::move(parts_->on)] { return on->session.reset(), Status::Ok(); });
}

Result<std::unique_ptr<PersonToken>> PersonToken::At(const std::string& uri, ByteView pin,
                                                     const TokenOptions& options) {
  MS_ASSIGN(const TokenUri parsed, TokenUri::ParseToken(uri));
  if (pin.empty()) return Status::InvalidArgument("the token's PIN is empty");
  return std::unique_ptr<PersonToken>(new PersonToken(std::make_unique<Parts>(parsed, pin, options.deadline)));
}

Status PersonToken::Unlock() {
  if (!parts_->unlocked.has_value()) parts_->unlocked = parts_->Unlock();
  return *parts_->unlocked;
}

Result<std::unique_ptr<PersonToken>> PersonToken::Open(const std::string& uri, ByteView pin,
                                                       const TokenOptions& options) {
  MS_ASSIGN(auto token, At(uri, pin, options));
  MS_TRY(token->Unlock());
  return token;
}

const ByteArray<32>& PersonToken::identity() const { return parts_->identity; }

Result<PersonKeyId> PersonToken::MakeKey(const StoreId& store) {
  if (!parts_->unlocked.has_value() || !parts_->unlocked->ok())
    return Status::KeyUnavailable("the token was not unlocked");
  PersonKeyId id{store, {}};
  crypto::SystemRandom(id.key);
  parts_->made = id;  // before the token is asked: it may make one and fail to say so
  MS_TRY(parts_->Run([id](Pkcs11Session& session) { return Make(session, id); }));
  return id;
}

Status PersonToken::KeepKey() {
  if (!parts_->made.has_value()) return Status::Ok();
  const PersonKeyId kept = *std::exchange(parts_->made, std::nullopt);
  return parts_->Run([kept](Pkcs11Session& session) { return DestroyBut(session, kept.store, kept); });
}

Status PersonToken::DestroyKeys(const StoreId& store) {
  return parts_->Run([store](Pkcs11Session& session) { return DestroyBut(session, store, std::nullopt); });
}

Result<Bytes> PersonToken::Encrypt(const PersonKeyId& id, const PersonTokenNonce& nonce, ByteView associated,
                                   ByteView content) {
  const auto plain = std::make_shared<SecretBytes>(SecretBytes::CopyOf(content));
  return parts_->Ask<Bytes>([id, nonce, plain, with = Bytes(associated.begin(), associated.end())](
                                Pkcs11Session& session) -> Result<Bytes> {
    MS_ASSIGN(const TokenObject key, Find(session, id));
    return session.Encrypt(key, nonce, with, plain->Reveal());
  });
}

Result<SecretBytes> PersonToken::Decrypt(const PersonKeyId& id, const PersonTokenNonce& nonce, ByteView associated,
                                         ByteView message) {
  return parts_->Ask<SecretBytes>([id, nonce, with = Bytes(associated.begin(), associated.end()),
                                   sealed = Bytes(message.begin(), message.end())](
                                      Pkcs11Session& session) -> Result<SecretBytes> {
    MS_ASSIGN(const TokenObject key, Find(session, id));
    return session.Decrypt(key, nonce, with, sealed);
  });
}

}  // namespace mseal::keys
