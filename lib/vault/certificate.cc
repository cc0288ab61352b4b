// Writes, signs and verifies certificates.
#include "vault/certificate.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "sources/json.h"
#include "vault/certificate_text.h"
#include "vault/epoch_change.h"
#include "vault/erasures.h"
#include "vault/given_up.h"
#include "vault/index_re_epoch.h"

namespace mseal::vault {
namespace {

using format::EpochEnd;
using format::Erasure;
using format::ErasureState;
using keys::MetaKind;

constexpr std::uint64_t kVersion = 1;
constexpr std::string_view kSignatureMember = ",\n  \"signature\": \"";
constexpr std::string_view kEnd = "\"\n}\n";
constexpr std::size_t kLongestCertificate = 1 << 20;

Bytes Message(std::string_view prefix, ByteView what) {
  Bytes message(prefix.begin(), prefix.end());
  message.insert(message.end(), what.begin(), what.end());
  return message;
}

Bytes KeyMessage(ByteView store, ByteView key) {
  return Message("medseal.v1.certificatekey", Message(AsText(store), key));
}
Bytes TextMessage(std::string_view text) { return Message("medseal.v1.certificate", AsBytes(text)); }

struct CertificateKey {
  crypto::SigningSeed seed;
  crypto::Signature by_founder{};
};

Result<CertificateKey> ReadCertificateKey(const Core& core) {
  MS_ASSIGN(const SecretBytes content, core.meta->Get(MetaKind::kSigningSeed, {}));
  Reader in(content.Reveal());
  CertificateKey key;
  const ByteView seed = in.Take(kKeySize);
  key.by_founder = in.Fixed<64>();
  if (!in.Done()) return Status::Corrupt("the key of certificates is not well-formed");
  key.seed = crypto::SigningSeed(KeyBytes::CopyOf(KeyView(seed.data(), kKeySize)));
  return key;
}

std::string AssuranceText(std::uint8_t assurance) {
  switch (static_cast<keys::Assurance>(assurance)) {
    case keys::Assurance::kDeviceDestroyed:
      return "destroyed by its device";
    case keys::Assurance::kOverwrittenMediumUnproven:
      return "overwritten; what the medium keeps is unproven";
    case keys::Assurance::kUnlinked:
      return "unlinked; the medium may keep it";
  }
  return "unknown";
}

// What can be said of one erasure, sorted by how well it is known.
struct Findings {
  std::vector<std::string> proven;
  std::vector<std::string> done;
  std::vector<std::string> not_reached;
  bool complete = false;
};

// What is known of one erasure.
struct Known {
  Erasure erasure;
  EpochEnd end;
  std::uint64_t tokens_dead_ms = 0;  // 0: not yet
  std::vector<GivenUp> given_up;     // copies of the provider
};

Result<EpochEnd> EndOf(const Core& core, std::uint32_t epoch) {
  auto end = ReadEpochEnd(core, epoch);
  if (end.code() == StatusCode::kNotFound) return EpochEnd{};
  return end;
}

// The posting key that the search tokens lay under went in some epoch, whose secret goes later.
Result<std::uint64_t> TokensDeadAt(const Core& core, const Erasure& erasure) {
  const auto epoch = EpochOfDeletedKey(core, erasure.posting_key);
  if (epoch.code() == StatusCode::kNotFound) return std::uint64_t{0};
  MS_TRY(epoch.status());
  MS_ASSIGN(const EpochEnd end, EndOf(core, *epoch));
  return end.destroyed_ms;
}

Result<Known> WhatIsKnown(const Core& core, const keys::PatientHandle& patient) {
  Known known;
  MS_ASSIGN(known.erasure, ReadErasure(core, patient));
  MS_ASSIGN(known.end, EndOf(core, known.erasure.epoch - 1));
  MS_ASSIGN(known.tokens_dead_ms, TokensDeadAt(core, known.erasure));
  MS_ASSIGN(known.given_up, ReadGivenUp(core));
  return known;
}

// What a copy held when it was given up opens the disk as it was then: of whoever was erased later too. False: it may
// be so.
bool FindGivenUp(const Known& known, Findings& out) {
  const std::uint32_t ended = known.erasure.epoch - 1;
  bool reached = true;
  for (const GivenUp& one : known.given_up) {
    if (ended < one.copy.first_epoch) continue;
    const std::string epoch = std::to_string(std::min(ended, one.copy.last_epoch));
    if (one.copy.destroyed_ms != 0) {
      out.done.push_back("copy " + one.copy.uri +
                         " was given up, came back and was destroyed, with the secret of epoch " + epoch + ": " +
                         AssuranceText(one.copy.assurance));
      continue;
    }
    out.not_reached.push_back("copy " + one.copy.uri + " was given up unread: it may still hold the secret of epoch " +
                              epoch);
    reached = false;
  }
  return reached;
}

void FindPlaces(const EpochEnd& end, Findings& out) {
  for (const EpochEnd::Place& place : end.places) {
    if (place.bundle != 0)
      out.proven.push_back("bundle " + std::to_string(place.bundle) + " was read back from " + place.name);
    else
      out.not_reached.push_back("backup place " + place.name + " was not reached: its bundle is of before");
  }
}

void FindCopies(const EpochEnd& end, std::uint32_t epoch, Findings& out) {
  for (const EpochEnd::Copy& copy : end.copies)
    out.done.push_back("the secret of epoch " + std::to_string(epoch) + " in " + copy.name + ": " +
                       AssuranceText(copy.assurance));
  if (!end.copies.empty())
    out.proven.push_back("every registered copy of the provider answered afterwards that it holds no secret of epoch " +
                         std::to_string(epoch));
}

void FindTokens(const Known& known, Findings& out) {
  if (known.tokens_dead_ms != 0)
    out.done.push_back(
        "the key that search tokens lay under was replaced, and the secret that copies of it need destroyed");
  else
    out.not_reached.push_back("search tokens die with the first change of epoch after the next index re-epoch");
}

Findings FindingsOf(const Known& known) {
  const auto& [erasure, end, tokens_dead_ms, given_up] = known;
  Findings out;
  const bool dead = erasure.state == ErasureState::kDead;
  if (erasure.unreadable > 0)
    out.not_reached.push_back("rows that did not open were deleted, but their postings could not be named");
  if (!dead) {
    out.not_reached.push_back("pending: the secret that older copies need is not destroyed yet");
    return out;
  }
  FindPlaces(end, out);
  FindCopies(end, erasure.epoch - 1, out);
  out.proven.push_back("the patient's bucket key as it was stored opened with none of the secrets there are");
  if (end.purge_complete == 1)
    out.done.push_back("the store's files were rewritten without what was deleted");
  else
    out.not_reached.push_back("pending: the store's files still hold deleted rows: medseal purge");
  FindTokens(known, out);
  out.not_reached.push_back("copies of the provider that were never registered, such as a snapshot of its machine");
  bool reached = FindGivenUp(known, out);
  for (const EpochEnd::Place& place : end.places) reached &= place.bundle != 0;
  out.complete = end.purge_complete == 1 && reached && erasure.unreadable == 0;
  return out;
}

void WriteFacts(const Core& core, const keys::PatientHandle& patient, const Known& known, JsonLines& out) {
  const auto& [erasure, end, tokens_dead_ms, given_up] = known;
  const auto chain = core.registry->chain();
  const people::Person* person = chain->FindPerson(erasure.person);
  const Findings findings = FindingsOf(known);
  out.Number("medseal_certificate", kVersion).Text("of", "erasure");
  out.Text("number", HexOf(erasure.certificate)).Text("store", HexOf(core.identity.store));
  out.Text("patient", HexOf(patient)).Text("reason", erasure.reason);
  out.Text("asked_by", person == nullptr ? std::string() : person->name);
  out.Text("state", erasure.state == ErasureState::kDead ? "dead" : "withdrawn").Truth("complete", findings.complete);
  out.Time("withdrawn", erasure.withdrawn_ms).Time("values_dead", erasure.dead_ms).Time("tokens_dead", tokens_dead_ms);
  out.Time("purged", end.purge_complete == 1 ? end.purged_ms : 0);
  out.Number("rows_deleted", erasure.rows).Number("bytes_deleted", erasure.bytes);
  out.Number("postings_overwritten", erasure.postings).Number("rows_unreadable", erasure.unreadable);
  out.Number("epoch_destroyed", erasure.epoch - 1).Number("bucket", erasure.bucket);
  out.Number("bucket_key_version", erasure.bucket_key_version);
  out.Number("opens_tried", end.opens_tried).Number("opens_failed", end.opens_failed);
  out.List("proven", findings.proven).List("done", findings.done).List("not_reached", findings.not_reached);
}

// The parts of a certificate's text; views into it.
struct Parts {
  std::string_view covered;
  std::string_view signature;
};

Result<Parts> TakeApart(std::string_view text) {
  const std::size_t at = text.rfind(kSignatureMember);
  if (text.size() > kLongestCertificate || at == text.npos || !text.ends_with(kEnd))
    return Status::Corrupt("this is no certificate, or its end is missing");
  const std::size_t begin = at + kSignatureMember.size();
  return Parts{text.substr(0, at), text.substr(begin, text.size() - kEnd.size() - begin)};
}

template <std::size_t N>
Result<ByteArray<N>> HexMember(const sources::Json& json, std::string_view name) {
  ByteArray<N> bytes;
  if (BytesOfHex(json[name].text(), bytes)) return bytes;
  return Status::Corrupt("a member of the certificate is not well-formed");
}

}  // namespace

void MakeCertificateKey(const keys::MetaTable& meta, const keys::StoreId& store, const crypto::SigningSeed& founder,
                        store::Batch& batch) {
  const crypto::SigningSeed seed(crypto::RandomKey());
  SecretBytes content;
  SecretWriter(content).Raw(seed.Reveal()).Raw(crypto::Sign(founder, KeyMessage(store, crypto::VerifyKeyOf(seed))));
  meta.Put(batch, MetaKind::kSigningSeed, {}, content.Reveal());
}

Result<std::string> MakeCertificate(const Core& core, const keys::PatientHandle& patient) {
  MS_ASSIGN(const Known known, WhatIsKnown(core, patient));
  MS_ASSIGN(const CertificateKey key, ReadCertificateKey(core));
  JsonLines out;
  WriteFacts(core, patient, known, out);
  out.Text("signing_key", HexOf(crypto::VerifyKeyOf(key.seed)));
  out.Text("founder_key", HexOf(core.registry->chain()->founder_key()));
  out.Text("founder_signature", HexOf(key.by_founder));
  const crypto::Signature signature = crypto::Sign(key.seed, TextMessage(out.open()));
  return out.open() + std::string(kSignatureMember) + HexOf(signature) + std::string(kEnd);
}

Result<keys::PatientHandle> FindErasure(const Core& core, const ByteArray<16>& certificate) {
  std::optional<keys::PatientHandle> found;
  MS_TRY(ForEachErasure(core, [&](const keys::PatientHandle& patient, const Erasure& erasure) {
    if (erasure.certificate == certificate) found = patient;
    return Status::Ok();
  }));
  if (!found.has_value()) return Status::NotFound("no erasure has this certificate number");
  return *found;
}

Result<CertificateFacts> VerifyCertificate(std::string_view text, const std::optional<crypto::VerifyKey>& founder) {
  MS_ASSIGN(const Parts parts, TakeApart(text));
  std::string padded(text);
  padded.resize(text.size() + sources::kJsonPadding, ' ');
  sources::JsonParser parser;
  MS_ASSIGN(const sources::Json json, parser.Parse(std::string_view(padded).substr(0, text.size())));
  if (json["medseal_certificate"].text() != std::to_string(kVersion))
    return Status::UnsupportedVersion("a certificate of another version");
  MS_ASSIGN(const auto store, HexMember<16>(json, "store"));
  MS_ASSIGN(const auto signing_key, HexMember<32>(json, "signing_key"));
  MS_ASSIGN(const auto founder_key, HexMember<32>(json, "founder_key"));
  MS_ASSIGN(const auto founder_signature, HexMember<64>(json, "founder_signature"));
  MS_ASSIGN(const auto signature, HexMember<64>(json, "signature"));
  if (founder.has_value() && *founder != founder_key)
    return Status::AuthFailed("another founder stands behind the certificate");
  const bool signed_by_founder = crypto::Verify(founder_key, KeyMessage(store, signing_key), founder_signature);
  if (!signed_by_founder || !crypto::Verify(signing_key, TextMessage(parts.covered), signature))
    return Status::AuthFailed("the certificate is not as it was signed");
  return CertificateFacts{json["state"].text() == "dead", json["complete"].text() == "true", founder_key};
}

}  // namespace mseal::vault
