// The claims of rows.h, one by one.
#include "store/rows_contract.h"

#include <atomic>
#include <barrier>
#include <thread>

#include "store_support/purge_all.h"

namespace mseal::store {

Status RowsContract::Put(Table table, std::string_view key, std::string_view value, Durability durability) {
  Batch batch;
  batch.Put(table, AsBytes(key), AsBytes(value));
  return rows_->Commit(batch, durability);
}

Status RowsContract::Delete(Table table, std::string_view key) {
  Batch batch;
  batch.Delete(table, AsBytes(key));
  return rows_->Commit(batch, Durability::kProcess);
}

std::string RowsContract::Get(Table table, std::string_view key, const Snapshot* at) const {
  Bytes value;
  const Status status = rows_->Get(table, AsBytes(key), value, at);
  return std::string(status.ok() ? AsText(value) : CodeName(status.code()));
}

RowsContract::Pairs RowsContract::Walk(std::string_view first, std::string_view last, const Snapshot* at) const {
  Pairs pairs;
  const auto cursor = rows_->Scan(Table::kIndex, AsBytes(first), AsBytes(last), at);
  for (; cursor->Valid(); cursor->Next()) pairs.emplace_back(AsText(cursor->key()), AsText(cursor->value()));
  EXPECT_TRUE(cursor->status().ok());
  return pairs;
}

TEST_P(RowsContract, RowThatWasPutIsReadBack) {
  ASSERT_TRUE(Put(Table::kRecords, "a", "one").ok());
  EXPECT_EQ(Get(Table::kRecords, "a"), "one");
}

TEST_P(RowsContract, RowThatWasNeverPutIsNotFoundAndLeavesNoOldValueBehind) {
  Bytes value = {1, 2, 3};
  EXPECT_EQ(rows_->Get(Table::kRecords, AsBytes("a"), value).code(), StatusCode::kNotFound);
  EXPECT_TRUE(value.empty());
}

TEST_P(RowsContract, EmptyValueIsNotAnAbsentOne) {
  ASSERT_TRUE(Put(Table::kMeta, "a", "").ok());
  EXPECT_EQ(Get(Table::kMeta, "a"), "");
}

TEST_P(RowsContract, KeysAndValuesAreAnyBytes) {
  const std::string odd("\0\xff\n\0", 4);
  ASSERT_TRUE(Put(Table::kKeys, odd, odd).ok());
  EXPECT_EQ(Get(Table::kKeys, odd), odd);
  EXPECT_EQ(Get(Table::kKeys, odd.substr(0, 3)), "NotFound");
}

TEST_P(RowsContract, LargeValueComesBackWhole) {
  std::string large(3 << 20, 'x');
  large.front() = 'a', large.back() = 'z';
  ASSERT_TRUE(Put(Table::kRecords, "large", large).ok());
  EXPECT_EQ(Get(Table::kRecords, "large"), large);
}

TEST_P(RowsContract, TablesDoNotShareKeys) {
  for (int i = 0; i < kTableCount; ++i) ASSERT_TRUE(Put(static_cast<Table>(i), "k", std::to_string(i)).ok());
  for (int i = 0; i < kTableCount; ++i) EXPECT_EQ(Get(static_cast<Table>(i), "k"), std::to_string(i));
}

TEST_P(RowsContract, RowsOutliveTheStoreBeingClosed) {
  for (int i = 0; i < kTableCount; ++i) ASSERT_TRUE(Put(static_cast<Table>(i), "k", std::to_string(i)).ok());
  Reopen();
  for (int i = 0; i < kTableCount; ++i) EXPECT_EQ(Get(static_cast<Table>(i), "k"), std::to_string(i));
}

TEST_P(RowsContract, DeletedRowIsGoneAndStaysGone) {
  ASSERT_TRUE(Put(Table::kHeads, "a", "one").ok());
  ASSERT_TRUE(Delete(Table::kHeads, "a").ok());
  EXPECT_EQ(Get(Table::kHeads, "a"), "NotFound");
  Reopen();
  EXPECT_EQ(Get(Table::kHeads, "a"), "NotFound");
}

TEST_P(RowsContract, DeletingWhatIsNotThereIsOk) { EXPECT_TRUE(Delete(Table::kHeads, "a").ok()); }

TEST_P(RowsContract, ManyKeysAreAnsweredInTheirOrder) {
  ASSERT_TRUE(Put(Table::kIndex, "a", "one").ok());
  ASSERT_TRUE(Put(Table::kIndex, "c", "three").ok());
  const std::vector<Bytes> keys = {{'c'}, {'b'}, {'a'}, {'c'}};
  std::vector<Bytes> values(9, Bytes{'o', 'l', 'd'});
  const std::vector<Status> statuses = rows_->MultiGet(Table::kIndex, keys, values);
  ASSERT_EQ(statuses.size(), 4U);
  ASSERT_EQ(values.size(), 4U);
  EXPECT_EQ(AsText(values[0]), "three");
  EXPECT_EQ(statuses[1].code(), StatusCode::kNotFound);
  EXPECT_TRUE(values[1].empty());
  EXPECT_EQ(AsText(values[2]), "one");
  EXPECT_EQ(AsText(values[3]), "three");
}

TEST_P(RowsContract, NoKeysGetNoAnswers) {
  std::vector<Bytes> values;
  EXPECT_TRUE(rows_->MultiGet(Table::kIndex, {}, values).empty());
}

TEST_P(RowsContract, ManyKeysAreReadAtOnePointInTime) {
  ASSERT_TRUE(Put(Table::kIndex, "a", "old").ok());
  const auto then = rows_->Freeze();
  ASSERT_TRUE(Put(Table::kIndex, "a", "new").ok());
  std::vector<Bytes> values;
  EXPECT_TRUE(rows_->MultiGet(Table::kIndex, {{'a'}}, values, then.get())[0].ok());
  EXPECT_EQ(AsText(values[0]), "old");
}

TEST_P(RowsContract, WalkMeetsRowsInKeyOrderFromFirstUpToButWithoutLast) {
  for (const std::string key : {"d", "b", "a", "c", "e"}) ASSERT_TRUE(Put(Table::kIndex, key, key + key).ok());
  EXPECT_EQ(Walk("b", "d"), (Pairs{{"b", "bb"}, {"c", "cc"}}));
  EXPECT_EQ(Walk("bb", "cc"), (Pairs{{"c", "cc"}}));
  EXPECT_EQ(Walk("d", ""), (Pairs{{"d", "dd"}, {"e", "ee"}}));
  EXPECT_EQ(Walk("", "b"), (Pairs{{"a", "aa"}}));
  EXPECT_EQ(Walk("", "").size(), 5U);
  EXPECT_TRUE(Walk("c", "c").empty());
  EXPECT_TRUE(Walk("d", "b").empty());
  EXPECT_TRUE(Walk("f", "").empty());
}

TEST_P(RowsContract, KeysAreOrderedAsUnsignedBytesShorterFirst) {
  for (const std::string key : {"\xff", "\x7f", "\x80", "a", "ab"}) ASSERT_TRUE(Put(Table::kIndex, key, "").ok());
  EXPECT_EQ(Walk("", ""), (Pairs{{"a", ""}, {"ab", ""}, {"\x7f", ""}, {"\x80", ""}, {"\xff", ""}}));
}

TEST_P(RowsContract, SeekStaysWithinTheRange) {
  for (const std::string key : {"a", "b", "c", "d"}) ASSERT_TRUE(Put(Table::kIndex, key, "").ok());
  const auto cursor = rows_->Scan(Table::kIndex, AsBytes("b"), AsBytes("d"));
  cursor->Seek(AsBytes("bb"));
  ASSERT_TRUE(cursor->Valid());
  EXPECT_EQ(AsText(cursor->key()), "c");
  cursor->Seek(AsBytes("a"));
  ASSERT_TRUE(cursor->Valid());
  EXPECT_EQ(AsText(cursor->key()), "b");
  cursor->Seek(AsBytes("d"));
  EXPECT_FALSE(cursor->Valid());
  EXPECT_TRUE(cursor->status().ok());
}

TEST_P(RowsContract, WalkSeesNothingThatWasCommittedAfterItBegan) {
  ASSERT_TRUE(Put(Table::kIndex, "a", "").ok());
  const auto cursor = rows_->Scan(Table::kIndex, {}, {});
  ASSERT_TRUE(Put(Table::kIndex, "b", "").ok());
  cursor->Next();
  EXPECT_FALSE(cursor->Valid());
}

TEST_P(RowsContract, PointInTimeShowsOldValuesDeletedRowsAndNoNewOnes) {
  ASSERT_TRUE(Put(Table::kIndex, "changed", "old").ok());
  ASSERT_TRUE(Put(Table::kIndex, "deleted", "there").ok());
  const auto then = rows_->Freeze();
  ASSERT_TRUE(Put(Table::kIndex, "changed", "new").ok());
  ASSERT_TRUE(Put(Table::kIndex, "added", "new").ok());
  ASSERT_TRUE(Delete(Table::kIndex, "deleted").ok());
  EXPECT_EQ(Walk("", "", then.get()), (Pairs{{"changed", "old"}, {"deleted", "there"}}));
  EXPECT_EQ(Get(Table::kIndex, "changed", then.get()), "old");
  EXPECT_EQ(Get(Table::kIndex, "added", then.get()), "NotFound");
  EXPECT_EQ(Walk("", ""), (Pairs{{"added", "new"}, {"changed", "new"}}));
}

TEST_P(RowsContract, PointInTimeOutlivesAPurgeWhichSaysThatItWasHeldUp) {
  ASSERT_TRUE(Put(Table::kIndex, "a", "old").ok());
  auto then = rows_->Freeze();
  ASSERT_TRUE(Put(Table::kIndex, "a", "new").ok());
  PurgeOptions options;
  options.patience = std::chrono::milliseconds(30);
  PurgeReport report;
  ASSERT_TRUE(rows_->Purge(options, report).ok());
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(report.stopped_at, PurgeStep::kSnapshots);
  EXPECT_EQ(report.snapshots_held, 1U);
  EXPECT_EQ(Get(Table::kIndex, "a", then.get()), "old");
  EXPECT_EQ(Get(Table::kIndex, "a"), "new");
  then.reset();
  ASSERT_TRUE(rows_->Purge(options, report).ok());
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.snapshots_held, 0U);
  EXPECT_EQ(Get(Table::kIndex, "a"), "new");
}

