// A process that carries out what was approved is killed at each of its writes: an approval lets its action take place
// once at the most, wherever the process died.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "crash/mortal.h"
#include "people/policy.h"
#include "vault/approvals.h"
#include "vault/set_policy.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

constexpr std::string_view kPolicy = people::policy::kLoginAttempts;

class KilledApproval : public ::testing::Test {
 protected:
  void SetUp() override { lab_.AddAuditor("auditor"); }

  Status SetPolicy(std::uint64_t value) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    return vault::SetPolicy(call->core(), call->desk(), kPolicy, value);
  }
  std::uint64_t Policy() { return lab_.Vault()->Enter()->core().registry->chain()->policy(kPolicy); }

  // The newest of this action.
  std::optional<vault::ApprovalView> Of(std::uint64_t value) {
    std::optional<vault::ApprovalView> newest;
    auto call = lab_.Vault()->Enter();
    EXPECT_TRUE(vault::ForEachApproval(call->core(), [&](const vault::ApprovalView& view) {
                  if (view.approval.action.value == value) newest = view;
                  return Status::Ok();
                }).ok());
    return newest;
  }
  void AskAndSign(std::uint64_t value) {
    ASSERT_EQ(SetPolicy(value).code(), StatusCode::kPermissionDenied);
    const auto view = Of(value);
    ASSERT_TRUE(view.has_value());
    const auto auditor = lab_.LoginAs("auditor");
    auto call = auditor->Enter();
    const auto digest = vault::DigestOfApproval(call->core(), view->number, view->approval);
    ASSERT_TRUE(vault::SignApproval(call->core(), call->desk(), view->number, digest).ok());
  }
  std::string CarryOutAndDieAt(int point, std::uint64_t value) {
    lab_.Close();
    return RunMortal({MEDSEAL_CRASH_JOB_WORKER, lab_.store(), lab_.keyring(), std::to_string(point), "policy",
                      std::string(kPolicy), std::to_string(value)})
        .said;
  }

  Laboratory lab_;
};

TEST_F(KilledApproval, LetsItsActionTakePlaceOnceAtTheMost) {
  std::set<std::pair<bool, bool>> seen;  // was it used up, did the action take place
  int deaths = 0;
  for (int point = 1; !HasFailure(); ++point) {
    const std::uint64_t before = Policy();
    const std::uint64_t value = before + 1;  // more tries at a password are less safety
    AskAndSign(value);
    ASSERT_FALSE(HasFailure());
    const std::string name = CarryOutAndDieAt(point, value);
    const auto view = Of(value);
    ASSERT_TRUE(view.has_value()) << name;
    const bool used_up = view->approval.state == format::ApprovalState::kCarriedOut;
    const bool took_place = Policy() == value;
    EXPECT_TRUE(used_up || !took_place) << name << ": it could take place again";
    EXPECT_TRUE(took_place || Policy() == before) << name;
    seen.emplace(used_up, took_place);
    // Until then it is good for the action still; afterwards that has to be signed anew.
    const Status again = SetPolicy(value + (took_place ? 1 : 0));
    EXPECT_EQ(again.ok(), !used_up) << name << ": " << again.message();
    if (name.empty()) break;
    ++deaths;
    ASSERT_LT(point, 50) << "this has no end";
  }
  EXPECT_GE(deaths, 2);
  EXPECT_EQ(seen.size(), 3u) << "killed before the approval was used up, between, and after the action";
}

}  // namespace
}  // namespace mseal::test
