// A copy of the files that any tool makes during a standstill is a whole store.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <map>
#include <thread>

#include "store/rocks.h"
#include "store_support/fault_env.h"
#include "store_support/file_search.h"
#include "store_support/numbered_commits.h"
#include "store_support/patience.h"
#include "store_support/purge_all.h"
#include "store_support/temp_folder.h"

namespace mseal::store {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class RocksStillStandTest : public testing::Test {
 protected:
  RocksStillStandTest() {
    RocksOptions options;
    options.create = true;
    options.write_buffer_bytes = 1 << 20;  // small, so that there is work in the background
    rows_ = *OpenRocks(folder_.store(), options);
  }
  std::unique_ptr<StillStand> HoldStill() {
    auto standing = rows_->HoldStill();
    EXPECT_TRUE(standing.ok()) << standing.status().message();
    return standing.ok() ? std::move(*standing) : nullptr;
  }
  std::map<std::string, std::string> Contents() const {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::directory_iterator(folder_.store())) {
      contents[entry.path().filename()] = ContentOf(entry.path());
    }
    return contents;
  }
  std::string copy() const { return (folder_.path() / "copy").string(); }

  TempFolder folder_;
  std::unique_ptr<Rows> rows_;
};

TEST_F(RocksStillStandTest, PlainCopyHoldsExactlyWhatWasCommittedAndWritersGoOnAfterIt) {
  std::atomic<bool> done{false};
  std::atomic<int> acknowledged{0};
  std::thread writer([&] {
    for (int n = 1; !done; ++n) {
      ASSERT_TRUE(CommitNumber(*rows_, n, Durability::kProcess, 3000).ok());
      acknowledged = n;
    }
  });
  for (int round = 0; round < 5; ++round) {
    for (const int from = acknowledged; acknowledged < from + 300;) std::this_thread::sleep_for(1ms);
    auto standing = HoldStill();
    ASSERT_NE(standing, nullptr);
    const int before = acknowledged;  // the one whose commit was written may not have been counted yet
    const auto contents = Contents();
    fs::copy(folder_.store(), copy(), fs::copy_options::recursive);
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(contents, Contents());
    EXPECT_LE(acknowledged, before + 1);
    const int committed = *NewestNumber(*rows_);  // readers go on
    EXPECT_LE(committed, before + 1);
    const std::uint64_t counter = rows_->CommitCounter();
    standing.reset();
    auto copied = OpenRocks(copy(), {});
    ASSERT_TRUE(copied.ok()) << copied.status().message();
    EXPECT_EQ(*NewestNumber(**copied), committed);
    EXPECT_EQ((*copied)->CommitCounter(), counter);
    copied->reset();
    fs::remove_all(copy());
  }
  const int at_last = acknowledged;
  while (acknowledged < at_last + 100) std::this_thread::sleep_for(1ms);
  done = true;
  writer.join();
}

TEST_F(RocksStillStandTest, NoFileOfTheStoreChangesWhenAReaderLetsGo) {
  ASSERT_TRUE(CommitNumber(*rows_, 1, Durability::kProcess).ok());
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  auto cursor = rows_->Scan(Table::kRecords, {}, {});
  PurgeOptions options;
  options.patience = 10ms;
  PurgeReport report;
  ASSERT_TRUE(rows_->Purge(options, report).ok());  // leaves the files that the cursor looks at
  EXPECT_GT(report.old_files_left, 0U);
  auto standing = HoldStill();
  const auto contents = Contents();
  cursor.reset();
  EXPECT_EQ(contents, Contents());
  standing.reset();
  EXPECT_LT(Contents().size(), contents.size());  // they go now
}

TEST_F(RocksStillStandTest, SecondOneIsLockedAndAPurgeWaitsForIt) {
  auto standing = HoldStill();
  EXPECT_EQ(rows_->HoldStill().code(), StatusCode::kLocked);
  PurgeOptions options;
  options.patience = 30ms;
  PurgeReport report;
  ASSERT_TRUE(rows_->Purge(options, report).ok());
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(report.stopped_at, PurgeStep::kUpkeep);
  EXPECT_GE(report.waited_for_upkeep, 30ms);
  options.patience = 20s;
  options.on_progress = [&](const PurgeProgress& progress) {
    if (progress.step == PurgeStep::kUpkeep && progress.waited > 50ms) standing.reset();
    return true;
  };
  ASSERT_TRUE(rows_->Purge(options, report).ok());
  EXPECT_TRUE(report.complete);
  EXPECT_NE(HoldStill(), nullptr);
}

TEST_F(RocksStillStandTest, OutlivesTheStoreAndIsDroppedByAnotherThread) {
  auto standing = HoldStill();
  rows_.reset();
  EXPECT_EQ(OpenRocks(folder_.store(), {}).code(), StatusCode::kLocked);
  std::thread([&] { standing.reset(); }).join();
  EXPECT_TRUE(OpenRocks(folder_.store(), {}).ok());
}

TEST_F(RocksStillStandTest, StoreThatIsOpenForReadingCannotPromiseIt) {
  rows_.reset();
  RocksOptions options;
  options.read_only = true;
  rows_ = *OpenRocks(folder_.store(), options);
  EXPECT_EQ(rows_->HoldStill().code(), StatusCode::kUnsupported);
}

// One standstill in which a file operation fails; whether there was one to fail.
bool StandstillMeetsFailure(std::uint64_t n, Fault fault) {
  TempFolder folder;
  FaultEnv files;
  RocksOptions options;
  options.create = true;
  options.environment = files.environment();
  auto rows = OpenRocks(folder.store(), options);
  if (!rows.ok()) return ADD_FAILURE() << rows.status().message(), false;
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(CommitNumber(**rows, i, Durability::kProcess).ok());
  files.FailAt(files.operations() + n, fault);
  auto standing = (*rows)->HoldStill();
  EXPECT_TRUE(standing.ok() || standing.code() == StatusCode::kIoError) << standing.status().message();
  const bool held = standing.ok();
  standing = Status::Closed("dropped");
  const bool failed = !files.first_failure().empty();
  SCOPED_TRACE("failed at " + std::to_string(n) + ", " + files.first_failure());
  files.FailAt(0, fault);
  // Commits do not wait any more, whatever they are told.
  auto commit = std::async(std::launch::async, [&] { return CommitNumber(**rows, 4, Durability::kProcess); });
  if (commit.wait_for(20s) != std::future_status::ready) std::abort();  // it would never come
  const bool committed = commit.get().ok();
  EXPECT_TRUE(committed || !held);
  EXPECT_EQ(*NewestNumber(**rows), committed ? 4 : 3);
  rows->reset();
  options.create = false;
  rows = OpenRocks(folder.store(), options);
  EXPECT_TRUE(rows.ok()) << rows.status().message();
  if (!rows.ok()) return failed;
  EXPECT_EQ(*NewestNumber(**rows), committed ? 4 : 3);
  EXPECT_TRUE((*rows)->HoldStill().ok());
  return failed;
}

TEST(RocksStillStandFaults, FailureAtAnyOperationLetsEverythingGo) {
  for (const Fault fault : {Fault::kIoError, Fault::kNoSpace}) {
    std::uint64_t failures = 0;
    while (StandstillMeetsFailure(1 + failures * kOperationStep, fault)) ++failures;
    EXPECT_GT(failures, 30 / kOperationStep);
  }
}

}  // namespace
}  // namespace mseal::store
