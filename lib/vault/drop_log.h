// Drops entries of the log of accesses that are past their legal limit.
#pragma once

#include "audit/log_drop.h"
#include "vault/core.h"

namespace mseal::vault {

// What goes, or with `run` what went: the stub first, then the segments. It is on record.
//   PermissionDenied  `run`, and the session may not erase, or no second person has joined it
//   InvalidArgument   `before_ms` is not over yet
Result<audit::DropPlan> DropLog(Core& core, Desk& desk, std::uint64_t before_ms, bool run);

}  // namespace mseal::vault
