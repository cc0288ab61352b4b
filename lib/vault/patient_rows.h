// All rows of one patient at one point in time, checked against the head: nothing missing, nothing too many, nothing
// old.
#pragma once

#include <set>
#include <vector>

#include "vault/core.h"
#include "vault/row_codec.h"

namespace mseal::vault {

struct PatientRows {
  std::vector<OpenedRow> live;  // in the order of their handles
  std::vector<OpenedRow> history;
  std::set<Bytes> chunks;  // row keys of chunks that are there
};

//   AuthFailed  a row does not open, is not one the headers account for, or the rows do not add up to the head
Result<PatientRows> CollectPatient(const Core& core, const keys::PatientKeys& keys, const store::Snapshot& at);

// Stored bytes were changed or lost, rather than out of reach.
inline bool IsDamage(StatusCode code) { return code == StatusCode::kAuthFailed || code == StatusCode::kCorrupt; }

// The live rows that open, of a patient of whom not all do or who does not add up.
Result<std::vector<OpenedRow>> LiveRowsThatOpen(const Core& core, const keys::PatientKeys& keys,
                                                const store::Snapshot& at);

// The row keys of all chunks that the headers name.
std::set<Bytes> NamedChunks(const keys::PatientKeys& keys, const PatientRows& rows);

// Every chunk that the headers name is there, and no other but those of uploads under way (`pending`: row keys).
// AuthFailed.
Status CheckChunks(const keys::PatientKeys& keys, const PatientRows& rows, const std::set<Bytes>& pending);

}  // namespace mseal::vault
