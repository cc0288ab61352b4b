// The reseal of a class: new data keys for every patient, and the bytes of the class's fields written anew under them
// while readers and writers go on.
#pragma once

#include "vault/jobs.h"
#include "vault/vault.h"

namespace mseal::vault {

// Begins the job; `number` is its number.
//   NotFound          no such class
//   PermissionDenied  the session does not hold the class
//   AlreadyExists     the reseal before is not over: the previous data keys of the class are not dropped yet
Status StartReseal(Session& session, std::string_view class_name, std::uint32_t& number);

// PermissionDenied: the session does not hold the class.
Result<std::unique_ptr<JobWork>> MakeReseal(Core& core, Desk& desk, std::uint32_t number, const format::Job& job);

// After a restore: rows of the data may be under previous data keys again, so a reseal that was under way seals all
// anew.
Status ReopenReseals(Core& core);

}  // namespace mseal::vault
