// What is still there after the process was killed, and after the power failed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "store/backup_place.h"
#include "store/rocks.h"
#include "store_support/fault_env.h"
#include "store_support/numbered_commits.h"
#include "store_support/patience.h"
#include "store_support/purge_all.h"
#include "store_support/temp_folder.h"

namespace mseal::store {
namespace {

std::unique_ptr<Rows> CreateIn(const std::string& path, RocksEnvironment* environment = nullptr) {
  RocksOptions options;
  options.create = true;
  options.environment = environment;
  auto rows = OpenRocks(path, options);
  EXPECT_TRUE(rows.ok()) << rows.status().message();
  return rows.ok() ? std::move(*rows) : nullptr;
}

int NewestIn(const std::string& path) {
  auto rows = OpenRocks(path, {});
  if (!rows.ok()) return ADD_FAILURE() << rows.status().message(), -1;
  const auto newest = NewestNumber(**rows);
  if (!newest.ok()) return ADD_FAILURE() << newest.status().message(), -1;
  return *newest;
}

// The writer program at work on a store; what it has acknowledged comes through a pipe.
class Writer {
 public:
  Writer(const std::string& folder, const char* durability, const char* upkeep) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(MEDSEAL_STORE_WRITER, "store_writer", folder.c_str(), durability, upkeep, nullptr);
      ::_exit(9);
    }
    ::close(ends[1]);
    acknowledged_ = ::fdopen(ends[0], "r");
  }
  ~Writer() { std::fclose(acknowledged_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // The next number it acknowledged, 0 when there is none any more.
  int Next() {
    int n = 0;
    return std::fscanf(acknowledged_, "%d", &n) == 1 ? n : 0;
  }
  void Kill() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = -1;
  FILE* acknowledged_ = nullptr;
};

// Lets the writer acknowledge `count` numbers, kills it and returns the last it acknowledged.
int KillAfter(int count, const std::string& folder, const char* durability, const char* upkeep) {
  Writer writer(folder, durability, upkeep);
  int last = 0;
  for (int i = 0; i < count; ++i) {
    const int n = writer.Next();
    EXPECT_NE(n, 0) << "the writer ended by itself";
    if (n == 0) break;
    last = n;
  }
  writer.Kill();
  while (const int n = writer.Next()) last = n;
  return last;
}

void KillAgainAndAgain(const char* durability, const std::vector<int>& counts, const char* upkeep = nullptr) {
  TempFolder folder(InMemory());
  CreateIn(folder.store()).reset();
  for (const int count : counts) {
    const int acknowledged = KillAfter(count, folder.store(), durability, upkeep);
    const int newest = NewestIn(folder.store());
    EXPECT_GE(newest, acknowledged);
    EXPECT_LE(newest, acknowledged + 1);  // at most the one whose acknowledgement the kill cut off
  }
}

TEST(RocksCrash, KilledProcessLosesNothingItAcknowledged) {
  // Up to 4 MB between two kills, with write buffers of 1 MB: kills hit flushes, new logs and compactions too.
  KillAgainAndAgain("process", {1, 10, 100, 3000, 1, 9000, 5000, 200, 12000, 7});
}

TEST(RocksCrash, KilledProcessLosesNothingItSynced) { KillAgainAndAgain("power", {1, 10, 30, 2}); }

TEST(RocksCrash, ProcessKilledWhileItPurgesLosesNothingItAcknowledged) {
  KillAgainAndAgain("process", {1, 10, 100, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 6000, 8000, 700, 300, 5000},
                    "purge");
}

TEST(RocksCrash, ProcessKilledWhileItMakesABackupLeavesEarlierOnesGoodAndThePlaceUsable) {
  TempFolder folder(InMemory());
  const std::string path = (folder.path() / "place").string();
  const std::string restored = (folder.path() / "restored").string();
  CreateIn(folder.store()).reset();
  auto place = BackupPlace::Open(path, {.create = true});
  ASSERT_TRUE(place.ok());
  std::size_t seen = 0;
  for (const int count : {1, 10, 50, 100, 200, 300, 500, 700, 1000, 1500, 2000, 2500, 3000, 4000}) {
    const int acknowledged = KillAfter(count, folder.store(), "process", path.c_str());
    const auto list = (*place)->List();
    ASSERT_TRUE(list.ok()) << list.status().message();
    EXPECT_TRUE(list->damaged.empty());
    for (const Backup& backup : list->usable) {
      const Status verified = (*place)->Verify(backup.number);
      EXPECT_TRUE(verified.ok()) << verified.message();
      ASSERT_TRUE((*place)->RestoreTo(backup.number, restored).ok());
      EXPECT_LE(NewestIn(restored), acknowledged + 1);
      std::filesystem::remove_all(restored);
      ++seen;
    }
    auto rows = OpenRocks(folder.store(), {});
    ASSERT_TRUE(rows.ok());
    const auto made = (*place)->Create(**rows, {});
    ASSERT_TRUE(made.ok()) << made.status().message();
    EXPECT_TRUE((*place)->Verify(made->number).ok());
  }
  EXPECT_GT(seen, 10U);
}

TEST(RocksCrash, PowerCutKeepsWhatWasSyncedAndCutsTheRestCleanly) {
  TempFolder folder;
  FaultEnv files;
  auto rows = CreateIn(folder.store(), files.environment());
  for (int n = 1; n <= 5; ++n) ASSERT_TRUE(CommitNumber(*rows, n, Durability::kProcess).ok());
  ASSERT_TRUE(CommitNumber(*rows, 6, Durability::kPower).ok());  // carries those before it
  for (int n = 7; n <= 9; ++n) ASSERT_TRUE(CommitNumber(*rows, n, Durability::kProcess).ok());
  files.CutPower();
  rows.reset();
  EXPECT_EQ(NewestIn(folder.store()), 6);  // also shows that this file system does lose what nobody synced
}

TEST(RocksCrash, SyncMakesEarlierCommitsSurviveThePower) {
  TempFolder folder;
  FaultEnv files;
  auto rows = CreateIn(folder.store(), files.environment());
  for (int n = 1; n <= 5; ++n) ASSERT_TRUE(CommitNumber(*rows, n, Durability::kProcess).ok());
  ASSERT_TRUE(rows->Sync().ok());
  ASSERT_TRUE(CommitNumber(*rows, 6, Durability::kProcess).ok());
  files.CutPower();
  rows.reset();
  EXPECT_EQ(NewestIn(folder.store()), 5);
}

// Creates the store, commits, purges, opens it again, commits; returns the last number whose survival was promised.
int WorkUntilThePowerFails(const std::string& path, RocksEnvironment* environment) {
  RocksOptions options;
  options.environment = environment;
  int promised = 0;
  for (const bool create : {true, false}) {
    options.create = create;
    auto rows = OpenRocks(path, options);
    if (!rows.ok()) return promised;
    for (int n = promised + 1, end = n + 4; n < end; ++n) {
      if (CommitNumber(**rows, n, Durability::kPower).ok()) promised = n;
    }
    if (create && PurgeAll(**rows, std::chrono::milliseconds(20)).ok() &&
        CommitNumber(**rows, promised + 1, Durability::kPower).ok())
      ++promised;
  }
  return promised;
}

TEST(RocksCrash, PowerCutAtAnyFileOperationLosesNothingThatWasSynced) {
  std::uint64_t cuts = 0;
  for (bool cut = true; cut; ++cuts) {
    TempFolder folder(InMemory());
    FaultEnv files;
    files.CutPowerAt(cuts * kOperationStep + 1);
    const int promised = WorkUntilThePowerFails(folder.store(), files.environment());
    cut = !files.first_failure().empty();
    SCOPED_TRACE("cut " + std::to_string(cuts * kOperationStep + 1) + ", " + files.first_failure());
    FaultEnv sound;
    RocksOptions options;
    options.environment = sound.environment();
    auto rows = OpenRocks(folder.store(), options);
    if (rows.code() == StatusCode::kNoVault && promised == 0) continue;
    ASSERT_TRUE(rows.ok()) << rows.status().message();
    const auto newest = NewestNumber(**rows);
    ASSERT_TRUE(newest.ok()) << newest.status().message();
    EXPECT_GE(*newest, promised);
    EXPECT_LE(*newest, promised + 1);
  }
  EXPECT_GT(cuts, 300 / kOperationStep);
}

}  // namespace
}  // namespace mseal::store
