// A glass that is broken: who may, what opens and for how long, and who reviews it.
#include "vault/break_glass.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "format/keys_of_rows.h"
#include "people/policy.h"
#include "vault/administer.h"
#include "vault/roles.h"
#include "vault/set_policy.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using people::Operation;
using people::Operations;

constexpr std::uint32_t kFamily = 3;
constexpr std::uint32_t kHiv = 10;
constexpr std::uint64_t kMinute = 60'000;

class BreakingGlass : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson("nurse", {"identity", "general"});
    lab_.AddPerson("auditor", {});
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_TRUE(lab_.Put(*founder_, "alice", "Patient", "1", TextField(kFamily, "Martin") + NumberField(kHiv, 2)).ok());
    DefineAndGive("in need", Operation::kBreakGlass, {"hiv"}, "nurse");
    DefineAndGive("auditing", Operation::kAudit, {}, "auditor");
    nurse_ = lab_.LoginAs("nurse");
    auditor_ = lab_.LoginAs("auditor");
  }
  void TearDown() override { SetClockForTests(0); }

  using Who = const people::Identity&;
  StatusCode Change(vault::Session& by, const std::function<Status(people::Registry&, Who)>& change) {
    return vault::ChangePeople(by, change).code();
  }
  void DefineAndGive(std::string_view role, Operations operations, std::vector<std::string> classes,
                     std::string_view person) {
    EXPECT_EQ(
        Change(*founder_, [&](auto& registry, Who who) { return registry.DefineRole(who, role, operations, classes); }),
        StatusCode::kOk);
    EXPECT_EQ(Change(*founder_, [&](auto& registry, Who who) { return registry.GiveRole(who, person, role); }),
              StatusCode::kOk);
  }
  StatusCode Break(vault::Session& session, std::string_view class_name = "hiv", std::uint64_t minutes = 0,
                   std::string_view reason = "unconscious") {
    auto call = session.Enter();
    return vault::BreakGlass(call->core(), call->desk(), class_name, reason, minutes, number_).code();
  }
  StatusCode Review(vault::Session& session, std::uint64_t number, std::string_view verdict = "in order") {
    auto call = session.Enter();
    return vault::ReviewBrokenGlass(call->core(), call->desk(), number, verdict).code();
  }
  // One letter for each that the session sees: reviewed, overdue or open.
  std::string Listed(vault::Session& session) {
    auto call = session.Enter();
    std::string seen;
    const Status listed = vault::ListBrokenGlass(call->core(), call->desk(), [&](const vault::GlassReview& review) {
      seen += !review.glass.open() ? 'r' : review.overdue ? '!' : 'o';
      return Status::Ok();
    });
    return listed.ok() ? seen : std::string(CodeName(listed.code()));
  }
  bool ReadsHiv(vault::Session& session) {
    const auto record = lab_.Get(session, "alice", "Patient", "1");
    return record.ok() && !Redacts(**record, "hiv");
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_, nurse_, auditor_;
  std::uint64_t number_ = 0;
};

TEST_F(BreakingGlass, OpensTheClassForReadingAlone) {
  EXPECT_FALSE(ReadsHiv(*nurse_));
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  EXPECT_EQ(number_, 1u);
  EXPECT_TRUE(ReadsHiv(*nurse_));
  EXPECT_EQ(lab_.Put(*nurse_, "alice", "Patient", "1", NumberField(kHiv, 1), vault::PutMode::kUpdate).code(),
            StatusCode::kPermissionDenied);
}

TEST_F(BreakingGlass, OpensNoSearch) {
  constexpr std::uint32_t kSsn = 2;
  DefineAndGive("in need of numbers", Operation::kBreakGlass, {"national_id"}, "nurse");
  ASSERT_TRUE(
      lab_.Put(*founder_, "alice", "Patient", "1", TextField(kSsn, "123-45-6789"), vault::PutMode::kUpdate).ok());
  const auto nurse = lab_.LoginAs("nurse");
  ASSERT_EQ(Break(*nurse, "national_id"), StatusCode::kOk);
  EXPECT_EQ(lab_.Find(*nurse, "Patient", "ssn", "123-45-6789").code(), StatusCode::kPermissionDenied);
  EXPECT_FALSE(Redacts(**lab_.Get(*nurse, "alice", "Patient", "1"), "ssn"));
}