TEST_P(RowsContract, PurgeDeletesTheRowsOfItsRangesAndNoOthers) {
  for (const std::string key : {"a", "b", "bb", "c", "d"}) {
    ASSERT_TRUE(Put(Table::kIndex, key, "").ok());
    ASSERT_TRUE(Put(Table::kMeta, key, "").ok());
  }
  PurgeOptions options;
  options.ranges = {{Table::kIndex, {'b'}, {'c'}}, {Table::kIndex, {'d'}, {'e'}}, {Table::kIndex, {'x'}, {'x'}}};
  PurgeReport report;
  ASSERT_TRUE(rows_->Purge(options, report).ok());
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(Walk("", ""), (Pairs{{"a", ""}, {"c", ""}}));
  EXPECT_EQ(Get(Table::kMeta, "b"), "");
  ASSERT_TRUE(Put(Table::kIndex, "b", "again").ok());
  Reopen();
  EXPECT_EQ(Walk("", ""), (Pairs{{"a", ""}, {"b", "again"}, {"c", ""}}));
}

TEST_P(RowsContract, PurgeRefusesARangeWithoutBoundsOrThatEndsBeforeItBegins) {
  ASSERT_TRUE(Put(Table::kIndex, "a", "one").ok());
  const std::vector<Range> refused = {
      {Table::kIndex, {}, {'b'}}, {Table::kIndex, {'a'}, {}}, {Table::kIndex, {'b'}, {'a'}}};
  for (const Range& range : refused) {
    PurgeOptions options;
    options.ranges = {{Table::kIndex, {'a'}, {'b'}}, range};
    PurgeReport report;
    EXPECT_EQ(rows_->Purge(options, report).code(), StatusCode::kInvalidArgument);
    EXPECT_FALSE(report.complete);
  }
  EXPECT_EQ(Get(Table::kIndex, "a"), "one");
}

