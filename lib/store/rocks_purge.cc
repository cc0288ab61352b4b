// The steps of a purge (design section 9).
#include "store/rocks_purge.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <future>
#include <thread>

#include "store/rocks_settings.h"
#include "store/rocks_slices.h"
#include "store/rocks_status.h"

namespace mseal::store {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{20};
constexpr int kMostRounds = 3;

milliseconds Since(Holds::Clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(Holds::Clock::now() - start);
}

// Tables, logs, lists of files and settings. The engine's other files hold nothing of rows.
bool MayHoldRows(const rocksdb::Env::FileAttributes& file) {
  // A log that nothing was written to yet is not begun anew; what comes into it comes after the purge began.
  if (file.name.ends_with(".log")) return file.size_bytes > 0;
  if (file.name.ends_with(".dbtmp"))
    return false;  // a name or settings; the engine may keep one that it failed to make
  return file.name.ends_with(".sst") || file.name.starts_with("MANIFEST-") || file.name.starts_with("OPTIONS-");
}

}  // namespace

Status RocksPurge::Run() {
  MS_TRY(CheckRanges());
  patience_ = options_.patience;
  Measure(report_.files_before, report_.bytes_before);
  MS_ASSIGN(const bool came, WaitForUpkeep());
  if (came) {
    const UpkeepTurn turn(database_);
    MS_TRY(Work());
  }
  Measure(report_.files_after, report_.bytes_after);
  return Status::Ok();
}

Status RocksPurge::CheckRanges() const {
  for (const Range& range : options_.ranges) {
    if (range.first.empty() || range.last.empty() || range.last < range.first) {
      return Status::InvalidArgument("a range to purge is without bounds or ends before it begins");
    }
  }
  return Status::Ok();
}

Status RocksPurge::Work() {
  MS_TRY(DeleteRanges());
  MS_ASSIGN(const bool unseen, WaitForSnapshots());
  if (!unseen) return Status::Ok();
  MS_TRY(Rewrite());
  MS_ASSIGN(const bool unread, WaitForCursors());
  if (!unread) return Status::Ok();
  MS_ASSIGN(report_.complete, WaitForFiles());
  return Status::Ok();
}

Status RocksPurge::DeleteRanges() {
  if (options_.ranges.empty()) return Status::Ok();
  rocksdb::WriteBatch writes(/*reserved_bytes=*/0, /*max_bytes=*/0, kProtectionBytesPerKey, /*default_cf_ts_sz=*/0);
  for (const Range& range : options_.ranges) {
    const rocksdb::Status added =
        writes.DeleteRange(database_.family(range.table), ToSlice(range.first), ToSlice(range.last));
    if (!added.ok()) return FromRocks(added, "gathering ranges");
  }
  return database_.Wrote(database_.db->Write(WriteSettings(Durability::kPower), &writes), "deleting ranges");
}

Status RocksPurge::Rewrite() {
  MS_TRY(NoteOldFiles());
  MS_TRY(database_.FlushTables());
  NoteOldTables();
  int rounds = 0;
  do {
    MS_TRY(Compact());
    // A file that the engine moved to another level meanwhile, unread, is still the old one.
  } while (OldTablesInUse() > 0 && ++rounds < kMostRounds);
  return BeginNewFileList();
}

// In a thread of its own, so that it can be called off.
Status RocksPurge::Compact() {
  std::atomic<bool> canceled{false};
  auto work = std::async(std::launch::async, [&] { return CompactTables(canceled); });
  while (work.wait_for(kTick) != std::future_status::ready) {
    if (!canceled && !MayGoOn(PurgeStep::kRewriting, {}, milliseconds(0))) canceled = true;
  }
  const rocksdb::Status compacted = work.get();
  if (canceled && (compacted.ok() || compacted.IsIncomplete())) return Status::Cancelled("the purge was called off");
  return database_.Wrote(compacted, "compacting");
}

rocksdb::Status RocksPurge::CompactTables(std::atomic<bool>& canceled) {
  rocksdb::CompactRangeOptions settings;
  // Without it files already at the bottom stay as they are, superseded values and all.
  settings.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  settings.exclusive_manual_compaction = true;  // no compaction that began with an older view ends after this one
  settings.canceled = &canceled;
  for (rocksdb::ColumnFamilyHandle* family : database_.families) {
    const rocksdb::Status compacted = database_.db->CompactRange(settings, family, nullptr, nullptr);
    if (!compacted.ok()) return compacted;
  }
  return rocksdb::Status::OK();
}

// A new MANIFEST begins with the state before the change that it was begun for, so one more change makes one without
// the compaction's sources. Setting an option to what it is counts as one and writes an OPTIONS file; RocksDB keeps two
// of these.
Status RocksPurge::BeginNewFileList() {
  for (int i = 0; i < 2; ++i) {
    const rocksdb::Status set =
        database_.db->SetOptions(database_.families[0], {{"disable_auto_compactions", "false"}});
    MS_TRY(database_.Wrote(set, "beginning a new list of files"));
  }
  return Status::Ok();
}

