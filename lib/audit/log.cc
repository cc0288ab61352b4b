// Appends, rolls over to the next segment, walks what was appended into the tree and syncs it.
#include "audit/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/clock.h"
#include "format/log_entry.h"
#include "keys/new_file.h"

namespace mseal::audit {
namespace {

constexpr std::uint64_t kFirstSegmentBytes = 1 << 20;
constexpr std::chrono::minutes kBeat{10};

// Which start of the system this is; zero where it does not say.
ByteArray<16> BootId() {
  ByteArray<16> id{};
  char text[37] = {};
  const int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (file < 0) return id;
  const ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  std::size_t digits = 0;  // of the hexadecimal ones between the hyphens
  for (ssize_t i = 0; i < size && digits < 2 * id.size(); ++i) {
    const std::size_t value = std::string_view("0123456789abcdef").find(text[i]);
    if (value == std::string_view::npos) continue;
    id[digits / 2] = static_cast<std::uint8_t>(id[digits / 2] << 4 | value);
    ++digits;
  }
  return id;
}

Bytes MarkOf(format::LogMarkKind kind) { return format::WriteLogMark({kind, NowMs(), BootId()}); }

}  // namespace

// ---- opening

Result<std::unique_ptr<Log>> Log::Open(const LogOptions& options, const LogPosition& anchored) {
  if (mkdir(options.folder.c_str(), 0700) != 0 && errno != EEXIST)
    return Status::IoError(std::string("the log's folder cannot be made: ") + std::strerror(errno));
  std::unique_ptr<Log> log(new Log(options));
  MS_TRY(log->ReadBack(anchored));
  MS_TRY(log->Append(MarkOf(format::LogMarkKind::kOpened)));
  MS_TRY(log->SyncOnce());
  log->thread_ = std::thread([raw = log.get()] { raw->Run(); });
  return log;
}

// From the segment in which the anchored entries end: those before it were compared when they were anchored.
Status Log::ReadBack(const LogPosition& anchored) {
  MS_ASSIGN(auto numbers, ListSegments(options_.folder));
  if (!numbers.empty() && IsUnborn(SegmentPath(options_.folder, numbers.back()))) {
    unlink(SegmentPath(options_.folder, numbers.back()).c_str());
    numbers.pop_back();
  }
  if (numbers.empty()) {
    if (anchored.size != 0) return Status::Stale("the log of accesses is gone");
    return BeginSegment();
  }
  if (numbers.front() > options_.first_segment || numbers.back() - numbers.front() + 1 != numbers.size())
    return Status::AuthFailed("a segment of the log of accesses is missing");
  std::vector<ReadSegment> tail;  // the newest first
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    MS_ASSIGN(ReadSegment segment, OpenSegment(options_.folder, *number, options_.store));
    const bool enough = segment.before.size() <= anchored.size;
    tail.push_back(std::move(segment));
    if (enough) break;
  }
  tree_ = tail.back().before;
  MS_TRY(Compare(anchored));
  for (auto segment = tail.rbegin(); segment != tail.rend(); ++segment) {
    if (segment->before.peaks() != tree_.peaks() || segment->before.size() != tree_.size())
      return Status::AuthFailed("the log was changed: a segment does not go on from the one before");
    const VisitEntry each = [&](std::uint64_t, std::uint64_t, ByteView entry) -> Status {
      NoteMark(entry);
      return Compare(anchored);
    };
    MS_TRY(WalkInto(tree_, *segment->file, Segment::kFirstCell, segment->file->End(), each));
    segments_.push_back(std::move(segment->file));
  }
  if (tree_.size() < anchored.size) return Status::Stale("the log of accesses is shorter than its anchor says");
  found_.position = synced_ = {tree_.size(), tree_.Root()};
  Segment& last = *segments_.back();
  MS_TRY(last.Resume());
  walked_ = last.End();
  current_ = &last;
  told_ = segments_.size() - 1;
  return Status::Ok();
}

Status Log::Compare(const LogPosition& anchored) const {
  if (anchored.size == 0 || tree_.size() != anchored.size || tree_.Root() == anchored.root) return Status::Ok();
  return Status::AuthFailed("the log of accesses is not the one that was anchored: it was changed, or it is another");
}

void Log::NoteMark(ByteView entry) {
  const auto kind = format::LogEntryKindOf(entry);
  if (!kind.ok() || *kind != format::LogEntryKind::kMark) return;
  const auto mark = format::ParseLogMark(entry);
  if (!mark.ok()) return;
  found_.not_closed = mark->kind != format::LogMarkKind::kClosed;
  found_.lost_power = found_.not_closed && mark->boot != BootId();
  found_.last_known_ms = mark->time_ms;
}

// ---- segments

Status Log::BeginSegment() {
  const std::uint64_t number = segments_.empty() ? 1 : segments_.back()->head().number + 1;
  const std::uint64_t capacity =
      segments_.empty() ? kFirstSegmentBytes : std::min(2 * segments_.back()->capacity(), options_.longest_segment);
  const format::LogSegmentHead head{options_.store, number, tree_.size(), NowMs()};
  MS_ASSIGN(auto segment, Segment::Create(SegmentPath(options_.folder, number), head, capacity));
  MS_TRY(segment->Append(format::WriteLogChain({tree_.size(), tree_.peaks()})).status());
  if (number > 1) MS_TRY(segment->Append(MarkOf(format::LogMarkKind::kBeat)).status());
  MS_TRY(segment->Sync());
  MS_TRY(keys::SyncFolderOf(keys::SystemFileIo(), SegmentPath(options_.folder, number)));
  segments_.push_back(std::move(segment));
  walked_ = Segment::kFirstCell;
  current_.store(segments_.back().get(), std::memory_order_release);
  return WalkOn();
}

