// Reads the structs about schemas and password costs.
#pragma once

#include "crypto/password.h"
#include "medseal/medseal.h"
#include "schema/schema.h"

namespace mseal::abi {

Result<schema::SchemaText> ReadSchema(const medseal_schema* given);
// The default cost where NULL or zero.
Result<crypto::Argon2Cost> ReadCost(const medseal_cost* given);

}  // namespace mseal::abi
