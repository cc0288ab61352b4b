// Changes of who may do what: statements are anchored before the call returns.
#pragma once

#include <string>
#include <vector>

#include "vault/vault.h"

namespace mseal::vault {

// What lets somebody have a class that is marked `no_index`, or administer or audit, takes several persons
// (approvals.h); errors besides those as Registry has them.
Status AddPerson(Core& core, Desk& desk, const people::NewPerson& person, const people::LoginSecret& secret);
Status Grant(Core& core, Desk& desk, std::string_view person, std::string_view class_name);
// The caller is in no call of the session.
Status GiveRole(Session& session, std::string_view person, std::string_view role);
Status DefineRole(Session& session, std::string_view name, people::Operations operations,
                  const std::vector<std::string>& classes);

}  // namespace mseal::vault
