// A second person at a session, by their own login: what only two persons together may do.
#pragma once

#include <string_view>

#include "vault/vault.h"

namespace mseal::vault {

// The second person stays until logout. They bear witness, and sign what takes several persons (approvals.h): the
// session's class keys remain those of its own person.
//   WrongSecret       as Identify has it;  Closed, Forked  as a call of the session
//   InvalidArgument   it is the session's own person
//   PermissionDenied  one of the two is a service: a program bears no witness
//   AlreadyExists     somebody has joined already
Status Join(Session& session, std::string_view person, const people::LoginSecret& secret);

inline bool AreTwo(const Desk& desk) { return desk.second_person.load(std::memory_order_acquire) != 0; }
// Null: nobody has joined.
inline std::shared_ptr<const people::Identity> SecondAt(const Desk& desk) {
  return AreTwo(desk) ? desk.second.load() : nullptr;
}
// They are gone, and their keys with them.
void Leave(Desk& desk);

}  // namespace mseal::vault
