// Reads rows and puts messages together.
#include "vault/read.h"

#include <algorithm>

#include "format/group.h"
#include "format/row.h"
#include "schema/mask.h"
#include "schema/walker.h"
#include "vault/erasures.h"
#include "vault/field_list.h"
#include "vault/marks.h"
#include "vault/showing.h"
#include "vault/streams.h"

namespace mseal::vault {
namespace {

using format::EntryKind;
using format::GroupState;
using store::Table;

// One value on its way into the message.
struct Part {
  std::uint32_t field = 0;
  SecretBytes wire;
};

// Turns one row into a record.
class Assembly {
 public:
  Assembly(Core& core, Desk& desk, const RecordReader& reader, const store::Snapshot* at, const keys::PatientKeys& keys,
           const OpenedRow& row, const FieldNames& wanted, bool masked)
      : core_(core),
        desk_(desk),
        reader_(reader),
        at_(at),
        keys_(keys),
        row_(row),
        wanted_(wanted),
        masked_(masked),
        recorded_(core.access_log != nullptr) {}

  // Opens what the session's keys open, whatever it may be shown.
  Status Check() {
    checking_ = true;
    recorded_ = false;
    return Run().status();
  }

  Result<std::unique_ptr<OpenedRecord>> Run() {
    if (recorded_) MS_TRY(core_.access_log->log().CheckReady());  // before anything is opened
    record_->schema = core_.schemas.current();
    type_ = record_->schema->schema->FindType(row_.header.type);
    if (type_ == nullptr) return Status::AuthFailed("the record is of a type the schema does not name");
    for (const std::string& name : wanted_) {
      if (type_->FindField(name) == nullptr) return Status::InvalidArgument("the record's type has no such field");
    }
    Describe();
    MS_TRY(AddPublic());
    for (const format::HeaderGroup& group : row_.header.groups) MS_TRY(AddGroup(group));
    Join();
    if (recorded_) MS_TRY(Record());
    return std::move(record_);
  }

 private:
  bool Wanted(std::uint32_t number) const {
    if (wanted_.empty()) return true;
    const schema::FieldPlan* field = type_->FindField(number);
    return field != nullptr && std::find(wanted_.begin(), wanted_.end(), field->name) != wanted_.end();
  }

  // Whoever checks that everything opens looks at all there is a key for.
  bool MayRead(people::ClassNumber number) const {
    return checking_ ? desk_.session->Holds(number) : desk_.session->SightOf(number) != people::Sight::kNothing;
  }

  void Describe() {
    record_->type = row_.header.type;
    record_->record_id = SecretBytes::CopyOf(row_.header.record_id.Reveal());
    record_->version = row_.header.version;
    record_->written_ms = row_.header.written_ms;
    record_->handle = row_.place.handle();
    for (const schema::FieldPlan& field : type_->fields) DescribeField(field);
  }

  // The header says under which class a class_by field lies; for all others the schema does.
  people::ClassNumber ClassOf(const schema::FieldPlan& field) const {
    const people::ClassNumber fixed = record_->schema->NumberOf(field.class_index);
    if (!field.by_rules) return fixed;
    const format::HeaderGroup* group = row_.FindGroup(fixed, field.number);
    return group == nullptr ? fixed : group->class_number;
  }

  void DescribeField(const schema::FieldPlan& field) {
    if (field.is_public) return record_->classes.emplace_back(field.name, "public"), void();
    const people::ClassNumber number = ClassOf(field);
    record_->classes.emplace_back(field.name, std::string(record_->schema->ClassName(number)));
    if (checking_) return;
    const Showing showing = ShowingOf(desk_, field, number, masked_);
    if (showing == Showing::kWhole) return;
    partly_.push_back({&field, showing});
    if (!Wanted(field.number)) return;
    if (showing == Showing::kNothing) redacted_ |= BitOf(number);
    (showing == Showing::kMasked ? record_->masked : record_->redacted).push_back(field.name);
  }

  // A field that the schema does not know has no mask.
  Showing ShowingOfEntry(const format::HeaderGroup& group, std::uint32_t number) const {
    for (const Partly& one : partly_) {
      if (one.field->number == number) return one.showing;
    }
    const bool whole = checking_ || type_->FindField(number) != nullptr ||
                       desk_.session->SightOf(group.class_number) == people::Sight::kWhole;
    return whole ? Showing::kWhole : Showing::kNothing;
  }

