// Epoch change: the one way keys die. A new epoch secret, everything sealed under it, and the old one destroyed, in
// steps each of which can be stopped and gone on with (design section 5). The host does it by itself.
#pragma once

#include "format/erasure.h"
#include "vault/jobs.h"

namespace mseal::vault {

// The steps, as the job's row numbers them.
enum class EpochStep : std::uint32_t {
  kGather = 2,   // erasures join until the job is first worked on
  kDraw = 3,     // the new secret, in every copy of the provider
  kBuckets = 4,  // new keys for the buckets in question
  kCarry = 5,    // the other bucket keys and meta under the new secret
  kBundles = 6,  // the bundle in at least two places, read back
  kAnchor = 7,
  kDestroy = 8,  // the old secret, in every copy
  kDrop = 9,     // what is left of the old epoch, then the purge
};

// The job that an erasure joins, or one that begins in `batch`; core.gather_mutex is held until it is committed.
// `epoch` is the one that the change leads to.
Status JoinEpochChange(Core& core, format::EpochScope scope, std::uint32_t& number, std::uint32_t& epoch,
                       store::Batch& batch);

// The epoch that a change leads to which has not begun its work; core.gather_mutex is held for as long as that counts.
Result<std::uint32_t> NextEpoch(const Core& core);

// The job's own work is done. What it left behind dies with a change of all buckets that has not begun its work;
// core.gather_mutex is held until the job is committed.
Status PassJob(const Core& core, format::Job& job);

// Begins an epoch change of all buckets, or widens one that has not begun yet. `number` is the job's.
Status StartEpochChange(Core& core, std::uint32_t& number);

std::unique_ptr<JobWork> MakeEpochChange(Core& core, std::uint32_t number);

// How an epoch ended. NotFound: it did not, or that is not known here.
Result<format::EpochEnd> ReadEpochEnd(const Core& core, std::uint32_t epoch);

}  // namespace mseal::vault
