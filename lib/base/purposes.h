// The purposes that a use of records can have: what a session states at login, and what a schema limits fields to.
#pragma once

#include <span>
#include <string_view>

namespace mseal {

// Those that everybody means the same by.
std::span<const std::string_view> KnownPurposes();

// A known one, or one of the house's own: x- and then 1 to 32 of a-z, 0-9, - and _.
bool IsPurpose(std::string_view name);

}  // namespace mseal
