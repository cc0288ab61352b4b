// Looks through index files and the segment that is written, and opens what it finds.
#include "audit/log_reader.h"

#include <algorithm>

#include "audit/checkpoint.h"
#include "audit/log_stub.h"
#include "audit/note.h"
#include "audit/recorder.h"

namespace mseal::audit {
namespace {

using format::Purpose;

Result<SecretBytes> OpenPart(KeyView key, Purpose purpose, seal::SuiteSet suite, const seal::Digest& context,
                             const ByteArray<24>& salt, const ByteArray<32>& commitment, ByteView message) {
  SecretBytes content(message.size() - 16);
  MS_TRY(seal::OpenMessage(key, {.purpose = purpose, .suite = suite, .context = context}, salt, commitment, message,
                           content.Reveal()));
  return content;
}

void Take(const format::LogWho& who, OpenedEntry& entry) {
  entry.person = who.person;
  entry.operation = static_cast<Operation>(who.operation);
  entry.outcome = static_cast<Outcome>(who.outcome);
  entry.code = static_cast<StatusCode>(who.code);
  entry.time_ms = who.time_ms;
  entry.incident = who.incident;
  entry.number = who.number;
  if (who.patient != keys::PatientHandle{}) entry.patient = who.patient;
  entry.purpose = who.purpose;
  entry.origin = who.origin;
  entry.on_behalf_of = who.on_behalf_of;
  entry.detail = who.detail;
}

}  // namespace

// ---- finding

Status LogReader::FindRaw(const Token& token, const VisitRaw& visit) {
  MS_TRY(log_.Sync().status());
  MS_ASSIGN(const auto numbers, ListSegments(log_.options().folder));
  const auto open = log_.Segments();
  const std::uint64_t written = open.back()->head().number;
  for (const std::uint64_t number : numbers) {
    if (number < written) MS_TRY(FindIn(number, token, visit));
  }
  // The one that is written has no index yet: every entry is looked at.
  std::uint64_t index = open.back()->head().first_entry;
  return open.back()->ForEach(Segment::kFirstCell, open.back()->End(), [&](std::uint64_t, ByteView entry) -> Status {
    bool found = false;
    TokensOf(entry, [&](const Token& known) { found |= known == token; });
    const std::uint64_t at = index++;
    return found ? visit(at, entry) : Status::Ok();
  });
}

// An index that is missing, or was changed, is made anew.
Status LogReader::FindIn(std::uint64_t number, const Token& token, const VisitRaw& visit) {
  MS_ASSIGN(const auto segment, Segment::OpenForLookups(SegmentPath(log_.options().folder, number)));
  const format::LogSegmentHead& head = segment->head();
  if (head.store != store_ || head.number != number)
    return Status::AuthFailed("a segment of the log is another store's or lies in another one's place");
  auto places = PlacesIn(head, token);
  if (places.code() == StatusCode::kNotFound || places.code() == StatusCode::kAuthFailed) {
    MS_TRY(MakeIndex(number));
    places = PlacesIn(head, token);
  }
  MS_TRY(places.status());
  for (const LogIndex::Place& place : *places) {
    MS_ASSIGN(const ByteView entry, segment->EntryAt(place.cell));
    MS_TRY(visit(head.first_entry + place.ordinal, entry));
  }
  return Status::Ok();
}

Result<std::vector<LogIndex::Place>> LogReader::PlacesIn(const format::LogSegmentHead& head, const Token& token) const {
  MS_ASSIGN(const LogIndex index,
            LogIndex::Open(IndexPath(log_.options().folder, head.number), keys_.index.Reveal(), head));
  std::vector<LogIndex::Place> places;
  MS_TRY(index.Find(token, [&](const LogIndex::Place& place) {
    places.push_back(place);
    return Status::Ok();
  }));
  return places;
}

Status LogReader::MakeIndex(std::uint64_t number) {
  MS_TRY(ProveFrom(number));
  MS_ASSIGN(const ReadSegment whole, OpenSegment(log_.options().folder, number, store_));
  return WriteLogIndex(IndexPath(log_.options().folder, number), keys_.index.Reveal(), *whole.file);
}

// An index of a segment from which an entry was taken would hide it for good, and whoever takes the entry can take the
// index with it. So the segments lead to the one that is written, which was compared when the log was opened.
Status LogReader::ProveFrom(std::uint64_t number) {
  if (proven_from_ != 0 && number >= proven_from_) return Status::Ok();
  const std::uint64_t written = log_.Segments().back()->head().number;
  std::optional<TreeHead> tree;
  for (std::uint64_t at = number; at <= written; ++at) {
    MS_ASSIGN(const ReadSegment segment, OpenSegment(log_.options().folder, at, store_));
    if (tree.has_value() && (tree->size() != segment.before.size() || tree->peaks() != segment.before.peaks()))
      return Status::AuthFailed("the log was changed: a segment does not go on from the one before");
    tree = segment.before;
    if (at < written) MS_TRY(WalkInto(*tree, *segment.file, Segment::kFirstCell, segment.file->End(), {}));
  }
  proven_from_ = number;
  return Status::Ok();
}

Status LogReader::Find(const Token& token, const Visit& visit) {
  return FindRaw(token, [&](std::uint64_t index, ByteView entry) { return Open(index, entry, visit); });
}

Status LogReader::ForEach(std::uint64_t from, const Visit& visit) {
  MS_ASSIGN(const LogPosition until, log_.Sync());
  const std::string& folder = log_.options().folder;
  MS_ASSIGN(const auto numbers, ListSegments(folder));
  const auto open = log_.Segments();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i + 1 < numbers.size()) {
      MS_ASSIGN(const auto next, Segment::OpenForLookups(SegmentPath(folder, numbers[i + 1])));
      if (next->head().first_entry <= from) continue;
    }
    const auto known = std::find_if(open.begin(), open.end(),
                                    [&](const auto& segment) { return segment->head().number == numbers[i]; });
    std::shared_ptr<const Segment> segment;
    if (known != open.end()) {
      segment = *known;
    } else {
      MS_ASSIGN(ReadSegment read, OpenSegment(folder, numbers[i], store_));
      segment = std::move(read.file);
    }
    std::uint64_t index = segment->head().first_entry;
    const auto each = [&](std::uint64_t, ByteView entry) -> Status {
      const std::uint64_t at = index++;
      return at < from || at >= until.size ? Status::Ok() : Open(at, entry, visit);
    };
    MS_TRY(segment->ForEach(Segment::kFirstCell, segment->End(), each));
  }
  return Status::Ok();
}

