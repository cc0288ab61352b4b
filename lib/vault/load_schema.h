// Brings a newer schema into an opened vault.
#pragma once

#include "vault/core.h"

namespace mseal::vault {

// Makes `text` the newest schema and returns its version; the one in use already keeps its version.
//   InvalidArgument   it does not load, or may not follow the current one (file:line)
//   PermissionDenied  only the founder
Result<std::uint32_t> LoadSchema(Core& core, Desk& desk, const schema::SchemaText& text);

// Makes the index keys that the newest schema needs and lacks, if this session holds every class: after a new schema,
// or after a process died between the two steps of bringing one in.
Status CompleteIndexKeys(Core& core, Desk& desk);

}  // namespace mseal::vault
