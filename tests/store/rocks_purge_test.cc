// What a purge leaves in the files of a RocksDB store, what holds it up and what becomes of it when files fail.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
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

using namespace std::chrono_literals;

// Keys that share no beginning with their neighbours, since the engine leaves out what two have in common.
constexpr std::string_view kGoneKey = "Gone-key-of-a-row";
constexpr std::string_view kRangeKey = "Range-key-of-a-row";
constexpr std::string_view kGone = "that-must-go";

class RocksPurgeTest : public testing::Test {
 protected:
  RocksPurgeTest() { rows_ = Open(true); }

  std::unique_ptr<Rows> Open(bool create) {
    RocksOptions options;
    options.create = create;
    options.environment = files_.environment();
    auto rows = OpenRocks(folder_.store(), options);
    EXPECT_TRUE(rows.ok()) << rows.status().message();
    return rows.ok() ? std::move(*rows) : nullptr;
  }
  void Put(std::string_view key, std::string_view value) {
    Batch batch;
    for (int i = 0; i < kTableCount; ++i) batch.Put(static_cast<Table>(i), AsBytes(key), AsBytes(value));
    ASSERT_TRUE(rows_->Commit(batch, Durability::kProcess).ok());
  }
  void Delete(std::string_view key) {
    Batch batch;
    for (int i = 0; i < kTableCount; ++i) batch.Delete(static_cast<Table>(i), AsBytes(key));
    ASSERT_TRUE(rows_->Commit(batch, Durability::kProcess).ok());
  }
  // Values and keys that are superseded, deleted, and to be deleted by range.
  void PutNeedles() {
    Put("kept", "old-value-that-must-go");
    Put("kept", "kept-value");
    Put(kGoneKey, "deleted-value-that-must-go");
    Delete(kGoneKey);
    Put(kRangeKey, "ranged-value-that-must-go");
  }
  PurgeOptions WithRanges(std::chrono::milliseconds patience = 5s) const {
    PurgeOptions options;
    options.patience = patience;
    for (int i = 0; i < kTableCount; ++i) {
      options.ranges.push_back({static_cast<Table>(i), {'R', 'a'}, {'R', 'b'}});
    }
    return options;
  }
  PurgeReport Purge(const PurgeOptions& options) {
    PurgeReport report;
    const Status purged = rows_->Purge(options, report);
    EXPECT_TRUE(purged.ok()) << purged.message();
    return report;
  }
  void ExpectGone() const {
    for (const std::string_view needle : {kGone, kGoneKey, kRangeKey}) {
      const auto names = FilesWith(folder_.store(), needle);
      EXPECT_TRUE(names.empty()) << needle << " in " << names[0];
    }
    EXPECT_FALSE(FilesWith(folder_.store(), "kept-value").empty());
  }

  TempFolder folder_;
  FaultEnv files_;
  std::unique_ptr<Rows> rows_;
};

// Where the needles may lie when the purge begins.
enum class Where { kLog, kTopLevel, kBottom, kEverywhere };

class RocksPurgeFrom : public RocksPurgeTest, public testing::WithParamInterface<Where> {};

TEST_P(RocksPurgeFrom, NoFileHoldsWhatWasSupersededOrDeletedNorItsKey) {
  const Where where = GetParam();
  if (where == Where::kBottom || where == Where::kEverywhere) {
    Put("kept", "first-value-that-must-go");
    Put(kGoneKey, "first-deleted-value-that-must-go");
    Put(kRangeKey, "first-ranged-value-that-must-go");
    ASSERT_TRUE(PurgeAll(*rows_).ok());  // at the bottom by now
    EXPECT_FALSE(FilesWith(folder_.store(), kGone).empty());
  }
  PutNeedles();
  if (where == Where::kTopLevel || where == Where::kEverywhere) {
    rows_.reset(), rows_ = Open(false);  // opening writes the log out
    if (where == Where::kEverywhere) PutNeedles();
  }
  EXPECT_FALSE(FilesWith(folder_.store(), kRangeKey).empty());
  const PurgeReport report = Purge(WithRanges());
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.old_files_left, 0U);
  EXPECT_GT(report.bytes_before, 0U);
  EXPECT_GT(report.files_before, 0U);
  ExpectGone();  // while the store is open
  std::uintmax_t bytes = 0;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.store())) ++files, bytes += entry.file_size();
  EXPECT_EQ(report.files_after, files);
  EXPECT_EQ(report.bytes_after, bytes);
}

INSTANTIATE_TEST_SUITE_P(Places, RocksPurgeFrom,
                         testing::Values(Where::kLog, Where::kTopLevel, Where::kBottom, Where::kEverywhere));

// The engine's lists of files name the first and last key of files that were deleted long ago.
TEST_F(RocksPurgeTest, ListOfFilesIsBegunAnew) {
  Put(kGoneKey, "value");
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  const auto listed = FilesWith(folder_.store(), kGoneKey);
  EXPECT_TRUE(std::any_of(listed.begin(), listed.end(), [](const auto& name) { return name.starts_with("MANIFEST"); }));
  Delete(kGoneKey);
  Put("kept", "kept-value");
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  ExpectGone();
}

