// What of a field a session may see, beside whether it holds the field's class: purposes and masks of the schema. Kept
// by this process, where classes are kept by keys.
#pragma once

#include "schema/plan.h"
#include "vault/core.h"

namespace mseal::vault {

enum class Showing : std::uint8_t { kWhole, kMasked, kNothing };

// `number`: the class that the value is sealed under. `masked`: the caller asks for masks where the schema has them.
Showing ShowingOf(const Desk& desk, const schema::FieldPlan& field, people::ClassNumber number, bool masked);

// Whether the session's purpose is one that the field is for.
bool IsOpenTo(const Desk& desk, const schema::FieldPlan& field);

// PermissionDenied: the value may not be had whole, nor be found out by searching for it.
Status CheckWhole(const Desk& desk, const schema::FieldPlan& field, people::ClassNumber number);

}  // namespace mseal::vault
