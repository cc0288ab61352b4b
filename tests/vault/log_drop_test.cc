// Entries of the log that are past their legal limit: who drops them, and that the rest is found and verified still.
#include <gtest/gtest.h>

#include <filesystem>

#include "audit/log_check.h"
#include "base/clock.h"
#include "vault/access_log.h"
#include "vault/drop_log.h"
#include "vault/log_queries.h"
#include "vault/two_persons.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

class VaultLogDrop : public ::testing::Test {
 protected:
  VaultLogDrop() {
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    lab_.AddPerson("deputy", {"general"});
    EXPECT_TRUE(lab_.Put(*founder_, "p", "Patient", "p", TextField(1, "Martin")).ok());
    patient_ = lab_.HandleOf(*founder_, "p");
  }
  void LogInAgain() {
    founder_.reset();
    lab_.Close();
    founder_ = lab_.LoginAs(Laboratory::kFounder);
  }
  void ReadUntil(std::uint64_t segment) {
    while (!std::filesystem::exists(audit::SegmentPath(Log(), segment)))
      ASSERT_TRUE(lab_.Get(*founder_, "p", "Patient", "p").ok());
  }
  Result<audit::DropPlan> Drop(bool run, std::uint64_t before_ms = NowMs()) {
    auto call = founder_->Enter();
    if (!call.ok()) return call.status();
    return vault::DropLog(call->core(), call->desk(), before_ms, run);
  }
  void JoinDeputy() { ASSERT_TRUE(vault::Join(*founder_, "deputy", AsBytes(PasswordOf("deputy"))).ok()); }
  std::uint64_t CountReads() {
    auto call = founder_->Enter();
    std::uint64_t count = 0;
    vault::LogQuery query;
    query.patient = patient_;
    query.operation = audit::Operation::kRead;
    const Status asked = vault::QueryLog(call->core(), call->desk(), query, [&](const audit::OpenedEntry&) {
      ++count;
      return Status::Ok();
    });
    EXPECT_TRUE(asked.ok()) << asked.message();
    return count;
  }
  std::string Log() const { return vault::LogFolder(lab_.store()); }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
  keys::PatientHandle patient_{};
};

TEST_F(VaultLogDrop, TwoPersonsDropWhatIsOldAndTheRestIsFound) {
  ReadUntil(2);
  LogInAgain();
  ReadUntil(3);
  const auto seen = Drop(false);
  ASSERT_TRUE(seen.ok()) << seen.status().message();
  EXPECT_EQ(seen->segments, 1u);
  EXPECT_EQ(seen->held_by_keys, 1u) << "this session's key is in the second";
  EXPECT_EQ(Drop(true).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(std::filesystem::exists(audit::SegmentPath(Log(), 1)));
  JoinDeputy();
  const std::uint64_t before = CountReads();
  ASSERT_TRUE(Drop(true).ok());
  EXPECT_FALSE(std::filesystem::exists(audit::SegmentPath(Log(), 1)));
  const std::uint64_t after = CountReads();
  EXPECT_GT(after, 0u);
  EXPECT_LT(after, before);
  LogInAgain();
  EXPECT_EQ(CountReads(), after);
  const auto check = audit::CheckLog({.folder = Log()});
  ASSERT_TRUE(check.ok()) << check.status().message();
  EXPECT_EQ(check->dropped, audit::Standing::kAgrees);
  EXPECT_EQ(check->log.first_segment, 2u);
}

TEST_F(VaultLogDrop, ADropThatWasStoppedGoesOnWhenTheVaultIsOpened) {
  ReadUntil(2);
  LogInAgain();
  ReadUntil(3);
  JoinDeputy();
  const std::string first = audit::SegmentPath(Log(), 1), aside = (lab_.folder() / "aside").string();
  std::filesystem::copy_file(first, aside);
  ASSERT_TRUE(Drop(true).ok());
  std::filesystem::rename(aside, first);
  LogInAgain();
  EXPECT_FALSE(std::filesystem::exists(first));
}

TEST_F(VaultLogDrop, NothingIsDroppedFromATimeThatIsNotOver) {
  EXPECT_EQ(Drop(false, NowMs() + 60'000).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Drop(true)->segments, 0u) << "the newest segment stays";
}

}  // namespace
}  // namespace mseal::test