TEST_F(RocksPurgeTest, OldSettingsAreRemovedToo) {
  const auto settings = [this] {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.store())) {
      const std::string name = entry.path().filename();
      if (name.starts_with("OPTIONS")) names.insert(name);
    }
    return names;
  };
  const auto before = settings();
  EXPECT_FALSE(before.empty());
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  for (const std::string& name : settings()) EXPECT_FALSE(before.contains(name)) << name;
}

TEST_F(RocksPurgeTest, SnapshotHoldsItUpAndIsReported) {
  PutNeedles();
  Put(kRangeKey, "");
  const auto first = rows_->Freeze();
  const auto second = rows_->Freeze();
  std::this_thread::sleep_for(30ms);
  const PurgeReport held = Purge(WithRanges(100ms));
  EXPECT_FALSE(held.complete);
  EXPECT_EQ(held.stopped_at, PurgeStep::kSnapshots);
  EXPECT_EQ(held.snapshots_held, 2U);
  EXPECT_GE(held.oldest_held, 130ms);
  EXPECT_GE(held.waited_for_snapshots, 100ms);
  EXPECT_LT(held.waited_for_snapshots, 5s);
  Bytes value;
  EXPECT_TRUE(rows_->Get(Table::kMeta, AsBytes(kRangeKey), value, first.get()).ok());  // still shows its time
}

TEST_F(RocksPurgeTest, SnapshotThatEndsInTimeIsWaitedFor) {
  PutNeedles();
  auto snapshot = rows_->Freeze();
  PurgeOptions options = WithRanges();
  std::size_t told = 0;
  options.on_progress = [&](const PurgeProgress& progress) {
    if (progress.step != PurgeStep::kSnapshots) return true;
    EXPECT_EQ(progress.holders, 1U);
    if (++told == 3) snapshot.reset();
    return true;
  };
  const PurgeReport report = Purge(options);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.snapshots_held, 0U);
  EXPECT_GT(report.waited_for_snapshots, 0ms);
  EXPECT_EQ(told, 3U);
  ExpectGone();
}

// Busy readers may not hold it up for ever.
TEST_F(RocksPurgeTest, SnapshotThatIsYoungerThanThePurgeIsNotWaitedFor) {
  PutNeedles();
  auto old = rows_->Freeze();
  std::unique_ptr<Snapshot> young;
  PurgeOptions options = WithRanges();
  options.on_progress = [&](const PurgeProgress&) {
    if (young == nullptr) young = rows_->Freeze();
    old.reset();
    return true;
  };
  EXPECT_TRUE(Purge(options).complete);
  ASSERT_NE(young, nullptr);
  ExpectGone();
}

TEST_F(RocksPurgeTest, CursorHoldsItUpAndIsReported) {
  PutNeedles();
  auto cursor = rows_->Scan(Table::kRecords, {}, {});
  const PurgeReport held = Purge(WithRanges(100ms));
  EXPECT_FALSE(held.complete);
  EXPECT_EQ(held.stopped_at, PurgeStep::kCursors);
  EXPECT_EQ(held.cursors_held, 1U);
  EXPECT_EQ(held.snapshots_held, 0U);
  EXPECT_GE(held.oldest_held, 100ms);
  std::size_t seen = 0;
  for (; cursor->Valid(); cursor->Next()) ++seen;
  EXPECT_EQ(seen, 2U);  // its files are still there
  cursor.reset();
  EXPECT_TRUE(Purge(WithRanges()).complete);
  ExpectGone();
}

TEST_F(RocksPurgeTest, CursorOverTableFilesKeepsThemAndIsReported) {
  PutNeedles();
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  auto cursor = rows_->Scan(Table::kRecords, {}, {});
  const PurgeReport held = Purge(WithRanges(100ms));
  EXPECT_FALSE(held.complete);
  EXPECT_EQ(held.cursors_held, 1U);
  EXPECT_GT(held.old_files_left, 0U);
  cursor.reset();
  EXPECT_TRUE(Purge(WithRanges()).complete);
  ExpectGone();
}