RocksPurge::Came RocksPurge::WaitForUpkeep() {
  return WaitFor(PurgeStep::kUpkeep, report_.waited_for_upkeep, [this] {
    return Holds::Count{database_.upkeep.try_acquire() ? 0U : 1U, milliseconds(0)};
  });
}

// Those from before the purge; a later one shows nothing that was superseded or deleted before it.
RocksPurge::Came RocksPurge::WaitForSnapshots() {
  const std::uint64_t mark = database_.snapshots.Mark();
  const Came came =
      WaitFor(PurgeStep::kSnapshots, report_.waited_for_snapshots, [&] { return database_.snapshots.Before(mark); });
  const Holds::Count held = database_.snapshots.Before(mark);
  report_.snapshots_held = held.open;
  report_.oldest_held = held.oldest;
  return came;
}

RocksPurge::Came RocksPurge::WaitForCursors() {
  const std::uint64_t mark = database_.cursors.Mark();
  const Came came =
      WaitFor(PurgeStep::kCursors, report_.waited_for_cursors, [&] { return database_.cursors.Before(mark); });
  const Holds::Count held = database_.cursors.Before(mark);
  report_.cursors_held = held.open;
  report_.oldest_held = held.oldest;
  MS_TRY(CountOldFilesLeft());
  return came;
}

RocksPurge::Came RocksPurge::WaitForFiles() {
  return WaitFor(PurgeStep::kFiles, report_.waited_for_files, [this]() -> Result<Holds::Count> {
    Sweep();
    MS_TRY(CountOldFilesLeft());
    return Holds::Count{report_.old_files_left, milliseconds(0)};
  });
}

RocksPurge::Came RocksPurge::WaitFor(PurgeStep step, milliseconds& waited,
                                     const std::function<Result<Holds::Count>()>& in_the_way) {
  const Holds::Clock::time_point start = Holds::Clock::now();
  for (;;) {
    MS_ASSIGN(const Holds::Count count, in_the_way());
    waited = Since(start);
    if (count.open == 0) break;
    report_.stopped_at = step;
    if (!MayGoOn(step, count, waited)) return Status::Cancelled("the purge was called off");
    if (waited >= patience_) return false;
    std::this_thread::sleep_for(std::min(kTick, patience_ - waited));
  }
  patience_ -= std::min(waited, patience_);
  return true;
}

bool RocksPurge::MayGoOn(PurgeStep step, Holds::Count in_the_way, milliseconds waited) const {
  return !options_.on_progress || options_.on_progress({step, in_the_way.open, in_the_way.oldest, waited});
}

Status RocksPurge::NoteOldFiles() {
  MS_ASSIGN(const auto files, database_.Files());
  for (const rocksdb::Env::FileAttributes& file : files) {
    if (MayHoldRows(file)) old_files_.insert(file.name);
  }
  return Status::Ok();
}

// From the engine and not the folder, where a table may be on its way from a writer that came later.
void RocksPurge::NoteOldTables() {
  std::vector<rocksdb::LiveFileMetaData> tables;
  database_.db->GetLiveFilesMetaData(&tables);
  for (const rocksdb::LiveFileMetaData& table : tables) old_files_.insert(table.relative_filename);
}

std::size_t RocksPurge::OldTablesInUse() const {
  std::vector<rocksdb::LiveFileMetaData> tables;
  database_.db->GetLiveFilesMetaData(&tables);
  return static_cast<std::size_t>(std::count_if(
      tables.begin(), tables.end(), [&](const auto& table) { return old_files_.contains(table.relative_filename); }));
}

Status RocksPurge::CountOldFilesLeft() {
  MS_ASSIGN(const auto files, database_.Files());
  report_.old_files_left = static_cast<std::size_t>(
      std::count_if(files.begin(), files.end(), [&](const auto& file) { return old_files_.contains(file.name); }));
  return Status::Ok();
}

// The engine looks over the whole folder when deletions are allowed again; else a file whose deletion failed, or that a
// reader just let go of, could stay for hours.
void RocksPurge::Sweep() {
  if (!database_.db->DisableFileDeletions().ok()) return;
  database_.db->EnableFileDeletions(/*force=*/false).PermitUncheckedError();
}

// A measurement that cannot be made shows as zero; it decides nothing.
void RocksPurge::Measure(std::size_t& files, std::uint64_t& bytes) const {
  const auto all = database_.Files();
  if (!all.ok()) return;
  files = all->size();
  for (const rocksdb::Env::FileAttributes& file : *all) bytes += file.size_bytes;
}

}  // namespace mseal::store
