// What people of a test's vault log in with: each has a password of their own.
#pragma once

#include <string>
#include <string_view>

#include "crypto/hash.h"

namespace mseal::test {

inline constexpr std::string_view kFoundersPassword = "tram gravel lantern 71";

// Says nothing of the name, which a password may not hold.
inline std::string PasswordOf(std::string_view person) {
  if (person == "founder") return std::string(kFoundersPassword);
  std::string password = "gravel lantern ";
  for (const std::uint8_t byte : crypto::Hash("medseal.test.pw", AsBytes(person)))
    password += static_cast<char>('a' + byte % 26);
  return password;
}

}  // namespace mseal::test
