// The log of accesses of an opened vault: entries appended by any thread, synced soon after or at once, and the tree
// over them. FORMAT.md, "Log segment".
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "audit/log_files.h"
#include "format/log_entry.h"

namespace mseal::audit {

// When an entry is on the medium: soon, with others, or before its call goes on.
enum class LogSync : std::uint8_t { kGroup = 0, kEach = 1 };

struct LogOptions {
  std::string folder;
  keys::StoreId store{};
  LogSync sync = LogSync::kGroup;
  // The oldest that has to be there: what came before was dropped.
  std::uint64_t first_segment = 1;
  // Called with each segment that is full, by the log's own thread and not at once: for what is made of it.
  std::function<void(const Segment&)> finished = {};
  // Segments begin small and double up to this.
  std::uint64_t longest_segment = 32 << 20;
};

// What was found when the log was opened.
struct LogFound {
  LogPosition position;             // of what was there
  bool lost_power = false;          // the system went down while the log was open: up to kLongestWait of entries, which
                                    // were on record but not yet on the medium, may be missing at its end
  bool not_closed = false;          // the process that had it open ended without closing it: nothing is missing
  std::uint64_t last_known_ms = 0;  // of the last mark before
};

// Any thread may call.
class Log {
 public:
  // `anchored`: how far the log had come when that was last written down elsewhere; size 0: nothing is known.
  //   Stale       it is shorter than that
  //   AuthFailed  what was anchored is not what is there: an entry was changed, a segment is missing, or it is another
  //               log
  //   Corrupt, ResourceExhausted, IoError
  static Result<std::unique_ptr<Log>> Open(const LogOptions& options, const LogPosition& anchored);
  // Stops without a mark: a log that is to count as closed is closed first.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  const LogFound& found() const { return found_; }
  const LogOptions& options() const { return options_; }

  // Whether an entry can be appended now; asked before anything is opened that an entry is to tell of. Takes no lock.
  //   IoError, ResourceExhausted  the log cannot be written: see Append
  Status CheckReady();

  // On record when it returns: it survives the death of the process, with LogSync::kEach the loss of power too.
  //   IoError            a sync failed: nothing can be appended until the vault is opened again
  //   ResourceExhausted  there is no room on the disk; it is asked for again at the next call
  Status Append(ByteView entry);

  // What the host has to say in clear, in the order of entries.
  Status Mark(format::LogMarkKind kind);

  // Everything appended before the call is on the medium and in the tree.
  Result<LogPosition> Sync();
  // As of the last sync.
  LogPosition synced() const;
  // The last entry, and a sync.
  Status Close();

  // The segments that are in memory, oldest first; the last is written.
  std::vector<std::shared_ptr<const Segment>> Segments() const;

  // How far the medium is behind. Takes no lock.
  struct Lag {
    std::uint64_t appended = 0;                     // entries since the log was opened
    std::uint64_t synced = 0;                       // of them, on the medium
    std::chrono::steady_clock::duration oldest{0};  // age of the oldest that is not there yet
  };
  Lag lag() const;

  static constexpr std::chrono::milliseconds kLongestWait{50};

 private:
  explicit Log(const LogOptions& options) : options_(options) {}

  Status ReadBack(const LogPosition& anchored);
  Status Compare(const LogPosition& anchored) const;
  Status BeginSegment();
  Status RollFrom(const Segment* full);
  Status WalkOn();
  Status SyncOnce();
  Status SyncThrough(std::uint64_t ticket);
  void Run();
  void TellOfFinished();
  void NoteMark(ByteView entry);

  LogOptions options_;
  LogFound found_;
  std::atomic<Segment*> current_{nullptr};  // owned by segments_
  std::atomic<bool> failed_{false};
  std::atomic<bool> dirty_{false};
  std::atomic<std::uint64_t> appended_{0};
  std::atomic<std::uint64_t> on_medium_{0};  // of those
  std::atomic<std::chrono::steady_clock::time_point> dirty_since_{};

  mutable std::mutex tree_mutex_;  // guards what follows: walking, rolling and syncing are one thread's at a time
  std::vector<std::shared_ptr<Segment>> segments_;  // mapped as long as the log is open: whoever appends takes no lock
  std::size_t told_ = 0;  // of segments_, that are full and of which `finished` was told, or that were full at opening
  TreeHead tree_;
  std::uint64_t walked_ = Segment::kFirstCell;  // cells of the last segment that are in the tree
  LogPosition synced_;

  std::mutex wait_mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::mutex group_mutex_;  // one sync for all who wait
  std::uint64_t synced_ticket_ = 0;
  std::thread thread_;
};

}  // namespace mseal::audit
