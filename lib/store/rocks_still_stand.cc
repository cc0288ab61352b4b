// Halts what changes files, and lets it go on.
#include "store/rocks_still_stand.h"

#include "store/rocks_status.h"

namespace mseal::store {

Result<std::unique_ptr<StillStand>> RocksStillStand::Begin(std::shared_ptr<RocksDatabase> database) {
  if (!database->upkeep.try_acquire()) return Status::Locked("a purge, a backup or a standstill is under way");
  std::unique_ptr<RocksStillStand> standing(new RocksStillStand(std::move(database)));
  MS_TRY(standing->Halt());
  return std::unique_ptr<StillStand>(std::move(standing));
}

RocksStillStand::RocksStillStand(std::shared_ptr<RocksDatabase> database)
    : database_(std::move(database)), turn_(*database_), commits_(database_->claims) {}

// A file that cannot be deleted now is deleted later.
RocksStillStand::~RocksStillStand() {
  if (files_kept_) database_->db->EnableFileDeletions(/*force=*/false).PermitUncheckedError();
  if (background_halted_) database_->db->ContinueBackgroundWork().PermitUncheckedError();
}

Status RocksStillStand::Halt() {
  MS_TRY(database_->FlushTables());
  MS_TRY(database_->Wrote(database_->db->FlushWAL(/*sync=*/true), "syncing the log"));
  MS_TRY(FromRocks(database_->db->PauseBackgroundWork(), "halting work in the background"));
  background_halted_ = true;
  // Readers delete the files that they were the last to read.
  MS_TRY(FromRocks(database_->db->DisableFileDeletions(), "keeping files"));
  files_kept_ = true;
  return Status::Ok();
}

}  // namespace mseal::store
