// Maps, appends, walks and syncs. A writer sets cells aside with one addition, copies its entry, and writes the size
// last: what has a size is whole, unless the power failed.
#include "audit/segment.h"

#include <endian.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "crypto/hash.h"

namespace mseal::audit {
namespace {

using format::kLogCell;

Status Failed(const char* what) {
  if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
    return {StatusCode::kResourceExhausted, "there is no room for the log"};
  return {StatusCode::kIoError, std::string(what) + ": " + std::strerror(errno)};
}

// Eight bytes that tell an entry that came whole to the medium from one that did not. It keeps nobody from forging:
// the tree does that.
ByteArray<8> CheckOf(ByteView entry) {
  const auto digest = crypto::Hash("ms.logcheck", entry);
  ByteArray<8> check;
  std::copy_n(digest.begin(), check.size(), check.begin());
  return check;
}

std::uint8_t* Map(int file, std::uint64_t size, int protection) {
  void* at = mmap(nullptr, size, protection, MAP_SHARED, file, 0);
  return at == MAP_FAILED ? nullptr : static_cast<std::uint8_t*>(at);
}

Status SetUp(int file, const format::LogSegmentHead& head, std::uint64_t capacity) {
  if (const int error = posix_fallocate(file, 0, static_cast<off_t>(capacity)); error != 0)
    return errno = error, Failed("the log's segment cannot be made");
  const auto cell = format::WriteLogSegmentHead(head);
  if (pwrite(file, cell.data(), cell.size(), 0) != static_cast<ssize_t>(cell.size()) || fsync(file) != 0)
    return Failed("the log's segment cannot be written");
  return Status::Ok();
}

}  // namespace

Segment::Segment(int file, std::uint8_t* bytes, std::uint64_t cells, const format::LogSegmentHead& head,
                 Mapping mapping)
    : file_(file), bytes_(bytes), cells_(cells), head_(head), mapping_(mapping) {}

Segment::~Segment() {
  munmap(bytes_, cells_ * kLogCell);
  close(file_);
}

Result<std::unique_ptr<Segment>> Segment::Create(const std::string& path, const format::LogSegmentHead& head,
                                                 std::uint64_t capacity) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0 && errno == EEXIST) return Status::AlreadyExists("a segment of the log has this name");
  if (file < 0) return Failed("the log's segment cannot be made");
  Status status = SetUp(file, head, capacity);
  std::uint8_t* bytes = status.ok() ? Map(file, capacity, PROT_READ | PROT_WRITE) : nullptr;
  if (status.ok() && bytes == nullptr) status = Failed("the log's segment cannot be mapped");
  if (status.ok()) {
    std::unique_ptr<Segment> segment(new Segment(file, bytes, capacity / kLogCell, head, Mapping::kReadAndWrite));
    segment->writable_ = true;
    return segment;
  }
  close(file);
  unlink(path.c_str());
  return status;
}

Result<std::unique_ptr<Segment>> Segment::OpenForLookups(const std::string& path) {
  return MapFile(path, Mapping::kRead);
}

// Whoever only looks at a log that is a copy of evidence has it on a medium that nobody writes to.
Result<std::unique_ptr<Segment>> Segment::Open(const std::string& path) {
  auto segment = MapFile(path, Mapping::kReadAndWrite);
  if (segment.code() == StatusCode::kPermissionDenied) segment = MapFile(path, Mapping::kRead);
  MS_TRY(segment.status());
  (*segment)->FindEnd();
  return segment;
}

