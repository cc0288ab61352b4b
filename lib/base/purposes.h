// The purposes that a use of records can have: what a session states at login, and what a schema limits fields to.
#pragma once

#include <string_view>

namespace mseal {

// care, billing, research, admin, emergency, migration; or one of the house's own: x- and then 1 to 30 of a-z, 0-9, -.
bool IsPurpose(std::string_view name);

}  // namespace mseal
