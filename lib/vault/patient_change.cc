// Applies puts and deletions to one patient and commits them.
#include "vault/patient_change.h"

#include <algorithm>

#include "audit/log_heads.h"
#include "base/clock.h"
#include "base/writer.h"
#include "vault/erasures.h"
#include "vault/marks.h"
#include "vault/record_draft.h"

namespace mseal::vault {
namespace {

using store::Table;

constexpr std::uint64_t kDayMs = 24ull * 60 * 60 * 1000;
constexpr std::uint8_t kOrderedMark = 'o';

Bytes LedgerId(const RecordPlace& place) {
  const keys::RecordHandle handle = place.handle();
  return Bytes(handle.begin(), handle.end());
}

}  // namespace

Bytes OrderedPrefix(std::uint32_t index) {
  Bytes key;
  Writer(key).U8(kOrderedMark).U32(index);
  return key;
}

// Zero bytes are escaped and the end is marked, so that values sort as they do in clear and none is another's prefix.
void AppendOrderedValue(Bytes& key, ByteView value) {
  for (const std::uint8_t byte : value) {
    key.push_back(byte);
    if (byte == 0) key.push_back(0xff);
  }
}

Bytes OrderedRowKey(std::uint32_t index, ByteView value, const keys::RecordHandle& record) {
  Bytes key = OrderedPrefix(index);
  AppendOrderedValue(key, value);
  Writer(key).U8(0).U8(1).Raw(record);
  return key;
}

Result<std::unique_ptr<PatientChange>> PatientChange::Open(Core& core, Desk& desk, const keys::PatientHandle& patient) {
  MS_TRY(CheckMayOpen(core, desk, patient));
  MS_ASSIGN(auto change, OpenByHost(core, desk, patient));
  change->opened_ = desk.session->DataKeys(*change->keys_);
  return change;
}

Result<std::unique_ptr<PatientChange>> PatientChange::OpenByHost(Core& core, Desk& desk,
                                                                 const keys::PatientHandle& patient) {
  std::unique_ptr<PatientChange> change(new PatientChange(core, desk));
  change->schema_ = core.schemas.current();
  change->chain_ = core.registry->chain();
  MS_ASSIGN(change->keys_, LoadPatient(core, patient));
  MS_ASSIGN(change->head_, keys::ReadHead(*core.rows, core.identity.store, core.identity.suite, *change->keys_));
  change->head_before_ = change->head_;
  // A reader may have left the row of a moment ago in memory.
  if (change->keys_->row.slot_counter < change->head_.slot_counter) {
    MS_ASSIGN(change->keys_, core.patients->Reload(patient));
  }
  // An older key row put back would let a live data key be made again.
  if (change->keys_->row.slot_counter < change->head_.slot_counter)
    return Status::AuthFailed("the key row is older than the patient's head");
  return change;
}

Result<std::unique_ptr<PatientChange>> PatientChange::Create(Core& core, Desk& desk,
                                                             const keys::PatientHandle& patient) {
  std::unique_ptr<PatientChange> change(new PatientChange(core, desk));
  change->schema_ = core.schemas.current();
  change->hold_.emplace(*core.buckets, patient);
  MS_ASSIGN(keys::PatientKeys drawn, core.patients->Draw(patient, core.durability));
  const auto chain = change->chain_ = core.registry->chain();
  for (people::ClassNumber number = 0; number < format::kSlots; ++number)
    drawn.row.slots[number].class_key_version = chain->NewestVersion(number);
  change->keys_ = change->working_ = std::make_shared<keys::PatientKeys>(std::move(drawn));
  change->opened_ = std::make_shared<people::OpenedDataKeys>();
  for (const auto& [number, entry] : chain->classes()) {
    if (desk.session->Holds(number)) MS_TRY(change->EnsureDataKey(number).status());
  }
  change->key_row_changed_ = true;
  return change;
}

Result<const keys::DataKey*> PatientChange::EnsureDataKey(people::ClassNumber number) {
  const format::Slot& slot = keys_->row.slots[number];
  if (slot.state != format::SlotState::kUnused) return DataKeyAt(number, slot.generation);
  if (working_ == nullptr) {
    // From the store: memory may hold the row of before a rotation, and would bring it back.
    hold_.emplace(*core_.buckets, patient());
    MS_ASSIGN(keys_, core_.patients->Reload(patient()));
    if (keys_->row.slot_counter < head_.slot_counter)
      return Status::AuthFailed("the key row is older than the patient's head");
    opened_ = desk_.session->DataKeys(*keys_);
    const format::Slot& stored = keys_->row.slots[number];
    if (stored.state != format::SlotState::kUnused) return DataKeyAt(number, stored.generation);
    keys_ = working_ = std::make_shared<keys::PatientKeys>(keys_->Copy());
  }
  MS_ASSIGN(keys::DataKey made, desk_.session->MakeDataKey(patient(), number, working_->row));
  key_row_changed_ = true;
  return &made_.insert_or_assign(number, std::move(made)).first->second;
}

Result<const keys::DataKey*> PatientChange::DataKeyAt(people::ClassNumber number, std::uint32_t generation) {
  const auto made = made_.find(number);
  if (made != made_.end() && keys_->row.slots[number].generation == generation) return &made->second;
  const people::OpenedDataKeys::Pair& pair = opened_->classes[number];
  if (pair.current.has_value() && pair.generation == generation) return &*pair.current;
  if (pair.previous.has_value() && pair.previous_generation == generation) return &*pair.previous;
  const Status why = desk_.session->DataKeyError(*keys_, number, generation);
  return why.ok() ? Status::KeyUnavailable("the data key is not at hand") : why;
}

Result<std::optional<OpenedRow>> PatientChange::ReadRecord(const RecordPlace& place) const {
  Bytes bytes;
  const Status got = overlay_.Get(Table::kRecords, LiveRowKey(place), bytes);
  if (got.code() == StatusCode::kNotFound) return std::optional<OpenedRow>();
  MS_TRY(got);
  MS_ASSIGN(OpenedRow row, OpenRow(core_.identity, *keys_, place.tag, std::move(bytes)));
  return std::optional<OpenedRow>(std::move(row));
}

void PatientChange::AddRow(ByteView row_key, const seal::Commitment& commitment) {
  ++head_.rows;
  head_.sum.Add(keys::DigestOfRow(*keys_, row_key, commitment));
}

void PatientChange::RemoveRow(ByteView row_key, const seal::Commitment& commitment) {
  --head_.rows;
  head_.sum.Subtract(keys::DigestOfRow(*keys_, row_key, commitment));
}

// A writer need not hold every class of a record; one who may write none of them leaves its public fields alone too.
// Whether the session writes anything: everybody may write the directory, and a record may have no value of a class
// that its writer holds.
Status PatientChange::CheckMayWrite() const {
  for (const auto& [number, entry] : chain_->classes()) {
    const bool own = entry.name != schema::kDirectory;
    if (own && desk_.session->May(number, people::Operation::kWrite)) return Status::Ok();
  }
  return Status::PermissionDenied("the session may write no class");
}

// It takes no key of a class that is not held; one that is held to read only is not deleted either.
Status PatientChange::CheckMayDelete(const OpenedRow& live) const {
  MS_TRY(CheckMayWrite());
  for (const format::HeaderGroup& group : live.header.groups) {
    const bool sealed = group.state == format::GroupState::kSealed && desk_.session->Holds(group.class_number);
    if (sealed && !desk_.session->May(group.class_number, people::Operation::kWrite))
      return Status::PermissionDenied("the record has a value of a class that the session may not write");
  }
  return Status::Ok();
}

Result<PutOutcome> PatientChange::Put(const PutRequest& request) {
  const schema::TypePlan* type = schema_->schema->FindType(request.type);
  if (type == nullptr) return Status::InvalidArgument("the schema has no such record type");
  MS_TRY(CheckMayWrite());
  const RecordPlace place = PlaceRecord(core_.identity, *keys_, request.type, request.record_id);
  MS_ASSIGN(const std::optional<OpenedRow> old, ReadRecord(place));
  const std::uint64_t stored_version = old.has_value() ? old->header.version : 0;
  if (request.expected_version != 0 && request.expected_version != stored_version)
    return Status::Conflict("the record has another version");
  if (request.mode == PutMode::kInsert && old.has_value()) return Status::AlreadyExists("the record is there");
  if (request.mode == PutMode::kUpdate && !old.has_value()) return Status::NotFound("no such record");

  RecordDraft draft(*this, request, *type, old.has_value() ? &*old : nullptr);
  MS_TRY(draft.Prepare());
  PutOutcome outcome{
      .version = stored_version, .unchanged = true, .handle = place.handle(), .fields_sealed = draft.fields_sealed()};
  if (request.skip_unchanged && !draft.changed()) return outcome;

  format::Header header;
  header.type = request.type;
  header.record_id = SecretBytes::CopyOf(request.record_id);
  header.version = stored_version + 1;
  header.written_ms = NowMs();
  header.retain_until_ms = type->retention_days == 0 ? 0 : header.written_ms + type->retention_days * kDayMs;
  Bytes row;
  seal::Commitment commitment;
  draft.Seal(place, header, row, commitment);

  // Under a legal hold replaced versions stay, whatever the schema says.
  const bool keep_old = type->keep_history || core_.marked.IsHeld(patient());
  if (old.has_value()) MS_TRY(KeepOrDropOld(*old, keep_old, header));
  const Bytes live_key = LiveRowKey(place);
  overlay_.Put(Table::kRecords, live_key, row);
  AddRow(live_key, commitment);
  MS_TRY(MovePostings(old.has_value() ? &*old : nullptr, header, place, draft.older_names()));
  for (const auto& stream : draft.new_streams()) ForgetPendingUpload(core_, overlay_.batch(), stream);
  changed_ = true;
  Done done{.type = header.type,
            .record_id = SecretBytes::CopyOf(request.record_id),
            .version = header.version,
            .fields = draft.written_fields()};
  for (people::ClassNumber number = 0; number < format::kSlots; ++number)
    if (draft.fields_sealed()[number] != 0) done.classes |= static_cast<std::uint16_t>(1u << number);
  done_.push_back(std::move(done));
  outcome.version = header.version;
  outcome.unchanged = false;
  return outcome;
}

// The replaced row moves to its place in the history, bytes untouched; without history it goes, and its chunks with it.
Status PatientChange::KeepOrDropOld(const OpenedRow& old, bool keep_history, const format::Header& next) {
  RemoveRow(LiveRowKey(old.place), old.commitment);
  if (keep_history) {
    const Bytes key = HistoryRowKey(*keys_, old.header.type, old.header.record_id.Reveal(), old.header.version);
    overlay_.Put(Table::kRecords, key, old.bytes);
    AddRow(key, old.commitment);
    return Status::Ok();
  }
  for (const format::HeaderStream& stream : old.header.streams) {
    if (std::find(next.streams.begin(), next.streams.end(), stream) == next.streams.end()) DropChunks(stream);
  }
  return Status::Ok();
}

void PatientChange::DropChunks(const format::HeaderStream& stream) {
  for (std::uint64_t number = 0; number < stream.chunks; ++number)
    overlay_.Delete(Table::kRecords, ChunkRowKey(patient(), keys_->tag.Reveal(), stream.id, number));
}

Status PatientChange::MovePostings(const OpenedRow* old, const format::Header& next, const RecordPlace& place,
                                   std::span<const format::HeaderPosting> older) {
  const format::Posting posting{place.patient, place.tag};
  static const format::Header kNothing;
  const format::Header& before = old == nullptr ? kNothing : old->header;
  for (const format::HeaderPosting& name : before.postings) {
    const bool stays = std::find(next.postings.begin(), next.postings.end(), name) != next.postings.end();
    if (!stays) MS_TRY(core_.postings->Remove(overlay_, name, posting));
  }
  for (const format::HeaderPosting& name : older) MS_TRY(core_.postings->CheckFree(overlay_, name, posting));
  for (const format::HeaderPosting& name : next.postings) {
    const bool was = std::find(before.postings.begin(), before.postings.end(), name) != before.postings.end();
    if (was) continue;
    MS_TRY(core_.postings->Add(overlay_, name, posting, schema_->FindIndex(name.index).unique()));
    const IndexKeyName key{name.index, name.generation};
    if (index_keys_used_.insert(key).second) RequireNewestIndexKey(*core_.meta, key, overlay_.batch());
  }
  for (const format::HeaderOrdered& row : before.ordered)
    overlay_.Delete(Table::kIndex, OrderedRowKey(row.index, row.value, place.handle()));
  for (const format::HeaderOrdered& row : next.ordered)
    overlay_.Put(Table::kIndex, OrderedRowKey(row.index, row.value, place.handle()), {});
  return Status::Ok();
}

Status PatientChange::Delete(std::string_view type, ByteView record_id, std::uint64_t expected_version) {
  if (type == schema::kDirectoryType) return Status::InvalidArgument("the directory record goes only with its patient");
  MS_TRY(CheckNotHeld(core_, patient()));
  const RecordPlace place = PlaceRecord(core_.identity, *keys_, type, record_id);
  MS_ASSIGN(const std::optional<OpenedRow> live, ReadRecord(place));
  if (!live.has_value()) return Status::NotFound("no such record");
  MS_TRY(CheckMayDelete(*live));
  if (expected_version != 0 && expected_version != live->header.version)
    return Status::Conflict("the record has another version");
  return DeleteLive(*live);
}

Status PatientChange::DeleteLive(const OpenedRow& live) {
  MS_TRY(DropHistory(live));
  const Bytes live_key = LiveRowKey(live.place);
  overlay_.Delete(Table::kRecords, live_key);
  RemoveRow(live_key, live.commitment);
  for (const format::HeaderStream& stream : live.header.streams) DropChunks(stream);
  static const format::Header kNothing;
  MS_TRY(MovePostings(&live, kNothing, live.place, {}));
  SecretBytes entry;
  SecretWriter(entry).U64(head_.version + 1);
  core_.meta->Put(overlay_.batch(), keys::MetaKind::kLedger, LedgerId(live.place), entry.Reveal());
  changed_ = true;
  done_.push_back({.operation = audit::Operation::kDelete,
                   .type = live.header.type,
                   .record_id = SecretBytes::CopyOf(live.header.record_id.Reveal()),
                   .version = live.header.version});
  return Status::Ok();
}

Result<bool> PatientChange::DeleteAgain(const keys::RecordTag& tag, std::uint64_t version) {
  MS_ASSIGN(const std::optional<OpenedRow> live, ReadRecord(PlaceRecord(core_.identity, patient(), tag)));
  if (!live.has_value()) return false;
  // The ledger goes on from the version it names: an even older backup takes the deletion from there.
  head_.version = std::max(head_.version, version - 1);
  MS_TRY(DeleteLive(*live));
  return true;
}

Status PatientChange::ForEachReplaced(const OpenedRow& live,
                                      const std::function<Status(ByteView, const OpenedRow&)>& visit) const {
  for (std::uint64_t version = 1; version < live.header.version; ++version) {
    const Bytes key = HistoryRowKey(*keys_, live.header.type, live.header.record_id.Reveal(), version);
    Bytes bytes;
    const Status got = overlay_.Get(Table::kRecords, key, bytes);
    if (got.code() == StatusCode::kNotFound) continue;  // before the type kept a history, or after it stopped
    MS_TRY(got);
    MS_ASSIGN(const OpenedRow row, OpenRow(core_.identity, *keys_, live.place.tag, std::move(bytes)));
    MS_TRY(visit(key, row));
  }
  return Status::Ok();
}

Status PatientChange::DropHistory(const OpenedRow& live) {
  return ForEachReplaced(live, [&](ByteView key, const OpenedRow& row) {
    for (const format::HeaderStream& stream : row.header.streams) DropChunks(stream);
    overlay_.Delete(Table::kRecords, key);
    RemoveRow(key, row.commitment);
    return Status::Ok();
  });
}

// One entry a record; the last says what the head will be, so that whoever rolls the patient back is found out.
Status PatientChange::RecordDone() {
  const format::LogHead head = audit::HeadOf(head_);
  if (done_.empty()) done_.emplace_back();  // a data key alone
  for (const Done& done : done_) {
    audit::Access access{.operation = done.operation, .keys = keys_.get()};
    access.type = done.type;
    access.record_id = done.record_id.Reveal();
    access.record_version = done.version;
    access.schema_version = schema_->version;
    access.classes = done.classes;
    access.fields = done.fields;
    if (&done == &done_.back()) access.head = &head;
    MS_TRY(core_.Record(desk_, access));
  }
  return Status::Ok();
}

// The head that stays is on record again, so that nobody takes the entries before for what is there.
void PatientChange::RecordNotCommitted(const Status& why) {
  const format::LogHead head = audit::HeadOf(head_before_);
  audit::Access access{.operation = done_.back().operation, .outcome = audit::Outcome::kNotCommitted};
  access.code = why.code();
  access.number = done_.size();
  access.keys = keys_.get();
  access.head = &head;
  core_.Record(desk_, access).Ignore("the entries before say what was about to happen; opening the vault settles it");
}

Status PatientChange::Commit() {
  if (!changed_ && !key_row_changed_) return Status::Ok();
  ++head_.version;
  head_.slot_counter = keys_->row.slot_counter;
  keys::PutHead(overlay_.batch(), core_.identity.store, core_.identity.suite, *keys_, head_);
  if (key_row_changed_) {
    core_.patients->Put(overlay_.batch(), *keys_);
    people::RequireNewest(*core_.meta, *chain_, overlay_.batch());
  }
  MS_TRY(RecordDone());
  const Status committed = core_.Commit(overlay_.batch());
  if (!committed.ok()) RecordNotCommitted(committed);
  if (committed.ok() && key_row_changed_) core_.patients->Remember(keys_);
  if (committed.code() == StatusCode::kConflict) {
    core_.patients->Forget(patient());
    if (key_row_changed_) core_.registry->Settle();
    core_.generations.Settle();
  }
  return committed;
}

}  // namespace mseal::vault