TEST_P(RowsContract, PurgeThatIsCalledOffWhileItWaitsIsCancelled) {
  ASSERT_TRUE(Put(Table::kIndex, "a", "one").ok());
  const auto snapshot = rows_->Freeze();
  PurgeOptions options;
  options.on_progress = [](const PurgeProgress& progress) {
    return progress.step != PurgeStep::kSnapshots || progress.waited < std::chrono::milliseconds(30);
  };
  PurgeReport report;
  EXPECT_EQ(rows_->Purge(options, report).code(), StatusCode::kCancelled);
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(report.snapshots_held, 1U);
  EXPECT_TRUE(Put(Table::kIndex, "a", "two").ok());
}

TEST_P(RowsContract, SnapshotAndCursorOutliveTheStore) {
  ASSERT_TRUE(Put(Table::kIndex, "a", "one").ok());
  const auto then = rows_->Freeze();
  const auto cursor = rows_->Scan(Table::kIndex, {}, {});
  rows_.reset();
  ASSERT_TRUE(cursor->Valid());
  EXPECT_EQ(AsText(cursor->value()), "one");
}

TEST_P(RowsContract, LaterOperationOfABatchWins) {
  Batch batch;
  batch.Put(Table::kRecords, AsBytes("a"), AsBytes("first"));
  batch.Delete(Table::kRecords, AsBytes("a"));
  batch.Put(Table::kRecords, AsBytes("a"), AsBytes("second"));
  batch.Put(Table::kRecords, AsBytes("b"), AsBytes("first"));
  batch.Delete(Table::kRecords, AsBytes("b"));
  ASSERT_TRUE(rows_->Commit(batch, Durability::kProcess).ok());
  EXPECT_EQ(Get(Table::kRecords, "a"), "second");
  EXPECT_EQ(Get(Table::kRecords, "b"), "NotFound");
}

