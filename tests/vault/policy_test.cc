// Changing policy: who may, and when it takes two.
#include "people/policy.h"

#include <gtest/gtest.h>

#include "vault/approvals.h"
#include "vault/set_policy.h"
#include "vault/two_persons.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

namespace policy = people::policy;

class SettingPolicy : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddAuditor("second");
    founder_ = lab_.LoginAs(Laboratory::kFounder);
  }
  Status Set(vault::Session& session, std::string_view name, std::uint64_t value) {
    auto call = session.Enter();
    return vault::SetPolicy(call->core(), call->desk(), name, value);
  }
  std::uint64_t Now(std::string_view name) { return lab_.Vault()->Enter()->core().registry->chain()->policy(name); }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(SettingPolicy, AStricterOneTakesTheFounderAloneAndOutlivesReopening) {
  ASSERT_TRUE(Set(*founder_, policy::kLoginAttempts, 4).ok());
  EXPECT_EQ(Now(policy::kLoginAttempts), 4u);
  founder_.reset();
  lab_.Close();
  EXPECT_EQ(Now(policy::kLoginAttempts), 4u);
}

TEST_F(SettingPolicy, AWeakerOneTakesASecondPerson) {
  const std::uint64_t before = Now(policy::kLockoutMinutes);
  EXPECT_EQ(Set(*founder_, policy::kLockoutMinutes, 1).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Now(policy::kLockoutMinutes), before);
  ASSERT_TRUE(vault::Join(*founder_, "second", AsBytes(PasswordOf("second"))).ok());
  EXPECT_TRUE(Set(*founder_, policy::kLockoutMinutes, 1).ok());
  EXPECT_EQ(Now(policy::kLockoutMinutes), 1u);
}

TEST_F(SettingPolicy, NobodyElseSetsOne) {
  const auto second = lab_.LoginAs("second");
  EXPECT_EQ(Set(*second, policy::kLoginAttempts, 4).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Set(*founder_, "nothing", 4).code(), StatusCode::kNotFound);
  EXPECT_EQ(Set(*founder_, policy::kLoginAttempts, 1).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Set(*founder_, policy::kLoginAttempts, 101).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Set(*second, policy::kLoginAttempts, 50).code(), StatusCode::kPermissionDenied);
  auto call = founder_->Enter();
  std::size_t asked = 0;
  EXPECT_TRUE(vault::ForEachApproval(call->core(), [&](const auto&) { return ++asked, Status::Ok(); }).ok());
  EXPECT_EQ(asked, 0u);  // for what nobody could set
}

}  // namespace
}  // namespace mseal::test
