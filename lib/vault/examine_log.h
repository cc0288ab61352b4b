// What the log of accesses says of how accounts are used.
#pragma once

#include "vault/core.h"
#include "vault/finding.h"

namespace mseal::vault {

// For who holds the class `audit`; to others a note says that it was not looked at.
Status ExamineLog(Core& core, Desk& desk, Findings& out);

}  // namespace mseal::vault
