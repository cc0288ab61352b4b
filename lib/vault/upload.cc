// Begins and publishes uploads.
#include "vault/upload.h"

#include "vault/read.h"
#include "vault/showing.h"

namespace mseal::vault {
namespace {

constexpr std::uint8_t kLengthDelimited = 2;

void AppendVarint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace

Result<std::unique_ptr<Upload>> Upload::Begin(Core& core, Desk& desk, const PatientName& patient,
                                              std::string_view type_name, ByteView record_id,
                                              std::string_view field_name) {
  const auto schema = core.schemas.current();
  const schema::TypePlan* type = schema->schema->FindType(type_name);
  const schema::FieldPlan* field = type == nullptr ? nullptr : type->FindField(field_name);
  const bool plain = field != nullptr && !field->repeated && !field->is_public && !field->find &&
                     (field->kind == schema::ValueKind::kText || field->kind == schema::ValueKind::kBytes);
  if (!plain) return Status::InvalidArgument("only a sealed text or bytes field without an index takes an upload");
  std::unique_ptr<Upload> upload(new Upload(core, desk));
  MS_ASSIGN(upload->patient_, FindPatient(core, desk, patient));
  upload->type_ = type_name;
  upload->record_id_ = SecretBytes::CopyOf(record_id);
  upload->field_ = field->number;
  upload->class_number_ = schema->NumberOf(field->class_index);
  if (!desk.session->May(upload->class_number_, people::Operation::kWrite))
    return Status::PermissionDenied("the session may not write the field's class");
  if (!IsOpenTo(desk, *field)) return Status::PermissionDenied("the field is not for the session's purpose");
  MS_TRY(upload->MakeWriter());
  return upload;
}

// A rotation that begins meanwhile takes away the version that the data key was made under: once more, then.
Status Upload::MakeWriter() {
  constexpr int kAttempts = 16;
  Status status = TryMakeWriter();
  for (int attempt = 1; attempt < kAttempts && status.code() == StatusCode::kConflict; ++attempt)
    status = TryMakeWriter();
  return status;
}

// The data key is made and committed first, so that the chunks are under one that stays.
Status Upload::TryMakeWriter() {
  std::lock_guard lock(core_.locks.Of(patient_));
  MS_ASSIGN(auto change, PatientChange::Open(core_, desk_, patient_));
  const RecordPlace place = PlaceRecord(core_.identity, change->keys(), type_, record_id_.Reveal());
  MS_TRY(RecordReader(core_, desk_).ReadLive(change->keys(), place.tag).status());
  MS_ASSIGN(const keys::DataKey* key, change->EnsureDataKey(class_number_));
  generation_ = change->GenerationOf(class_number_);
  data_key_ = keys::DataKey::CopyOf(key->Reveal());
  MS_TRY(change->Commit());
  writer_ = std::make_unique<StreamWriter>(
      core_, StreamKeys{patient_, key, change->keys().tag.Reveal(), class_number_, generation_});
  return Status::Ok();
}

Result<PutOutcome> Upload::Publish(std::uint64_t expected_version) {
  Bytes prefix;
  AppendVarint(prefix, std::uint64_t{field_} << 3 | kLengthDelimited);
  AppendVarint(prefix, writer_->length());
  PreparedStream prepared{field_, {}, class_number_, generation_, &data_key_, writer_->suite()};
  MS_ASSIGN(prepared.reference, writer_->Finish(prefix));
  PutItem item{{{}, &patient_}, {}};
  item.request.type = type_;
  item.request.record_id = record_id_.Reveal();
  item.request.mode = PutMode::kUpdate;
  item.request.expected_version = expected_version;
  item.request.prepared = &prepared;
  std::vector<PutAnswer> answers;
  MS_TRY(PutAll(core_, desk_, {&item, 1}, answers));
  return answers.front().outcome;
}

}  // namespace mseal::vault
