// Settles the groups of a record that is being put.
#include "vault/record_draft.h"

#include <algorithm>

#include "format/row.h"
#include "vault/search.h"
#include "vault/showing.h"

namespace mseal::vault {
namespace {

using format::EntryKind;

SecretBytes Join(const std::vector<ByteView>& pieces) {
  SecretBytes joined;
  for (const ByteView piece : pieces) joined.Append(piece);
  return joined;
}

// The tag and length before the payload of a single text or bytes occurrence; empty for anything else, which is
// streamed whole.
Bytes WirePrefix(const schema::FieldPlan* field, const FieldValue& value) {
  const bool plain = field != nullptr && !field->repeated &&
                     (field->kind == schema::ValueKind::kText || field->kind == schema::ValueKind::kBytes);
  if (!plain || value.pieces.size() != 1) return {};
  std::vector<ByteView> payloads;
  SecretBytes numbers;
  if (!schema::Values(*field, value.pieces[0], payloads, numbers).ok() || payloads.size() != 1) return {};
  const ByteView wire = value.pieces[0];
  const auto size = wire.size() - payloads[0].size();
  return Bytes(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

RecordDraft::RecordDraft(PatientChange& change, const PutRequest& request, const schema::TypePlan& type,
                         const OpenedRow* old)
    : change_(change), request_(request), type_(type), old_(old) {}

bool RecordDraft::MayWrite(people::ClassNumber number) const {
  return change_.desk_.session->May(number, people::Operation::kWrite);
}

std::vector<std::uint32_t> RecordDraft::written_fields() const {
  std::vector<std::uint32_t> fields = cleared_;
  for (const schema::Piece& piece : pieces_) fields.push_back(piece.number);
  if (request_.prepared != nullptr) fields.push_back(request_.prepared->field);
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return fields;
}

bool RecordDraft::InGroup(const Work& work, std::uint32_t field) const {
  const schema::FieldPlan* plan = type_.FindField(field);
  const schema::GroupPlan* group = plan == nullptr                ? &type_.groups[type_.general_group]
                                   : plan->group == schema::kNone ? nullptr
                                                                  : &type_.groups[plan->group];
  return group == work.plan;
}

Status RecordDraft::Prepare() {
  MS_TRY(schema::Split(type_, request_.message, pieces_));
  MS_TRY(ResolveClears());
  works_.resize(type_.groups.size());
  for (std::size_t group = 0; group < works_.size(); ++group) MS_TRY(SettleGroup(group, works_[group]));
  MS_TRY(CheckGivenSize());
  // Every permission is known before the first chunk is written.
  for (const Work& work : works_) MS_TRY(CheckAccess(work));
  for (Work& work : works_) {
    MS_TRY(SettleFields(work));
    MS_ASSIGN(GroupDraft draft, MakeDraft(work));
    drafts_.push_back(std::move(draft));
    if (work.carry) CarryNames(work);
    if (!work.carry && MayWrite(work.class_number)) MS_TRY(SettlePostings(work));
  }
  MS_TRY(SettlePublic());
  return CheckDraftSize();
}

namespace {

Status TooLarge() { return Status::InvalidArgument("a record's values take too much room beside its large ones"); }

}  // namespace

// What is given and does not become a stream; together with what is stored it cannot overrun a length then.
Status RecordDraft::CheckGivenSize() const {
  std::size_t size = 0;
  for (const FieldValue& value : GivenFields(pieces_, schema::kNone)) size += value.size();
  for (const Work& work : works_) {
    for (const FieldValue& value : work.fields)
      size += value.size() > format::kStreamAbove ? 0 : value.size() + format::kGroupEntryHead;
  }
  return size > format::kLongestBody ? TooLarge() : Status::Ok();
}

Status RecordDraft::CheckDraftSize() const {
  std::size_t size = public_part_.size();
  for (const GroupDraft& draft : drafts_) size += draft.content.size() + draft.message.size() + draft.void_size;
  return size > format::kLongestBody ? TooLarge() : Status::Ok();
}

Status RecordDraft::ResolveClears() {
  for (const std::string_view name : request_.clear) {
    const schema::FieldPlan* field = type_.FindField(name);
    if (field == nullptr) return Status::InvalidArgument("a field to clear is not in the record's type");
    cleared_.push_back(field->number);
  }
  return Status::Ok();
}

Status RecordDraft::SettleGroup(std::size_t group, Work& work) {
  work.plan = &type_.groups[group];
  if (work.plan->by_rules) work.field = type_.fields[work.plan->fields.front()].number;
  work.fields = GivenFields(pieces_, static_cast<std::uint32_t>(group));
  if (request_.prepared != nullptr && InGroup(work, request_.prepared->field)) work.touched = true;
  work.touched |= !work.fields.empty();
  for (const std::uint32_t field : cleared_) work.touched |= InGroup(work, field);
  const people::ClassNumber fixed = change_.schema_->NumberOf(work.plan->class_index);
  if (old_ != nullptr) work.stored = old_->FindGroup(fixed, work.field);
  work.class_number = ClassOf(work);
  return Status::Ok();
}

// What was given says the class of a class_by field; what stays keeps the one it has.
people::ClassNumber RecordDraft::ClassOf(const Work& work) const {
  const people::ClassNumber fixed = change_.schema_->NumberOf(work.plan->class_index);
  if (!work.plan->by_rules) return fixed;
  if (!work.fields.empty()) {
    const schema::FieldPlan& field = type_.fields[work.plan->fields.front()];
    const SecretBytes wire = Join(work.fields.front().pieces);
    return change_.schema_->NumberOf(change_.schema_->schema->Classify(type_, field, wire.Reveal()));
  }
  const bool stays = request_.mode == PutMode::kUpdate
                         ? !work.touched
                         : work.stored != nullptr && (!MayWrite(work.stored->class_number) || IsClosed(work.field));
  return stays && work.stored != nullptr ? work.stored->class_number : fixed;
}

Status RecordDraft::CheckAccess(const Work& work) const {
  if (!work.touched) return Status::Ok();
  if (!MayWrite(work.class_number))
    return Status::PermissionDenied("a value was given for a class the session may not write");
  if (work.stored != nullptr && work.stored->state == format::GroupState::kSealed &&
      !MayWrite(work.stored->class_number))
    return Status::PermissionDenied("the value to be replaced is of a class the session may not write");
  return CheckPurpose(work);
}

// Whether the session's purpose keeps it from the field: neither read nor written.
bool RecordDraft::IsClosed(std::uint32_t field) const {
  const schema::FieldPlan* plan = type_.FindField(field);
  return plan != nullptr && !IsOpenTo(change_.desk_, *plan);
}

Status RecordDraft::CheckPurpose(const Work& work) const {
  bool closed = request_.prepared != nullptr && IsClosed(request_.prepared->field);
  for (const FieldValue& value : work.fields) closed |= value.given && IsClosed(value.field);
  for (const std::uint32_t field : cleared_) closed |= IsClosed(field);
  return closed ? Status::PermissionDenied("a value was given for a field that is not for the session's purpose")
                : Status::Ok();
}

// A replace leaves what its session cannot see as it is.
void RecordDraft::KeepClosed(Work& work) const {
  FieldList kept;
  for (const FieldValue& value : work.stored_fields) {
    if (IsClosed(value.field)) kept.push_back(value);
  }
  if (!kept.empty()) work.fields = Merge(std::move(kept), std::move(work.fields), {});
}

Status RecordDraft::OpenStored(Work& work) {
  if (work.stored == nullptr || work.stored->state == format::GroupState::kVoid) return Status::Ok();
  MS_ASSIGN(const keys::DataKey* key, change_.DataKeyAt(work.stored->class_number, work.stored->generation));
  MS_TRY(OpenGroup(change_.core_.identity, *old_, *work.stored, *key, work.stored_content));
  MS_ASSIGN(work.stored_fields, StoredFields(work.stored_content.Reveal()));
  return Status::Ok();
}

Status RecordDraft::SettleFields(Work& work) {
  const bool replaces = request_.mode != PutMode::kUpdate && MayWrite(work.class_number);
  const bool missing = work.stored == nullptr && MayWrite(work.class_number);  // the schema brought the group since
  if (!work.touched && !replaces && !missing) {
    work.carry = work.stored != nullptr;  // without one it becomes void
    return Status::Ok();
  }
  if (work.stored != nullptr && !MayWrite(work.stored->class_number) && !work.touched)
    return work.carry = true, Status::Ok();
  MS_TRY(OpenStored(work));
  if (request_.mode != PutMode::kUpdate) KeepClosed(work);
  if (request_.mode == PutMode::kUpdate) {
    FieldList stored;
    for (const FieldValue& value : work.stored_fields) stored.push_back(value);
    work.fields = Merge(std::move(stored), std::move(work.fields), cleared_);
  }
  MS_TRY(SettleStreams(work));
  work.carry = SameAsStored(work);
  return Status::Ok();
}

Status RecordDraft::SettleStreams(Work& work) {
  for (FieldValue& value : work.fields) {
    const bool large = value.kind == EntryKind::kInline && value.size() > format::kStreamAbove;
    if (large) MS_TRY(SettleStream(work, value));
  }
  const PreparedStream* prepared = request_.prepared;
  if (prepared == nullptr || !InGroup(work, prepared->field)) return Status::Ok();
  MS_ASSIGN(const format::StreamReference reference, SettlePrepared(*prepared, work.class_number));
  kept_.push_back(format::WriteStreamReference(reference));
  FieldList given{
      {.field = prepared->field, .kind = EntryKind::kStream, .pieces = {kept_.back().Reveal()}, .given = true}};
  work.fields = Merge(std::move(work.fields), std::move(given), {});
  return Status::Ok();
}

Result<StreamKeys> RecordDraft::CurrentStreamKeys(people::ClassNumber number) {
  MS_ASSIGN(const keys::DataKey* data_key, change_.EnsureDataKey(number));
  return StreamKeys{change_.patient(), data_key, change_.keys().tag.Reveal(), number, change_.GenerationOf(number)};
}

// An upload's stream; written again when a reseal has made another data key current since the upload began, or the
// store's suite is another.
Result<format::StreamReference> RecordDraft::SettlePrepared(const PreparedStream& prepared,
                                                            people::ClassNumber class_number) {
  new_streams_.push_back(prepared.reference.id);
  MS_ASSIGN(const StreamKeys to, CurrentStreamKeys(class_number));
  const bool is_newest = prepared.suite == change_.core_.identity.suite.now().newest();
  if (prepared.generation == to.generation && is_newest) return prepared.reference;
  StreamKeys from = to;
  from.data_key = prepared.data_key;
  from.generation = prepared.generation;
  MS_ASSIGN(format::StreamReference written, ResealStream(change_.core_, from, prepared.reference, to));
  new_streams_.push_back(written.id);
  change_.DropChunks({prepared.field, prepared.reference.id, prepared.reference.chunks});
  return written;
}

// A stream is under the data key of the group that names it: what a group keeps from before a reseal is written again.
Status RecordDraft::RenewStreams(Work& work) {
  MS_ASSIGN(const StreamKeys to, CurrentStreamKeys(work.class_number));
  const bool kept = work.stored != nullptr && work.stored->state == format::GroupState::kSealed;
  if (!kept || work.stored->generation == to.generation) return Status::Ok();
  for (FieldValue& value : work.fields) {
    if (value.kind != EntryKind::kStream) continue;
    MS_ASSIGN(const format::StreamReference reference, format::ParseStreamReference(value.pieces[0]));
    if (std::find(new_streams_.begin(), new_streams_.end(), reference.id) != new_streams_.end()) continue;
    StreamKeys from = to;
    from.generation = work.stored->generation;
    MS_ASSIGN(from.data_key, change_.DataKeyAt(from.class_number, from.generation));
    MS_ASSIGN(const format::StreamReference written, ResealStream(change_.core_, from, reference, to));
    new_streams_.push_back(written.id);
    kept_.push_back(format::WriteStreamReference(written));
    value.pieces = {kept_.back().Reveal()};
  }
  return Status::Ok();
}

// A large value that is stored already keeps its stream; a new one is written now.
Status RecordDraft::SettleStream(Work& work, FieldValue& value) {
  StreamKeys keys{.patient = change_.patient(),
                  .data_key = nullptr,
                  .tag_key = change_.keys().tag.Reveal(),
                  .class_number = work.class_number};
  const FieldValue* stored = FindValue(work.stored_fields, value.field);
  if (stored != nullptr && stored->kind == EntryKind::kStream && work.stored->class_number == work.class_number) {
    MS_ASSIGN(const format::StreamReference reference, format::ParseStreamReference(stored->pieces[0]));
    keys.generation = work.stored->generation;
    MS_ASSIGN(keys.data_key, change_.DataKeyAt(keys.class_number, keys.generation));
    MS_ASSIGN(const bool same, StreamEquals(change_.core_, keys, reference, value.pieces));
    if (same) return value.kind = EntryKind::kStream, value.pieces = stored->pieces, Status::Ok();
  }
  MS_ASSIGN(keys, CurrentStreamKeys(work.class_number));
  const Bytes prefix = WirePrefix(type_.FindField(value.field), value);
  StreamWriter writer(change_.core_, keys, value.pieces);
  std::size_t skip = prefix.size();
  for (const ByteView piece : value.pieces) {
    MS_TRY(writer.Append(piece.subspan(skip)));
    skip = 0;
  }
  MS_ASSIGN(const format::StreamReference reference, writer.Finish(prefix));
  new_streams_.push_back(reference.id);
  kept_.push_back(format::WriteStreamReference(reference));
  value.kind = EntryKind::kStream;
  value.pieces = {kept_.back().Reveal()};
  return Status::Ok();
}

bool RecordDraft::SameAsStored(const Work& work) const {
  if (work.stored == nullptr || work.stored->state == format::GroupState::kVoid) return false;
  if (work.stored->class_number != work.class_number || work.fields.size() != work.stored_fields.size()) return false;
  for (std::size_t i = 0; i < work.fields.size(); ++i) {
    if (work.fields[i].field != work.stored_fields[i].field || !SameValue(work.fields[i], work.stored_fields[i]))
      return false;
  }
  return true;
}

void RecordDraft::Compose(const Work& work, SecretBytes& content) const {
  format::BeginGroup(content);
  for (const FieldValue& value : work.fields) {
    format::AppendEntryHead(content, value.field, value.kind, value.size());
    for (const ByteView piece : value.pieces) content.Append(piece);
  }
  format::PadGroup(content, work.plan->least_size);
}

Result<GroupDraft> RecordDraft::MakeDraft(Work& work) {
  GroupDraft draft;
  if (work.carry) {
    draft.header = *work.stored;
    draft.how = GroupDraft::How::kCarry;
    draft.message = old_->Message(*work.stored);
    return draft;
  }
  changed_ = true;
  draft.header.class_number = work.class_number;
  draft.header.field = work.field;
  draft.header.schema_version = change_.schema_->version;
  if (!MayWrite(work.class_number)) {
    draft.how = GroupDraft::How::kVoid;
    draft.void_size = format::EmptyGroupSize(work.plan->least_size);
    return draft;
  }
  draft.how = GroupDraft::How::kSeal;
  MS_ASSIGN(draft.key, change_.EnsureDataKey(work.class_number));
  draft.header.generation = change_.GenerationOf(work.class_number);
  MS_TRY(RenewStreams(work));
  Compose(work, draft.content);
  for (const FieldValue& value : work.fields) {
    if (value.given) ++fields_sealed_[work.class_number];
    if (value.kind != EntryKind::kStream) continue;
    MS_ASSIGN(const format::StreamReference reference, format::ParseStreamReference(value.pieces[0]));
    streams_.push_back({value.field, reference.id, reference.chunks});
  }
  return draft;
}

// What the old header names for a group's fields goes on.
void RecordDraft::CarryNames(const Work& work) {
  for (const format::HeaderStream& stream : old_->header.streams) {
    if (InGroup(work, stream.field)) streams_.push_back(stream);
  }
  for (const std::uint32_t at : work.plan->fields) {
    for (const format::HeaderPosting& posting : old_->header.postings) {
      if (posting.index == type_.fields[at].index_id) postings_.push_back(posting);
    }
  }
}

Status RecordDraft::SettlePostings(const Work& work) {
  for (const std::uint32_t at : work.plan->fields) {
    const schema::FieldPlan& field = type_.fields[at];
    const FieldValue* value = field.find ? FindValue(work.fields, field.number) : nullptr;
    if (value != nullptr && value->kind == EntryKind::kInline) MS_TRY(SettlePosting(field, *value));
  }
  return Status::Ok();
}

Status RecordDraft::SettlePosting(const schema::FieldPlan& field, const FieldValue& value) {
  Core& core = change_.core_;
  const IndexGeneration in_use = core.generations.Of(field.index_id);
  const SecretBytes wire = Join(value.pieces);
  const auto add = [&](std::uint32_t generation, std::vector<format::HeaderPosting>& names) -> Status {
    MS_ASSIGN(const auto key, IndexKeyOf(core, change_.desk_, *change_.schema_, field, generation));
    return AddNames(*key, {field.index_id, generation}, field, wire.Reveal(), names);
  };
  MS_TRY(add(in_use.newest, postings_));
  // A unique value may be taken under an older key still.
  for (std::uint32_t older = in_use.oldest; field.unique && older < in_use.newest; ++older)
    MS_TRY(add(older, older_names_));
  return Status::Ok();
}

Status RecordDraft::SettlePublic() {
  FieldList fields = GivenFields(pieces_, schema::kNone);
  if (request_.mode == PutMode::kUpdate && old_ != nullptr) {
    MS_ASSIGN(FieldList stored, StoredPublicFields(old_->row.public_part));
    fields = Merge(std::move(stored), std::move(fields), cleared_);
  }
  for (const FieldValue& value : fields) {
    const SecretBytes wire = Join(value.pieces);
    format::AppendPublicEntry(public_part_, value.field, wire.Reveal());
    const schema::FieldPlan* field = type_.FindField(value.field);
    if (field == nullptr || !field->ordered) continue;
    std::vector<ByteView> values;
    SecretBytes numbers;
    MS_TRY(schema::Values(*field, wire.Reveal(), values, numbers));
    for (const ByteView one : values) {
      if (one.size() > format::kLongestOrdered)
        return Status::InvalidArgument("a value is too long for an ordered index");
      ordered_.push_back({field->index_id, Bytes(one.begin(), one.end())});
    }
  }
  changed_ |= old_ == nullptr || !SameBytes(public_part_, old_->row.public_part);
  return Status::Ok();
}

void RecordDraft::Seal(const RecordPlace& place, format::Header& header, Bytes& row, seal::Commitment& commitment) {
  header.postings = std::move(postings_);
  header.streams = std::move(streams_);
  header.ordered = std::move(ordered_);
  SealRow(change_.core_.identity, change_.keys(), place, public_part_, drafts_, header, row, commitment);
}

}  // namespace mseal::vault
