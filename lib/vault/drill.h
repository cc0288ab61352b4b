// Restore drill: a backup is restored into a scratch folder, patients are opened there, and the folder goes again.
#pragma once

#include "vault/restore.h"

namespace mseal::vault {

struct DrillReport {
  RestoreReport restored;
  std::uint64_t sampled = 0;  // patients: key row, head and all rows
  std::uint64_t failed = 0;
};

// `options.store` is where the scratch folder is made, empty for the system's place for temporary files; the provider's
// anchor stays where it is. `sample`: patients to open, spread over all; 0: all.
//   AuthFailed  a patient that was sampled does not open whole
//   and whatever RestoreVault answers
Status DrillRestore(RestoreOptions options, std::uint64_t sample, DrillReport& report);

}  // namespace mseal::vault