TEST_P(RowsContract, BatchMayBeUsedAgainAfterClear) {
  Batch batch;
  batch.Put(Table::kRecords, AsBytes("a"), AsBytes("one"));
  EXPECT_GE(batch.ApproximateBytes(), 4U);
  batch.Clear();
  EXPECT_TRUE(batch.empty());
  batch.Put(Table::kRecords, AsBytes("b"), AsBytes("two"));
  ASSERT_TRUE(rows_->Commit(batch, Durability::kProcess).ok());
  EXPECT_EQ(Get(Table::kRecords, "a"), "NotFound");
  EXPECT_EQ(Get(Table::kRecords, "b"), "two");
}

TEST_P(RowsContract, EmptyBatchIsOk) { EXPECT_TRUE(rows_->Commit(Batch(), Durability::kPower).ok()); }

TEST_P(RowsContract, BatchWhosePreconditionsHoldIsApplied) {
  ASSERT_TRUE(Put(Table::kMeta, "version", "1").ok());
  Batch batch;
  batch.RequireEquals(Table::kMeta, AsBytes("version"), AsBytes("1"));
  batch.RequireAbsent(Table::kMeta, AsBytes("lock"));
  batch.Put(Table::kMeta, AsBytes("version"), AsBytes("2"));
  batch.Put(Table::kMeta, AsBytes("lock"), AsBytes("mine"));
  ASSERT_TRUE(rows_->Commit(batch, Durability::kPower).ok());
  EXPECT_EQ(Get(Table::kMeta, "version"), "2");
  EXPECT_EQ(Get(Table::kMeta, "lock"), "mine");
}

TEST_P(RowsContract, BatchWithAFailedPreconditionWritesNothing) {
  ASSERT_TRUE(Put(Table::kMeta, "version", "1").ok());
  const std::uint64_t before = rows_->CommitCounter();
  const auto refused = [&](auto require) {
    Batch batch;
    batch.Put(Table::kRecords, AsBytes("early"), AsBytes("x"));
    require(batch);
    batch.Put(Table::kRecords, AsBytes("late"), AsBytes("x"));
    return rows_->Commit(batch, Durability::kProcess).code();
  };
  const auto key = AsBytes("version");
  EXPECT_EQ(refused([&](Batch& b) { b.RequireAbsent(Table::kMeta, key); }), StatusCode::kConflict);
  EXPECT_EQ(refused([&](Batch& b) { b.RequireEquals(Table::kMeta, key, AsBytes("2")); }), StatusCode::kConflict);
  EXPECT_EQ(refused([&](Batch& b) { b.RequireEquals(Table::kMeta, key, AsBytes("11")); }), StatusCode::kConflict);
  EXPECT_EQ(refused([&](Batch& b) { b.RequireEquals(Table::kMeta, key, {}); }), StatusCode::kConflict);
  // An absent row equals nothing, not even an empty value.
  EXPECT_EQ(refused([&](Batch& b) { b.RequireEquals(Table::kKeys, key, {}); }), StatusCode::kConflict);
  EXPECT_EQ(Get(Table::kRecords, "early"), "NotFound");
  EXPECT_EQ(Get(Table::kRecords, "late"), "NotFound");
  EXPECT_EQ(rows_->CommitCounter(), before);
}

TEST_P(RowsContract, PreconditionIsJudgedAgainstWhatIsStoredNotAgainstItsOwnBatch) {
  Batch batch;
  batch.Put(Table::kMeta, AsBytes("a"), AsBytes("1"));
  batch.RequireAbsent(Table::kMeta, AsBytes("a"));
  EXPECT_TRUE(rows_->Commit(batch, Durability::kProcess).ok());
  EXPECT_EQ(rows_->Commit(batch, Durability::kProcess).code(), StatusCode::kConflict);
}

