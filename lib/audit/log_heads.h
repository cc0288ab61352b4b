// What entries of writes say of heads, for the host, which opens this and nothing else of them.
#pragma once

#include "audit/log_keys.h"
#include "format/log_entry.h"
#include "keys/patient_keys.h"
#include "seal/seal.h"

namespace mseal::audit {

// The digest of a head as entries name it.
format::LogHead HeadOf(const format::Head& head);

// An entry of a write, on its own: outlives the segment it was read from.
struct HeadEntry {
  ByteArray<16> key_id{};
  ByteArray<16> patient_token{};
  ByteArray<24> salt{};
  ByteArray<32> head_commitment{};
  ByteArray<32> place_commitment{};
  ByteArray<format::kLogHeadSize + 16> head{};
  ByteArray<16 + 16> place{};
};
// Nothing where the entry tells of no head.
std::optional<HeadEntry> HeadEntryOf(ByteView entry);

// Each AuthFailed where it was changed, or is another patient's.
Result<format::LogHead> OpenHead(const keys::PatientKeys& patient, const keys::StoreId& store, seal::SuiteSet suite,
                                 const HeadEntry& entry);
Result<keys::PatientHandle> OpenPlace(const LogKeys& keys, const keys::StoreId& store, seal::SuiteSet suite,
                                      const HeadEntry& entry);

}  // namespace mseal::audit
