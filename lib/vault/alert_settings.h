// Where alerts go, as two persons together set it.
#pragma once

#include "format/alert_rows.h"
#include "vault/core.h"

namespace mseal::vault {

// Each change:
//   PermissionDenied  no second person has joined the session, or its own may not decide over the store
//   Unsupported       the vault was opened read-only
// The id that it got; `sink.id` is not read.
//   InvalidArgument  as CheckSink has it;  AlreadyExists  there is the same;  ResourceExhausted  there are 16
Result<std::uint32_t> AddAlertSink(Core& core, Desk& desk, format::AlertSink sink);
// NotFound.
Status RemoveAlertSink(Core& core, Desk& desk, std::uint32_t id);
// AuthFailed: they are not signed by who set them.
Result<std::vector<format::AlertSink>> ListAlertSinks(const Core& core);

// The row as it is stored, once its signature is verified; none there: an empty one.
Result<format::AlertSinks> ReadAlertSinks(const Core& core);

}  // namespace mseal::vault