TEST_P(RowsContract, PreconditionAloneAnswersWithoutWriting) {
  Batch batch;
  batch.RequireAbsent(Table::kMeta, AsBytes("a"));
  EXPECT_TRUE(rows_->Commit(batch, Durability::kPower).ok());
  ASSERT_TRUE(Put(Table::kMeta, "a", "1").ok());
  EXPECT_EQ(rows_->Commit(batch, Durability::kPower).code(), StatusCode::kConflict);
}

TEST_P(RowsContract, CommitCounterGrowsWithEveryCommitAndNeverFalls) {
  std::uint64_t last = rows_->CommitCounter();
  const auto grew = [&] { return std::exchange(last, rows_->CommitCounter()) < last; };
  ASSERT_TRUE(Put(Table::kRecords, "a", "1").ok());
  EXPECT_TRUE(grew());
  ASSERT_TRUE(Put(Table::kRecords, "a", "1").ok());  // the same again is a commit, too
  EXPECT_TRUE(grew());
  ASSERT_TRUE(Delete(Table::kRecords, "nothing").ok());
  EXPECT_TRUE(grew());
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  EXPECT_GE(rows_->CommitCounter(), last);
  Reopen();
  EXPECT_GE(rows_->CommitCounter(), last);
  Reopen();
  EXPECT_GE(rows_->CommitCounter(), last);
  last = rows_->CommitCounter();
  ASSERT_TRUE(Put(Table::kRecords, "a", "1").ok());
  EXPECT_TRUE(grew());
}

TEST_P(RowsContract, PurgeAndSyncKeepEveryRow) {
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(Put(Table::kIndex, std::to_string(1000 + i), "v").ok());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Delete(Table::kIndex, std::to_string(1000 + i)).ok());
  ASSERT_TRUE(rows_->Sync().ok());
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  EXPECT_EQ(Walk("", "").size(), 200U);
  EXPECT_EQ(Get(Table::kIndex, "1100"), "v");
}

