// What is acknowledged and what is still there when operations on files fail.
#include <gtest/gtest.h>

#include <thread>

#include "store/rocks.h"
#include "store_support/fault_env.h"
#include "store_support/numbered_commits.h"
#include "store_support/patience.h"
#include "store_support/purge_all.h"
#include "store_support/temp_folder.h"

namespace mseal::store {
namespace {

Result<std::unique_ptr<Rows>> OpenIn(const TempFolder& folder, FaultEnv& files, bool create) {
  RocksOptions options;
  options.create = create;
  options.environment = files.environment();
  return OpenRocks(folder.store(), options);
}

Result<int> NewestIn(const TempFolder& folder) {
  FaultEnv sound;
  MS_ASSIGN(auto rows, OpenIn(folder, sound, false));
  return NewestNumber(*rows);
}

// A store in front of failing files.
class RocksFault : public testing::Test {
 protected:
  RocksFault() : rows_(*OpenIn(folder_, files_, true)) {
    for (int n = 1; n <= 3; ++n) EXPECT_TRUE(CommitNumber(*rows_, n, Durability::kPower).ok());
  }
  // From the next operation (or write) on, until Heal.
  void FailNext(Fault fault) { files_.FailAt(1, fault, /*sticky=*/true); }
  void Heal() { files_.FailAt(0, Fault::kIoError); }
  void Reopen() { rows_.reset(), rows_ = *OpenIn(folder_, files_, false); }

  TempFolder folder_;
  FaultEnv files_;
  std::unique_ptr<Rows> rows_;
};

TEST_F(RocksFault, AfterAFailedCommitWritingStopsReadingGoesOnAndReopeningHeals) {
  for (const Fault fault : {Fault::kIoError, Fault::kNoSpace, Fault::kShortWrite}) {
    const int newest = *NewestNumber(*rows_);
    FailNext(fault);
    EXPECT_EQ(CommitNumber(*rows_, newest + 1, Durability::kProcess).code(), StatusCode::kIoError);
    Heal();
    // The medium is well again, and still nothing is acknowledged behind what may be half a record.
    EXPECT_EQ(CommitNumber(*rows_, newest + 1, Durability::kProcess).code(), StatusCode::kIoError);
    EXPECT_EQ(CommitNumber(*rows_, newest + 1, Durability::kPower).code(), StatusCode::kIoError);
    EXPECT_EQ(rows_->Sync().code(), StatusCode::kIoError);
    EXPECT_EQ(PurgeAll(*rows_).code(), StatusCode::kIoError);
    EXPECT_EQ(*NewestNumber(*rows_), newest);
    Reopen();
    EXPECT_EQ(*NewestNumber(*rows_), newest);
    EXPECT_TRUE(CommitNumber(*rows_, newest + 1, Durability::kProcess).ok());
    Reopen();
    EXPECT_EQ(*NewestNumber(*rows_), newest + 1);
  }
}

TEST_F(RocksFault, WhoComesAfterAFailureIsToldWhatItWas) {
  FailNext(Fault::kNoSpace);
  EXPECT_FALSE(CommitNumber(*rows_, 4, Durability::kProcess).ok());
  Heal();
  const Status later = CommitNumber(*rows_, 4, Durability::kProcess);
  EXPECT_NE(later.message().find("No space left"), std::string::npos) << later.message();
}

TEST_F(RocksFault, FailedSyncIsNotAnAcknowledgement) {
  ASSERT_TRUE(CommitNumber(*rows_, 4, Durability::kProcess).ok());
  FailNext(Fault::kIoError);
  EXPECT_EQ(rows_->Sync().code(), StatusCode::kIoError);
  Heal();
  EXPECT_EQ(rows_->Sync().code(), StatusCode::kIoError);  // a second sync may not pretend that the first went well
  EXPECT_EQ(CommitNumber(*rows_, 5, Durability::kProcess).code(), StatusCode::kIoError);
  Reopen();
  EXPECT_EQ(*NewestNumber(*rows_), 4);
}

// RocksDB by itself would try again and go on.
TEST_F(RocksFault, FailureInTheBackgroundStopsWritingToo) {
  constexpr int kListings = 2;  // which the purge begins with
  files_.FailAt(files_.operations() + kListings + 1, Fault::kNoSpace, /*sticky=*/true);
  EXPECT_EQ(PurgeAll(*rows_).code(), StatusCode::kIoError);
  Heal();
  EXPECT_EQ(CommitNumber(*rows_, 4, Durability::kProcess).code(), StatusCode::kIoError);
  EXPECT_EQ(*NewestNumber(*rows_), 3);
  Reopen();
  EXPECT_TRUE(CommitNumber(*rows_, 4, Durability::kProcess).ok());
}

TEST_F(RocksFault, ReadThatFailsIsIoErrorAndStopsNothing) {
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  Reopen();  // nothing is cached any more
  FailNext(Fault::kIoError);
  EXPECT_EQ(NewestNumber(*rows_).code(), StatusCode::kIoError);
  Heal();
  EXPECT_EQ(*NewestNumber(*rows_), 3);
  EXPECT_TRUE(CommitNumber(*rows_, 4, Durability::kProcess).ok());
}

TEST_F(RocksFault, MessagesOfFailuresHoldNoKeysAndNoValues) {
  FailNext(Fault::kNoSpace);
  const Status failed = CommitNumber(*rows_, 4, Durability::kProcess);
  EXPECT_EQ(failed.code(), StatusCode::kIoError);
  EXPECT_NE(failed.message().find("No space"), std::string::npos) << failed.message();
  EXPECT_EQ(failed.message().find("row0"), std::string::npos);
}

// Commits of several threads that sync share their trips to the disk.
TEST_F(RocksFault, SyncedCommitsOfSeveralThreadsAreGrouped) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  files_.SlowSyncs(std::chrono::milliseconds(2));
  const auto commit = [&](int me) {
    for (int i = 0; i < kEach; ++i) {
      Batch batch;
      batch.RequireAbsent(Table::kMeta, AsBytes("stop"));
      batch.Put(Table::kRecords, AsBytes(std::to_string(me) + "/" + std::to_string(i)), AsBytes("value"));
      ASSERT_TRUE(rows_->Commit(batch, Durability::kPower).ok());
    }
  };
  const std::uint64_t at_first = files_.operations();
  commit(kThreads);
  const std::uint64_t alone = files_.operations() - at_first;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(commit, i);
  for (std::thread& thread : threads) thread.join();
  const std::uint64_t together = files_.operations() - at_first - alone;
  EXPECT_LT(together, alone * kThreads / 2);
}

// Everything that a small life of a store does to its files, with one of the operations failing.
struct Life {
  int acknowledged = 0;  // the newest number that was
  int tried = 0;         // the newest number that was tried after it, or the same

