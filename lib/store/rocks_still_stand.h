// Keeps the files of a RocksDB as they are for a while.
#pragma once

#include <memory>
#include <optional>

#include "store/commit_claims.h"
#include "store/rocks_database.h"
#include "store/rows.h"

namespace mseal::store {

class RocksStillStand : public StillStand {
 public:
  static Result<std::unique_ptr<StillStand>> Begin(std::shared_ptr<RocksDatabase> database);  // as Rows::HoldStill
  ~RocksStillStand() override;
  RocksStillStand(const RocksStillStand&) = delete;
  RocksStillStand& operator=(const RocksStillStand&) = delete;

 private:
  // The upkeep is taken.
  explicit RocksStillStand(std::shared_ptr<RocksDatabase> database);
  Status Halt();

  // Let go of from the last to the first.
  std::shared_ptr<RocksDatabase> database_;
  UpkeepTurn turn_;
  CommitClaims::Pause commits_;
  bool background_halted_ = false;
  bool files_kept_ = false;
};

}  // namespace mseal::store
