// A change of policy; one that makes the vault weaker takes several persons.
#pragma once

#include <string_view>

#include "vault/core.h"

namespace mseal::vault {

//   NotFound         there is no setting of that name;  AlreadyExists  it has that value
//   InvalidArgument  out of its range
//   PermissionDenied only the founder may; or it weakens and too few persons signed that (approvals.h)
Status SetPolicy(Core& core, Desk& desk, std::string_view name, std::uint64_t value);

}  // namespace mseal::vault