  void Commit(Rows& rows, Durability durability) {
    tried = acknowledged + 1;
    if (CommitNumber(rows, tried, durability).ok()) acknowledged = tried;
  }
  // One opening with commits of both kinds, a sync, a purge and reads.
  Status Session(const TempFolder& folder, FaultEnv& files, bool create) {
    MS_ASSIGN(auto rows, OpenIn(folder, files, create));
    Commit(*rows, Durability::kProcess);
    Commit(*rows, Durability::kPower);
    rows->Sync().Ignore("a failed sync takes nothing back");
    if (create) PurgeAll(*rows, std::chrono::milliseconds(20)).Ignore("a failed purge takes nothing back");
    ExpectNewest(NewestNumber(*rows));
    Commit(*rows, Durability::kProcess);
    return Status::Ok();
  }
  // A read may fail. What it finds holds all that was acknowledged, and a commit that failed whole or not at all.
  void ExpectNewest(const Result<int>& newest) const {
    if (newest.code() == StatusCode::kIoError) return;
    ASSERT_TRUE(newest.ok()) << newest.status().message();
    EXPECT_GE(*newest, acknowledged);
    EXPECT_LE(*newest, tried);
  }
  void Live(const TempFolder& folder, FaultEnv& files) {
    Session(folder, files, true).Ignore("the store may not come to be");
    Session(folder, files, false).Ignore("the store may not open");
  }
};

// How many operations failed, each in a life of its own.
std::uint64_t FailEachOperation(Fault fault, bool sticky, std::uint64_t step) {
  std::uint64_t failures = 0;
  for (std::uint64_t n = 1;; n += step * kOperationStep, ++failures) {
    TempFolder folder(InMemory());
    FaultEnv files;
    files.FailAt(n, fault, sticky);
    Life life;
    life.Live(folder, files);
    if (files.first_failure().empty()) return failures;
    SCOPED_TRACE("failed at " + std::to_string(n) + ", " + files.first_failure());
    const auto newest = NewestIn(folder);
    if (newest.code() == StatusCode::kNoVault && life.acknowledged == 0) continue;
    EXPECT_TRUE(newest.ok()) << newest.status().message();
    life.ExpectNewest(newest);
  }
}

TEST(RocksFaultLoop, IoErrorAtAnyOperationLosesNothingAcknowledged) {
  EXPECT_GT(FailEachOperation(Fault::kIoError, false, 1), 300 / kOperationStep);
}

TEST(RocksFaultLoop, FullDiskAtAnyOperationLosesNothingAcknowledged) {
  EXPECT_GT(FailEachOperation(Fault::kNoSpace, false, 3), 200 / kOperationStep);
}

TEST(RocksFaultLoop, ShortWriteLosesNothingAcknowledged) {
  EXPECT_GT(FailEachOperation(Fault::kShortWrite, false, 1), 50 / kOperationStep);
}

TEST(RocksFaultLoop, DiskThatStaysFullLosesNothingAcknowledged) {
  EXPECT_GT(FailEachOperation(Fault::kNoSpace, true, 3), 100 / kOperationStep);
}

}  // namespace
}  // namespace mseal::store
