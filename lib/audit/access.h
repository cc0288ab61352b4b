// What somebody did, as the log of accesses has it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "format/log_entry.h"
#include "keys/patient_keys.h"

namespace mseal::audit {

// Numbers are never used again. FORMAT.md, "Log entry".
enum class Operation : std::uint8_t {
  kLogin = 1,
  kLogout = 2,
  kRead = 3,
  kSearch = 4,  // by a value; the records it gives are reads
  kWrite = 5,
  kDelete = 6,
  kList = 7,  // a patient, a type, a range: the records it gives are reads
  kExport = 8,
  kErase = 9,
  kPerson = 10,  // a person added, disabled, renamed, their keys or credential
  kGrant = 11,
  kRevoke = 12,
  kRole = 13,
  kKeys = 14,  // rotation, epoch change, reseal, provider, custodians
  kSchema = 15,
  kPolicy = 16,
  kBackup = 17,
  kRestore = 18,
  kPurge = 19,
  kMark = 20,  // a legal hold or a restriction
  kRetention = 21,
  kOpen = 22,   // of the vault, when something is to be said of it
  kAudit = 23,  // the log itself was read
  kApproval = 24,
  kBreakGlass = 25,
  kAlert = 26,
  kImport = 27,
};

enum class Outcome : std::uint8_t {
  kDone = 1,
  kDenied = 2,
  kNotFound = 3,
  kFailed = 4,
  kBegun = 5,         // what it ends with has an entry of its own
  kNotCommitted = 6,  // `number` is the index of the entry whose write never took place
};

std::string_view NameOf(Operation operation);
std::string_view NameOf(Outcome outcome);
std::optional<Operation> OperationNamed(std::string_view name);
std::optional<Outcome> OutcomeNamed(std::string_view name);
// What a call's result means to the log.
Outcome OutcomeOf(const Status& status);

// One access about to be recorded. Borrows all it shows.
struct Access {
  Operation operation = Operation::kRead;
  Outcome outcome = Outcome::kDone;
  StatusCode code = StatusCode::kOk;
  std::uint64_t incident = 0;
  std::uint64_t number = 0;
  std::uint32_t person = 0;  // whom the host records it of, who is not proven to have been there
  std::string_view detail{};  // no values, no ids: names of classes, persons, places
  // The patient, by their keys; or by their handle where the keys are not at hand.
  const keys::PatientKeys* keys = nullptr;
  const keys::PatientHandle* patient = nullptr;
  // With keys: what of them.
  std::string_view type{};
  ByteView record_id{};
  std::uint64_t record_version = 0;
  std::uint32_t schema_version = 0;
  std::uint16_t classes = 0;
  std::uint16_t redacted = 0;
  bool by_name = false;  // its fields were asked for one by one; not in the entry
  std::span<const std::uint32_t> fields{};
  const format::LogHead* head = nullptr;  // of a write, with keys
};

}  // namespace mseal::audit
