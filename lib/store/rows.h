// Ordered rows in a few tables, read at a point in time and changed in atomic batches. No engine's type shows here;
// each promise is one that RocksDB and a SQL database can both keep.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::store {

enum class Table : std::uint8_t { kRecords, kKeys, kHeads, kIndex, kAudit, kMeta };
inline constexpr int kTableCount = 6;
std::string_view TableName(Table table);

// One logical change: applied whole or not at all. Later operations on a key win over earlier ones.
class Batch {
 public:
  struct Operation {
    enum class Kind : std::uint8_t { kPut, kDelete, kRequireAbsent, kRequireEquals };
    Kind kind;
    Table table;
    Bytes key;
    Bytes value;
  };

  void Put(Table table, ByteView key, ByteView value);
  void Delete(Table table, ByteView key);
  // Preconditions, judged at the commit against what is stored then: the batch is refused with Conflict when one fails.
  void RequireAbsent(Table table, ByteView key);
  void RequireEquals(Table table, ByteView key, ByteView value);

  bool empty() const { return operations_.empty(); }
  // Whether it puts or deletes rows of the table.
  bool Writes(Table table) const { return written_[static_cast<std::size_t>(table)]; }
  void Clear() {
    operations_.clear();
    written_ = {};
  }
  std::size_t ApproximateBytes() const;
  const std::vector<Operation>& operations() const { return operations_; }

 private:
  std::vector<Operation> operations_;
  std::array<bool, kTableCount> written_{};
};

// A point in time. Reads through it see nothing newer. Holds up the removal of what it still shows: keep it short.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};

// A walk over a range of one table in key order. For one thread. Keys and values are valid until the next move.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual bool Valid() const = 0;  // false at the end and after a failure; then look at status()
  virtual void Next() = 0;
  virtual void Seek(ByteView key) = 0;  // the first row at or after `key` within the range
  virtual ByteView key() const = 0;
  virtual ByteView value() const = 0;
  virtual Status status() const = 0;
};

enum class Durability : std::uint8_t {
  kProcess,  // survives the death of the process
  kPower,    // survives the loss of power: the commit returns after the log is on the medium
};

// Rows with first <= key < last; neither bound is empty.
struct Range {
  Table table;
  Bytes first;
  Bytes last;
};

// What a purge is at.
enum class PurgeStep : std::uint8_t {
  kUpkeep,     // waits for a backup or a standstill to end
  kSnapshots,  // waits for snapshots that are older than the purge
  kRewriting,  // works: writes what still counts into new files
  kCursors,    // waits for cursors over the old files
  kFiles,      // waits for the old files to be deleted
};

struct PurgeProgress {
  PurgeStep step = PurgeStep::kUpkeep;
  std::size_t holders = 0;              // snapshots or cursors that are waited for
  std::chrono::milliseconds oldest{0};  // since the first of them was opened
  std::chrono::milliseconds waited{0};  // in this step
};

struct PurgeOptions {
  // Rows to be deleted first, synced, whatever lies there: those that the caller has erased, and nothing that a commit
  // under way may judge or write.
  std::vector<Range> ranges;
  // How long to wait for others, all steps together. Time to work comes on top.
  std::chrono::milliseconds patience{60'000};
  // Told several times a second, also while it works; false ends the purge with Cancelled. Empty: nobody is told.
  std::function<bool(const PurgeProgress&)> on_progress;
};

struct PurgeReport {
  // Nothing that was superseded or deleted when the purge began is in any file.
  bool complete = false;
  // The step whose waiting outlasted the patience, when it is not complete, and what was still in the way then.
  PurgeStep stopped_at = PurgeStep::kUpkeep;
  std::size_t snapshots_held = 0;
  std::size_t cursors_held = 0;
  std::chrono::milliseconds oldest_held{0};
  std::size_t old_files_left = 0;
  // What was waited for.
  std::chrono::milliseconds waited_for_upkeep{0};
  std::chrono::milliseconds waited_for_snapshots{0};
  std::chrono::milliseconds waited_for_cursors{0};
  std::chrono::milliseconds waited_for_files{0};
  // All files of the store.
  std::size_t files_before = 0, files_after = 0;
  std::uint64_t bytes_before = 0, bytes_after = 0;
};

// While it lives no file that holds rows changes and no commit is written; readers go on. May be dropped by any thread.
class StillStand {
 public:
  virtual ~StillStand() = default;
};

struct Statistics {
  std::uint64_t bytes_on_disk = 0;
  std::uint64_t approximate_rows[kTableCount] = {};
};

// Any thread may call; a Cursor is one thread's. Every failure of the medium is IoError; a damaged file is Corrupt.
class Rows {
 public:
  virtual ~Rows() = default;

  // Writes the row's value over `value`, whose memory is reused. NotFound when there is none.
  virtual Status Get(Table table, ByteView key, Bytes& value, const Snapshot* at = nullptr) const = 0;
  // One answer a key, in the keys' order; statuses as for Get.
  virtual std::vector<Status> MultiGet(Table table, const std::vector<Bytes>& keys, std::vector<Bytes>& values,
                                       const Snapshot* at = nullptr) const = 0;
  // Rows with first <= key < last; an empty `last` means to the end of the table. Starts at the first row of the range.
  virtual std::unique_ptr<Cursor> Scan(Table table, ByteView first, ByteView last,
                                       const Snapshot* at = nullptr) const = 0;
  virtual std::unique_ptr<Snapshot> Freeze() const = 0;

  // Applies the batch.
  //   Conflict  a precondition does not hold; nothing was written
  //   IoError   nothing is acknowledged; after it the engine may refuse writes until reopened, reads go on
  virtual Status Commit(const Batch& batch, Durability durability) = 0;

  // Grows with every commit and never falls: what an anchor compares.
  virtual std::uint64_t CommitCounter() const = 0;
  // Everything committed so far survives the loss of power once this returns Ok.
  virtual Status Sync() = 0;

  // Makes what was superseded or deleted before the call physically gone: rewrites every table and removes the old
  // files, logs and lists of files, whose keys outlive their rows. Readers and writers go on. Ok with
  // `report.complete` off when snapshots, cursors, a backup or a standstill were in the way for longer than the
  // patience: call again. The report is filled as far as the purge came, after failures too.
  //   InvalidArgument  a range is without bounds or ends before it begins; nothing was done
  //   Cancelled        on_progress said so; ranges may be deleted and tables rewritten by then
  //   IoError          as for Commit
  virtual Status Purge(const PurgeOptions& options, PurgeReport& report) = 0;
  // Writes out and syncs everything, then keeps the files as they are, so that any tool may copy them: the copy opens
  // with exactly what is committed now. Commits wait until the result is dropped, so whoever holds it may not commit
  // and bounds the time.
  //   Locked   a purge, a backup or another standstill is under way; try again
  //   IoError  as for Commit; nothing is held
  virtual Result<std::unique_ptr<StillStand>> HoldStill() = 0;
  virtual Statistics Measure() const = 0;
};

}  // namespace mseal::store
