// What a damaged, cut or deleted log does at the next open. An anchor holds the commit counter, so each of these claims
// says what the counter shows.
#include <gtest/gtest.h>

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

// A closed store whose commits all lie in one log.
class RocksLog : public testing::Test {
 protected:
  void MakeStore(int count, std::size_t value_size) {
    RocksOptions options;
    options.create = true;
    auto rows = OpenRocks(folder_.store(), options);
    ASSERT_TRUE(rows.ok()) << rows.status().message();
    counters_ = {(*rows)->CommitCounter()};
    for (int n = 1; n <= count; ++n) {
      ASSERT_TRUE(CommitNumber(**rows, n, Durability::kProcess, value_size).ok());
      counters_.push_back((*rows)->CommitCounter());
    }
    rows->reset();
    log_ = ReadLog();
  }
  fs::path LogFile() const {
    fs::path log;
    for (const auto& entry : fs::directory_iterator(folder_.store())) {
      if (entry.path().extension() != ".log") continue;
      EXPECT_TRUE(log.empty()) << "more than one log";
      log = entry.path();
    }
    return log;
  }
  std::string ReadLog() const {
    std::ifstream in(LogFile(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  void WriteLog(std::string_view content) const {
    std::ofstream(LogFile(), std::ios::binary | std::ios::trunc) << content;
  }
  // Opens for reading only, so that the log stays as it is, and returns the newest number. Whatever is open is whole,
  // and the counter is the one after that number.
  Result<int> Newest() const {
    RocksOptions options;
    options.read_only = true;
    MS_ASSIGN(auto rows, OpenRocks(folder_.store(), options));
    MS_ASSIGN(const int newest, NewestNumber(*rows));
    EXPECT_EQ(rows->CommitCounter(), counters_.at(static_cast<std::size_t>(newest)));
    return newest;
  }
  int last() const { return static_cast<int>(counters_.size()) - 1; }

  // What came of opening after each of many changes.
  struct Tally {
    int refused = 0, shorter = 0, unharmed = 0;
  };
  void Count(const Result<int>& newest, Tally& tally) const {
    if (!newest.ok()) {
      EXPECT_EQ(newest.code(), StatusCode::kCorrupt) << newest.status().message();
      ++tally.refused;
    } else {
      ++(*newest < last() ? tally.shorter : tally.unharmed);
    }
  }
  void Flip(std::size_t at, char bits, Tally& tally) const {
    std::string flipped = log_;
    flipped[at] = static_cast<char>(flipped[at] ^ bits);
    WriteLog(flipped);
    SCOPED_TRACE("byte " + std::to_string(at));
    Count(Newest(), tally);
  }

  TempFolder folder_;
  std::vector<std::uint64_t> counters_;  // after each number
  std::string log_;
};

TEST_F(RocksLog, WholeLogHoldsEveryCommit) {
  MakeStore(20, 40);
  EXPECT_EQ(*Newest(), 20);
}

// As a crash leaves it: the end is missing, at whatever byte.
TEST_F(RocksLog, LogCutAtAnyByteOpensWithAPrefixAndALowerCounter) {
  MakeStore(6, 40);
  int before = last();
  for (std::size_t size = log_.size(); size-- > 0;) {
    WriteLog(log_.substr(0, size));
    const auto newest = Newest();
    ASSERT_TRUE(newest.ok()) << newest.status().message();
    EXPECT_LE(*newest, before);
    before = *newest;
  }
  EXPECT_EQ(before, 0);
}

TEST_F(RocksLog, StoreGoesOnWritingAfterACutLog) {
  MakeStore(6, 40);
  WriteLog(log_.substr(0, log_.size() - 5));
  auto rows = OpenRocks(folder_.store(), {});
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*NewestNumber(**rows), 5);
  ASSERT_TRUE(CommitNumber(**rows, 6, Durability::kProcess).ok());
  rows->reset();
  rows = OpenRocks(folder_.store(), {});
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*NewestNumber(**rows), 6);
}

// RocksDB takes a length that points past the end of the file for a cut: such a flip, in the last block of 32 KiB,
// opens as a prefix. It shows in the counter, as everything that opens does; every other flip is refused.
TEST_F(RocksLog, FlippedByteIsRefusedOrOpensAsAPrefixThatTheCounterShows) {
  MakeStore(6, 40);
  Tally tally;
  for (std::size_t at = 0; at < log_.size(); ++at) {
    for (const char bits : {'\x01', '\x80'}) Flip(at, bits, tally);
  }
  RecordProperty("refused", tally.refused);
  RecordProperty("shorter", tally.shorter);
  EXPECT_EQ(tally.unharmed, 0);
  EXPECT_GT(tally.refused, 10 * tally.shorter);
}

TEST_F(RocksLog, FlippedByteInALongLogIsRefused) {
  MakeStore(200, 1000);
  constexpr std::size_t kBlock = 32 * 1024;
  ASSERT_GT(log_.size(), 6 * kBlock);
  Tally tally;
  for (std::size_t at = 7; at < log_.size() / kBlock * kBlock; at += 1009) Flip(at, '\x10', tally);
  RecordProperty("refused", tally.refused);
  RecordProperty("shorter", tally.shorter);
  EXPECT_GT(tally.refused, 150);
  EXPECT_EQ(tally.shorter, 0);
  EXPECT_EQ(tally.unharmed, 0);
}

// As some file systems leave it after a power cut: the size is there, the bytes are not.
TEST_F(RocksLog, ZeroesAtTheEndAreRefusedOrOpenAsAPrefixThatTheCounterShows) {
  MakeStore(6, 40);
  Tally tally;
  for (std::size_t zeroes = 1; zeroes <= log_.size(); ++zeroes) {
    WriteLog(log_.substr(0, log_.size() - zeroes) + std::string(zeroes, '\0'));
    Count(Newest(), tally);
  }
  RecordProperty("refused", tally.refused);
  RecordProperty("shorter", tally.shorter);
  EXPECT_GT(tally.shorter, 0);
}

TEST_F(RocksLog, DeletedLogOpensEmptyAndOnlyTheCounterShowsIt) {
  MakeStore(20, 40);
  fs::remove(LogFile());
  auto rows = OpenRocks(folder_.store(), {});
  ASSERT_TRUE(rows.ok()) << rows.status().message();
  EXPECT_EQ(*NewestNumber(**rows), 0);
  EXPECT_LT((*rows)->CommitCounter(), counters_.back());
}

TEST_F(RocksLog, DeletedLogOfACompactedStoreShowsInTheCounterToo) {
  MakeStore(20, 40);
  auto rows = OpenRocks(folder_.store(), {});
  ASSERT_TRUE(rows.ok());
  ASSERT_TRUE(PurgeAll(**rows).ok());
  for (int n = 21; n <= 25; ++n) ASSERT_TRUE(CommitNumber(**rows, n, Durability::kPower).ok());
  const std::uint64_t counter = (*rows)->CommitCounter();
  rows->reset();
  fs::remove(LogFile());
  rows = OpenRocks(folder_.store(), {});
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*NewestNumber(**rows), 20);
  EXPECT_LT((*rows)->CommitCounter(), counter);
}

TEST_F(RocksLog, OlderFolderPutBackShowsInTheCounter) {
  MakeStore(20, 40);
  const fs::path older = folder_.path() / "older";
  fs::copy(folder_.store(), older, fs::copy_options::recursive);
  auto rows = OpenRocks(folder_.store(), {});
  ASSERT_TRUE(rows.ok());
  ASSERT_TRUE(CommitNumber(**rows, 21, Durability::kProcess).ok());
  const std::uint64_t counter = (*rows)->CommitCounter();
  rows->reset();
  auto put_back = OpenRocks(older.string(), {});
  ASSERT_TRUE(put_back.ok());
  EXPECT_LT((*put_back)->CommitCounter(), counter);
}

}  // namespace
}  // namespace mseal::store
