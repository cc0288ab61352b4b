// Rotation of an index key: a new key for the index of one field, and every posting brought under it while readers and
// writers go on. What was searched by the old key keeps being found until no header names it.
#pragma once

#include "vault/jobs.h"
#include "vault/vault.h"

namespace mseal::vault {

// Makes the key of the next generation and begins the job, in one batch; from then on values are written under that
// key. `number` is the job's.
//   NotFound          no such record type or field;  InvalidArgument  the field cannot be searched
//   PermissionDenied  the session does not hold the field's class
//   AlreadyExists     the index is being rotated: finish that job first
Status StartIndexRotation(Session& session, std::string_view type, std::string_view field, std::uint32_t& number);

// The work fails with AlreadyExists when two values of a unique field have become the same because the normaliser has
// changed since: change one of them, then a later step goes on.
//   PermissionDenied: the session does not hold the field's class.
Result<std::unique_ptr<JobWork>> MakeIndexRekey(Core& core, Desk& desk, std::uint32_t number, const format::Job& job,
                                                std::size_t batch_size);

}  // namespace mseal::vault
