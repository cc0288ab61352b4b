// What opening answers, and what lies on the disk afterwards.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "store/rocks.h"
#include "store_support/numbered_commits.h"
#include "store_support/purge_all.h"
#include "store_support/temp_folder.h"

namespace mseal::store {
namespace {

namespace fs = std::filesystem;

class RocksOpen : public testing::Test {
 protected:
  Result<std::unique_ptr<Rows>> Create() {
    RocksOptions options;
    options.create = true;
    return OpenRocks(folder_.store(), options);
  }
  Result<std::unique_ptr<Rows>> Open() { return OpenRocks(folder_.store(), {}); }
  Result<std::unique_ptr<Rows>> OpenReadOnly() {
    RocksOptions options;
    options.read_only = true;
    return OpenRocks(folder_.store(), options);
  }
  // A closed store with numbers 1 to `count`.
  void MakeStore(int count) {
    auto rows = Create();
    ASSERT_TRUE(rows.ok()) << rows.status().message();
    for (int n = 1; n <= count; ++n) ASSERT_TRUE(CommitNumber(**rows, n, Durability::kProcess).ok());
  }
  std::vector<fs::path> Files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.store())) files.push_back(entry.path());
    return files;
  }
  // Files that hold `needle`.
  std::vector<std::string> FilesWith(std::string_view needle) const {
    std::vector<std::string> names;
    for (const fs::path& file : Files()) {
      std::ifstream in(file, std::ios::binary);
      const std::string content(std::istreambuf_iterator<char>(in), {});
      if (content.find(needle) != std::string::npos) names.push_back(file.filename().string());
    }
    return names;
  }

  TempFolder folder_;
};

unsigned ModeOf(const fs::path& path) {
  struct stat info = {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 07777U;
}

TEST_F(RocksOpen, NothingThereIsNoVault) {
  EXPECT_EQ(Open().code(), StatusCode::kNoVault);
  EXPECT_EQ(OpenReadOnly().code(), StatusCode::kNoVault);
  EXPECT_FALSE(fs::exists(folder_.store()));
  fs::create_directory(folder_.store());
  EXPECT_EQ(Open().code(), StatusCode::kNoVault);
  EXPECT_EQ(OpenReadOnly().code(), StatusCode::kNoVault);
}

TEST_F(RocksOpen, CreatingWhereAStoreIsAnswersAlreadyExistsAndHarmsNothing) {
  MakeStore(3);
  EXPECT_EQ(Create().code(), StatusCode::kAlreadyExists);
  auto rows = Open();
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*NewestNumber(**rows), 3);
}

TEST_F(RocksOpen, CreatingInAFolderThatCannotBeIsIoError) {
  RocksOptions options;
  options.create = true;
  EXPECT_EQ(OpenRocks((folder_.path() / "no" / "such").string(), options).code(), StatusCode::kIoError);
  std::ofstream(folder_.store()) << "a file";
  EXPECT_EQ(OpenRocks(folder_.store(), options).code(), StatusCode::kIoError);
}

TEST_F(RocksOpen, StoreThatIsOpenCannotBeOpenedAgain) {
  auto first = Create();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Open().code(), StatusCode::kLocked);
  EXPECT_TRUE(CommitNumber(**first, 1, Durability::kProcess).ok());
}