  static std::uint16_t BitOf(people::ClassNumber number) { return static_cast<std::uint16_t>(1u << number); }

  // Of the fields that have a value in the message: absent ones tell nothing.
  Status Record() {
    thread_local std::vector<std::uint32_t> fields;
    fields.clear();
    for (const Part& part : parts_) {
      if (fields.empty() || fields.back() != part.field) fields.push_back(part.field);
    }
    audit::Access access{.operation = audit::Operation::kRead, .keys = &keys_};
    access.type = record_->type;
    access.record_id = record_->record_id.Reveal();
    access.record_version = record_->version;
    access.schema_version = record_->schema->version;
    access.classes = opened_;
    access.redacted = redacted_;
    access.by_name = !wanted_.empty();
    access.fields = fields;
    return core_.Record(desk_, access);
  }

  Status AddPublic() {
    format::PublicReader reader(row_.row.public_part);
    std::uint32_t field = 0;
    ByteView wire;
    while (reader.Next(field, wire)) {
      if (Wanted(field)) parts_.push_back({field, SecretBytes::CopyOf(wire)});
    }
    return reader.Finish();
  }

  bool AnyWanted(const format::HeaderGroup& group) const {
    if (wanted_.empty()) return true;
    if (group.field != 0) return Wanted(group.field);
    return std::any_of(type_->fields.begin(), type_->fields.end(), [&](const schema::FieldPlan& field) {
      return !field.is_public && !field.by_rules && Wanted(field.number) &&
             record_->schema->NumberOf(field.class_index) == group.class_number;
    });
  }

  Status AddGroup(const format::HeaderGroup& group) {
    if (group.state == GroupState::kVoid || !MayRead(group.class_number) || !AnyWanted(group)) return Status::Ok();
    MS_ASSIGN(const keys::DataKey key, reader_.DataKeyOf(keys_, group));
    SecretBytes content;
    MS_TRY(OpenGroup(core_.identity, row_, group, key, content));
    format::GroupReader reader(content.Reveal());
    format::GroupEntry entry;
    while (reader.Next(entry)) {
      if (Wanted(entry.field)) MS_TRY(AddEntry(group, key, entry));
    }
    return reader.Finish();
  }

  Status AddEntry(const format::HeaderGroup& group, const keys::DataKey& key, const format::GroupEntry& entry) {
    const Showing showing = ShowingOfEntry(group, entry.field);
    if (showing == Showing::kNothing) return Status::Ok();
    opened_ |= BitOf(group.class_number);
    Part part{entry.field, {}};
    if (entry.kind == EntryKind::kInline) {
      part.wire.Append(entry.value);
    } else {
      MS_ASSIGN(const format::StreamReference reference, format::ParseStreamReference(entry.value));
      part.wire.Reserve(reference.prefix.size() + reference.length);
      part.wire.Append(reference.prefix);
      const StreamKeys stream_keys{keys_.handle, &key, keys_.tag.Reveal(), group.class_number, group.generation};
      MS_TRY(ReadStream(core_, stream_keys, reference, 0, reference.length, at_, part.wire));
    }
    if (showing == Showing::kMasked) {
      MS_ASSIGN(part.wire, schema::MaskWire(*type_->FindField(entry.field), part.wire.Reveal()));
    }
    parts_.push_back(std::move(part));
    return Status::Ok();
  }

  void Join() {
    std::stable_sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.field < b.field; });
    std::size_t size = 0;
    for (const Part& part : parts_) size += part.wire.size();
    record_->message.Reserve(size);
    for (const Part& part : parts_) record_->message.Append(part.wire.Reveal());
  }

  Core& core_;
  Desk& desk_;
  const RecordReader& reader_;
  const store::Snapshot* at_;
  const keys::PatientKeys& keys_;
  const OpenedRow& row_;
  const FieldNames& wanted_;
  const bool masked_;
  bool recorded_;
  std::uint16_t opened_ = 0;    // classes of which a value was opened
  std::uint16_t redacted_ = 0;  // classes that would have been looked into
  bool checking_ = false;       // nothing is shown to anybody
  // A field that the session does not see whole.
  struct Partly {
    const schema::FieldPlan* field;
    Showing showing;
  };
  std::vector<Partly> partly_;
  const schema::TypePlan* type_ = nullptr;
  std::unique_ptr<OpenedRecord> record_ = std::make_unique<OpenedRecord>();
  std::vector<Part> parts_;
};

}  // namespace

