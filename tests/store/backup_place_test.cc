// What backups hold, share, survive and say when they are damaged.
#include "store/backup_place.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
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

std::unique_ptr<Rows> OpenStore(const std::string& path, bool create, RocksEnvironment* environment = nullptr) {
  RocksOptions options;
  options.create = create;
  options.environment = environment;
  auto rows = OpenRocks(path, options);
  EXPECT_TRUE(rows.ok()) << rows.status().message();
  return rows.ok() ? std::move(*rows) : nullptr;
}

std::unique_ptr<BackupPlace> OpenPlace(const std::string& path, bool create, RocksEnvironment* environment = nullptr) {
  auto place = BackupPlace::Open(path, {create, environment});
  EXPECT_TRUE(place.ok()) << place.status().message();
  return place.ok() ? std::move(*place) : nullptr;
}

class BackupPlaceTest : public testing::Test {
 protected:
  BackupPlaceTest() : rows_(OpenStore(folder_.store(), true)), place_(OpenPlace(place(), true)) {}

  std::string place() const { return (folder_.path() / "place").string(); }
  std::string restored() const { return (folder_.path() / "restored").string(); }

  void Commit(int from, int to, std::size_t value_size = 40) {
    for (int n = from; n <= to; ++n) ASSERT_TRUE(CommitNumber(*rows_, n, Durability::kProcess, value_size).ok());
  }
  Backup Create(std::string_view metadata = "") {
    auto made = place_->Create(*rows_, AsBytes(metadata));
    EXPECT_TRUE(made.ok()) << made.status().message();
    return made.ok() ? *made : Backup();
  }
  // The newest number in the store that comes out of a backup.
  int NewestIn(std::uint32_t number) {
    const Status done = place_->RestoreTo(number, restored());
    if (!done.ok()) return ADD_FAILURE() << done.message(), -1;
    const int newest = *NewestNumber(*OpenStore(restored(), false));
    fs::remove_all(restored());
    return newest;
  }
  std::map<std::string, std::uintmax_t> Files() const {
    std::map<std::string, std::uintmax_t> files;
    for (const auto& entry : fs::recursive_directory_iterator(place())) {
      if (entry.is_regular_file()) files[entry.path().lexically_relative(place())] = entry.file_size();
    }
    return files;
  }
  std::uintmax_t Bytes() const {
    std::uintmax_t bytes = 0;
    for (const auto& [name, size] : Files()) bytes += size;
    return bytes;
  }
  std::vector<std::string> Tables() const {
    std::vector<std::string> names;
    for (const auto& [name, size] : Files()) {
      if (name.ends_with(".sst")) names.push_back(name);
    }
    return names;
  }

  TempFolder folder_;
  std::unique_ptr<Rows> rows_;
  std::unique_ptr<BackupPlace> place_;
};

