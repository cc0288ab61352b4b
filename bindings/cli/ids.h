// Patients, records and search values as the command line names them: `-` (a line of stdin), `@file`, a printed handle,
// or in clear with --allow-argv.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common.h"
#include "status.h"

namespace cli {

std::string HandleText(std::span<const std::uint8_t> handle);  // "h:" and hex digits
std::optional<medseal::RecordHandle> ParseRecordHandle(std::string_view text);

// A patient: external id or handle, owned.
class PatientId {
 public:
  explicit PatientId(Secret text);  // a printed handle of a patient or one of their records, else an external id
  medseal::Patient ref() const { return handle_ ? medseal::Patient(*handle_) : medseal::Patient(id_.text()); }
  // Whether `text` holds the external id: a FHIR Patient's own record is named after it.
  bool IsPartOf(std::string_view text) const { return !handle_ && text.find(id_.text()) != std::string_view::npos; }

 private:
  Secret id_;
  std::optional<medseal::PatientHandle> handle_;
};

Result<PatientId> ReadPatientId(const std::string& argument, const Common& common);
// A value to search for. `what` names it in a refusal.
Result<Secret> ReadValue(const std::string& argument, const Common& common, const std::string& what);

// A record, owned.
struct RecordId {
  std::string type;
  PatientId patient;
  Secret record;
  medseal::Ref ref() const { return {.type = type, .patient = patient.ref(), .record = record.text()}; }
};

// TYPE PATIENT RECORD, or the printed HANDLE of a record (which the session then looks up).
Result<RecordId> ReadRecordId(const std::vector<std::string>& arguments, const Common& common,
                              medseal::Session& session);

}  // namespace cli