// ---- opening

Result<const KeyBytes*> LogReader::KeyOf(const ByteArray<16>& id) {
  const auto known = audit_keys_.find(id);
  if (known != audit_keys_.end()) return &known->second;
  std::optional<KeyBytes> opened;
  const auto take = [&](std::uint64_t, ByteView bytes) -> Status {
    const auto parsed = format::ParseLogAuditKey(bytes);
    if (!parsed.ok() || opened.has_value()) return Status::Ok();
    MS_ASSIGN(const crypto::PrivateKey* mine, audit_(parsed->class_key_version));
    MS_ASSIGN(const KeyBytes shared, crypto::SharedSecret(*mine, parsed->ephemeral));
    const KeyBytes wrapping = crypto::SlotKey(shared.Reveal(), parsed->ephemeral, crypto::PublicKeyOf(*mine));
    MS_ASSIGN(opened, seal::UnwrapKey(wrapping.Reveal(), AuditKeyPlace(store_, suite_, id, parsed->class_key_version),
                                      parsed->sealed));
    return Status::Ok();
  };
  MS_TRY(FindRaw(id, take));
  if (!opened.has_value()) return Status::AuthFailed("the key of an entry of the log is missing");
  return &audit_keys_.emplace(id, std::move(*opened)).first->second;
}

Status LogReader::LearnFirstShown() {
  if (first_shown_.has_value()) return Status::Ok();
  const NoteKey key{LogOrigin(store_), crypto::VerifyKeyOf(keys_.signer)};
  MS_ASSIGN(const auto stub, ReadLogStub(log_.options().folder, store_, WriteNoteKey(key)));
  first_shown_ = stub.has_value() ? stub->first_entry : 0;
  return Status::Ok();
}

Status LogReader::Open(std::uint64_t index, ByteView bytes, const Visit& visit) {
  MS_ASSIGN(const format::LogEntryKind kind, format::LogEntryKindOf(bytes));
  MS_TRY(LearnFirstShown());
  if (kind != format::LogEntryKind::kAccess || index < *first_shown_) return Status::Ok();
  MS_ASSIGN(const format::LogAccess access, format::ParseLogAccess(bytes));
  MS_ASSIGN(const KeyBytes* key, KeyOf(access.key_id));
  MS_ASSIGN(const SecretBytes content,
            OpenPart(key->Reveal(), Purpose::kLogWho, suite_, LogContext(store_, access.key_id), access.salt,
                     access.who.commitment, access.who.message));
  MS_ASSIGN(const format::LogWho who, format::ParseLogWho(content.Reveal()));
  OpenedEntry entry;
  entry.index = index;
  entry.session = access.key_id;
  Take(who, entry);
  if (access.what.has_value()) {
    entry.what = OpenedEntry::What::kSealed;
    entry.salt = access.salt;
    entry.what_commitment = access.what->commitment;
    entry.what_message.assign(access.what->message.begin(), access.what->message.end());
  }
  return visit(entry);
}

Status LogReader::OpenWhat(const keys::PatientKeys& patient, OpenedEntry& entry) {
  if (entry.what == OpenedEntry::What::kNone) return Status::Ok();
  MS_ASSIGN(const KeyBytes* key, KeyOf(entry.session));
  ByteArray<kKeySize> what_key;
  const WipeOnExit wipe(what_key);
  WhatKey(key->Reveal(), patient, what_key);
  MS_ASSIGN(const SecretBytes content, OpenPart(what_key, Purpose::kLogWhat, suite_, LogContext(store_, entry.session),
                                                entry.salt, entry.what_commitment, entry.what_message));
  MS_ASSIGN(const format::LogWhat what, format::ParseLogWhat(content.Reveal(), entry.fields));
  entry.what = OpenedEntry::What::kOpened;
  entry.type = what.type;
  entry.record_id = SecretBytes::CopyOf(what.record_id);
  entry.record_version = what.record_version;
  entry.schema_version = what.schema_version;
  entry.classes = what.classes;
  entry.redacted = what.redacted;
  return Status::Ok();
}

}  // namespace mseal::audit
