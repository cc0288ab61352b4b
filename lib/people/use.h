// What a session says of itself: what it is for, and who stands behind the person that logged in.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace mseal::people {

inline constexpr std::size_t kLongestAsserted = 128;

struct Use {
  std::string purpose;
  // The host's own user. Asserted: the host says so, nobody has proven it. Empty: nobody is named.
  std::string on_behalf_of = {};
  // Where the call came from, as the host has it: a machine, a terminal, an address. Asserted as well.
  std::string origin = {};
  // The declared job that it is opened for. Empty: none.
  std::string job = {};
};

// InvalidArgument: no purpose, or one that IsPurpose refuses; a text that is
// longer than kLongestAsserted or not clean; a job that has no name's shape.
Status CheckUse(const Use& use);

}  // namespace mseal::people
