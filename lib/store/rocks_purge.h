// Makes superseded and deleted rows physically gone from a RocksDB that is in use.
#pragma once

#include <atomic>
#include <functional>
#include <set>
#include <string>

#include "store/rocks_database.h"
#include "store/rows.h"

namespace mseal::store {

// One purge. All files there are when it begins are written down; it is complete when none of them is left.
class RocksPurge {
 public:
  // All are borrowed.
  RocksPurge(RocksDatabase& database, const PurgeOptions& options, PurgeReport& report)
      : database_(database), options_(options), report_(report) {}

  Status Run();  // as Rows::Purge

 private:
  // Whether what is waited for came before the patience ended; Cancelled when on_progress says so.
  using Came = Result<bool>;

  Status CheckRanges() const;
  Status Work();
  Status DeleteRanges();
  Status Rewrite();
  Status Compact();
  rocksdb::Status CompactTables(std::atomic<bool>& canceled);
  Status BeginNewFileList();

  Came WaitForUpkeep();
  Came WaitForSnapshots();
  Came WaitForCursors();
  Came WaitForFiles();
  Came WaitFor(PurgeStep step, std::chrono::milliseconds& waited,
               const std::function<Result<Holds::Count>()>& in_the_way);
  bool MayGoOn(PurgeStep step, Holds::Count in_the_way, std::chrono::milliseconds waited) const;

  Status NoteOldFiles();
  void NoteOldTables();
  std::size_t OldTablesInUse() const;
  Status CountOldFilesLeft();
  void Sweep();
  void Measure(std::size_t& files, std::uint64_t& bytes) const;

  RocksDatabase& database_;
  const PurgeOptions& options_;
  PurgeReport& report_;
  std::chrono::milliseconds patience_{0};  // what is left of it
  std::set<std::string> old_files_;        // names without folder
};

}  // namespace mseal::store
