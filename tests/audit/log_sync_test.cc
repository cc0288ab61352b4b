// A log that syncs before each answer: an entry whose call has returned is on the medium, whatever other threads were
// at.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "audit/log.h"

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

// A page that cannot be read until it is let go: whoever copies from it stands still in the middle.
class HeldPage {
 public:
  HeldPage()
      : page_(static_cast<std::uint8_t*>(
            mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    std::fill_n(page_, kSize, std::uint8_t{0x5a});
    held = page_;
    struct sigaction action = {};
    action.sa_sigaction = StandStill;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigaction(SIGSEGV, &action, &before_);
    mprotect(page_, kSize, PROT_NONE);
  }
  ~HeldPage() {
    sigaction(SIGSEGV, &before_, nullptr);
    munmap(page_, kSize);
  }
  ByteView bytes() const { return {page_, 3000}; }
  static void WaitUntilMet() {
    while (!met) usleep(100);
  }
  static void LetGo() { let_go = true; }

 private:
  static constexpr std::size_t kSize = 4096;
  static void StandStill(int, siginfo_t* info, void*) {
    const auto* at = static_cast<std::uint8_t*>(info->si_addr);
    if (at < held || at >= held + kSize) _exit(99);  // a fault of ours
    met = true;
    while (!let_go) usleep(100);
    mprotect(held, kSize, PROT_READ);
  }
  static inline std::uint8_t* held = nullptr;
  static inline std::atomic<bool> met{false}, let_go{false};
  std::uint8_t* page_;
  struct sigaction before_ = {};
};

bool IsOnMedium(ByteView bytes) {
  const std::lock_guard lock(medium_mutex);
  return std::search(medium.begin(), medium.end(), bytes.begin(), bytes.end()) != medium.end();
}

TEST(LogSyncEach, EntryThatWasBeingCopiedWhileAnotherWasSyncedIsSyncedItself) {
  std::string name = (std::filesystem::temp_directory_path() / "medseal-logsync-XXXXXX").string();
  LogOptions options;
  options.folder = std::string(mkdtemp(name.data())) + "/audit";
  options.sync = LogSync::kEach;
  auto log = Log::Open(options, {});
  ASSERT_TRUE(log.ok()) << log.status().message();
  watching = true;
  const HeldPage page;
  std::atomic<bool> on_medium{false};
  std::thread slow([&] { on_medium = (*log)->Append(page.bytes()).ok() && IsOnMedium(page.bytes()); });
  HeldPage::WaitUntilMet();  // its cells are set aside
  const Bytes other(200, 0x33);
  EXPECT_TRUE((*log)->Append(other).ok());
  EXPECT_TRUE(IsOnMedium(other));
  HeldPage::LetGo();
  slow.join();
  EXPECT_TRUE(on_medium);
  watching = false;
  log->reset();
  std::filesystem::remove_all(std::filesystem::path(options.folder).parent_path());
}

}  // namespace
}  // namespace mseal::audit