// PermissionDenied: only the other mapping may be had.
Result<std::unique_ptr<Segment>> Segment::MapFile(const std::string& path, Mapping wanted) {
  const bool write = wanted == Mapping::kReadAndWrite;
  const int file = open(path.c_str(), (write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0 && errno == ENOENT) return Status::NotFound("a segment of the log is missing");
  if (file < 0 && write && (errno == EROFS || errno == EACCES || errno == EPERM))
    return Status::PermissionDenied("the log's segment may only be read");
  if (file < 0) return Failed("the log's segment cannot be opened");
  struct stat facts;
  std::uint8_t* bytes = nullptr;
  if (fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size >= static_cast<off_t>(kLogCell))
    bytes = Map(file, static_cast<std::uint64_t>(facts.st_size), write ? PROT_READ | PROT_WRITE : PROT_READ);
  if (bytes == nullptr) return close(file), Status::Corrupt("a segment of the log is no file of its kind");
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  const auto head = format::ParseLogSegmentHead({bytes, kLogCell});
  if (!head.ok()) return munmap(bytes, size), close(file), head.status();
  return std::unique_ptr<Segment>(new Segment(file, bytes, size / kLogCell, *head, wanted));
}

std::uint32_t Segment::SizeAt(std::uint64_t cell) const {
  auto* word = reinterpret_cast<std::uint32_t*>(CellAt(cell));
  return be32toh(std::atomic_ref(*word).load(std::memory_order_acquire));
}

bool Segment::IsWholeAt(std::uint64_t cell, std::uint32_t size) const {
  if (size == 0 || size > format::kLongestLogEntry || format::LogCellsOf(size) > cells_ - cell) return false;
  const ByteView entry(CellAt(cell) + format::kLogEntryHead, size);
  return SameBytes(CheckOf(entry), {CellAt(cell) + 4, 8});
}

// A writer that died between setting cells aside and writing the size left a gap: nobody was told that its entry is on
// record.
void Segment::FindEnd() {
  for (std::uint64_t cell = kFirstCell; cell < cells_;) {
    const std::uint32_t size = SizeAt(cell);
    const bool whole = IsWholeAt(cell, size);
    if (whole && cell != found_end_) found_gap_ = true;
    cell += whole ? format::LogCellsOf(size) : 1;
    if (whole) found_end_ = cell;
  }
}

// A later writer's cells are empty until it writes their sizes, so nothing of a dead one may be left in them.
Status Segment::Resume() {
  if (mapping_ == Mapping::kRead) return Status::IoError("the log's segment may only be read");
  for (std::uint64_t cell = found_end_; cell < cells_; ++cell) {
    std::uint8_t* at = CellAt(cell);
    if (!std::all_of(at, at + kLogCell, [](std::uint8_t byte) { return byte == 0; })) std::memset(at, 0, kLogCell);
  }
  next_ = found_end_;
  writable_ = true;
  return Status::Ok();
}

Result<std::uint64_t> Segment::Append(ByteView entry) {
  if (entry.empty() || entry.size() > format::kLongestLogEntry)
    return Status::InvalidArgument("an entry of the log has 1 byte to 64 KiB");
  if (!writable_) return Status::Closed("the log's segment was opened to be read");
  const std::uint64_t need = format::LogCellsOf(entry.size());
  std::uint64_t cell = next_.load(std::memory_order_relaxed);
  do {
    if (need > cells_ - cell) return Status{StatusCode::kResourceExhausted, "the log's segment is full"};
  } while (!next_.compare_exchange_weak(cell, cell + need, std::memory_order_acq_rel, std::memory_order_relaxed));
  const auto check = CheckOf(entry);
  std::memcpy(CellAt(cell) + 4, check.data(), check.size());
  std::memcpy(CellAt(cell) + format::kLogEntryHead, entry.data(), entry.size());
  auto* word = reinterpret_cast<std::uint32_t*>(CellAt(cell));
  std::atomic_ref(*word).store(htobe32(static_cast<std::uint32_t>(entry.size())), std::memory_order_release);
  return cell;
}

// From here on every writer finds it full. Who sets cells aside meanwhile does so before the exchange or not at all.
void Segment::Finish() {
  if (!writable_ || finished_end_ != 0) return;
  finished_end_ = next_.exchange(cells_, std::memory_order_acq_rel);
}

std::uint64_t Segment::End() const {
  if (!writable_) return found_end_;
  const std::uint64_t finished = finished_end_.load(std::memory_order_acquire);
  return finished != 0 ? finished : next_.load(std::memory_order_acquire);
}

Status Segment::ForEach(std::uint64_t from, std::uint64_t end, const Visit& visit) const {
  for (std::uint64_t cell = from; cell < end;) {
    const std::uint32_t size = SizeAt(cell);
    if (cell < found_end_ && !IsWholeAt(cell, size)) {
      ++cell;  // a gap
      continue;
    }
    if (size == 0) {
      std::this_thread::yield();  // its writer is at it
      continue;
    }
    MS_TRY(visit(cell, {CellAt(cell) + format::kLogEntryHead, size}));
    cell += format::LogCellsOf(size);
  }
  return Status::Ok();
}

Result<ByteView> Segment::EntryAt(std::uint64_t cell) const {
  const std::uint32_t size = cell >= kFirstCell && cell < cells_ ? SizeAt(cell) : 0;
  if (!IsWholeAt(cell, size)) return Status::Corrupt("no entry of the log begins there");
  return ByteView(CellAt(cell) + format::kLogEntryHead, size);
}

bool Segment::HasRoom(std::size_t bytes) const {
  const std::uint64_t next = next_.load(std::memory_order_relaxed);
  return next <= cells_ && format::LogCellsOf(bytes) <= cells_ - next;
}

Status Segment::Sync() {
  if (fdatasync(file_) == 0) return Status::Ok();
  return Failed("the log cannot be synced");
}

}  // namespace mseal::audit
