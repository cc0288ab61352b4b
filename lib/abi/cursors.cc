// medseal.h: listings of several records, uploads, and reading large values in part.
#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "vault/on_record.h"

namespace mseal::abi {
namespace {

using Patient = std::optional<keys::PatientHandle>;

std::string FieldName(const char* type, const char* field) {
  return std::string(Text(type)) + "." + std::string(Text(field));
}

// Opens a listing with `make` and hands it out as a cursor.
// That it was asked for is on record before it looks; `detail` says for what, without a value.
template <typename Make>
Status OpenCursor(medseal_session* session, medseal_cursor** cursor, audit::Operation operation,
                  const std::string& detail, Make&& make) {
  MS_TRY(Require(session != nullptr && cursor != nullptr, "session and cursor are needed"));
  *cursor = nullptr;
  MS_ASSIGN(vault::Call call, session->session->Enter());
  return vault::OnRecord(call, operation, [&](std::optional<keys::PatientHandle>& patient) -> Status {
    MS_ASSIGN(vault::ListingPtr listing, make(call, patient));
    audit::Access access{.operation = operation};
    access.detail = detail;
    if (patient.has_value()) access.patient = &*patient;
    MS_TRY(call.core().Record(call.desk(), access));
    *cursor = new medseal_cursor{{session->session, std::move(listing)}};
    return Status::Ok();
  });
}

Status Next(medseal_cursor* cursor, medseal_record** record) {
  MS_TRY(Require(cursor != nullptr && record != nullptr, "cursor and record are needed"));
  *record = nullptr;
  MS_ASSIGN(vault::Call call, cursor->child.session().Enter());
  if (cursor->child.TooOld()) cursor->child.Drop();
  if (cursor->child.get() == nullptr) return Status::Closed("the cursor is closed, or older than an hour");
  return vault::OnRecord(call, audit::Operation::kRead, [&](Patient&) -> Status {
    MS_ASSIGN(auto opened, cursor->child.get()->Next());
    if (opened != nullptr) *record = MakeRecord(std::move(opened));
    return Status::Ok();
  });
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_history(medseal_session* session, const medseal_ref* ref, medseal_cursor** cursor,
                             medseal_error* error) {
  return RunCounted(session, vault::Operation::kHistory, error, [&] {
    return OpenCursor(
        session, cursor, audit::Operation::kList, "history",
        [&](vault::Call& call, Patient& patient) -> Result<vault::ListingPtr> {
          MS_ASSIGN(const medseal_ref known, Read(ref));
          MS_TRY(Require(known.type != nullptr && known.record.size > 0, "record type and id are needed"));
          keys::PatientHandle place;
          MS_ASSIGN(const vault::PatientName name, PatientOf(known, place));
          MS_ASSIGN(patient, vault::FindPatient(call.core(), call.desk(), name));
          return vault::ListHistory(call.core(), call.desk(), name, known.type, View(known.record));
        });
  });
}

medseal_code medseal_patient(medseal_session* session, const medseal_ref* ref, medseal_cursor** cursor,
                             medseal_error* error) {
  return RunCounted(session, vault::Operation::kPatient, error, [&] {
    return OpenCursor(session, cursor, audit::Operation::kList, "patient",
                      [&](vault::Call& call, Patient& patient) -> Result<vault::ListingPtr> {
                        MS_ASSIGN(const medseal_ref known, Read(ref));
                        keys::PatientHandle place;
                        MS_ASSIGN(const vault::PatientName name, PatientOf(known, place));
                        MS_ASSIGN(patient, vault::FindPatient(call.core(), call.desk(), name));
                        return vault::ListPatient(call.core(), call.desk(), name);
                      });
  });
}

medseal_code medseal_find(medseal_session* session, const char* type, const char* field, medseal_bytes value,
                          medseal_cursor** cursor, medseal_error* error) {
  return RunCounted(session, vault::Operation::kFind, error, [&] {
    return OpenCursor(session, cursor, audit::Operation::kSearch, FieldName(type, field),
                      [&](vault::Call& call, Patient&) {
                        return vault::ListFound(call.core(), call.desk(), Text(type), Text(field), View(value));
                      });
  });
}

medseal_code medseal_range(medseal_session* session, const char* type, const char* field, medseal_bytes first,
                           medseal_bytes last, int prefix, medseal_cursor** cursor, medseal_error* error) {
  return RunCounted(session, vault::Operation::kRange, error, [&] {
    return OpenCursor(session, cursor, audit::Operation::kSearch, FieldName(type, field),
                      [&](vault::Call& call, Patient&) {
                        return vault::ListRange(call.core(), call.desk(), Text(type), Text(field), View(first),
                                                View(last), prefix != 0);
                      });
  });
}

medseal_code medseal_scan(medseal_session* session, const char* type, const uint8_t* after, medseal_cursor** cursor,
                          medseal_error* error) {
  return RunCounted(session, vault::Operation::kScan, error, [&] {
    return OpenCursor(session, cursor, audit::Operation::kList, std::string(Text(type)),
                      [&](vault::Call& call, Patient&) {
                        std::optional<keys::RecordHandle> start;
                        if (after != nullptr) std::memcpy(start.emplace().data(), after, MEDSEAL_RECORD_HANDLE_SIZE);
                        return vault::ListType(call.core(), call.desk(), Text(type), start);
                      });
  });
}

medseal_code medseal_next(medseal_cursor* cursor, medseal_record** record, medseal_error* error) {
  return RunCounted(cursor, vault::Operation::kNext, error, [&] { return Next(cursor, record); });
}

void medseal_cursor_free(medseal_cursor* cursor) { delete cursor; }

medseal_code medseal_upload_begin(medseal_session* session, const medseal_ref* ref, const char* field,
                                  medseal_upload** upload, medseal_error* error) {
  return RunCounted(session, vault::Operation::kUpload, error, [&]() -> Status {
    MS_TRY(
        Require(session != nullptr && upload != nullptr && field != nullptr, "session, field and upload are needed"));
    *upload = nullptr;
    MS_ASSIGN(const medseal_ref known, Read(ref));
    MS_TRY(Require(known.type != nullptr && known.record.size > 0, "record type and id are needed"));
    keys::PatientHandle place;
    MS_ASSIGN(const vault::PatientName name, PatientOf(known, place));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::OnRecord(call, audit::Operation::kWrite, [&](Patient& patient) -> Status {
      MS_ASSIGN(patient, vault::FindPatient(call.core(), call.desk(), name));
      MS_ASSIGN(auto begun,
                vault::Upload::Begin(call.core(), call.desk(), name, known.type, View(known.record), field));
      *upload = new medseal_upload{{session->session, std::move(begun)}};
      return Status::Ok();
    });
  });
}

medseal_code medseal_upload_append(medseal_upload* upload, medseal_bytes piece, medseal_error* error) {
  return RunCounted(upload, vault::Operation::kUpload, error, [&]() -> Status {
    MS_TRY(Require(upload != nullptr, "there is no upload"));
    MS_ASSIGN(vault::Call call, upload->child.session().Enter());
    if (upload->child.get() == nullptr) return Status::Closed("the upload is closed");
    return vault::OnRecord(call, audit::Operation::kWrite,
                           [&](Patient&) { return upload->child.get()->Append(View(piece)); });
  });
}

medseal_code medseal_upload_publish(medseal_upload* upload, uint64_t expected_version, medseal_put_result* result,
                                    medseal_error* error) {
  return RunCounted(upload, vault::Operation::kUpload, error, [&]() -> Status {
    MS_TRY(Require(upload != nullptr, "there is no upload"));
    MS_ASSIGN(vault::Call call, upload->child.session().Enter());
    if (upload->child.get() == nullptr) return Status::Closed("the upload is closed");
    vault::PutOutcome outcome;
    MS_TRY(vault::OnRecord(call, audit::Operation::kWrite, [&](Patient&) -> Status {
      MS_ASSIGN(outcome, upload->child.get()->Publish(expected_version));
      return Status::Ok();
    }));
    upload->child.Drop();
    medseal_put_result filled{};
    filled.version = outcome.version;
    std::memcpy(filled.patient_handle, outcome.handle.data(), sizeof(filled.patient_handle));
    std::memcpy(filled.record_handle, outcome.handle.data(), sizeof(filled.record_handle));
    Write(filled, result);
    return Status::Ok();
  });
}

void medseal_upload_free(medseal_upload* upload) { delete upload; }

medseal_code medseal_read_value(medseal_session* session, const medseal_ref* ref, const char* field, uint64_t offset,
                                size_t length, medseal_buffer** value, uint64_t* value_size, medseal_error* error) {
  return RunCounted(session, vault::Operation::kReadValue, error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && field != nullptr && value != nullptr, "session, field and value are needed"));
    *value = nullptr;
    MS_ASSIGN(const medseal_ref known, Read(ref));
    MS_TRY(Require(known.type != nullptr && known.record.size > 0, "record type and id are needed"));
    keys::PatientHandle place;
    MS_ASSIGN(const vault::PatientName name, PatientOf(known, place));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::OnRecord(call, audit::Operation::kRead, [&](Patient& patient) -> Status {
      MS_ASSIGN(patient, vault::FindPatient(call.core(), call.desk(), name));
      auto buffer = std::make_unique<medseal_buffer>();
      std::uint64_t size = 0;
      MS_TRY(vault::RecordReader(call.core(), call.desk())
                 .ReadValue(*patient, known.type, View(known.record), field, offset, length, buffer->bytes, size));
      if (value_size != nullptr) *value_size = size;
      *value = buffer.release();
      return Status::Ok();
    });
  });
}