TEST_F(RocksOpen, StoreThatAnotherProcessHasOpenIsLocked) {
  MakeStore(1);
  int held[2];
  ASSERT_EQ(::pipe(held), 0);
  const pid_t other = ::fork();
  if (other == 0) {
    const int lock = ::open((folder_.store() + "/LOCK").c_str(), O_RDWR);
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    if (lock < 0 || ::fcntl(lock, F_SETLK, &whole) != 0 || ::write(held[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  ::close(held[1]);
  ASSERT_EQ(::read(held[0], &byte, 1), 1);
  EXPECT_EQ(Open().code(), StatusCode::kLocked);
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  ::close(held[0]);
  EXPECT_TRUE(Open().ok());
}

TEST_F(RocksOpen, FolderAndFilesAreForTheirOwnerAlone) {
  const mode_t umask_before = ::umask(0);  // the laxest host there is
  MakeStore(3);
  ASSERT_TRUE(PurgeAll(**Open()).ok());
  EXPECT_EQ(ModeOf(folder_.store()), 0700U);
  for (const fs::path& file : Files()) EXPECT_EQ(ModeOf(file), 0600U) << file.filename();
  EXPECT_GE(Files().size(), 5U);
  ::umask(umask_before);
}

TEST_F(RocksOpen, ReadOnlyStoreReadsWhatIsInTheLogAndRefusesToWrite) {
  MakeStore(5);
  const auto before = Files().size();
  auto rows = OpenReadOnly();
  ASSERT_TRUE(rows.ok()) << rows.status().message();
  EXPECT_EQ(*NewestNumber(**rows), 5);
  EXPECT_GT((*rows)->CommitCounter(), 0U);
  EXPECT_EQ(CommitNumber(**rows, 6, Durability::kProcess).code(), StatusCode::kUnsupported);
  EXPECT_EQ(PurgeAll(**rows).code(), StatusCode::kUnsupported);
  EXPECT_TRUE((*rows)->Sync().ok());
  EXPECT_EQ(*NewestNumber(**rows), 5);
  Bytes value;
  EXPECT_TRUE((*rows)->Get(Table::kHeads, AsBytes("newest"), value, (*rows)->Freeze().get()).ok());
  EXPECT_EQ(Files().size(), before);
}

TEST_F(RocksOpen, StoreWithoutItsCurrentFileIsCorruptAndNotMadeAnew) {
  MakeStore(3);
  fs::remove(fs::path(folder_.store()) / "CURRENT");
  const auto before = Files().size();
  EXPECT_EQ(Open().code(), StatusCode::kCorrupt);
  EXPECT_EQ(Create().code(), StatusCode::kCorrupt);
  EXPECT_EQ(Files().size(), before);
}

TEST_F(RocksOpen, StrangersLogFileIsNoStore) {
  fs::create_directory(folder_.store());
  std::ofstream(fs::path(folder_.store()) / "audit.log") << "not of the engine";
  EXPECT_EQ(Open().code(), StatusCode::kNoVault);
  EXPECT_TRUE(Create().ok());
}

TEST_F(RocksOpen, StoreThatLostAFileOrHasItCutIsCorrupt) {
  MakeStore(3);
  ASSERT_TRUE(PurgeAll(**Open()).ok());
  const fs::path pristine = folder_.path() / "pristine";
  fs::copy(folder_.store(), pristine, fs::copy_options::recursive);
  int damaged = 0;
  for (const fs::path& file : Files()) {
    const std::string name = file.filename();
    if (!name.ends_with(".sst") && !name.starts_with("MANIFEST")) continue;
    fs::resize_file(file, fs::file_size(file) / 2);
    EXPECT_EQ(Open().code(), StatusCode::kCorrupt) << "cut " << name;
    fs::remove(file);
    EXPECT_EQ(Open().code(), StatusCode::kCorrupt) << "without " << name;
    fs::copy(pristine / name, file);
    ++damaged;
  }
  EXPECT_GE(damaged, 4);
  EXPECT_TRUE(Open().ok());
}

TEST_F(RocksOpen, FlippedByteInATableFileIsCorruptNotAValue) {
  MakeStore(3);
  ASSERT_TRUE(PurgeAll(**Open()).ok());
  for (const fs::path& file : Files()) {
    if (file.extension() != ".sst") continue;
    std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
    bytes.seekg(20);
    const char flipped = static_cast<char>(bytes.get() ^ 1);
    bytes.seekp(20);
    bytes.put(flipped);
  }
  auto rows = Open();
  ASSERT_TRUE(rows.ok()) << rows.status().message();
  EXPECT_EQ(NewestNumber(**rows).code(), StatusCode::kCorrupt);
}

// RocksDB's default writes the machine's name into each table file under the property host.identity, and has it in its
// options.
TEST_F(RocksOpen, NoFileNamesTheMachine) {
  MakeStore(3);
  ASSERT_TRUE(PurgeAll(**Open()).ok());
  EXPECT_FALSE(FilesWith("db.identity").empty());  // the properties can be looked for at all
  EXPECT_TRUE(FilesWith("host.identity").empty());
  EXPECT_TRUE(FilesWith("__hostname__").empty());
}

TEST_F(RocksOpen, LogNamesNoKeysAndNoValues) {
  MakeStore(200);
  ASSERT_TRUE(PurgeAll(**Open()).ok());
  const auto is_log = [](const std::string& name) { return name.starts_with("LOG"); };
  for (const std::string_view needle : {"row0000", "ROW0000", "726F7730303030", "abcdefgh"}) {
    const auto names = FilesWith(needle);
    EXPECT_TRUE(std::none_of(names.begin(), names.end(), is_log)) << needle;
  }
}

TEST_F(RocksOpen, FoldersDoNotGatherLogsOverManyOpenings) {
  MakeStore(1);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Open().ok());
  std::uintmax_t bytes = 0;
  const auto files = Files();
  for (const fs::path& file : files) bytes += fs::file_size(file);
  EXPECT_LE(files.size(), 16U);
  EXPECT_LE(bytes, 200'000U);
  EXPECT_LE(std::count_if(files.begin(), files.end(), [](const fs::path& file) { return file.extension() == ".log"; }),
            1);
}

TEST_F(RocksOpen, StoreThatIsOpenedAgainStillKnowsHowMuchItHolds) {
  MakeStore(100);
  ASSERT_TRUE(PurgeAll(**Open()).ok());
  auto rows = Open();
  ASSERT_TRUE(rows.ok()) << rows.status().message();
  const Statistics measured = (*rows)->Measure();
  EXPECT_EQ(*std::max_element(std::begin(measured.approximate_rows), std::end(measured.approximate_rows)), 100U);
}

// RocksDB's own log stops the process at the line after one that the disk refused.
TEST_F(RocksOpen, DiskThatIsFullIsAnErrorAndNotTheEndOfTheProcess) {
  for (const rlim_t size : {1'000, 10'000, 20'000, 60'000}) {
    const pid_t child = ::fork();
    if (child == 0) {
      const rlimit limit{size, size};
      ::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit fails instead
      if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(1);
      const std::string store = (folder_.path() / std::to_string(size)).string();
      RocksOptions options;
      options.create = true;
      auto rows = OpenRocks(store, options);
      for (int n = 1; rows.ok() && n < 1000 && CommitNumber(**rows, n, Durability::kProcess, 1000).ok();) ++n;
      rows = Status::NoVault("closed");
      ::_exit(0);
    }
    int ended = 0;
    ASSERT_EQ(::waitpid(child, &ended, 0), child);
    EXPECT_TRUE(WIFEXITED(ended) && WEXITSTATUS(ended) == 0) << size;
  }
}

TEST_F(RocksOpen, SupersededValueIsInNoFileAfterCompaction) {
  auto rows = *Create();
  const auto put = [&](std::string_view value) {
    Batch batch;
    for (int i = 0; i < kTableCount; ++i) batch.Put(static_cast<Table>(i), AsBytes("key"), AsBytes(value));
    ASSERT_TRUE(rows->Commit(batch, Durability::kPower).ok());
  };
  put("old-value-that-must-go");
  ASSERT_TRUE(PurgeAll(*rows).ok());  // at the bottom of every table by now
  put("middling-value-that-must-go");
  put("newest-value");
  Batch deletion;
  deletion.Put(Table::kMeta, AsBytes("gone"), AsBytes("deleted-value-that-must-go"));
  ASSERT_TRUE(rows->Commit(deletion, Durability::kPower).ok());
  deletion.Delete(Table::kMeta, AsBytes("gone"));
  ASSERT_TRUE(rows->Commit(deletion, Durability::kPower).ok());
  EXPECT_FALSE(FilesWith("value-that-must-go").empty());
  ASSERT_TRUE(PurgeAll(*rows).ok());
  rows.reset();
  EXPECT_TRUE(FilesWith("value-that-must-go").empty()) << FilesWith("value-that-must-go")[0];
  EXPECT_EQ(FilesWith("newest-value").size(), static_cast<std::size_t>(kTableCount));
}

}  // namespace
}  // namespace mseal::store
