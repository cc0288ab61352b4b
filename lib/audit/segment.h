// One file of the log, mapped into memory: an entry is on record once it is copied there, for it survives the death of
// the process, and on the medium once the file is synced. FORMAT.md, "Log segment".
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "format/log_segment.h"

namespace mseal::audit {

class Segment {
 public:
  // A new file of `capacity` bytes, all of them set aside: what is appended later needs no more room on the disk.
  //   AlreadyExists      something has the name
  //   ResourceExhausted  there is no room
  //   IoError
  static Result<std::unique_ptr<Segment>> Create(const std::string& path, const format::LogSegmentHead& head,
                                                 std::uint64_t capacity);
  // One that was there before, to be read, on a read-only medium too. It takes no entry before Resume.
  //   NotFound, Corrupt, UnsupportedVersion, IoError
  static Result<std::unique_ptr<Segment>> Open(const std::string& path);
  // The same without a look at its entries: End and ForEach know of none, EntryAt gives them one by one.
  static Result<std::unique_ptr<Segment>> OpenForLookups(const std::string& path);
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  const format::LogSegmentHead& head() const { return head_; }

  // Goes on behind the last entry that is whole. What stands there is overwritten: a caller who misses entries looks
  // first. IoError: the file may only be read.
  Status Resume();

  // Any thread; takes no lock. The entry's first cell; entries of one thread stand in the order of its calls.
  //   ResourceExhausted  there is no room: the next segment begins
  //   InvalidArgument    it is empty, or longer than 64 KiB
  Result<std::uint64_t> Append(ByteView entry);

  // Nothing is appended any more: Append answers ResourceExhausted.
  void Finish();

  // Whether entries stood behind cells without one when it was opened: a writer died there, or is copying still.
  bool FoundGap() const { return found_gap_; }
  // The cell behind all that is there or was appended before the call.
  std::uint64_t End() const;
  // The entries that begin in [from, end), in their order. `end` is what End() gave; whoever is still copying an entry
  // into it is waited for. Stops at the first failure of `visit`.
  using Visit = std::function<Status(std::uint64_t cell, ByteView entry)>;
  Status ForEach(std::uint64_t from, std::uint64_t end, const Visit& visit) const;

  // The entry that begins at a cell; borrowed. Corrupt: none does.
  Result<ByteView> EntryAt(std::uint64_t cell) const;

  std::uint64_t capacity() const { return cells_ * format::kLogCell; }
  // Whether an entry of that many bytes has room now.
  bool HasRoom(std::size_t bytes) const;

  // All that was appended before the call is on the medium. IoError: nobody knows what is.
  Status Sync();

  static constexpr std::uint64_t kFirstCell = 1;  // behind the head

 private:
  enum class Mapping { kRead, kReadAndWrite };
  static Result<std::unique_ptr<Segment>> MapFile(const std::string& path, Mapping wanted);
  Segment(int file, std::uint8_t* bytes, std::uint64_t cells, const format::LogSegmentHead& head, Mapping mapping);
  std::uint8_t* CellAt(std::uint64_t cell) const { return bytes_ + cell * format::kLogCell; }
  std::uint32_t SizeAt(std::uint64_t cell) const;
  bool IsWholeAt(std::uint64_t cell, std::uint32_t size) const;
  void FindEnd();

  int file_;
  std::uint8_t* bytes_;
  std::uint64_t cells_;
  format::LogSegmentHead head_;
  Mapping mapping_;
  std::uint64_t found_end_ = kFirstCell;  // entries before it were there at Open: gaps among them stay gaps
  bool found_gap_ = false;
  bool writable_ = false;                 // set before any other thread knows the segment
  std::atomic<std::uint64_t> next_{kFirstCell};
  std::atomic<std::uint64_t> finished_end_{0};  // 0: it takes entries
};

}  // namespace mseal::audit
