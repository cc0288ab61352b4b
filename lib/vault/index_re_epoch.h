// Index re-epoch: the postings built anew from the headers under a new X_m, by the host alone, while readers and
// writers go on. Numbers begin at 0 again and fillers are left behind. Afterwards the rows under the old X_m are
// deleted; tokens of what is gone are dead once an epoch change has ended the meta key that X_m was sealed under.
#pragma once

#include "vault/jobs.h"

namespace mseal::vault {

// Draws the next X_m and begins the job. AlreadyExists: one is under way.
Status StartIndexReEpoch(Core& core, std::uint32_t& number);

// The same for a job that needs one; core.job_mutex is held.
Status BeginIndexReEpoch(Core& core, std::uint32_t& number);
// The epoch whose secret was the last to open a copy of the posting key of `generation`, which was deleted from the
// store in that epoch. NotFound: that key, or a later one that took its postings over, is in use still.
Result<std::uint32_t> EpochOfDeletedKey(const Core& core, std::uint32_t generation);

Result<std::unique_ptr<JobWork>> MakeReEpoch(Core& core, std::uint32_t number, std::size_t batch_size);

// Sets core.postings from what meta says, a re-epoch under way included. AuthFailed: a posting key or the job that
// brought it was taken away.
Status OpenPostings(Core& core);

// For a restore: empties the table and builds it from the headers under a new X_m, ordered rows too. Nobody reads or
// writes meanwhile. Called again after it was stopped it starts over. Where a header names an index key that an already
// finished rotation had ended, that rotation is to be worked on again.
// Of a patient whose rows do not add up those that open are taken.
//   AuthFailed  a patient's key row does not open;  AlreadyExists  two records have the same unique value
Status RebuildIndex(Core& core, const StepOptions& options);

}  // namespace mseal::vault
