// The keys of a restore: meta and bucket keys from the bundle, each patient's key row from wherever the newest one that
// opens is, and no row of anybody who is erased, lost or out of reach.
#pragma once

#include <vector>

#include "vault/bundle.h"

namespace mseal::vault {

// Patients that a restore could not bring back whole, by handle.
struct RestoredPatients {
  std::uint64_t restored = 0;
  std::vector<keys::PatientHandle> erased;      // they were in the data; the ledger says they are erased
  std::vector<keys::PatientHandle> lost;        // they have a key row and no head: they are newer than the data
  std::vector<keys::PatientHandle> unreadable;  // no key row of theirs opens: a newer bundle may have it
};

// Puts the bundle's rows in place of the data's, in a store that nobody has open otherwise. What is taken away is still
// in the data that the restore came from.
// `suites` become those that the bundle's chain names; `identity` looks at them.
//   AuthFailed, Corrupt  the bundle or a stored key was changed; nobody's key row opens: the data is another store's
Status RestoreKeys(store::Rows& rows, const OpenedBundle& bundle, const StoreIdentity& identity, seal::Suites& suites,
                   const keys::Epochs& epochs, RestoredPatients& out);

}  // namespace mseal::vault
