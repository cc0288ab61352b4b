// The log of accesses of a vault whose disk somebody else wrote to: the vault does not open, or the answer says so.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "audit/checkpoint.h"
#include "audit/log_check.h"
#include "audit/log_files.h"
#include "vault/access_log.h"
#include "vault/log_queries.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;

class LogAttack : public ::testing::Test {
 protected:
  LogAttack() {
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    EXPECT_TRUE(lab_.Put(*founder_, "p", "Patient", "p", TextField(1, "Martin")).ok());
    patient_ = lab_.HandleOf(*founder_, "p");
  }
  void Read(int times) {
    for (int i = 0; i < times; ++i) ASSERT_TRUE(lab_.Get(*founder_, "p", "Patient", "p").ok());
  }
  void Close() {
    founder_.reset();
    lab_.Close();
  }
  void Reopen() {
    Close();
    founder_ = lab_.LoginAs(Laboratory::kFounder);
  }
  // Reads of the patient as the log has them.
  Result<std::uint64_t> CountReads() {
    auto call = founder_->Enter();
    if (!call.ok()) return call.status();
    std::uint64_t count = 0;
    vault::LogQuery query;
    query.patient = patient_;
    query.operation = audit::Operation::kRead;
    MS_TRY(vault::QueryLog(call->core(), call->desk(), query, [&](const audit::OpenedEntry&) {
      ++count;
      return Status::Ok();
    }));
    return count;
  }
  std::string Log() const { return vault::LogFolder(lab_.store()); }
  static std::string TextOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void Write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
  // The cell of an entry in the middle of a segment.
  std::uint64_t MiddleOf(std::uint64_t number) const {
    const auto segment = audit::Segment::Open(audit::SegmentPath(Log(), number));
    std::vector<std::uint64_t> cells;
    EXPECT_TRUE((*segment)
                    ->ForEach(audit::Segment::kFirstCell, (*segment)->End(),
                              [&](std::uint64_t cell, ByteView) {
                                cells.push_back(cell);
                                return Status::Ok();
                              })
                    .ok());
    return cells[cells.size() / 2];
  }
  void Overwrite(std::uint64_t number, std::uint64_t cell, std::size_t size) const {
    const std::string path = audit::SegmentPath(Log(), number);
    std::string bytes = TextOf(path);
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(cell * 64), size, '\0');
    Write(path, bytes);
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
  keys::PatientHandle patient_{};
};

TEST_F(LogAttack, AnIndexThatHidesAnEntryIsMadeAnew) {
  Read(4000);
  ASSERT_TRUE(fs::exists(audit::SegmentPath(Log(), 2))) << "one segment is finished";
  const auto before = CountReads();
  ASSERT_TRUE(before.ok()) << before.status().message();
  ASSERT_GE(*before, 4000u);
  const std::string path = audit::IndexPath(Log(), 1);
  const std::string whole = TextOf(path);
  for (const std::size_t at : {std::size_t{20}, whole.size() / 2, whole.size() - 4000}) {
    std::string changed = whole;
    changed[at] ^= 1;
    Write(path, changed);
    const auto count = CountReads();
    ASSERT_TRUE(count.ok()) << count.status().message();
    EXPECT_EQ(*count, *before) << at;
    Write(path, whole);
  }
}

TEST_F(LogAttack, AnEntryTakenWithItsIndexIsMissed) {
  Read(4000);
  ASSERT_TRUE(CountReads().ok());
  Close();
  Overwrite(1, MiddleOf(1), 64);
  fs::remove(audit::IndexPath(Log(), 1));
  founder_ = lab_.LoginAs(Laboratory::kFounder);  // the last segment alone is compared with the anchor
  EXPECT_EQ(CountReads().code(), StatusCode::kAuthFailed);
  EXPECT_EQ(audit::CheckLog({.folder = Log()}).code(), StatusCode::kAuthFailed);
}

TEST_F(LogAttack, ACutEndClosesTheVault) {
  Read(10);
  Close();
  const auto size = fs::file_size(audit::SegmentPath(Log(), 1));
  const auto last = audit::Segment::Open(audit::SegmentPath(Log(), 1));
  Overwrite(1, (*last)->End() - 2, 128);
  EXPECT_EQ(fs::file_size(audit::SegmentPath(Log(), 1)), size);
  EXPECT_EQ(lab_.Open().code(), StatusCode::kStale);
}

TEST_F(LogAttack, AnEditedEntryClosesTheVault) {
  Read(10);
  Close();
  std::string bytes = TextOf(audit::SegmentPath(Log(), 1));
  const std::uint64_t cell = MiddleOf(1);
  bytes[cell * 64 + 30] ^= 1;
  Write(audit::SegmentPath(Log(), 1), bytes);
  const Status opened = lab_.Open();
  EXPECT_TRUE(opened.code() == StatusCode::kStale || opened.code() == StatusCode::kAuthFailed) << opened.message();
}

TEST_F(LogAttack, AnOlderLogClosesTheVault) {
  Close();
  fs::copy(Log(), lab_.folder() / "older");
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  Read(10);
  Close();
  fs::remove_all(Log());
  fs::copy(lab_.folder() / "older", Log());
  EXPECT_EQ(lab_.Open().code(), StatusCode::kStale);
  fs::remove_all(Log());
  EXPECT_EQ(lab_.Open().code(), StatusCode::kStale) << "and none at all";
}

// Two copies of everything, the anchor too, go on by themselves; then one gets the log of the other.
TEST_F(LogAttack, AForkedLogClosesTheVault) {
  Close();
  const std::vector<std::string> parts = {"store", "keyring", "keyring.anchor"};
  const auto at = [this](const std::string& name) { return lab_.folder() / name; };
  for (const std::string& part : parts) fs::copy(at(part), at(part + ".fork"), fs::copy_options::recursive);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  Read(3);
  Close();
  for (const std::string& part : parts) fs::rename(at(part), at(part + ".first"));
  for (const std::string& part : parts) fs::rename(at(part + ".fork"), at(part));
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  Read(30);
  Close();
  const std::string kept = TextOf((at("store.first") / "audit" / "checkpoint").string());
  EXPECT_EQ(audit::CheckLog({.folder = Log(), .against = kept}).code(), StatusCode::kAuthFailed);
  fs::rename(Log(), at("forked"));
  for (const std::string& part : parts) fs::remove_all(at(part));
  for (const std::string& part : parts) fs::rename(at(part + ".first"), at(part));
  fs::remove_all(Log());
  fs::rename(at("forked"), Log());
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
}

TEST_F(LogAttack, AWholeFolderPutBackClosesTheVault) {
  Close();
  fs::copy(lab_.store(), lab_.folder() / "older", fs::copy_options::recursive);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  Read(3);
  Close();
  const std::string kept = TextOf(audit::CheckpointPath(Log()));
  fs::remove_all(lab_.store());
  fs::rename(lab_.folder() / "older", lab_.store());
  EXPECT_EQ(lab_.Open().code(), StatusCode::kStale);
  EXPECT_EQ(audit::CheckLog({.folder = Log(), .against = kept}).code(), StatusCode::kStale);
}

}  // namespace
}  // namespace mseal::test