TEST_F(BreakingGlass, OpensForThatSessionAlone) {
  const auto elsewhere = lab_.LoginAs("nurse");
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  EXPECT_FALSE(ReadsHiv(*elsewhere));
}

TEST_F(BreakingGlass, ClosesByItselfWhenItsTimeIsOver) {
  ASSERT_EQ(Break(*nurse_, "hiv", 10), StatusCode::kOk);
  LetPassForTests(9 * kMinute);
  EXPECT_TRUE(ReadsHiv(*nurse_));
  LetPassForTests(1 * kMinute);
  EXPECT_FALSE(ReadsHiv(*nurse_));
  EXPECT_EQ(Break(*nurse_, "hiv", 61), StatusCode::kInvalidArgument);  // longer than policy lets it
  EXPECT_FALSE(ReadsHiv(*nurse_));
}

TEST_F(BreakingGlass, TheTimeOfDaySetBackDoesNotKeepItOpen) {
  SetClockForTests(NowMs());
  ASSERT_EQ(Break(*nurse_, "hiv", 10), StatusCode::kOk);
  SetClockForTests(NowMs() - 60 * kMinute);
  LetPassForTests(10 * kMinute);
  EXPECT_FALSE(ReadsHiv(*nurse_));
}

TEST_F(BreakingGlass, WithoutTheRoleNothingOpens) {
  EXPECT_EQ(Break(*auditor_), StatusCode::kPermissionDenied);
  EXPECT_EQ(Break(*auditor_, ""), StatusCode::kPermissionDenied);
  EXPECT_EQ(Break(*nurse_, "genetic"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Break(*nurse_, "no such class"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Break(*founder_), StatusCode::kAlreadyExists);
  EXPECT_EQ(Listed(*auditor_), "");
}

TEST_F(BreakingGlass, TheOnlyClassNeedsNoName) {
  ASSERT_EQ(Break(*nurse_, ""), StatusCode::kOk);
  EXPECT_TRUE(ReadsHiv(*nurse_));
  DefineAndGive("in more need", Operation::kBreakGlass, {"genetic"}, "nurse");
  EXPECT_EQ(Break(*nurse_, ""), StatusCode::kInvalidArgument);
  EXPECT_EQ(Break(*nurse_, "genetic"), StatusCode::kPermissionDenied);  // it is there at the next login
  EXPECT_EQ(Break(*lab_.LoginAs("nurse"), "genetic"), StatusCode::kOk);
}

TEST_F(BreakingGlass, AReasonIsNeeded) {
  EXPECT_EQ(Break(*nurse_, "hiv", 0, ""), StatusCode::kInvalidArgument);
  EXPECT_EQ(Break(*nurse_, "hiv", 0, "tab\t"), StatusCode::kInvalidArgument);
  EXPECT_EQ(Break(*nurse_, "hiv", 0, std::string(241, 'x')), StatusCode::kInvalidArgument);
  EXPECT_FALSE(ReadsHiv(*nurse_));
}

TEST_F(BreakingGlass, AServiceIsInNoNeed) {
  {
    auto call = founder_->Enter();
    people::NewPerson service{.name = "portal", .kind = people::PersonKind::kService, .classes = {}, .cost = {}};
    service.cost = crypto::kArgon2Floor;
    ASSERT_TRUE(vault::AddPerson(call->core(), call->desk(), service, AsBytes(PasswordOf(service.name))).ok());
  }
  for (const char* role : {"in need", "auditing"})
    EXPECT_EQ(Change(*founder_, [&](auto& registry, Who who) { return registry.GiveRole(who, "portal", role); }),
              StatusCode::kOk);
  const auto portal = lab_.LoginAs("portal");
  EXPECT_EQ(Break(*portal), StatusCode::kPermissionDenied);
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  EXPECT_EQ(Review(*portal, 1), StatusCode::kPermissionDenied);
}

TEST_F(BreakingGlass, ARoleThatIsTakenClosesItAtOnce) {
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  EXPECT_EQ(Change(*founder_, [](auto& registry, Who who) { return registry.TakeRole(who, "nurse", "in need"); }),
            StatusCode::kOk);
  EXPECT_FALSE(ReadsHiv(*nurse_));
}

TEST_F(BreakingGlass, AnotherChangeOfTheChainLeavesItOpen) {
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  DefineAndGive("eraser", Operation::kErase, {}, "nurse");
  EXPECT_TRUE(ReadsHiv(*nurse_));
}

TEST_F(BreakingGlass, WaitsForASecondPersonAlsoAfterReopening) {
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  nurse_.reset(), auditor_.reset(), founder_.reset();
  lab_.Close();
  nurse_ = lab_.LoginAs("nurse"), auditor_ = lab_.LoginAs("auditor");
  EXPECT_FALSE(ReadsHiv(*nurse_));
  EXPECT_EQ(Listed(*auditor_), "o");
  EXPECT_EQ(Review(*nurse_, 1), StatusCode::kPermissionDenied);
  EXPECT_EQ(Review(*auditor_, 2), StatusCode::kNotFound);
  EXPECT_EQ(Review(*auditor_, 1, ""), StatusCode::kInvalidArgument);
  EXPECT_EQ(Review(*auditor_, 1), StatusCode::kOk);
  EXPECT_EQ(Review(*auditor_, 1), StatusCode::kAlreadyExists);
  EXPECT_EQ(Listed(*auditor_), "r");
}

TEST_F(BreakingGlass, WhoMayReviewDoesNotReviewTheirOwn) {
  DefineAndGive("auditing too", Operation::kAudit, {}, "nurse");
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  EXPECT_EQ(Review(*nurse_, 1), StatusCode::kPermissionDenied);
  EXPECT_EQ(Listed(*auditor_), "o");
}

TEST_F(BreakingGlass, IsOverdueOnceNobodyReviewedItForLong) {
  SetClockForTests(NowMs());
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  SetClockForTests(NowMs() + 72 * 60 * kMinute + 1);
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  EXPECT_EQ(Listed(*auditor_), "!o");
  EXPECT_EQ(Review(*auditor_, 1), StatusCode::kOk);
  EXPECT_EQ(Listed(*auditor_), "ro");
}

TEST_F(BreakingGlass, OthersSeeTheirOwnAlone) {
  DefineAndGive("in need too", Operation::kBreakGlass, {"hiv"}, "auditor");
  const auto other = lab_.LoginAs("auditor");
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  ASSERT_EQ(Break(*other), StatusCode::kOk);
  EXPECT_EQ(Listed(*nurse_), "o");
  EXPECT_EQ(Listed(*other), "oo");
}

TEST_F(BreakingGlass, ARowThatWasTakenAwayShows) {
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  ASSERT_EQ(Break(*nurse_), StatusCode::kOk);
  nurse_.reset(), auditor_.reset(), founder_.reset();
  lab_.Remove(store::Table::kMeta, format::MetaKey(1, format::MetaKind::kBrokenGlass, keys::MetaIdOf({0, 1})));
  EXPECT_EQ(Listed(*lab_.LoginAs("auditor")), "AuthFailed");
}

TEST_F(BreakingGlass, AnAdministratorGivesItOnlyOfWhatTheyRead) {
  DefineAndGive("administering", Operation::kAdminister, {}, "nurse");
  const auto administrator = lab_.LoginAs("nurse");
  const auto define = [&](std::string_view role, std::vector<std::string> classes) {
    return Change(*administrator, [&](auto& registry, Who who) {
      return registry.DefineRole(who, role, Operation::kBreakGlass, classes);
    });
  };
  EXPECT_EQ(define("general in need", {"general"}), StatusCode::kOk);
  EXPECT_EQ(define("genetic in need", {"genetic"}), StatusCode::kPermissionDenied);
  EXPECT_EQ(define("hiv in need", {"hiv"}), StatusCode::kOk);  // what they have themselves, no more
  EXPECT_EQ(
      Change(*administrator,
             [&](auto& registry, Who who) { return registry.DefineRole(who, "reader", Operation::kRead, {"hiv"}); }),
      StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace mseal::test
