// Names of code systems, and their numbers within one set of rules.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace mseal::schema {

inline constexpr std::uint32_t kUnknownSystem = 0;  // named, but by no rule
inline constexpr std::uint32_t kAnySystem = 1;      // not named, or `*`
inline constexpr std::uint32_t kFirstSystem = 2;

// The part of a system's name that counts: without scheme, www., urn:oid: and the slash at the end.
ByteView SystemName(ByteView name);

}  // namespace mseal::schema
