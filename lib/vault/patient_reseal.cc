// Seals a patient's rows anew.
#include "vault/patient_reseal.h"

#include <algorithm>

#include "format/keys_of_rows.h"
#include "format/row.h"

namespace mseal::vault {
namespace {

using format::EntryKind;
using format::GroupState;
using store::Table;

constexpr std::size_t kLargeBatch = std::size_t{1} << 20;

}  // namespace

PatientReseal::PatientReseal(Core& core, Desk& desk, keys::PatientKeys keys, people::ClassNumber class_number)
    : core_(core), desk_(desk), keys_(std::move(keys)), class_number_(class_number) {
  const auto schema = core.schemas.current();
  for (std::uint32_t index = 0; index < schema->class_numbers.size(); ++index)
    rules_give_it_ |= schema->NumberOf(index) == class_number && schema->schema->RulesGive(index);
}

Result<std::unique_ptr<PatientReseal>> PatientReseal::Open(Core& core, Desk& desk, const keys::PatientHandle& patient,
                                                           people::ClassNumber class_number) {
  MS_ASSIGN(keys::PatientKeys keys, core.patients->Read(patient));
  std::unique_ptr<PatientReseal> share(new PatientReseal(core, desk, std::move(keys), class_number));
  MS_ASSIGN(share->head_, keys::ReadHead(*core.rows, core.identity.store, core.identity.suite, share->keys_));
  if (share->keys_.row.slot_counter < share->head_.slot_counter)
    return Status::AuthFailed("the key row is older than the patient's head");
  return share;
}

Result<std::unique_ptr<PatientReseal>> PatientReseal::OpenWhole(Core& core, Desk& desk,
                                                                const keys::PatientHandle& patient) {
  MS_ASSIGN(auto share, Open(core, desk, patient, 0));
  share->whole_ = true;
  return share;
}

Status PatientReseal::RewrapSlots() {
  const StoreIdentity& id = core_.identity;
  for (people::ClassNumber number = 0; number < format::kSlots; ++number) {
    format::Slot& slot = keys_.row.slots[number];
    if (slot.state == format::SlotState::kUnused) continue;
    MS_ASSIGN(const auto key, desk_.session->ClassKeyAt(number, slot.class_key_version));
    MS_TRY(keys::RewrapSlot(id.store, id.suite, keys_.handle, number, key.get(), *key, slot.class_key_version, slot));
  }
  key_row_changed_ = true;
  return Status::Ok();
}

Result<bool> PatientReseal::KeysAreLeft() const {
  const seal::Suite newest = core_.identity.suite.now().newest();
  for (const format::Slot& slot : keys_.row.slots) {
    if (slot.state == format::SlotState::kUnused) continue;
    if (!seal::IsUnder(newest, slot.current)) return true;
    if (slot.state == format::SlotState::kBoth && !seal::IsUnder(newest, slot.previous)) return true;
  }
  Bytes head;
  MS_TRY(core_.rows->Get(Table::kHeads, keys_.handle, head));
  return !seal::IsUnder(newest, head);
}

Status PatientReseal::BeginGeneration() {
  format::Slot& slot = keys_.row.slots[class_number_];
  const StoreIdentity& id = core_.identity;
  const people::ClassKeyVersion newest = core_.registry->chain()->NewestVersion(class_number_);
  MS_ASSIGN(const auto to, desk_.session->ClassKeyAt(class_number_, newest));
  std::shared_ptr<const keys::ClassKey> from;
  if (slot.state != format::SlotState::kUnused) {
    MS_ASSIGN(from, desk_.session->ClassKeyAt(class_number_, slot.class_key_version));
  }
  MS_TRY(keys::RewrapSlot(id.store, id.suite, keys_.handle, class_number_, from.get(), *to, newest, slot));
  key_row_changed_ = true;
  if (slot.state == format::SlotState::kCurrent) {
    keys::DataKey made = keys::MakeNextDataKey(id.store, id.suite, keys_.handle, class_number_, *to, keys_.row);
    data_keys_.insert_or_assign({class_number_, slot.generation}, std::move(made));
  } else if (slot.state == format::SlotState::kUnused) {
    keys::DropPreviousDataKey(class_number_, keys_.row);  // there is none: draws the slot anew
  }
  return Status::Ok();
}

void PatientReseal::DropPrevious() {
  keys::DropPreviousDataKey(class_number_, keys_.row);
  key_row_changed_ = true;
}

Result<const keys::DataKey*> PatientReseal::KeyAt(people::ClassNumber number, std::uint32_t generation) {
  const auto known = data_keys_.find({number, generation});
  if (known != data_keys_.end()) return &known->second;
  if (!desk_.session->Holds(number))
    return Status::PermissionDenied(
        "results whose class the rules give change together, or two copies of the disk would tell them apart: this "
        "takes a session that holds every class of theirs");
  const format::Slot& slot = keys_.row.slots[number];
  if (generation != slot.generation && generation != slot.previous_generation)
    return Status::AuthFailed("a group is under a data key that the key row does not have");
  MS_ASSIGN(const auto class_key, desk_.session->ClassKeyAt(number, slot.class_key_version));
  const auto unwrap = generation == slot.generation ? keys::UnwrapCurrent : keys::UnwrapPrevious;
  MS_ASSIGN(keys::DataKey key,
            unwrap(core_.identity.store, core_.identity.suite, keys_.handle, number, *class_key, slot));
  return &data_keys_.insert_or_assign({number, generation}, std::move(key)).first->second;
}

// Void or sealed, the room for the class changes in every row that has it. Where the rules give the class, room for it
// is in each value that they look at, whatever class it came out as.
bool PatientReseal::ChangesAlike(const format::HeaderGroup& group) const {
  return whole_ || group.class_number == class_number_ || (rules_give_it_ && group.field != 0);
}

Result<bool> PatientReseal::Concerns(const OpenedRow& row, Which which) {
  if (whole_ && which == Which::kAlike) return true;
  if (whole_) {
    const StoreIdentity newest{core_.identity.store, core_.identity.suite.now().newest()};
    MS_ASSIGN(const bool is_under, IsWhollyUnder(newest, row));
    return !is_under;
  }
  return std::any_of(row.header.groups.begin(), row.header.groups.end(), [&](const format::HeaderGroup& group) {
    if (which == Which::kAlike) return ChangesAlike(group);
    return group.class_number == class_number_ && group.state == GroupState::kSealed &&
           group.generation != slot().generation;
  });
}

// Everything is opened once more, with nothing but the newest suite.
Result<bool> PatientReseal::IsWhollyUnder(const StoreIdentity& newest, const OpenedRow& row) {
  const auto opened = OpenRow(newest, keys_, row.place.tag, row.bytes);
  if (opened.code() == StatusCode::kAuthFailed) return false;
  MS_TRY(opened.status());
  SecretBytes content;
  for (const format::HeaderGroup& group : row.header.groups) {
    if (group.state == GroupState::kVoid) continue;
    MS_ASSIGN(const keys::DataKey* key, KeyAt(group.class_number, group.generation));
    Status opens = OpenGroup(newest, *opened, group, *key, content);
    if (opens.ok()) opens = CheckStreams(newest, group, content.Reveal());
    if (opens.code() == StatusCode::kAuthFailed) return false;
    MS_TRY(opens);
  }
  return true;
}

// AuthFailed: a stream that the group names is not under the suite of `newest`.
Status PatientReseal::CheckStreams(const StoreIdentity& newest, const format::HeaderGroup& group, ByteView content) {
  StreamKeys keys{keys_.handle, nullptr, keys_.tag.Reveal(), group.class_number, group.generation};
  MS_ASSIGN(keys.data_key, KeyAt(group.class_number, group.generation));
  format::GroupReader reader(content);
  format::GroupEntry entry;
  while (reader.Next(entry)) {
    if (entry.kind != EntryKind::kStream) continue;
    MS_ASSIGN(const format::StreamReference reference, format::ParseStreamReference(entry.value));
    MS_TRY(CheckStreamKey(newest, keys, reference));
  }
  return reader.Finish();
}

Status PatientReseal::SealRows(Which which, store::Batch& batch, std::uint64_t& sealed) {
  const Sum expected{head_.rows, head_.sum};
  seen_ = {};
  sealed_ = 0;
  std::uint64_t stored = 0;
  const auto cursor = core_.rows->Scan(Table::kRecords, keys_.handle, format::AfterPrefix(keys_.handle));
  for (; cursor->Valid(); cursor->Next()) {
    MS_ASSIGN(const format::RowKind kind, format::KindOfRow(cursor->value()));
    if (kind == format::RowKind::kChunk) continue;
    ++stored;
    keys::RecordHandle handle;
    if (cursor->key().size() != handle.size()) return Status::AuthFailed("a row has a key of the wrong size");
    CopyBytes(cursor->key(), handle);
    const ByteView value = cursor->value();
    const auto live = OpenRow(core_.identity, keys_, keys::TagOf(handle), Bytes(value.begin(), value.end()));
    if (live.ok()) MS_TRY(SealRecord(*live, which, batch));  // else of the history, or else the sum tells
  }
  MS_TRY(cursor->status());
  if (stored != expected.rows || seen_.rows != expected.rows || !(seen_.sum == expected.sum))
    return Status::AuthFailed("a patient's rows do not add up to the head");
  sealed = sealed_;
  return Status::Ok();
}

// Oldest version first, the live row last: a stream that versions share is named by a run of them.
Status PatientReseal::SealRecord(const OpenedRow& live, Which which, store::Batch& batch) {
  const format::Header& header = live.header;
  for (std::uint64_t version = 1; version < header.version; ++version) {
    const Bytes key = HistoryRowKey(keys_, header.type, header.record_id.Reveal(), version);
    Bytes bytes;
    const Status got = core_.rows->Get(Table::kRecords, key, bytes);
    if (got.code() == StatusCode::kNotFound) continue;  // from a time without history
    MS_TRY(got);
    MS_ASSIGN(const OpenedRow row, OpenRow(core_.identity, keys_, live.place.tag, std::move(bytes)));
    if (row.header.version != version) return Status::AuthFailed("a row of another version lies in the history");
    MS_TRY(Take(row, key, which, batch));
  }
  MS_TRY(Take(live, LiveRowKey(live.place), which, batch));
  DropStreams(nullptr, batch);
  return Status::Ok();
}

// Old chunks go in the batch with the last row that named them, so a batch is looked at only once that is known.
Status PatientReseal::Take(const OpenedRow& row, ByteView row_key, Which which, store::Batch& batch) {
  DropStreams(&row, batch);
  MS_TRY(CommitIfLarge(batch));
  ++seen_.rows;
  seen_.sum.Add(keys::DigestOfRow(keys_, row_key, row.commitment));
  MS_ASSIGN(const bool concerns, Concerns(row, which));
  return concerns ? SealOne(row, row_key, batch) : Status::Ok();
}

Status PatientReseal::SealOne(const OpenedRow& row, ByteView row_key, store::Batch& batch) {
  format::Header header;
  header.type = row.header.type;
  header.record_id = SecretBytes::CopyOf(row.header.record_id.Reveal());
  header.version = row.header.version;
  header.written_ms = row.header.written_ms;
  header.retain_until_ms = row.header.retain_until_ms;
  header.postings = row.header.postings;
  header.streams = row.header.streams;
  header.ordered = row.header.ordered;
  std::vector<GroupDraft> drafts;
  for (const format::HeaderGroup& group : row.header.groups) {
    MS_ASSIGN(GroupDraft draft, MakeDraft(row, group, header));
    drafts.push_back(std::move(draft));
  }
  Bytes sealed;
  seal::Commitment commitment;
  SealRow(core_.identity, keys_, row.place, row.row.public_part, drafts, header, sealed, commitment);
  batch.Put(Table::kRecords, row_key, sealed);
  head_.sum.Subtract(keys::DigestOfRow(keys_, row_key, row.commitment));
  head_.sum.Add(keys::DigestOfRow(keys_, row_key, commitment));
  for (auto& [id, written] : written_) {
    if (!written.published) ForgetPendingUpload(core_, batch, written.reference.id);
    written.published = true;
  }
  ++sealed_;
  return Status::Ok();
}

Result<GroupDraft> PatientReseal::MakeDraft(const OpenedRow& row, const format::HeaderGroup& group,
                                            format::Header& header) {
  GroupDraft draft;
  draft.header = group;
  draft.message = row.Message(group);
  if (!ChangesAlike(group)) {
    draft.how = GroupDraft::How::kCarry;
  } else if (group.state == GroupState::kVoid) {
    draft.how = GroupDraft::How::kVoid;
    draft.void_size = draft.message.size() - crypto::kTagSize;
  } else {
    draft.how = GroupDraft::How::kSeal;
    MS_TRY(SealContent(group, row, header, draft));
  }
  return draft;
}

// The same content under the current data key, or, of everything, under its own; what it says of streams has the same
// size for the new ones.
Status PatientReseal::SealContent(const format::HeaderGroup& group, const OpenedRow& row, format::Header& header,
                                  GroupDraft& draft) {
  MS_ASSIGN(const keys::DataKey* old_key, KeyAt(group.class_number, group.generation));
  MS_TRY(OpenGroup(core_.identity, row, group, *old_key, draft.content));
  if (!whole_) draft.header.generation = keys_.row.slots[group.class_number].generation;
  MS_ASSIGN(draft.key, KeyAt(group.class_number, draft.header.generation));
  const MutableBytes content = draft.content.Reveal();
  format::GroupReader reader(content);
  format::GroupEntry entry;
  while (reader.Next(entry)) {
    if (entry.kind != EntryKind::kStream) continue;
    MS_ASSIGN(const format::StreamReference old, format::ParseStreamReference(entry.value));
    MS_ASSIGN(const format::StreamReference written, SealStream(group, entry.value));
    const SecretBytes bytes = format::WriteStreamReference(written);
    CopyBytes(bytes.Reveal(),
              content.subspan(static_cast<std::size_t>(entry.value.data() - content.data()), entry.value.size()));
    for (format::HeaderStream& stream : header.streams) {
      if (stream.id == old.id) stream.id = written.id;
    }
  }
  return reader.Finish();
}

Result<format::StreamReference> PatientReseal::SealStream(const format::HeaderGroup& group, ByteView reference) {
  MS_ASSIGN(const format::StreamReference old, format::ParseStreamReference(reference));
  const auto known = written_.find(old.id);
  if (known != written_.end()) return known->second.reference;
  StreamKeys from{keys_.handle, nullptr, keys_.tag.Reveal(), group.class_number, group.generation};
  MS_ASSIGN(from.data_key, KeyAt(from.class_number, from.generation));
  StreamKeys to = from;
  if (!whole_) to.generation = keys_.row.slots[group.class_number].generation;
  MS_ASSIGN(to.data_key, KeyAt(to.class_number, to.generation));
  MS_ASSIGN(format::StreamReference written, ResealStream(core_, from, old, to));
  written_[old.id] = {written, old.chunks, false};
  return written;
}

// Deletes the old chunks of what was written again and `next` does not name any more (null: nothing does).
void PatientReseal::DropStreams(const OpenedRow* next, store::Batch& batch) {
  std::erase_if(written_, [&](const auto& one) {
    const auto& [old_id, written] = one;
    const bool named = next != nullptr && std::any_of(next->header.streams.begin(), next->header.streams.end(),
                                                      [&](const auto& stream) { return stream.id == old_id; });
    for (std::uint64_t number = 0; !named && number < written.old_chunks; ++number)
      batch.Delete(Table::kRecords, ChunkRowKey(keys_.handle, keys_.tag.Reveal(), old_id, number));
    return !named;
  });
}

// Not synced, as the job's own batches: a power cut takes the latest first.
Status PatientReseal::CommitIfLarge(store::Batch& batch) {
  if (batch.ApproximateBytes() < kLargeBatch) return Status::Ok();
  Finish(batch);
  MS_TRY(core_.CommitAs(batch, store::Durability::kProcess));
  core_.patients->Forget(keys_.handle);
  batch.Clear();
  key_row_changed_ = false;
  return Status::Ok();
}

void PatientReseal::Finish(store::Batch& batch) {
  ++head_.version;
  head_.slot_counter = keys_.row.slot_counter;
  keys::PutHead(batch, core_.identity.store, core_.identity.suite, keys_, head_);
  if (key_row_changed_) core_.patients->Put(batch, keys_);
}

}  // namespace mseal::vault
