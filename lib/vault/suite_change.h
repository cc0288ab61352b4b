// Change of suite: everything that is stored comes under another suite while readers and writers go on. Data keys,
// class keys and versions stay what they are; what seals them and what they seal is made anew. FORMAT.md, "Change of
// suite".
#pragma once

#include "vault/jobs.h"
#include "vault/vault.h"

namespace mseal::vault {

// States that the store is under `suite` from now on, brings class and index keys, slots of persons and what is sealed
// to the custodians under it, and begins the job for all else.
//   SuiteUnavailable  this machine cannot do it; nothing was changed
//   PermissionDenied  only the founder may, with a session that holds every class; the message names a missing one
//   AlreadyExists     the store is under that suite, or another change of it is under way
Status StartSuiteChange(Session& session, crypto::Suite suite, std::uint32_t& number);

// PermissionDenied: the session does not hold every class.
Result<std::unique_ptr<JobWork>> MakeSuiteChange(Core& core, Desk& desk, std::uint32_t number, std::size_t batch_size);

// After a restore: what came back may lie under a suite of before, so that a change of suite begins at its first
// patient again, whether it was over or not.
Status ReopenSuiteChange(Core& core);

// What is not under the newest suite since it waits for a secret that nobody but a person has. Each comes under it when
// that person logs in next.
Result<std::uint32_t> CredentialsUnderOthers(const Core& core);

}  // namespace mseal::vault