TEST_F(RocksPurgeTest, GoesOnAmongReadersAndWriters) {
  constexpr int kRounds = 5;
  std::atomic<bool> done{false};
  std::atomic<int> newest{0};
  PutNeedles();
  std::thread writer([&] {
    for (int n = 1; !done; ++n) {
      ASSERT_TRUE(CommitNumber(*rows_, n, Durability::kProcess, 2000).ok());
      newest = n;
      std::this_thread::sleep_for(200us);  // else each purge has more to rewrite than it can in the time
    }
  });
  std::thread reader([&] {
    while (!done) {
      const auto snapshot = rows_->Freeze();
      Bytes value;
      const Status read = rows_->Get(Table::kRecords, AsBytes("kept"), value, snapshot.get());
      ASSERT_TRUE(read.ok()) << read.message();
      const auto cursor = rows_->Scan(Table::kRecords, AsBytes("row"), AsBytes("rox"), snapshot.get());
      for (int i = 0; i < 100 && cursor->Valid(); ++i) cursor->Next();
      ASSERT_TRUE(cursor->status().ok());
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    const PurgeReport report = Purge(WithRanges(30s));
    EXPECT_TRUE(report.complete) << "stopped at " << static_cast<int>(report.stopped_at);
    ExpectGone();
  }
  done = true;
  writer.join(), reader.join();
  EXPECT_GT(newest, 0);
}

TEST_F(RocksPurgeTest, TwoAtATimeTakeTurns) {
  PutNeedles();
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { EXPECT_TRUE(Purge(WithRanges(30s)).complete); });
  for (std::thread& thread : threads) thread.join();
  ExpectGone();
}

TEST_F(RocksPurgeTest, CalledOffWhileItRewritesItAnswersCancelledAndWritingGoesOn) {
  for (int n = 1; n <= 300; ++n) ASSERT_TRUE(CommitNumber(*rows_, n, Durability::kProcess, 100'000).ok());
  PurgeOptions options;
  int asked = 0;
  options.on_progress = [&](const PurgeProgress& progress) {
    EXPECT_EQ(progress.step, PurgeStep::kRewriting);
    ++asked;
    return false;
  };
  PurgeReport report;
  EXPECT_EQ(rows_->Purge(options, report).code(), StatusCode::kCancelled);
  EXPECT_EQ(asked, 1);
  EXPECT_FALSE(report.complete);
  EXPECT_TRUE(CommitNumber(*rows_, 301, Durability::kProcess).ok());
  EXPECT_TRUE(PurgeAll(*rows_).ok());
}

// A file that could not be deleted at once is not left to the engine's next look, hours later.
TEST_F(RocksPurgeTest, FileWhoseDeletionFailsIsTriedAgain) {
  PutNeedles();
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  auto cursor = rows_->Scan(Table::kRecords, {}, {});
  std::size_t looked = 0;
  PurgeOptions options = WithRanges();
  options.on_progress = [&](const PurgeProgress& progress) {
    if (progress.step == PurgeStep::kCursors && looked++ == 0) {
      files_.FailAt(files_.operations() + 1, Fault::kIoError);  // the next operation is the deletion by the cursor
      cursor.reset();
    }
    return true;
  };
  EXPECT_TRUE(Purge(options).complete);
  EXPECT_EQ(files_.first_failure().substr(0, 6), "delete");
  ExpectGone();
}

// One life of a store in which the purge meets a failing operation; whether there was one to fail.
bool PurgeMeetsFailure(std::uint64_t n, Fault fault, bool sticky) {
  TempFolder folder(InMemory());
  FaultEnv files;
  RocksOptions options;
  options.create = true;
  options.environment = files.environment();
  auto rows = OpenRocks(folder.store(), options);
  if (!rows.ok()) return ADD_FAILURE() << rows.status().message(), false;
  for (const char* value : {"old-value-that-must-go", "kept-value"}) {
    Batch batch;
    batch.Put(Table::kMeta, AsBytes("kept"), AsBytes(value));
    EXPECT_TRUE((*rows)->Commit(batch, Durability::kPower).ok());
  }
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(CommitNumber(**rows, i, Durability::kPower).ok());
  files.FailAt(files.operations() + n, fault, sticky);
  PurgeReport report;
  PurgeOptions purge;
  purge.patience = 20ms;
  purge.ranges = {{Table::kMeta, {'R'}, {'S'}}};
  const Status purged = (*rows)->Purge(purge, report);
  const bool failed = !files.first_failure().empty();
  SCOPED_TRACE("failed at " + std::to_string(n) + ", " + files.first_failure());
  files.FailAt(0, fault);
  EXPECT_TRUE(purged.ok() || purged.code() == StatusCode::kIoError) << purged.message();
  EXPECT_FALSE(!purged.ok() && report.complete);
  EXPECT_FALSE(report.complete && !FilesWith(folder.store(), kGone).empty());
  EXPECT_EQ(*NewestNumber(**rows), 3);
  rows->reset();
  options.create = false;
  rows = OpenRocks(folder.store(), options);
  EXPECT_TRUE(rows.ok()) << rows.status().message();
  if (!rows.ok()) return failed;
  EXPECT_EQ(*NewestNumber(**rows), 3);
  EXPECT_TRUE(PurgeAll(**rows).ok());
  EXPECT_TRUE(FilesWith(folder.store(), kGone).empty());
  return failed;
}

std::uint64_t FailEachOperation(Fault fault, bool sticky, std::uint64_t step) {
  std::uint64_t failures = 0;
  for (std::uint64_t n = 1; PurgeMeetsFailure(n, fault, sticky); n += step * kOperationStep) ++failures;
  return failures;
}

TEST(RocksPurgeFaults, IoErrorAtAnyOperationIsAnsweredAndTheNextPurgeCompletes) {
  EXPECT_GT(FailEachOperation(Fault::kIoError, false, 1), 100 / kOperationStep);
}

TEST(RocksPurgeFaults, DiskThatIsFullIsAnsweredAndTheNextPurgeCompletes) {
  EXPECT_GT(FailEachOperation(Fault::kNoSpace, true, 1), 100 / kOperationStep);
}

}  // namespace
}  // namespace mseal::store
