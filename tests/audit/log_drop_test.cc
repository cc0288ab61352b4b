// Entries that leave the log: what goes, what stays for its keys, and that what is left still verifies, with the stub
// or not at all.
#include "audit/log_drop.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "audit/checkpoint.h"
#include "audit/log.h"
#include "audit/log_check.h"
#include "audit/log_proof.h"
#include "audit/note.h"
#include "crypto/random.h"
#include "format/log_entry.h"

namespace mseal::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kEnd = ~std::uint64_t{0};

class LogDropTest : public ::testing::Test {
 protected:
  LogDropTest() {
    std::string name = (fs::temp_directory_path() / "medseal-logdrop-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    auto log = Log::Open({.folder = folder_.string(), .store = store_, .longest_segment = 1 << 20}, {});
    EXPECT_TRUE(log.ok());
    log_ = std::move(*log);
  }
  ~LogDropTest() override {
    log_.reset();
    fs::remove_all(folder_);
  }

  void FillSegments(int count) {
    const std::size_t wanted = log_->Segments().size() + static_cast<std::size_t>(count);
    Bytes entry(60'000, 5);
    entry[0] = 0xff;
    while (log_->Segments().size() < wanted) ASSERT_TRUE(log_->Append(entry).ok());
  }
  void AppendKey(std::uint8_t id) {
    const Bytes sealed(106, 1);
    const ByteArray<16> name{id};
    ASSERT_TRUE(
        log_->Append(format::WriteLogAuditKey({.id = name, .class_key_version = 1, .ephemeral = {}, .sealed = sealed}))
            .ok());
  }
  void AppendUseOf(std::uint8_t id) {
    const Bytes message(48, 1);
    format::LogAccess access;
    access.key_id = {id};
    access.who.message = message;
    Bytes entry;
    format::WriteLogAccess(access, entry);
    ASSERT_TRUE(format::ParseLogAccess(entry).ok());
    ASSERT_TRUE(log_->Append(entry).ok());
  }
  std::string Sign(const std::string& text) const { return SignNote(text, LogOrigin(store_), signer_); }
  std::string CheckpointNow() {
    const LogPosition position = *log_->Sync();
    return Sign(
        WriteCheckpoint({.origin = LogOrigin(store_), .size = position.size, .root = position.root, .extensions = {}}));
  }
  std::string Key() const { return WriteNoteKey({LogOrigin(store_), crypto::VerifyKeyOf(signer_)}); }
  Result<DropPlan> Plan(std::uint64_t before = kEnd) { return PlanDrop(folder_.string(), store_, before); }
  void PutStub(const DropPlan& plan) {
    const LogStub stub{
        .dropped = plan.dropped, .first_segment = plan.first_segment, .first_entry = plan.first_entry, .at_ms = 1};
    ASSERT_TRUE(PutLogStub(folder_.string(), Sign(WriteLogStub(LogOrigin(store_), stub))).ok());
  }
  Result<LogCheck> Check(const std::string& against = {}) const {
    const std::string key = Key();
    return CheckLog({.folder = folder_.string(), .against = against, .key = key});
  }

  fs::path folder_;
  keys::StoreId store_{4, 5, 6};
  crypto::SigningSeed signer_{crypto::RandomKey()};
  std::unique_ptr<Log> log_;
};

TEST_F(LogDropTest, WholeOldSegmentsGoAndTheNewestNever) {
  FillSegments(3);
  const auto all = Plan();
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->segments, 3u);
  EXPECT_EQ(all->first_segment, 4u);
  EXPECT_EQ(all->entries, all->dropped.size);
  EXPECT_EQ(Plan(0)->segments, 0u) << "nothing is that old";
  const std::uint64_t third = log_->Segments()[2]->head().begun_ms;
  EXPECT_GE(Plan(third)->segments, 2u) << "all before the third are older than its beginning";
  EXPECT_EQ(Plan(log_->Segments()[1]->head().begun_ms - 1)->segments, 0u);
}

TEST_F(LogDropTest, ASegmentStaysForAKeyThatLaterEntriesNeed) {
  AppendKey(1);
  FillSegments(1);
  AppendKey(2);
  AppendUseOf(1);
  FillSegments(2);
  AppendUseOf(2);
  ASSERT_TRUE(log_->Sync().ok());
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->segments, 1u) << "the newest needs a key of the second";
  EXPECT_EQ(plan->held_by_keys, 2u);
  EXPECT_EQ(plan->first_entry, log_->Segments()[3]->head().first_entry) << "and the second is not shown itself";
}

