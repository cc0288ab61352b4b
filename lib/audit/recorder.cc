// Seals entries. Contents are put together in memory that each thread keeps: nothing is allocated for an entry.
#include "audit/recorder.h"

#include "base/clock.h"
#include "crypto/exchange.h"
#include "crypto/random.h"

namespace mseal::audit {
namespace {

using format::Purpose;

// What one thread puts entries together in. Wiped after each.
struct Scratch {
  SecretBytes who;
  SecretBytes what;
  Bytes messages;
  Bytes entry;
};

Scratch& ScratchOfThread() {
  thread_local Scratch scratch;
  return scratch;
}

// Room for a message behind those that are there; whoever asks reserves for all of them first.
MutableBytes RoomFor(Bytes& messages, std::size_t content) {
  const std::size_t at = messages.size();
  messages.resize(at + content + 16);
  return MutableBytes(messages).subspan(at);
}

}  // namespace

seal::Digest LogContext(const keys::StoreId& store, const ByteArray<16>& audit_key_id) {
  format::Context context(format::ContextKind::kLogEntry);
  context.Add(format::ContextItem::kStore, store).Add(format::ContextItem::kAuditKeyId, audit_key_id);
  return seal::DigestOf(context);
}

seal::Place AuditKeyPlace(const keys::StoreId& store, seal::SuiteSet suite, const ByteArray<16>& id,
                          std::uint32_t version) {
  format::Context context(format::ContextKind::kAuditKey);
  context.Add(format::ContextItem::kStore, store)
      .Add(format::ContextItem::kAuditKeyId, id)
      .AddNumber(format::ContextItem::kVersion, version);
  return {.purpose = Purpose::kAuditKey, .suite = suite, .context = seal::DigestOf(context)};
}

void WhatKey(KeyView audit_key, const keys::PatientKeys& patient, MutableKeyView out) {
  const auto key = crypto::Prf32(patient.audit_what.Reveal(), "ms.logwhat", audit_key);
  CopyBytes(key, out);
}

Recorder::Recorder(Log& log, const LogKeys& keys, const keys::StoreId& store, seal::SuiteView suite, Actor actor)
    : log_(log), keys_(keys), store_(store), suite_(suite), actor_(std::move(actor)), key_(crypto::RandomKey()) {
  crypto::SystemRandom(id_);
  context_ = LogContext(store_, id_);
  first_month_ = MonthOf(NowMs());
  for (std::uint32_t i = 0; i < tokens_.size(); ++i) tokens_[i] = MonthToken(keys_, actor_.person, first_month_ + i);
}

Result<std::unique_ptr<Recorder>> Recorder::Begin(Log& log, const LogKeys& keys, const keys::StoreId& store,
                                                  seal::SuiteView suite, const AuditClass& to, Actor actor) {
  std::unique_ptr<Recorder> recorder(new Recorder(log, keys, store, suite, std::move(actor)));
  const crypto::PrivateKey ephemeral(crypto::RandomKey());
  const crypto::PublicKey ephemeral_public = crypto::PublicKeyOf(ephemeral);
  MS_ASSIGN(const KeyBytes shared, crypto::SharedSecret(ephemeral, to.public_half));
  const KeyBytes wrapping = crypto::SlotKey(shared.Reveal(), ephemeral_public, to.public_half);
  const Bytes sealed =
      seal::WrapKey(wrapping.Reveal(), AuditKeyPlace(store, suite, recorder->id_, to.version), recorder->key_.Reveal());
  MS_TRY(log.Append(format::WriteLogAuditKey({recorder->id_, to.version, ephemeral_public, sealed})));
  return recorder;
}

ByteArray<16> Recorder::PersonToken(std::uint32_t person, std::uint64_t time_ms) const {
  const std::uint32_t month = MonthOf(time_ms);
  if (person == actor_.person && month - first_month_ < tokens_.size()) return tokens_[month - first_month_];
  return MonthToken(keys_, person, month);
}

Status Recorder::Record(const Access& access) const {
  Scratch& scratch = ScratchOfThread();
  const std::uint64_t now = NowMs();
  const std::uint32_t person = actor_.person != 0 ? actor_.person : access.person;
  format::LogWho who{.person = person,
                     .operation = static_cast<std::uint8_t>(access.operation),
                     .outcome = static_cast<std::uint8_t>(access.outcome),
                     .code = static_cast<std::uint8_t>(access.code),
                     .time_ms = now,
                     .incident = access.incident,
                     .number = access.number,
                     .purpose = actor_.purpose,
                     .origin = actor_.origin,
                     .on_behalf_of = actor_.on_behalf_of,
                     .detail = access.detail};
  if (access.keys != nullptr) who.patient = access.keys->handle;
  if (access.keys == nullptr && access.patient != nullptr) who.patient = *access.patient;
  format::WriteLogWho(who, scratch.who);
  if (access.keys != nullptr)
    format::WriteLogWhat({.schema_version = access.schema_version,
                          .record_version = access.record_version,
                          .classes = access.classes,
                          .redacted = access.redacted,
                          .type = access.type,
                          .record_id = access.record_id,
                          .fields = access.fields},
                         scratch.what);
  const seal::SuiteSet suite = suite_.now();
  format::LogAccess entry{.key_id = id_, .person_token = PersonToken(person, now)};
  crypto::SaltHedge hedge;
  hedge.AddKey(key_.Reveal()).AddContext(context_).AddPlaintext(scratch.who.Reveal());
  if (access.keys != nullptr) hedge.AddPlaintext(scratch.what.Reveal());
  entry.salt = hedge.Finish();

  scratch.messages.clear();
  scratch.messages.reserve(scratch.who.size() + scratch.what.size() + 256);  // views into it stay good
  const auto seal_part = [&](KeyView key, Purpose purpose, ByteView content) {
    format::LogSealed sealed;
    const MutableBytes out = RoomFor(scratch.messages, content.size());
    seal::SealMessage(key, {.purpose = purpose, .suite = suite, .context = context_}, entry.salt, content, out,
                      sealed.commitment);
    sealed.message = out;
    return sealed;
  };
  entry.who = seal_part(key_.Reveal(), Purpose::kLogWho, scratch.who.Reveal());
  if (access.keys != nullptr) {
    entry.patient_token = access.keys->audit_token;
    ByteArray<kKeySize> what_key;
    const WipeOnExit wipe(what_key);
    WhatKey(key_.Reveal(), *access.keys, what_key);
    entry.what = seal_part(what_key, Purpose::kLogWhat, scratch.what.Reveal());
  }
  if (access.keys != nullptr && access.head != nullptr) {
    entry.head = seal_part(access.keys->audit_head.Reveal(), Purpose::kLogHead, format::WriteLogHead(*access.head));
    entry.place = seal_part(keys_.place.Reveal(), Purpose::kLogPlace, access.keys->handle);
  }
  format::WriteLogAccess(entry, scratch.entry);
  scratch.who.Clear();
  scratch.what.Clear();
  return log_.Append(scratch.entry);
}

}  // namespace mseal::audit
