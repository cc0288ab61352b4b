// Writes records: one, or several of several patients, each patient whole or not at all.
#pragma once

#include <span>
#include <vector>

#include "vault/patient_change.h"
#include "vault/patients.h"

namespace mseal::vault {

struct PutItem {
  PatientName patient;
  PutRequest request;
};

struct PutAnswer {
  Status status = Status::Cancelled("not reached");
  PutOutcome outcome;
  bool new_patient = false;
};

// Items of one patient are written together, patients in the order they first appear. Stops at the first patient that
// fails; answers say how far it came, and the failure is returned too.
Status PutAll(Core& core, Desk& desk, std::span<const PutItem> items, std::vector<PutAnswer>& answers);

// Removes a record with its history and large values.
Status DeleteRecord(Core& core, Desk& desk, const PatientName& patient, std::string_view type, ByteView record_id,
                    std::uint64_t expected_version);

}  // namespace mseal::vault
