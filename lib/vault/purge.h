// The purge: what was deleted or replaced leaves the store's files.
#pragma once

#include "store/rows.h"
#include "vault/core.h"

namespace mseal::vault {

// Answers as Rows::Purge. A complete one completes the epoch ends that waited for it.
Status PurgeStore(Core& core, const store::PurgeOptions& options, store::PurgeReport& report);

}  // namespace mseal::vault
