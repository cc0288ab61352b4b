// Questions to the log of accesses: who saw a patient, what a person saw, what happened when.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "audit/log_reader.h"
#include "vault/patients.h"

namespace mseal::vault {

// Which entries are asked for; everything that is set has to fit.
struct LogQuery {
  std::optional<keys::PatientHandle> patient;
  std::string person;  // name
  std::uint64_t since_ms = 0;
  std::uint64_t until_ms = ~std::uint64_t{0};  // not included
  std::optional<audit::Operation> operation;
  std::optional<audit::Outcome> outcome;
  std::uint64_t from_index = 0;
};

using VisitEntry = std::function<Status(const audit::OpenedEntry&)>;

// Entries in the order of the log, with what they say of their patients where those are there still. By patient or
// person they are found at once, else the log is read. That the log was read goes on record first.
//   PermissionDenied  the session does not hold the class `audit`
//   NotFound          no person of that name;  Erased, NotFound: no such patient
//   AuthFailed        the log was changed
Status QueryLog(Core& core, Desk& desk, const LogQuery& query, const VisitEntry& visit);

// Puts on record that the log, or what an investigation asks beside it, is asked. PermissionDenied: the session does
// not hold the class `audit`.
Status RecordQuestion(Core& core, const Desk& desk, std::string_view detail);

// ---- what was exposed

struct ExposedPatient {
  std::uint16_t classes = 0;  // of which values were opened
  std::uint64_t reads = 0;    // records opened
  std::uint64_t fields = 0;   // field values opened, counted at each read
  std::uint64_t unknown = 0;  // of the reads, as Exposure has them
  std::uint64_t asserted = 0;
  std::uint64_t first_ms = 0;
  std::uint64_t last_ms = 0;
};

struct Exposure {
  std::map<keys::PatientHandle, ExposedPatient> patients;
  std::uint64_t reads = 0;
  std::uint64_t fields = 0;
  std::uint64_t searches = 0;
  std::uint64_t unknown = 0;   // reads of patients who were erased since: what was read is gone with them
  std::uint64_t asserted = 0;  // reads that the host said were on somebody's behalf
};

// What a person read in a time. Errors as QueryLog has them.
Result<Exposure> ExposureOfPerson(Core& core, Desk& desk, std::string_view person, std::uint64_t since_ms,
                                  std::uint64_t until_ms);

}  // namespace mseal::vault