Result<OpenedRow> RecordReader::ReadLive(const keys::PatientKeys& keys, const keys::RecordTag& tag) const {
  Bytes bytes;
  const Status got = core_.rows->Get(Table::kRecords, keys::MakeRecordHandle(keys.handle, tag), bytes, at_);
  if (got.code() == StatusCode::kNotFound) return Status::NotFound("no such record");
  MS_TRY(got);
  return OpenRow(core_.identity, keys, tag, std::move(bytes));
}

// A slot this session does not know yet may be new in the store: the row is read once more before the answer is no. And
// a reseal may have dropped the data key since the point in time that is read: the key row of then still has it.
Result<keys::DataKey> RecordReader::DataKeyOf(const keys::PatientKeys& keys, const format::HeaderGroup& group) const {
  const auto pick = [&](const keys::PatientKeys& from) -> Result<keys::DataKey> {
    const auto opened = desk_.session->DataKeys(from);
    const auto& pair = opened->classes[group.class_number];
    if (pair.current.has_value() && pair.generation == group.generation)
      return keys::DataKey::CopyOf(pair.current->Reveal());
    if (pair.previous.has_value() && pair.previous_generation == group.generation)
      return keys::DataKey::CopyOf(pair.previous->Reveal());
    const Status why = desk_.session->DataKeyError(from, group.class_number, group.generation);
    return why.ok() ? Status::KeyUnavailable("the data key is not at hand") : why;
  };
  auto key = pick(keys);
  if (key.ok() || key.code() == StatusCode::kAuthFailed) return key;
  MS_ASSIGN(const auto fresh, ReloadPatient(core_, keys.handle));
  key = pick(*fresh);
  if (key.code() != StatusCode::kKeyUnavailable || at_ == nullptr) return key;
  const auto of_then = core_.patients->Read(keys.handle, at_);
  return of_then.ok() ? pick(*of_then) : std::move(key);
}

Result<std::unique_ptr<OpenedRecord>> RecordReader::Assemble(const keys::PatientKeys& keys, const OpenedRow& row,
                                                             const FieldNames& fields) const {
  return Assembly(core_, desk_, *this, at_, keys, row, fields, masked_).Run();
}

Status RecordReader::Check(const keys::PatientKeys& keys, const OpenedRow& row) const {
  return Assembly(core_, desk_, *this, at_, keys, row, {}, masked_).Check();
}

Result<std::unique_ptr<OpenedRecord>> RecordReader::Read(const keys::RecordHandle& handle,
                                                         const FieldNames& fields) const {
  MS_TRY(CheckMayOpen(core_, desk_, keys::PatientOf(handle)));
  MS_ASSIGN(const auto keys, LoadPatient(core_, keys::PatientOf(handle)));
  MS_ASSIGN(const OpenedRow row, ReadLive(*keys, keys::TagOf(handle)));
  if (at_ != nullptr || row.header.streams.empty()) return Assemble(*keys, row, fields);
  // Chunks go with the row that names them: both are read at one point in time.
  const auto frozen = core_.rows->Freeze();
  return RecordReader(core_, desk_, frozen.get(), masked_).Read(handle, fields);
}

Result<std::unique_ptr<OpenedRecord>> RecordReader::Read(const keys::PatientHandle& patient, std::string_view type,
                                                         ByteView record_id, std::uint64_t version,
                                                         const FieldNames& fields) const {
  MS_TRY(CheckMayOpen(core_, desk_, patient));
  MS_ASSIGN(const auto keys, LoadPatient(core_, patient));
  const RecordPlace place = PlaceRecord(core_.identity, *keys, type, record_id);
  if (version == 0) return Read(place.handle(), fields);
  if (at_ == nullptr) {
    const auto frozen = core_.rows->Freeze();
    return RecordReader(core_, desk_, frozen.get(), masked_).Read(patient, type, record_id, version, fields);
  }
  MS_ASSIGN(const OpenedRow live, ReadLive(*keys, place.tag));
  if (live.header.version == version) return Assemble(*keys, live, fields);
  Bytes bytes;
  const Status got = core_.rows->Get(Table::kRecords, HistoryRowKey(*keys, type, record_id, version), bytes, at_);
  if (got.code() == StatusCode::kNotFound) return Status::NotFound("the record has no such version");
  MS_TRY(got);
  MS_ASSIGN(const OpenedRow row, OpenRow(core_.identity, *keys, place.tag, std::move(bytes)));
  if (row.header.version != version) return Status::AuthFailed("a row of another version lies in this one's place");
  return Assemble(*keys, row, fields);
}