TEST_F(BackupPlaceTest, BackupIsListedAndComesBackAsItWas) {
  Commit(1, 20);
  const std::string metadata("any\0bytes\n\xff", 11);
  const Backup made = Create(metadata);
  EXPECT_EQ(made.number, 1U);
  Commit(21, 30);
  const auto list = place_->List();
  ASSERT_TRUE(list.ok());
  ASSERT_EQ(list->usable.size(), 1U);
  EXPECT_TRUE(list->damaged.empty());
  EXPECT_EQ(list->usable[0].number, 1U);
  EXPECT_EQ(AsText(list->usable[0].metadata), metadata);
  EXPECT_GT(list->usable[0].time, 1'600'000'000);
  EXPECT_GT(list->usable[0].bytes, 0U);
  EXPECT_GT(list->usable[0].files, 3U);
  EXPECT_TRUE(place_->Verify(1).ok());
  EXPECT_EQ(NewestIn(1), 20);
}

TEST_F(BackupPlaceTest, SecondBackupCopiesOnlyNewFiles) {
  Commit(1, 300, 10'000);
  const Backup first = Create();
  const std::uintmax_t after_first = Bytes();
  EXPECT_GT(after_first, 3'000'000U);
  Commit(301, 310, 10'000);
  const Backup second = Create();
  const std::uintmax_t added = Bytes() - after_first;
  EXPECT_LT(added, 200'000U);
  EXPECT_GT(added, 100'000U);
  EXPECT_GT(second.bytes, first.bytes);
  EXPECT_EQ(NewestIn(1), 300);
  EXPECT_EQ(NewestIn(2), 310);
}

// Whatever the engine calls its files after a restore, they are not taken for those of the same name in the place.
TEST_F(BackupPlaceTest, StoreThatWasRestoredBacksUpIntoTheSamePlace) {
  Commit(1, 10);
  Create();
  ASSERT_TRUE(place_->RestoreTo(1, restored()).ok());
  Commit(11, 20);
  Create();
  rows_ = OpenStore(restored(), false);
  for (int n = 11; n <= 15; ++n) ASSERT_TRUE(CommitNumber(*rows_, n, Durability::kProcess, 77).ok());
  Create();
  rows_.reset();
  fs::remove_all(restored());
  for (const auto& [number, newest] : std::map<std::uint32_t, int>{{1, 10}, {2, 20}, {3, 15}}) {
    EXPECT_TRUE(place_->Verify(number).ok());
    EXPECT_EQ(NewestIn(number), newest);
  }
}

TEST_F(BackupPlaceTest, BackupAmidWritersIsTheStateAfterOneCommitDuringTheCall) {
  std::atomic<bool> done{false};
  std::atomic<int> acknowledged{0};
  std::thread writer([&] {
    for (int n = 1; !done; ++n) {
      ASSERT_TRUE(CommitNumber(*rows_, n, Durability::kProcess, 1000).ok());
      acknowledged = n;
      std::this_thread::sleep_for(50us);
    }
  });
  for (std::uint32_t number = 1; number <= 4; ++number) {
    for (const int from = acknowledged; acknowledged < from + 200;) std::this_thread::sleep_for(1ms);
    const int before = acknowledged;
    const std::uint64_t counter_before = rows_->CommitCounter();
    EXPECT_EQ(Create().number, number);
    const std::uint64_t counter_after = rows_->CommitCounter();
    const int after = acknowledged + 1;
    ASSERT_TRUE(place_->RestoreTo(number, restored()).ok());
    {
      const auto copy = OpenStore(restored(), false);
      const int newest = *NewestNumber(*copy);  // every number up to it, in all tables
      EXPECT_GE(newest, before);
      EXPECT_LE(newest, after);
      EXPECT_GE(copy->CommitCounter(), counter_before);
      EXPECT_LE(copy->CommitCounter(), counter_after);
    }
    fs::remove_all(restored());
  }
  done = true;
  writer.join();
}

TEST_F(BackupPlaceTest, CutFlippedAndMissingFilesAreFoundAndNamed) {
  Commit(1, 50);
  Create();
  const auto pristine = folder_.path() / "pristine";
  fs::copy(place(), pristine, fs::copy_options::recursive);
  int damaged = 0;
  for (const auto& [name, size] : Files()) {
    if (size == 0 || name.starts_with("meta")) continue;
    SCOPED_TRACE(name);
    const fs::path file = fs::path(place()) / name;
    const auto expect_corrupt = [&] {
      for (const Status& found : {place_->Verify(1), place_->RestoreTo(1, restored())}) {
        EXPECT_EQ(found.code(), StatusCode::kCorrupt) << found.message();
        EXPECT_NE(found.message().find(fs::path(name).filename()), std::string::npos) << found.message();
        EXPECT_EQ(found.message().find(folder_.path()), std::string::npos) << found.message();
      }
      EXPECT_FALSE(fs::exists(restored()));
      EXPECT_FALSE(fs::exists(restored() + ".restoring"));
    };
    {
      std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
      bytes.seekg(static_cast<std::streamoff>(size / 2));
      const char flipped = static_cast<char>(bytes.get() ^ 1);
      bytes.seekp(static_cast<std::streamoff>(size / 2));
      bytes.put(flipped);
    }
    expect_corrupt();
    fs::resize_file(file, size - 1);
    expect_corrupt();
    fs::remove(file);
    expect_corrupt();
    EXPECT_EQ(place_->List()->damaged, std::vector<std::uint32_t>{1});
    fs::copy(pristine / name, file);
    ++damaged;
  }
  EXPECT_GE(damaged, 6);
  EXPECT_TRUE(place_->Verify(1).ok());
}

TEST_F(BackupPlaceTest, DamagedDescriptionIsDamagedNotForgottenAndOthersStayUsable) {
  Commit(1, 5);
  Create("first");
  Commit(6, 9);
  Create("second");
  fs::resize_file(fs::path(place()) / "meta" / "1", 10);
  const auto list = place_->List();
  ASSERT_TRUE(list.ok()) << list.status().message();
  EXPECT_EQ(list->damaged, std::vector<std::uint32_t>{1});
  ASSERT_EQ(list->usable.size(), 1U);
  EXPECT_EQ(place_->Verify(1).code(), StatusCode::kCorrupt);
  EXPECT_EQ(place_->RestoreTo(1, restored()).code(), StatusCode::kCorrupt);
  EXPECT_TRUE(place_->Verify(2).ok());
  EXPECT_EQ(Create().number, 3U);
  EXPECT_TRUE(place_->Prune({1}).ok());
  EXPECT_TRUE(place_->List()->damaged.empty());
  EXPECT_EQ(NewestIn(2), 9);
}

TEST_F(BackupPlaceTest, PruningKeepsTheFilesThatOthersShare) {
  Commit(1, 100);
  Create();
  Commit(101, 200);
  Create();
  Commit(201, 300);
  Create();
  ASSERT_TRUE(PurgeAll(*rows_).ok());  // none of its files are in the place by now
  Create();
  const std::size_t tables = Tables().size();
  ASSERT_TRUE(place_->Prune({2}).ok());
  EXPECT_EQ(Tables().size(), tables);  // all of its own are the third's, too
  for (const std::uint32_t number : {1U, 3U, 4U}) EXPECT_TRUE(place_->Verify(number).ok());
  ASSERT_TRUE(place_->PruneToNewest(1).ok());
  EXPECT_LT(Tables().size(), tables);
  const auto list = place_->List();
  ASSERT_EQ(list->usable.size(), 1U);
  EXPECT_EQ(list->usable[0].number, 4U);
  EXPECT_EQ(NewestIn(4), 300);
  ASSERT_TRUE(place_->PruneToNewest(0).ok());
  EXPECT_TRUE(place_->List()->usable.empty());
  EXPECT_TRUE(Tables().empty());
}

TEST_F(BackupPlaceTest, NumberThatIsNotThereIsNotFound) {
  Create();
  EXPECT_EQ(place_->Verify(2).code(), StatusCode::kNotFound);
  EXPECT_EQ(place_->RestoreTo(2, restored()).code(), StatusCode::kNotFound);
  EXPECT_EQ(place_->Prune({2}).code(), StatusCode::kNotFound);
  EXPECT_FALSE(fs::exists(restored()));
  EXPECT_TRUE(place_->Verify(1).ok());
}

TEST_F(BackupPlaceTest, FolderThatWasNeverAPlaceIsNotFoundAndForeignOnesAreNotTaken) {
  EXPECT_EQ(BackupPlace::Open(folder_.path() / "nothing", {}).code(), StatusCode::kNotFound);
  EXPECT_FALSE(fs::exists(folder_.path() / "nothing"));
  EXPECT_EQ(BackupPlace::Open(folder_.store(), {}).code(), StatusCode::kNotFound);
  EXPECT_EQ(BackupPlace::Open(folder_.store(), {.create = true}).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(BackupPlace::Open(folder_.path() / "no" / "such", {.create = true}).code(), StatusCode::kIoError);
  fs::create_directory(folder_.path() / "empty");
  EXPECT_EQ(BackupPlace::Open(folder_.path() / "empty", {}).code(), StatusCode::kNotFound);
  EXPECT_TRUE(BackupPlace::Open((folder_.path() / "empty").string() + "/", {.create = true}).ok());
  EXPECT_TRUE(BackupPlace::Open(folder_.path() / "empty", {.create = true}).ok());
}

// A medium that was taken out leaves an empty folder behind.
TEST_F(BackupPlaceTest, PlaceThatWentAwayIsNotFoundByEveryCallAndNotMadeAnew) {
  Create();
  fs::rename(place(), folder_.path() / "away");
  fs::create_directory(place());
  EXPECT_EQ(place_->Create(*rows_, {}).code(), StatusCode::kNotFound);
  EXPECT_EQ(place_->List().code(), StatusCode::kNotFound);
  EXPECT_EQ(place_->Verify(1).code(), StatusCode::kNotFound);
  EXPECT_EQ(place_->PruneToNewest(1).code(), StatusCode::kNotFound);
  EXPECT_EQ(place_->Prune({1}).code(), StatusCode::kNotFound);
  EXPECT_EQ(place_->RestoreTo(1, restored()).code(), StatusCode::kNotFound);
  EXPECT_TRUE(fs::is_empty(place()));
  fs::remove(place());
  fs::rename(folder_.path() / "away", place());
  EXPECT_TRUE(place_->Verify(1).ok());
}

TEST_F(BackupPlaceTest, RestoreGoesToAnEmptyFolderAloneAndClearsWhatACutOneLeft) {
  Commit(1, 5);
  Create();
  fs::create_directory(restored());
  std::ofstream(fs::path(restored()) / "mine") << "keep";
  EXPECT_EQ(place_->RestoreTo(1, restored()).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(ContentOf(fs::path(restored()) / "mine"), "keep");
  fs::remove(fs::path(restored()) / "mine");
  fs::create_directory(restored() + ".restoring");
  std::ofstream(fs::path(restored() + ".restoring") / "000004.sst") << "half";
  ASSERT_TRUE(place_->RestoreTo(1, restored() + "/").ok());
  EXPECT_FALSE(fs::exists(restored() + ".restoring"));
  EXPECT_EQ(*NewestNumber(*OpenStore(restored(), false)), 5);
}

TEST_F(BackupPlaceTest, PlaceOfReadsIsNotWrittenTo) {
  Commit(1, 5);
  Create();
  const auto times = [this] {
    std::map<std::string, fs::file_time_type> all = {{"", fs::last_write_time(place())}};
    for (const auto& entry : fs::recursive_directory_iterator(place())) all[entry.path()] = entry.last_write_time();
    return all;
  };
  const auto before = times();
  FaultEnv files;
  files.FailAt(1, Fault::kShortWrite, /*sticky=*/true);  // nothing can be written at all
  const auto reader = OpenPlace(place(), false, files.environment());
  EXPECT_EQ(reader->List()->usable.size(), 1U);
  EXPECT_TRUE(reader->Verify(1).ok());
  EXPECT_TRUE(place_->RestoreTo(1, restored()).ok());
  EXPECT_EQ(files.first_failure(), "");
  EXPECT_EQ(before, times());
}

TEST_F(BackupPlaceTest, EverythingIsForItsOwnerAloneAndNamesNoMachine) {
  const mode_t umask_before = ::umask(0);  // the laxest host there is
  Commit(1, 5);
  const auto open_place = OpenPlace((folder_.path() / "open").string(), true);
  ASSERT_TRUE(open_place->Create(*rows_, {}).ok());
  ASSERT_TRUE(open_place->RestoreTo(1, restored()).ok());
  ::umask(umask_before);
  for (const fs::path& top : {folder_.path() / "open", fs::path(restored())}) {
    EXPECT_EQ(fs::status(top).permissions(), fs::perms::owner_all);
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
      const auto expected =
          entry.is_directory() ? fs::perms::owner_all : fs::perms::owner_read | fs::perms::owner_write;
      EXPECT_EQ(entry.status().permissions(), expected) << entry.path();
    }
    for (const std::string_view needle : {"host.identity", "__hostname__"}) {
      EXPECT_TRUE(FilesWith(top, needle).empty()) << needle;
    }
  }
}

TEST_F(BackupPlaceTest, CalledOffItIsCancelledAndNothingIsListed) {
  Commit(1, 100, 100'000);
  std::uint64_t told = 0;
  const auto refused = place_->Create(*rows_, {}, [&](std::uint64_t bytes) {
    EXPECT_GT(bytes, told);
    told = bytes;
    return bytes < 4'000'000;
  });
  EXPECT_EQ(refused.code(), StatusCode::kCancelled);
  EXPECT_GE(told, 4'000'000U);
  EXPECT_TRUE(place_->List()->usable.empty());
  Create();
  EXPECT_TRUE(place_->Verify(place_->List()->usable.at(0).number).ok());
  EXPECT_LT(Bytes(), 12'000'000U);  // what the cancelled one left is gone or used
}

TEST_F(BackupPlaceTest, PlaceThatAnotherWritesToIsLockedAndCanBeRead) {
  Commit(1, 100, 100'000);
  const auto other = OpenPlace(place(), false);
  bool tried = false;
  const auto made = place_->Create(*rows_, {}, [&](std::uint64_t) {
    if (std::exchange(tried, true)) return true;
    EXPECT_EQ(other->PruneToNewest(0).code(), StatusCode::kLocked);
    EXPECT_EQ(other->Prune({1}).code(), StatusCode::kLocked);
    EXPECT_EQ(other->Create(*rows_, {}).code(), StatusCode::kLocked);
    EXPECT_EQ(rows_->HoldStill().code(), StatusCode::kLocked);
    EXPECT_TRUE(other->List().ok());
    return true;
  });
  EXPECT_TRUE(made.ok()) << made.status().message();
  EXPECT_TRUE(tried);
  EXPECT_TRUE(other->PruneToNewest(1).ok());
}

TEST_F(BackupPlaceTest, StandstillLocksItAndAStoreOpenForReadingIsUnsupported) {
  {
    const auto standing = rows_->HoldStill();
    EXPECT_EQ(place_->Create(*rows_, {}).code(), StatusCode::kLocked);
  }
  Create();
  rows_.reset();
  RocksOptions options;
  options.read_only = true;
  rows_ = *OpenRocks(folder_.store(), options);
  EXPECT_EQ(place_->Create(*rows_, {}).code(), StatusCode::kUnsupported);
}

// A store and a place with three backups of it, and one commit more.
class Prepared {
 public:
  Prepared() {
    const auto rows = OpenStore(folder_.store(), true, sound_.environment());
    const auto place = OpenPlace((folder_.path() / "place").string(), true, sound_.environment());
    for (int n = 1; n <= 3; ++n) {
      EXPECT_TRUE(CommitNumber(*rows, n, Durability::kProcess).ok());
      EXPECT_TRUE(place->Create(*rows, {}).ok());
    }
    EXPECT_TRUE(CommitNumber(*rows, 4, Durability::kProcess).ok());
  }
  void CopyTo(const fs::path& folder) const { fs::copy(folder_.path(), folder, fs::copy_options::recursive); }

 private:
  TempFolder folder_{InMemory()};
  FaultEnv sound_;
};

// One call on a place in which a file operation fails.
class Trial {
 public:
  explicit Trial(const Prepared& prepared) {
    prepared.CopyTo(folder_.path());
    rows_ = OpenStore(folder_.store(), false, sound_.environment());
    place_ = OpenPlace(path(), false, files_.environment());
  }

  using Call = std::function<Status(Trial&)>;
  // Whether there was an operation to fail. The backups in `kept` survive it.
  bool Meets(std::uint64_t n, Fault fault, bool sticky, const Call& call, const std::set<std::uint32_t>& kept) {
    files_.FailAt(files_.operations() + n, fault, sticky);
    const Status done = call(*this);
    const bool failed = !files_.first_failure().empty();
    SCOPED_TRACE("failed at " + std::to_string(n) + ", " + files_.first_failure() + ": " + done.message());
    files_.FailAt(0, fault);
    const std::set<StatusCode> answers = {StatusCode::kOk, StatusCode::kIoError, StatusCode::kResourceExhausted};
    EXPECT_TRUE(answers.contains(done.code())) << CodeName(done.code());
    ExpectSound(kept);
    return failed;
  }
  // What is listed is whole, and the place can be used.
  void ExpectSound(std::set<std::uint32_t> kept) {
    const auto list = place_->List();
    ASSERT_TRUE(list.ok()) << list.status().message();
    for (const std::uint32_t number : list->damaged) EXPECT_FALSE(kept.contains(number));  // half removed, perhaps
    for (const Backup& backup : list->usable) {
      kept.erase(backup.number);
      const Status verified = place_->Verify(backup.number);
      EXPECT_TRUE(verified.ok()) << verified.message();
    }
    EXPECT_TRUE(kept.empty());
    const auto made = place_->Create(*rows_, {});
    ASSERT_TRUE(made.ok()) << made.status().message();
    fs::remove_all(restored());
    const Status done = place_->RestoreTo(made->number, restored());
    ASSERT_TRUE(done.ok()) << done.message();
    EXPECT_EQ(NewestRestored(), 4);
  }
  int NewestRestored() { return *NewestNumber(*OpenStore(restored(), false, sound_.environment())); }
  std::string path() const { return (folder_.path() / "place").string(); }
  std::string restored() const { return (folder_.path() / "restored").string(); }
  BackupPlace& place() { return *place_; }
  Rows& rows() { return *rows_; }

 private:
  TempFolder folder_{InMemory()};
  FaultEnv sound_;  // never fails, and does not wait for the disk
  FaultEnv files_;
  std::unique_ptr<Rows> rows_;
  std::unique_ptr<BackupPlace> place_;
};

void FailEachOperation(std::uint64_t at_least, const std::set<std::uint32_t>& kept, const Trial::Call& call) {
  const Prepared prepared;
  for (const auto& [fault, sticky] : {std::pair(Fault::kIoError, false), std::pair(Fault::kNoSpace, true)}) {
    const std::uint64_t step = (sticky ? 3 : 1) * kOperationStep;  // a disk that stays full fails in fewer ways
    std::uint64_t failures = 0;
    while (Trial(prepared).Meets(1 + failures * step, fault, sticky, call, kept)) ++failures;
    EXPECT_GE(failures, at_least / step);
  }
}

TEST(BackupPlaceFaults, FailureWhileABackupIsMadeLeavesTheOlderOnesGood) {
  FailEachOperation(100, {1, 2, 3}, [](Trial& trial) {
    const auto made = trial.place().Create(trial.rows(), {});
    return made.status();
  });
}

TEST(BackupPlaceFaults, FailureWhilePruningLeavesWhatIsListedGood) {
  FailEachOperation(30, {3}, [](Trial& trial) { return trial.place().PruneToNewest(1); });
  FailEachOperation(30, {2}, [](Trial& trial) { return trial.place().Prune({1, 3}); });
}

TEST(BackupPlaceFaults, FailureWhileReadingIsAnswered) {
  FailEachOperation(10, {1, 2, 3}, [](Trial& trial) {
    const auto list = trial.place().List();
    EXPECT_TRUE(!list.ok() || list->damaged.empty());
    return list.status();
  });
  FailEachOperation(30, {1, 2, 3}, [](Trial& trial) { return trial.place().Verify(3); });
}

TEST(BackupPlaceFaults, FailureWhileRestoringLeavesTheFolderWholeOrAbsent) {
  FailEachOperation(60, {1, 2, 3}, [](Trial& trial) {
    const Status done = trial.place().RestoreTo(3, trial.restored());
    EXPECT_TRUE(!done.ok() || fs::exists(trial.restored()));
    EXPECT_EQ(fs::exists(trial.restored()) ? trial.NewestRestored() : 3, 3);
    return done;
  });
}

}  // namespace
}  // namespace mseal::store
