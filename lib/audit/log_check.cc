// Walks the log once and compares the checkpoints on the way.
#include "audit/log_check.h"

#include <algorithm>

#include "audit/checkpoint.h"
#include "audit/checkpoint_file.h"
#include "audit/log_stub.h"
#include "format/log_entry.h"

namespace mseal::audit {
namespace {

constexpr std::uint64_t kEntriesATell = 4096;

class LogChecker {
 public:
  explicit LogChecker(const LogCheckOptions& options) : options_(options) {}

  Result<LogCheck> Run() {
    // Before the log is looked at: it only grows.
    MS_TRY(Take(options_.against, check_.against));
    MS_ASSIGN(const std::string beside, ReadCheckpointFile(CheckpointPath(options_.folder)));
    MS_TRY(Take(beside, check_.beside));
    MS_TRY(LookAtEnds());
    MS_TRY(CompareNames());
    MS_TRY(Walk());
    MS_TRY(CompareEnd());
    return check_;
  }

 private:
  struct Known {
    Checkpoint checkpoint;
    Standing* standing;
  };

  Status Take(std::string_view note, Standing& standing) {
    if (note.empty()) return Status::Ok();
    MS_ASSIGN(Checkpoint checkpoint, OpenCheckpoint(note, options_.key));
    standing = options_.key.empty() ? Standing::kAgrees : Standing::kProven;
    known_.push_back({std::move(checkpoint), &standing});
    return Status::Ok();
  }

  // Whose log it says to be, and about how many entries it has.
  Status LookAtEnds() {
    MS_ASSIGN(const auto numbers, ListSegments(options_.folder));
    if (numbers.empty() && known_.empty()) return Status::NotFound("there is no log of accesses");
    if (numbers.empty()) return Status::Stale("the log of accesses is gone");
    MS_ASSIGN(const auto first, Segment::OpenForLookups(SegmentPath(options_.folder, numbers.front())));
    MS_ASSIGN(const auto last, Segment::OpenForLookups(SegmentPath(options_.folder, numbers.back())));
    check_.store = first->head().store;
    about_ = last->head().first_entry;
    return LookAtBeginning(numbers.front());
  }

  // What is not there has to be what the stub says was dropped.
  Status LookAtBeginning(std::uint64_t first) {
    MS_ASSIGN(const auto stub, ReadLogStub(options_.folder, check_.store, options_.key));
    if (first > (stub.has_value() ? stub->first_segment : 1))
      return Status::AuthFailed("the oldest segments of the log are missing, and nothing says that they were dropped");
    if (!stub.has_value()) return Status::Ok();
    check_.dropped = options_.key.empty() ? Standing::kAgrees : Standing::kProven;
    known_.push_back({{LogOrigin(check_.store), stub->dropped.size, stub->dropped.root, {}}, &check_.dropped});
    return Status::Ok();
  }

  Status CompareNames() const {
    for (const Known& known : known_) {
      if (known.checkpoint.origin != LogOrigin(check_.store))
        return Status::AuthFailed("the checkpoint is of another log");
    }
    return Status::Ok();
  }

  Status Walk() {
    std::vector<std::uint64_t> sizes;
    for (const Known& known : known_) sizes.push_back(known.checkpoint.size);
    std::sort(sizes.begin(), sizes.end());
    const auto at = [this](const LogPosition& position) { return CompareAt(position); };
    const VisitEntry each = [this](std::uint64_t, std::uint64_t index, ByteView entry) -> Status {
      NoteMark(entry);
      if (!options_.on_progress || index % kEntriesATell != 0) return Status::Ok();
      return options_.on_progress(index, std::max(about_, index)) ? Status::Ok() : Status::Cancelled("it was stopped");
    };
    MS_ASSIGN(check_.log, WalkLog(options_.folder, check_.store, sizes, at, each));
    return Status::Ok();
  }

  Status CompareAt(const LogPosition& position) const {
    for (const Known& known : known_) {
      if (known.checkpoint.size == position.size && known.checkpoint.root != position.root)
        return Status::AuthFailed(
            "the log is not the one that the checkpoint was signed of: it was changed, or forked");
    }
    return Status::Ok();
  }

  Status CompareEnd() {
    for (const Known& known : known_) {
      if (known.checkpoint.size > check_.log.position.size)
        return Status::Stale("the log ends before a checkpoint of it: its end was cut, or it is an older copy");
      if (known.checkpoint.size < check_.log.first_entry) *known.standing = Standing::kTooOld;
    }
    return Status::Ok();
  }

  void NoteMark(ByteView entry) {
    const auto kind = format::LogEntryKindOf(entry);
    if (!kind.ok() || *kind != format::LogEntryKind::kMark) return;
    const auto mark = format::ParseLogMark(entry);
    if (!mark.ok()) return;
    if (mark->kind == format::LogMarkKind::kOpened) {
      ++check_.opened;
      if (check_.is_open) ++check_.not_closed;
      if (check_.is_open && mark->boot != last_.boot) ++check_.power_lost;
    }
    if (mark->time_ms < last_.time_ms) ++check_.set_back;
    check_.is_open = mark->kind != format::LogMarkKind::kClosed;
    last_ = *mark;
  }

  const LogCheckOptions& options_;
  LogCheck check_;
  std::vector<Known> known_;
  format::LogMark last_;
  std::uint64_t about_ = 0;
};

}  // namespace

Result<LogCheck> CheckLog(const LogCheckOptions& options) { return LogChecker(options).Run(); }

}  // namespace mseal::audit