TEST_F(LogDropTest, WhatIsLeftVerifiesWithItsStubAlone) {
  FillSegments(1);
  const std::string early = CheckpointNow();
  FillSegments(2);
  const std::string late = CheckpointNow();
  std::ofstream(CheckpointPath(folder_.string())) << late;
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->segments, 3u);
  PutStub(*plan);
  ASSERT_TRUE(Check().ok()) << "a drop that was stopped before it removed anything";
  fs::remove(SegmentPath(folder_.string(), 1));
  EXPECT_TRUE(Check().ok()) << "or in the middle";
  ASSERT_TRUE(RemoveBefore(folder_.string(), plan->first_segment).ok());
  const auto left = Check(late);
  ASSERT_TRUE(left.ok()) << left.status().message();
  EXPECT_EQ(left->dropped, Standing::kProven);
  EXPECT_EQ(left->log.first_entry, plan->dropped.size);
  EXPECT_EQ(Check(early)->against, Standing::kTooOld);
  const LogPosition now = *log_->Sync();
  EXPECT_TRUE(ProveEntry(folder_.string(), plan->dropped.size).ok()) << "the first that is left";
  EXPECT_EQ(ProveEntry(folder_.string(), 0).code(), StatusCode::kUnsupported);
  LogOptions options{.folder = folder_.string(), .store = store_};
  log_.reset();
  EXPECT_EQ(Log::Open(options, now).code(), StatusCode::kAuthFailed) << "who knows of no drop misses segments";
  options.first_segment = plan->first_segment;
  EXPECT_TRUE(Log::Open(options, now).ok());
}

TEST_F(LogDropTest, AStubThatIsNotTheLogsHidesNothing) {
  FillSegments(3);
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok());
  ASSERT_TRUE(RemoveBefore(folder_.string(), 3).ok());
  EXPECT_EQ(Check().code(), StatusCode::kAuthFailed) << "without a stub";
  DropPlan less = *plan;
  less.first_segment = 2;
  PutStub(less);
  EXPECT_EQ(Check().code(), StatusCode::kAuthFailed) << "more is gone than it says";
  const crypto::SigningSeed real = crypto::SigningSeed(KeyBytes::CopyOf(signer_.Reveal()));
  signer_ = crypto::SigningSeed(crypto::RandomKey());
  PutStub(*plan);
  signer_ = crypto::SigningSeed(KeyBytes::CopyOf(real.Reveal()));
  EXPECT_EQ(Check().code(), StatusCode::kAuthFailed) << "somebody else signed it";
  DropPlan other = *plan;
  other.dropped.root[0] ^= 1;
  PutStub(other);
  EXPECT_EQ(Check().code(), StatusCode::kAuthFailed) << "it is of a fork";
  const Checkpoint plain{.origin = LogOrigin(store_), .size = 1, .root = {}, .extensions = {}};
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"first kept segment 4", "first shown entry 9"},
      {"first kept segment 0", "first shown entry 9", "dropped at 1"},
      {"first kept segment x", "first shown entry 9", "dropped at 1"},
      {"first kept segment 4", "first shown entry", "dropped at 1"},
      {"first kept segment 4", "first shown entry 9", "dropped at -"},
      {"a", "b", "c"},
      {"first kept segment 4", "first shown entry 9", "dropped at 1", "more"}};
  for (const auto& lines : cases) {
    Checkpoint odd = plain;
    odd.extensions = lines;
    ASSERT_TRUE(PutLogStub(folder_.string(), Sign(WriteCheckpoint(odd))).ok());
    EXPECT_EQ(Check().code(), StatusCode::kCorrupt) << lines.size();
  }
  Checkpoint anothers = plain;
  anothers.origin = LogOrigin({9});
  ASSERT_TRUE(PutLogStub(folder_.string(), Sign(WriteCheckpoint(anothers))).ok());
  EXPECT_EQ(ReadLogStub(folder_.string(), store_, Key()).code(), StatusCode::kAuthFailed);
}

TEST_F(LogDropTest, AMissingSegmentIsNotDroppedOver) {
  FillSegments(3);
  fs::remove(SegmentPath(folder_.string(), 2));
  EXPECT_EQ(Plan().code(), StatusCode::kAuthFailed);
}

}  // namespace
}  // namespace mseal::audit
