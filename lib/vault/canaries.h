// Made-up patients planted among the real ones: whoever touches one raises an alert.
#pragma once

#include <vector>

#include "vault/vault.h"

namespace mseal::vault {

// Each: PermissionDenied, unless the session's person may decide over whole patients.

// Plants so many, with external ids and record ids shaped like the store's own.
//   InvalidArgument    none, or more than 4 096 in all; or the schema lacks the laboratory's Patient and LabResult
//   Unsupported        read-only
Status PlantCanaries(Core& core, Desk& desk, std::uint32_t count);
// As many new ones as there are, and then erases those. `job`: the epoch change that the erasures joined; 0: there were
// none. Errors as both have them.
Status RotateCanaries(Session& session, std::uint32_t& job);
// Those that are there.
Result<std::vector<keys::PatientHandle>> ListCanaries(Core& core, Desk& desk);

// Those of before, which were erased when they were rotated.
Result<std::vector<keys::PatientHandle>> ReadFormerCanaries(const Core& core);

// `sample` with every digit and letter drawn anew: of its kind and case, and never 0 where it was not.
std::string ShapedLike(std::string_view sample);

}  // namespace mseal::vault