Status Log::RollFrom(const Segment* full) {
  const std::lock_guard lock(tree_mutex_);
  if (current_.load(std::memory_order_acquire) != full) return Status::Ok();  // somebody did
  segments_.back()->Finish();
  MS_TRY(WalkOn());
  if (const Status synced = segments_.back()->Sync(); !synced.ok()) return failed_ = true, synced;
  return BeginSegment();
}

Status Log::WalkOn() {
  const Segment& segment = *segments_.back();
  const std::uint64_t end = segment.End();
  MS_TRY(WalkInto(tree_, segment, walked_, end, {}));
  walked_ = end;
  return Status::Ok();
}

// ---- appending

Status Log::CheckReady() {
  if (failed_.load(std::memory_order_relaxed))
    return Status::IoError("the log of accesses could not be synced: open the vault again");
  Segment* segment = current_.load(std::memory_order_acquire);
  return segment->HasRoom(format::kLongestLogEntry) ? Status::Ok() : RollFrom(segment);
}

Status Log::Append(ByteView entry) {
  for (;;) {
    if (failed_.load(std::memory_order_relaxed))
      return Status::IoError("the log of accesses could not be synced: open the vault again");
    Segment* segment = current_.load(std::memory_order_acquire);
    const auto cell = segment->Append(entry);
    if (cell.code() == StatusCode::kResourceExhausted) {
      MS_TRY(RollFrom(segment));
      continue;
    }
    MS_TRY(cell.status());
    const std::uint64_t ticket = appended_.fetch_add(1, std::memory_order_acq_rel) + 1;
    if (options_.sync == LogSync::kEach) MS_TRY(SyncThrough(ticket));
    if (!dirty_.load(std::memory_order_relaxed) && !dirty_.exchange(true)) {
      dirty_since_ = std::chrono::steady_clock::now();
      { const std::lock_guard lock(wait_mutex_); }
      wake_.notify_one();
    }
    return Status::Ok();
  }
}

Status Log::Mark(format::LogMarkKind kind) { return Append(MarkOf(kind)); }

// `ticket`: of an entry that was copied whole before it was taken, so that whoever synced at or after it has synced the
// entry along. Cells alone do not tell: another thread may have set cells aside and not have copied into them yet. What
// lies in a segment before the current one was synced when that one began.
Status Log::SyncThrough(std::uint64_t ticket) {
  const std::lock_guard lock(group_mutex_);
  if (synced_ticket_ >= ticket) return Status::Ok();
  const std::uint64_t taken = appended_.load(std::memory_order_acquire);
  Segment* current = current_.load(std::memory_order_acquire);
  if (const Status synced = current->Sync(); !synced.ok()) return failed_ = true, synced;
  synced_ticket_ = taken;
  return Status::Ok();
}

// ---- syncing

Status Log::SyncOnce() {
  const std::lock_guard lock(tree_mutex_);
  dirty_ = false;
  const std::uint64_t taken = appended_.load(std::memory_order_acquire);
  MS_TRY(WalkOn());
  if (synced_.size == tree_.size()) return Status::Ok();
  if (const Status synced = segments_.back()->Sync(); !synced.ok()) return failed_ = true, synced;
  synced_ = {tree_.size(), tree_.Root()};
  on_medium_ = taken;
  return Status::Ok();
}

Result<LogPosition> Log::Sync() {
  MS_TRY(SyncOnce());
  return synced();
}

Log::Lag Log::lag() const {
  Lag lag{.synced = on_medium_.load()};
  lag.appended = appended_.load();
  if (lag.appended > lag.synced) lag.oldest = std::chrono::steady_clock::now() - dirty_since_.load();
  return lag;
}

LogPosition Log::synced() const {
  const std::lock_guard lock(tree_mutex_);
  return synced_;
}

void Log::Run() {
  auto next_beat = std::chrono::steady_clock::now() + kBeat;
  std::unique_lock lock(wait_mutex_);
  while (!stop_) {
    wake_.wait_until(lock, next_beat, [this] { return stop_ || dirty_; });
    if (!stop_) wake_.wait_for(lock, kLongestWait, [this] { return stop_; });
    if (stop_) return;
    lock.unlock();
    if (std::chrono::steady_clock::now() >= next_beat) {
      Append(MarkOf(format::LogMarkKind::kBeat)).Ignore("calls find out by themselves that the log cannot be written");
      next_beat = std::chrono::steady_clock::now() + kBeat;
    }
    SyncOnce().Ignore("calls are refused from here on");
    TellOfFinished();
    lock.lock();
  }
}

// Without the lock: what is made of a segment takes its time, and a full one does not change.
void Log::TellOfFinished() {
  std::vector<std::shared_ptr<Segment>> full;
  {
    const std::lock_guard lock(tree_mutex_);
    for (; told_ + 1 < segments_.size(); ++told_) full.push_back(segments_[told_]);
  }
  for (const auto& segment : full) {
    if (options_.finished) options_.finished(*segment);
  }
}

Status Log::Close() {
  MS_TRY(Append(MarkOf(format::LogMarkKind::kClosed)));
  return SyncOnce();
}

Log::~Log() {
  {
    const std::lock_guard lock(wait_mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// ---- reading

std::vector<std::shared_ptr<const Segment>> Log::Segments() const {
  const std::lock_guard lock(tree_mutex_);
  return {segments_.begin(), segments_.end()};
}

}  // namespace mseal::audit
