// Segments of the log: what was appended is there after the process died in the middle of it, with many threads at it,
// and never half.
#include "audit/segment.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::audit {
namespace {

constexpr std::uint64_t kCapacity = 1 << 20;

class LogSegment : public ::testing::Test {
 protected:
  LogSegment() {
    std::string name = (std::filesystem::temp_directory_path() / "medseal-log-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~LogSegment() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return (folder_ / "1.log").string(); }
  std::unique_ptr<Segment> Make(std::uint64_t capacity = kCapacity) {
    auto made = Segment::Create(path(), head_, capacity);
    EXPECT_TRUE(made.ok()) << made.status().message();
    return std::move(*made);
  }
  std::unique_ptr<Segment> Reopen() {
    auto opened = Segment::Open(path());
    EXPECT_TRUE(opened.ok()) << opened.status().message();
    return std::move(*opened);
  }
  void Overwrite(std::uint64_t offset, ByteView bytes) {
    const int file = open(path().c_str(), O_WRONLY);
    EXPECT_EQ(pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset)), static_cast<ssize_t>(bytes.size()));
    close(file);
  }

  std::filesystem::path folder_;
  format::LogSegmentHead head_{.store = {1, 2, 3}, .number = 1, .first_entry = 0};
};

// Thread and count, then filling, so that each entry is one of a kind and knows its own size.
Bytes EntryOf(std::uint32_t thread, std::uint32_t count) {
  Bytes head;
  Writer(head).U32(thread).U32(count);
  Bytes entry(8 + (thread * 31 + count * 17) % 400, static_cast<std::uint8_t>(count));
  std::copy(head.begin(), head.end(), entry.begin());
  return entry;
}

std::vector<Bytes> EntriesOf(const Segment& segment) {
  std::vector<Bytes> entries;
  EXPECT_TRUE(segment
                  .ForEach(Segment::kFirstCell, segment.End(),
                           [&](std::uint64_t, ByteView entry) {
                             entries.emplace_back(entry.begin(), entry.end());
                             return Status::Ok();
                           })
                  .ok());
  return entries;
}

TEST_F(LogSegment, GivesBackWhatWasAppendedInItsOrder) {
  auto segment = Make();
  std::vector<Bytes> written;
  for (std::uint32_t i = 0; i < 500; ++i) {
    written.push_back(EntryOf(0, i));
    ASSERT_TRUE(segment->Append(written.back()).ok());
  }
  EXPECT_EQ(EntriesOf(*segment), written);
  EXPECT_TRUE(segment->Sync().ok());
  segment = Reopen();
  EXPECT_EQ(segment->head().store, head_.store);
  EXPECT_EQ(EntriesOf(*segment), written);
  EXPECT_EQ(segment->Append(EntryOf(1, 1)).code(), StatusCode::kClosed);
  ASSERT_TRUE(segment->Resume().ok());
  written.push_back(EntryOf(1, 1));
  ASSERT_TRUE(segment->Append(written.back()).ok());
  EXPECT_EQ(EntriesOf(*segment), written);
}

TEST_F(LogSegment, TakesEntriesUntilItIsFull) {
  auto segment = Make(64 * 8);
  const Bytes entry(format::kLogCell - format::kLogEntryHead, 7);
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(segment->Append(entry).ok());
  EXPECT_EQ(segment->Append(entry).code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(EntriesOf(*segment).size(), 7u);
  EXPECT_EQ(segment->Append({}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(segment->Append(Bytes(format::kLongestLogEntry + 1)).code(), StatusCode::kInvalidArgument);
}

// A reader follows while four threads write: it sees each entry whole, once, and each thread's in order.
TEST_F(LogSegment, ManyWritersAndAReaderNeedNoLock) {
  auto segment = Make(16 << 20);
  constexpr std::uint32_t kThreads = 4, kEach = 8000;
  std::vector<std::thread> writers;
  for (std::uint32_t thread = 0; thread < kThreads; ++thread)
    writers.emplace_back([&segment, thread] {
      for (std::uint32_t i = 0; i < kEach; ++i) EXPECT_TRUE(segment->Append(EntryOf(thread, i)).ok());
    });
  std::uint32_t next[kThreads] = {};
  std::uint64_t place = Segment::kFirstCell;
  for (std::uint32_t seen = 0; seen < kThreads * kEach;) {
    const std::uint64_t end = segment->End();
    ASSERT_TRUE(segment
                    ->ForEach(place, end,
                              [&](std::uint64_t, ByteView entry) {
                                Reader in(entry);
                                const std::uint32_t thread = in.U32(), count = in.U32();
                                EXPECT_EQ(count, next[thread]++);
                                EXPECT_TRUE(SameBytes(entry, EntryOf(thread, count)));
                                return ++seen, Status::Ok();
                              })
                    .ok());
    place = end;
  }
  for (std::thread& writer : writers) writer.join();
}

// Each thread says through a pipe what it was told is on record; killed, all of that is there.
TEST_F(LogSegment, KillLosesNothingThatWasOnRecord) {
  for (int round = 0; round < 10; ++round) {
    std::filesystem::remove(path());
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      auto segment = Segment::Create(path(), head_, 16 << 20);
      for (std::uint32_t thread = 0; thread < 3; ++thread)
        std::thread([&, thread] {
          for (std::uint32_t i = 0;; ++i) {
            if (!(*segment)->Append(EntryOf(thread, i)).ok()) _exit(1);
            const std::uint32_t told[2] = {thread, i};
            if (write(pipe_ends[1], told, sizeof told) != sizeof told) _exit(1);
          }
        }).detach();
      pause();
    }
    close(pipe_ends[1]);
    std::map<std::uint32_t, std::uint32_t> newest;
    std::uint32_t told[2];
    for (int i = 0; i < 1000 + 300 * round; ++i) {
      ASSERT_EQ(read(pipe_ends[0], told, sizeof told), static_cast<ssize_t>(sizeof told));
      newest[told[0]] = told[1];
    }
    kill(child, SIGKILL);
    while (read(pipe_ends[0], told, sizeof told) == static_cast<ssize_t>(sizeof told)) newest[told[0]] = told[1];
    close(pipe_ends[0]);
    waitpid(child, nullptr, 0);
    std::map<std::uint32_t, std::uint32_t> count;
    for (const Bytes& entry : EntriesOf(*Reopen())) {
      Reader in(entry);
      const std::uint32_t thread = in.U32();
      EXPECT_TRUE(SameBytes(entry, EntryOf(thread, count[thread]++)));
    }
    for (const auto& [thread, last] : newest) EXPECT_GT(count[thread], last) << thread;
  }
}

// What a writer leaves who dies before its entry has a size, and what is left of an entry that came to the medium in
// part, is passed over, and nothing of it shows through the entries that come after.
TEST_F(LogSegment, PassesOverWhatIsNotWhole) {
  auto segment = Make();
  const Bytes first = EntryOf(0, 1), last = EntryOf(0, 2), large(1000, 0xee);
  ASSERT_TRUE(segment->Append(first).ok());
  const auto gap = segment->Append(large);
  ASSERT_TRUE(segment->Append(last).ok());
  const auto torn = segment->Append(large);
  ASSERT_TRUE(gap.ok() && torn.ok());
  segment.reset();
  Overwrite(*gap * format::kLogCell, Bytes(4));
  Overwrite(*torn * format::kLogCell + 500, Bytes(1));
  segment = Reopen();
  EXPECT_EQ(EntriesOf(*segment), (std::vector<Bytes>{first, last}));
  ASSERT_TRUE(segment->Resume().ok());
  const Bytes later = EntryOf(1, 1);
  const auto place = segment->Append(later);
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(*place, *torn);
  EXPECT_EQ(EntriesOf(*segment), (std::vector<Bytes>{first, last, later}));
  EXPECT_EQ(EntriesOf(*Reopen()), (std::vector<Bytes>{first, last, later}));
}

TEST_F(LogSegment, HostileFilesAreRefused) {
  EXPECT_EQ(Segment::Open(path()).code(), StatusCode::kNotFound);
  std::ofstream(path()) << "short";
  EXPECT_EQ(Segment::Open(path()).code(), StatusCode::kCorrupt);
  EXPECT_EQ(Segment::Create(path(), head_, kCapacity).code(), StatusCode::kAlreadyExists);
  std::ofstream(path()) << std::string(4096, 'x');
  EXPECT_EQ(Segment::Open(path()).code(), StatusCode::kCorrupt);
  std::filesystem::remove(path());
  std::filesystem::create_symlink("/etc/passwd", path());
  EXPECT_EQ(Segment::Open(path()).code(), StatusCode::kIoError);
  std::filesystem::remove(path());
  Make().reset();
  for (std::uint32_t size : {0xffffffffu, 0x00010001u, 1u}) {
    const ByteArray<4> bytes = {static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
                                static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
    Overwrite(kCapacity - format::kLogCell, bytes);
    EXPECT_TRUE(EntriesOf(*Reopen()).empty());
  }
}

// Where there is no room it is said before anything is lost: no segment, no file.
TEST_F(LogSegment, TooLittleRoomIsSaidAtOnce) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit little{65536, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
  EXPECT_EQ(Segment::Create(path(), head_, kCapacity).code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  EXPECT_TRUE(Segment::Create(path(), head_, 32768).ok());
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
}

// In a child of its own, which is nobody who could write to it.
TEST_F(LogSegment, IsReadWhereNobodyMayWrite) {
  ASSERT_TRUE(Make()->Append(EntryOf(1, 2)).ok());
  ASSERT_EQ(chmod(path().c_str(), 0444), 0);
  ASSERT_EQ(chmod(folder_.c_str(), 0755), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (getuid() == 0 && setuid(65534) != 0) _exit(1);
    const auto segment = Segment::Open(path());
    if (!segment.ok()) _exit(2);
    if (EntriesOf(**segment).size() != 1) _exit(3);
    if ((*segment)->Resume().code() != StatusCode::kIoError) _exit(4);
    _exit((*segment)->Append(EntryOf(1, 3)).code() == StatusCode::kClosed ? 0 : 5);
  }
  int how = 0;
  ASSERT_EQ(waitpid(child, &how, 0), child);
  EXPECT_TRUE(WIFEXITED(how));
  EXPECT_EQ(WEXITSTATUS(how), 0);
}

}  // namespace
}  // namespace mseal::audit
