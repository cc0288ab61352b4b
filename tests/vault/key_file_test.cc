// Key files: one serves one person, and follows them through rotations.
#include <gtest/gtest.h>

#include "vault/administer.h"
#include "vault/rotate_person.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using people::LoginSecret;

class KeyFiles : public ::testing::Test {
 protected:
  void SetUp() override { founder_ = lab_.LoginAs(Laboratory::kFounder); }

  StatusCode Add(std::string_view name, const LoginSecret& secret) {
    auto call = founder_->Enter();
    people::NewPerson person;
    person.name = name;
    person.cost = crypto::kArgon2Floor;
    return vault::AddPerson(call->core(), call->desk(), person, secret).code();
  }
  StatusCode Login(std::string_view name, const LoginSecret& secret) {
    return lab_.Vault()->Login({name, secret, {.purpose = "care"}}).code();
  }
  StatusCode Rotate(std::string_view name, const LoginSecret& secret) {
    return vault::RotatePerson(*founder_, name, secret, crypto::kArgon2Floor).code();
  }

  const Bytes first_ = Bytes(32, 0xc3), second_ = Bytes(32, 0xc4);
  const LoginSecret one_ = LoginSecret::KeyFile(first_), other_ = LoginSecret::KeyFile(second_);
  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(KeyFiles, LogInWhomTheyWereGivenTo) {
  ASSERT_EQ(Add("robot", one_), StatusCode::kOk);
  EXPECT_EQ(Login("robot", one_), StatusCode::kOk);
  EXPECT_EQ(Login("robot", other_), StatusCode::kWrongSecret);
  EXPECT_EQ(Login(Laboratory::kFounder, one_), StatusCode::kWrongSecret);
  EXPECT_EQ(Login("nobody", one_), StatusCode::kWrongSecret);
  EXPECT_EQ(Login("robot", AsBytes(PasswordOf("robot"))), StatusCode::kWrongSecret);
  EXPECT_EQ(Login("robot", LoginSecret::KeyFile(AsBytes("too short"))), StatusCode::kInvalidArgument);
  EXPECT_EQ(Login("nobody", LoginSecret::KeyFile(AsBytes("too short"))), StatusCode::kInvalidArgument);
}

TEST_F(KeyFiles, ServeOnePersonOnly) {
  ASSERT_EQ(Add("robot", one_), StatusCode::kOk);
  EXPECT_EQ(Add("second", one_), StatusCode::kAlreadyExists);
  EXPECT_EQ(Login("second", one_), StatusCode::kWrongSecret);  // nothing was left of it
  EXPECT_EQ(Rotate(Laboratory::kFounder, one_), StatusCode::kAlreadyExists);
  EXPECT_EQ(Rotate("robot", one_), StatusCode::kAlreadyExists);  // the old one is what is to be replaced
  EXPECT_EQ(Login("robot", one_), StatusCode::kOk);
  founder_.reset();
  lab_.Close();
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Add("second", one_), StatusCode::kAlreadyExists);
  EXPECT_EQ(Add("second", other_), StatusCode::kOk);
}

TEST_F(KeyFiles, AreFreeOnceTheirPersonHasAnother) {
  ASSERT_EQ(Add("robot", one_), StatusCode::kOk);
  ASSERT_EQ(Rotate("robot", other_), StatusCode::kOk);
  EXPECT_EQ(Login("robot", one_), StatusCode::kWrongSecret);
  EXPECT_EQ(Login("robot", other_), StatusCode::kOk);
  EXPECT_EQ(Add("second", one_), StatusCode::kOk);
  ASSERT_EQ(Rotate("robot", AsBytes(PasswordOf("robot"))), StatusCode::kOk);
  EXPECT_EQ(Login("robot", other_), StatusCode::kWrongSecret);
  EXPECT_EQ(Login("robot", AsBytes(PasswordOf("robot"))), StatusCode::kOk);
  EXPECT_EQ(Add("third", other_), StatusCode::kOk);
}

}  // namespace
}  // namespace mseal::test