namespace {

// The place of a field's value inside a group, if it is there.
Result<std::optional<format::GroupEntry>> FindEntry(ByteView content, std::uint32_t field) {
  format::GroupReader reader(content);
  format::GroupEntry entry;
  while (reader.Next(entry)) {
    if (entry.field == field) return std::optional<format::GroupEntry>(entry);
  }
  MS_TRY(reader.Finish());
  return std::optional<format::GroupEntry>();
}

Status ReadInline(const schema::FieldPlan& field, ByteView wire, std::uint64_t offset, std::uint64_t length,
                  SecretBytes& out, std::uint64_t& value_size) {
  std::vector<ByteView> values;
  SecretBytes numbers;
  MS_TRY(schema::Values(field, wire, values, numbers));
  const ByteView value = values.empty() ? ByteView{} : values.back();
  value_size = value.size();
  if (offset < value.size()) out.Append(value.subspan(offset, std::min<std::uint64_t>(length, value.size() - offset)));
  return Status::Ok();
}

}  // namespace

Status RecordReader::RecordValueRead(const keys::PatientKeys& keys, const OpenedRow& row, const ActiveSchema& schema,
                                     const schema::FieldPlan& field) const {
  audit::Access access{.operation = audit::Operation::kRead, .keys = &keys};
  access.type = row.header.type;
  access.record_id = row.header.record_id.Reveal();
  access.record_version = row.header.version;
  access.schema_version = schema.version;
  access.classes = static_cast<std::uint16_t>(1u << schema.NumberOf(field.class_index));
  access.fields = {&field.number, 1};
  return core_.Record(desk_, access);
}

Status RecordReader::ReadValue(const keys::PatientHandle& patient, std::string_view type_name, ByteView record_id,
                               std::string_view field_name, std::uint64_t offset, std::uint64_t length,
                               SecretBytes& out, std::uint64_t& value_size) const {
  MS_TRY(CheckMayOpen(core_, desk_, patient));
  if (at_ == nullptr) {
    const auto frozen = core_.rows->Freeze();
    return RecordReader(core_, desk_, frozen.get(), masked_)
        .ReadValue(patient, type_name, record_id, field_name, offset, length, out, value_size);
  }
  const auto schema = core_.schemas.current();
  const schema::TypePlan* type = schema->schema->FindType(type_name);
  const schema::FieldPlan* field = type == nullptr ? nullptr : type->FindField(field_name);
  const bool plain = field != nullptr && !field->repeated && !field->is_public &&
                     (field->kind == schema::ValueKind::kText || field->kind == schema::ValueKind::kBytes);
  if (!plain) return Status::InvalidArgument("only a sealed text or bytes field can be read in part");
  MS_ASSIGN(const auto keys, LoadPatient(core_, patient));
  MS_ASSIGN(const OpenedRow row, ReadLive(*keys, PlaceRecord(core_.identity, *keys, type_name, record_id).tag));
  const format::HeaderGroup* group = row.FindGroup(schema->NumberOf(field->class_index), 0);
  if (desk_.session->SightOf(schema->NumberOf(field->class_index)) == people::Sight::kNothing)
    return Status::PermissionDenied("the session may not read the field's class");
  MS_TRY(CheckWhole(desk_, *field, schema->NumberOf(field->class_index)));
  if (group == nullptr || group->state == GroupState::kVoid) return Status::NotFound("the field has no value");
  MS_TRY(RecordValueRead(*keys, row, *schema, *field));
  MS_ASSIGN(const keys::DataKey key, DataKeyOf(*keys, *group));
  SecretBytes content;
  MS_TRY(OpenGroup(core_.identity, row, *group, key, content));
  MS_ASSIGN(const auto entry, FindEntry(content.Reveal(), field->number));
  if (!entry.has_value()) return Status::NotFound("the field has no value");
  if (entry->kind == EntryKind::kInline) return ReadInline(*field, entry->value, offset, length, out, value_size);
  MS_ASSIGN(const format::StreamReference reference, format::ParseStreamReference(entry->value));
  if (reference.prefix.empty()) return Status::Unsupported("the field has several values: read the record");
  value_size = reference.length;
  const StreamKeys stream_keys{keys->handle, &key, keys->tag.Reveal(), group->class_number, group->generation};
  return ReadStream(core_, stream_keys, reference, offset, length, at_, out);
}

}  // namespace mseal::vault