TEST_P(RowsContract, CommitsWaitForTheEndOfAStandstillAndReadersDoNot) {
  ASSERT_TRUE(Put(Table::kIndex, "a", "old").ok());
  auto standing = rows_->HoldStill();
  ASSERT_TRUE(standing.ok()) << standing.status().message();
  std::atomic<int> written{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < 3; ++i) {
    writers.emplace_back([&, i] {
      EXPECT_TRUE(Put(Table::kIndex, std::to_string(i), "new").ok());
      ++written;
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(written, 0);
  EXPECT_EQ(Walk("", ""), (Pairs{{"a", "old"}}));
  EXPECT_EQ(Get(Table::kIndex, "a", rows_->Freeze().get()), "old");
  *standing = nullptr;
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Walk("", "").size(), 4U);
  EXPECT_TRUE(rows_->HoldStill().ok());
}

TEST_P(RowsContract, MeasureSeesRowsAndBytes) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Put(Table::kHeads, std::to_string(i), std::string(1000, 'x')).ok());
  ASSERT_TRUE(PurgeAll(*rows_).ok());
  const Statistics measured = rows_->Measure();
  EXPECT_EQ(measured.approximate_rows[static_cast<int>(Table::kHeads)], 100U);
  EXPECT_EQ(measured.approximate_rows[static_cast<int>(Table::kKeys)], 0U);
  EXPECT_GE(measured.bytes_on_disk, 100'000U);
}

// Adds one to the counter in the row, as often as the row does not change under it.
void Increment(Rows& rows, std::string_view key, Durability durability) {
  for (;;) {
    Bytes stored;
    ASSERT_TRUE(rows.Get(Table::kMeta, AsBytes(key), stored).ok());
    const std::string next = std::to_string(std::stoi(std::string(AsText(stored))) + 1);
    Batch batch;
    batch.RequireEquals(Table::kMeta, AsBytes(key), stored);
    batch.Put(Table::kMeta, AsBytes(key), AsBytes(next));
    const Status status = rows.Commit(batch, durability);
    if (status.ok()) return;
    ASSERT_EQ(status.code(), StatusCode::kConflict);
  }
}

void RunThreads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

TEST_P(RowsContract, NoIncrementIsLostBetweenThreads) {
  constexpr int kThreads = 8;
  constexpr int kEach = 250;
  ASSERT_TRUE(Put(Table::kMeta, "shared", "0").ok());
  RunThreads(kThreads, [&](int) {
    for (int i = 0; i < kEach; ++i) Increment(*rows_, "shared", Durability::kProcess);
  });
  EXPECT_EQ(Get(Table::kMeta, "shared"), std::to_string(kThreads * kEach));
}

TEST_P(RowsContract, NoIncrementIsLostBetweenThreadsThatSync) {
  ASSERT_TRUE(Put(Table::kMeta, "shared", "0").ok());
  RunThreads(4, [&](int) {
    for (int i = 0; i < 25; ++i) Increment(*rows_, "shared", Durability::kPower);
  });
  EXPECT_EQ(Get(Table::kMeta, "shared"), "100");
}

// Two rows, each written only while the other is absent: write skew would let both in.
TEST_P(RowsContract, TwoCommitsThatJudgeEachOthersRowAreNotBothApplied) {
  for (int round = 0; round < 300; ++round) {
    const std::string names[2] = {"a" + std::to_string(round), "b" + std::to_string(round)};
    std::atomic<int> applied = 0;
    RunThreads(2, [&](int me) {
      Batch batch;
      batch.RequireAbsent(Table::kMeta, AsBytes(names[1 - me]));
      batch.Put(Table::kMeta, AsBytes(names[me]), AsBytes("x"));
      if (rows_->Commit(batch, Durability::kProcess).ok()) ++applied;
    });
    EXPECT_EQ(applied, 1);
  }
}

// A plain write between the judgement and the write of another commit would be overwritten unseen.
TEST_P(RowsContract, WriteWithoutPreconditionsDoesNotSlipBetweenJudgementAndWrite) {
  constexpr int kRounds = 5000;
  std::barrier<> start(2);
  RunThreads(2, [&](int me) {
    for (int round = 0; round < kRounds; ++round) {
      const std::string key = "row" + std::to_string(round);
      Batch batch;
      if (me == 0) batch.RequireAbsent(Table::kMeta, AsBytes(key));
      batch.Put(Table::kMeta, AsBytes(key), AsBytes(me == 0 ? "conditional" : "plain"));
      start.arrive_and_wait();
      const Status status = rows_->Commit(batch, Durability::kProcess);
      EXPECT_TRUE(status.ok() || (me == 0 && status.code() == StatusCode::kConflict));
    }
  });
  // The conditional one came first and was overwritten, or second and was refused.
  for (int i = 0; i < kRounds; ++i) ASSERT_EQ(Get(Table::kMeta, "row" + std::to_string(i)), "plain");
}

// What several commits judge and one of them changes, as a bucket's version is: the change gets through.
TEST_P(RowsContract, RowThatManyJudgeCanStillBeChanged) {
  ASSERT_TRUE(Put(Table::kMeta, "version", "1").ok());
  std::atomic<bool> changed = false;
  std::atomic<int> refused = 0;
  RunThreads(6, [&](int me) {
    if (me == 0) {
      EXPECT_TRUE(Put(Table::kMeta, "version", "2", Durability::kPower).ok());
      changed = true;
      return;
    }
    Batch batch;
    batch.RequireEquals(Table::kMeta, AsBytes("version"), AsBytes("1"));
    batch.Put(Table::kKeys, AsBytes(std::to_string(me)), AsBytes("x"));
    for (;;) {
      const bool changed_before = changed;
      if (!rows_->Commit(batch, Durability::kPower).ok()) break;
      EXPECT_FALSE(changed_before);
    }
    ++refused;
  });
  EXPECT_EQ(refused, 5);
}

TEST_P(RowsContract, ReadersSeeWholeBatchesOnly) {
  std::atomic<bool> done = false;
  const auto write_pairs = [&] {
    for (int i = 0; i < 500; ++i) {
      Batch batch;
      batch.Put(Table::kRecords, AsBytes("left"), AsBytes(std::to_string(i)));
      batch.Put(Table::kHeads, AsBytes("right"), AsBytes(std::to_string(i)));
      ASSERT_TRUE(rows_->Commit(batch, Durability::kProcess).ok());
    }
  };
  RunThreads(3, [&](int me) {
    if (me == 0) return write_pairs(), void(done = true);
    while (!done) {
      const auto now = rows_->Freeze();
      ASSERT_EQ(Get(Table::kRecords, "left", now.get()), Get(Table::kHeads, "right", now.get()));
    }
  });
}

}  // namespace mseal::store
