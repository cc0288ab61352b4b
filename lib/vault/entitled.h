// Who may decide over whole patients and over the store: the founder, and whoever may read, write and
// search every class that is declared.
#pragma once

#include "vault/core.h"

namespace mseal::vault {

// PermissionDenied.
Status RequireEntitled(const Core& core, const Desk& desk);

}  // namespace mseal::vault
