// medseal.h: putting, getting and deleting records; what a record shows.
#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "vault/on_record.h"
#include "vault/put.h"

namespace mseal::abi {

medseal_record* MakeRecord(std::unique_ptr<vault::OpenedRecord> opened) {
  const keys::PatientHandle patient = keys::PatientOf(opened->handle);
  return new medseal_record{std::move(opened), {}, patient};
}

Result<vault::PatientName> PatientOf(const medseal_ref& ref, keys::PatientHandle& place) {
  if (ref.patient_handle == nullptr) return vault::PatientName{View(ref.patient), nullptr};
  std::memcpy(place.data(), ref.patient_handle, place.size());
  return vault::PatientName{{}, &place};
}

namespace {

// Everything one item borrows while it is put.
struct ItemPlace {
  medseal_put_item known{};
  keys::PatientHandle handle{};
  SecretBytes from_json;
  std::vector<std::string_view> clear;
};

Status ReadItem(const medseal_put_item& given, const schema::Schema& schema, ItemPlace& place, vault::PutItem& item) {
  MS_ASSIGN(place.known, Read(&given));
  const medseal_put_item& known = place.known;
  MS_TRY(Require(known.ref.type != nullptr, "a record type is needed"));
  MS_TRY(RequireOneOf(known.mode, MEDSEAL_REPLACE, MEDSEAL_UPDATE, "there is no such put mode"));
  MS_TRY(Require(known.clear_count == 0 || (known.clear != nullptr && known.mode == MEDSEAL_UPDATE),
                 "fields are cleared by an update only"));
  MS_ASSIGN(item.patient, PatientOf(known.ref, place.handle));
  item.request.type = known.ref.type;
  item.request.record_id = View(known.ref.record);
  item.request.mode = static_cast<vault::PutMode>(known.mode);
  item.request.expected_version = known.expected_version;
  item.request.skip_unchanged = known.skip_unchanged != 0;
  for (std::size_t i = 0; i < known.clear_count; ++i) place.clear.push_back(Text(known.clear[i]));
  item.request.clear = place.clear;
  item.request.message = View(known.message);
  MS_TRY(RequireOneOf(known.format, MEDSEAL_PROTO, MEDSEAL_JSON, "there is no such format"));
  if (known.format == MEDSEAL_PROTO) return Status::Ok();
  const schema::TypePlan* type = schema.FindType(known.ref.type);
  MS_TRY(Require(type != nullptr, "the schema has no such record type"));
  MS_ASSIGN(place.from_json, schema.FromJson(*type, View(known.message)));
  item.request.message = place.from_json.Reveal();
  return Status::Ok();
}

medseal_put_result ResultOf(const vault::PutAnswer& answer) {
  medseal_put_result result{};
  result.code = static_cast<medseal_code>(answer.status.code());
  if (!answer.status.ok()) return result;
  result.version = answer.outcome.version;
  result.unchanged = answer.outcome.unchanged ? 1 : 0;
  const keys::PatientHandle patient = keys::PatientOf(answer.outcome.handle);
  std::memcpy(result.patient_handle, patient.data(), patient.size());
  std::memcpy(result.record_handle, answer.outcome.handle.data(), answer.outcome.handle.size());
  return result;
}

// Elements of a caller's array lie as far apart as the caller's struct is long.
template <typename T>
T* At(T* array, std::size_t index) {
  using Byte = std::conditional_t<std::is_const_v<T>, const char, char>;
  return reinterpret_cast<T*>(reinterpret_cast<Byte*>(array) + index * array->size);
}

// A refusal is recorded with the patient of the first item that was refused, where their handle was given.
Status PutOnRecord(vault::Call& call, std::span<const vault::PutItem> items, std::vector<vault::PutAnswer>& answers) {
  return vault::OnRecord(call, audit::Operation::kWrite, [&](std::optional<keys::PatientHandle>& patient) {
    const Status status = vault::PutAll(call.core(), call.desk(), items, answers);
    for (std::size_t i = 0; i < items.size() && !status.ok(); ++i) {
      if (answers[i].status.code() != status.code()) continue;
      auto found = vault::FindPatient(call.core(), call.desk(), items[i].patient);
      if (found.ok()) patient = *found;
      break;
    }
    return status;
  });
}

Status PutBatch(medseal_session* session, const medseal_put_item* items, std::size_t count,
                medseal_put_result* results) {
  MS_TRY(Require(session != nullptr && (count == 0 || items != nullptr), "session and items are needed"));
  if (count == 0) return Status::Ok();
  MS_TRY(Require(items->size >= sizeof(items->size), "a struct's size is not set"));
  MS_TRY(Require(results == nullptr || results->size >= sizeof(results->size), "a struct's size is not set"));
  MS_ASSIGN(vault::Call call, session->session->Enter());
  const auto schema = call.core().schemas.current();
  std::vector<ItemPlace> places(count);
  std::vector<vault::PutItem> put_items(count);
  std::vector<vault::PutAnswer> answers(count);
  Status status = Status::Ok();
  for (std::size_t i = 0; i < count && status.ok(); ++i)
    answers[i].status = status = ReadItem(*At(items, i), *schema->schema, places[i], put_items[i]);
  if (status.ok())
    status = PutOnRecord(call, put_items, answers);
  else
    for (auto& answer : answers)
      if (answer.status.ok()) answer.status = Status::Cancelled("not reached");
  if (results == nullptr) return status;
  const std::size_t stride = results->size;
  for (std::size_t i = 0; i < count; ++i) {
    auto* out = reinterpret_cast<medseal_put_result*>(reinterpret_cast<char*>(results) + i * stride);
    out->size = stride;
    Write(ResultOf(answers[i]), out);
  }
  return status;
}

Result<vault::FieldNames> ReadFields(const medseal_get_options& known) {
  MS_TRY(Require(known.field_count == 0 || known.fields != nullptr, "the list of fields is missing"));
  vault::FieldNames names;
  for (std::size_t i = 0; i < known.field_count; ++i) names.emplace_back(Text(known.fields[i]));
  return names;
}

Status Get(medseal_session* session, const medseal_ref* ref, const medseal_get_options* options,
           medseal_record** record) {
  MS_TRY(Require(session != nullptr && record != nullptr, "session and record are needed"));
  *record = nullptr;
  MS_ASSIGN(const medseal_ref known_ref, Read(ref));
  MS_ASSIGN(const medseal_get_options known, ReadOptional(options));
  MS_TRY(Require(known_ref.type != nullptr && known_ref.record.size > 0, "record type and id are needed"));
  MS_ASSIGN(const vault::FieldNames fields, ReadFields(known));
  MS_ASSIGN(vault::Call call, session->session->Enter());
  keys::PatientHandle place;
  MS_ASSIGN(const vault::PatientName name, PatientOf(known_ref, place));
  return vault::OnRecord(call, audit::Operation::kRead, [&](std::optional<keys::PatientHandle>& patient) -> Status {
    MS_ASSIGN(patient, vault::FindPatient(call.core(), call.desk(), name));
    const vault::RecordReader reader(call.core(), call.desk(), nullptr, known.masked != 0);
    MS_ASSIGN(auto opened, reader.Read(*patient, known_ref.type, View(known_ref.record), known.version, fields));
    *record = MakeRecord(std::move(opened));
    return Status::Ok();
  });
}

Status GetHandle(medseal_session* session, const std::uint8_t* handle, const medseal_get_options* options,
                 medseal_record** record) {
  MS_TRY(
      Require(session != nullptr && handle != nullptr && record != nullptr, "session, handle and record are needed"));
  *record = nullptr;
  MS_ASSIGN(const medseal_get_options known, ReadOptional(options));
  MS_ASSIGN(const vault::FieldNames fields, ReadFields(known));
  MS_ASSIGN(vault::Call call, session->session->Enter());
  keys::RecordHandle known_handle;
  std::memcpy(known_handle.data(), handle, known_handle.size());
  return vault::OnRecord(call, audit::Operation::kRead, [&](std::optional<keys::PatientHandle>& patient) -> Status {
    patient = keys::PatientOf(known_handle);
    const vault::RecordReader reader(call.core(), call.desk(), nullptr, known.masked != 0);
    MS_ASSIGN(auto opened, reader.Read(known_handle, fields));
    if (known.version != 0 && known.version != opened->version) {
      const SecretBytes id = std::move(opened->record_id);
      MS_ASSIGN(opened, reader.Read(*patient, std::string(opened->type), id.Reveal(), known.version, fields));
    }
    *record = MakeRecord(std::move(opened));
    return Status::Ok();
  });
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_put(medseal_session* session, const medseal_put_item* item, medseal_put_result* result,
                         medseal_error* error) {
  return RunCounted(session, vault::Operation::kPut, error, [&] { return PutBatch(session, item, 1, result); });
}

medseal_code medseal_put_batch(medseal_session* session, const medseal_put_item* items, size_t count,
                               medseal_put_result* results, medseal_error* error) {
  return RunCounted(session, vault::Operation::kPut, error, [&] { return PutBatch(session, items, count, results); });
}

medseal_code medseal_get(medseal_session* session, const medseal_ref* ref, const medseal_get_options* options,
                         medseal_record** record, medseal_error* error) {
  return RunCounted(session, vault::Operation::kGet, error, [&] { return Get(session, ref, options, record); });
}

medseal_code medseal_get_handle(medseal_session* session, const uint8_t* handle, const medseal_get_options* options,
                                medseal_record** record, medseal_error* error) {
  return RunCounted(session, vault::Operation::kGet, error,
                    [&] { return GetHandle(session, handle, options, record); });
}

medseal_code medseal_delete(medseal_session* session, const medseal_ref* ref, uint64_t expected_version,
                            medseal_error* error) {
  return RunCounted(session, vault::Operation::kDelete, error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(const medseal_ref known, Read(ref));
    MS_TRY(Require(known.type != nullptr && known.record.size > 0, "record type and id are needed"));
    keys::PatientHandle place;
    MS_ASSIGN(const vault::PatientName name, PatientOf(known, place));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::OnRecord(call, audit::Operation::kDelete, [&](std::optional<keys::PatientHandle>& patient) -> Status {
      MS_ASSIGN(patient, vault::FindPatient(call.core(), call.desk(), name));
      return vault::DeleteRecord(call.core(), call.desk(), name, known.type, View(known.record), expected_version);
    });
  });
}

const char* medseal_record_type(const medseal_record* record) { return record->opened->type.c_str(); }
medseal_bytes medseal_record_id(const medseal_record* record) { return Lend(record->opened->record_id.Reveal()); }
uint64_t medseal_record_version(const medseal_record* record) { return record->opened->version; }
uint64_t medseal_record_written_ms(const medseal_record* record) { return record->opened->written_ms; }
medseal_bytes medseal_record_message(const medseal_record* record) { return Lend(record->opened->message.Reveal()); }
const uint8_t* medseal_record_patient_handle(const medseal_record* record) { return record->patient.data(); }
const uint8_t* medseal_record_handle(const medseal_record* record) { return record->opened->handle.data(); }
size_t medseal_record_redacted_count(const medseal_record* record) { return record->opened->redacted.size(); }

const char* medseal_record_redacted(const medseal_record* record, size_t index) {
  return index < record->opened->redacted.size() ? record->opened->redacted[index].c_str() : nullptr;
}

size_t medseal_record_masked_count(const medseal_record* record) { return record->opened->masked.size(); }

const char* medseal_record_masked(const medseal_record* record, size_t index) {
  return index < record->opened->masked.size() ? record->opened->masked[index].c_str() : nullptr;
}

const char* medseal_record_class(const medseal_record* record, const char* field) {
  for (const auto& [name, class_name] : record->opened->classes) {
    if (name == Text(field)) return class_name.c_str();
  }
  return nullptr;
}

medseal_code medseal_record_json(medseal_record* record, medseal_bytes* json, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(record != nullptr && json != nullptr, "record and json are needed"));
    *json = {};
    const vault::OpenedRecord& opened = *record->opened;
    if (record->json.empty()) {
      const schema::Schema& schema = *opened.schema->schema;
      MS_ASSIGN(record->json, schema.ToJson(*schema.FindType(opened.type), opened.message.Reveal()));
    }
    *json = Lend(record->json.Reveal());
    return Status::Ok();
  });
}

void medseal_record_free(medseal_record* record) { delete record; }
