// What a password may not be: too short, a plain row, like its person's name, or among those that guessers try first.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::people {

// `least`: characters, counted as UTF-8 has them; a piece that is repeated counts once. Case, spaces and signs do not
// make a password another one for the other rules.
//   InvalidArgument  a rule refuses it: which one, and what to choose instead
Status CheckPassword(ByteView password, std::string_view person, std::uint64_t least);

extern const std::string_view kWorstPasswords;  // worst_passwords.txt

}  // namespace mseal::people
