// Class rotation, its rewrap phase: a new class key, and every key row brought under it while readers and writers go
// on. The batch that ends it begins an epoch change of all buckets, or joins one that has not begun its work.
#pragma once

#include "vault/jobs.h"
#include "vault/vault.h"

namespace mseal::vault {

// Adds the new version, takes `revoked` out of the class, rewraps its index keys and begins the job, in one batch; open
// sessions of the revoked let go of the class.
// `number` is the job's.
//   PermissionDenied  only the founder may;  NotFound  no such class, or one of `revoked` does not hold it
//   InvalidArgument   one of `revoked` holds it by a role
//   AlreadyExists     the class is being rotated: finish that job first
Status StartClassRotation(Session& session, std::string_view class_name, const std::vector<std::string>& revoked,
                          std::uint32_t& number);

// PermissionDenied: the session does not hold the class.
Result<std::unique_ptr<JobWork>> MakeClassRewrap(Core& core, Desk& desk, std::uint32_t number, const format::Job& job,
                                                 std::size_t batch_size);

}  // namespace mseal::vault
