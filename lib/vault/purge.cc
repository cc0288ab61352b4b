// Purges, and tells the epoch ends.
#include "vault/purge.h"

#include "base/clock.h"
#include "base/reader.h"
#include "format/erasure.h"

namespace mseal::vault {
namespace {

using keys::MetaKind;

// Whatever was deleted before the purge began is gone from the files now.
Status CompleteEpochEnds(Core& core) {
  store::Batch batch;
  MS_TRY(core.meta->ForEach(MetaKind::kEpochEnd, [&](ByteView id, const SecretBytes& content) -> Status {
    MS_ASSIGN(format::EpochEnd end, format::ParseEpochEnd(content.Reveal()));
    if (end.purged_ms == 0 || end.purge_complete == 1) return Status::Ok();  // not dropped yet, or complete
    end.purged_ms = NowMs();
    end.purge_complete = 1;
    core.meta->Put(batch, MetaKind::kEpochEnd, id, format::WriteEpochEnd(end));
    return Status::Ok();
  }));
  return batch.empty() ? Status::Ok() : core.CommitAs(batch, store::Durability::kPower);
}

}  // namespace

Status PurgeStore(Core& core, const store::PurgeOptions& options, store::PurgeReport& report) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  core.AtPoint("store is purged");
  MS_TRY(core.rows->Purge(options, report));
  core.AtPoint("store was purged");
  return report.complete ? CompleteEpochEnds(core) : Status::Ok();
}

}  // namespace mseal::vault
