// A log that syncs before each answer: an entry whose call has returned is on the medium, whatever other threads were
// at.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "audit/log.h"
#include "base/writer.h"

namespace {

std::atomic<bool> watching{false};
std::mutex medium_mutex;
std::vector<std::uint8_t> medium;  // the file as it was when the last sync that has ended began

}  // namespace

// In front of the C library's: what the file held at its beginning is what a loss of power would leave.
extern "C" int fdatasync(int file) {
  std::vector<std::uint8_t> now;
  struct stat facts = {};
  if (watching && fstat(file, &facts) == 0) {
    now.resize(static_cast<std::size_t>(facts.st_size));
    if (pread(file, now.data(), now.size(), 0) != facts.st_size) now.clear();
    usleep(200);
  }
  const long synced = syscall(SYS_fdatasync, file);
  if (watching) {
    const std::lock_guard lock(medium_mutex);
    medium = std::move(now);
  }
  return static_cast<int>(synced);
}

namespace mseal::audit {
namespace {

TEST(LogSyncEach, EntryThatWasBeingCopiedWhileAnotherWasSyncedIsSyncedItself) {
  constexpr std::uint32_t kThreads = 6, kEach = 40;
  std::string name = (std::filesystem::temp_directory_path() / "medseal-logsync-XXXXXX").string();
  LogOptions options;
  options.folder = std::string(mkdtemp(name.data())) + "/audit";
  options.sync = LogSync::kEach;
  auto log = Log::Open(options, {});
  ASSERT_TRUE(log.ok()) << log.status().message();
  watching = true;
  std::atomic<int> missing{0};
  std::vector<std::thread> writers;
  for (std::uint32_t thread = 0; thread < kThreads; ++thread) {
    writers.emplace_back([&, thread] {
      for (std::uint32_t i = 0; i < kEach; ++i) {
        Bytes entry(3000, 0x5a);
        Bytes mark;
        Writer(mark).U64(0x6d61726b6d61726bu).U32(thread).U32(i);
        std::copy(mark.begin(), mark.end(), entry.end() - static_cast<std::ptrdiff_t>(mark.size()));
        if (!(*log)->Append(entry).ok()) ++missing;
        const std::lock_guard lock(medium_mutex);
        if (std::search(medium.begin(), medium.end(), mark.begin(), mark.end()) == medium.end()) ++missing;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  watching = false;
  EXPECT_EQ(missing, 0);
  log->reset();
  std::filesystem::remove_all(std::filesystem::path(options.folder).parent_path());
}

}  // namespace
}  // namespace mseal::audit
