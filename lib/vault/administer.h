// Changes of who may do what: statements are anchored before the call returns.
#pragma once

#include "vault/core.h"

namespace mseal::vault {

Status AddPerson(Core& core, Desk& desk, const people::NewPerson& person, const people::LoginSecret& secret);
Status Grant(Core& core, Desk& desk, std::string_view person, std::string_view class_name);

}  // namespace mseal::vault
