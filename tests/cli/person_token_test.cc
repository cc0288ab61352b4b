// Persons who log in with a token of their own.
#include "cli/desk.h"
#include "keys_support/soft_token.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CliPersonToken : public Desk {
 protected:
  CliPersonToken() {
    MakeVault();
    handle_ = Put("Patient", R"({"patient": "p", "record": "r", "fields": {"family": "Martin"}})");
    pin_ = Write("pin", "1234\n");
  }
  Ran Add(const std::string& name) {
    return Run({"person", "add", name, "--classes", "general,identity", "--new-token", kToken, "--new-password-file", pin_});
  }
  // The nurse, by the token.
  Ran ByToken(Words words, const std::string& pin = "1234\n") {
    const auto given = environment_;
    environment_["MEDSEAL_PERSON"] = "nurse";
    environment_["MEDSEAL_PASSWORD_FILE"] = Write("given pin", pin);
    environment_["MEDSEAL_PERSON_TOKEN"] = kToken;
    Ran ran = Run(words);
    environment_ = given;
    return ran;
  }

  static constexpr const char* kToken = "pkcs11:token=medseal?module-path=" MEDSEAL_SOFTHSM;
  keys::SoftToken token_;
  std::string handle_, pin_;
};

TEST_F(CliPersonToken, ANurseReadsWithTokenAndPin) {
  const Ran added = Add("nurse");
  ASSERT_EQ(added.exit_code, 0) << added.err;
  EXPECT_THAT(ByToken({"get", handle_}).out, HasSubstr("Martin"));
  const Ran wrong = ByToken({"get", handle_}, "4321\n");
  EXPECT_EQ(wrong.exit_code, 12);
  EXPECT_THAT(wrong.err, Not(HasSubstr("4321")));
  EXPECT_THAT(JsonValues(Run({"person", "show", "nurse", "--json"}).out, "failed_logins"), ElementsAre("1"));
  const Ran again = Add("physician");
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("somebody logs in with this token"));
}

TEST_F(CliPersonToken, ATokenThatIsNotThereIsSaidToBe) {
  ASSERT_EQ(Add("nurse").exit_code, 0);
  std::filesystem::remove_all(token_.tokens());
  std::filesystem::create_directory(token_.tokens());
  const Ran gone = ByToken({"get", handle_});
  EXPECT_EQ(gone.exit_code, 14);
  EXPECT_THAT(gone.err, HasSubstr("no such token"));
  EXPECT_THAT(JsonValues(Run({"person", "show", "nurse", "--json"}).out, "failed_logins"), ElementsAre("0"));
}

TEST_F(CliPersonToken, OneChangesToATokenSignsWithItAndIsGivenAPasswordAgain) {
  AddPerson("nurse", "general,identity");
  LetSign("nurse");
  const Ran changed = As("nurse", {"person", "passwd", "--new-token", kToken, "--new-password-file", pin_});
  ASSERT_EQ(changed.exit_code, 0) << changed.err;
  EXPECT_THAT(changed.err, HasSubstr("logs in with the new token"));
  EXPECT_EQ(As("nurse", {"get", handle_}).exit_code, 12);
  EXPECT_EQ(ByToken({"get", handle_}).exit_code, 0);
  const Ran set = Run({"policy", "set", "login_attempts", "50", "--with", "nurse", "--with-token", kToken,
                       "--with-password-file", pin_});
  EXPECT_EQ(set.exit_code, 0) << set.err;
  const Ran back = Run({"rotate", "person", "nurse", "--new-password-file", Write("next", "harbour violin 7"),
                        "--argon2-memory", "19", "--argon2-passes", "2"});
  EXPECT_EQ(back.exit_code, 0) << back.err;
  EXPECT_EQ(ByToken({"get", handle_}).exit_code, 12);
}

TEST_F(CliPersonToken, WhatCannotBeMeantIsRefused) {
  EXPECT_EQ(Run({"person", "add", "nurse", "--new-token", kToken, "--new-key-file", Path("key")}).exit_code, 2);
  EXPECT_EQ(Run({"person", "add", "nurse", "--new-token", "pkcs11:token=medseal?pin-value=1234", "--new-password-file", pin_})
                .exit_code,
            2);
  EXPECT_EQ(Run({"person", "add", "nurse", "--new-token", kToken, "--new-password-file", Write("bad", "4321\n")}).exit_code, 12);
  EXPECT_EQ(Run({"rotate", "person", "ada", "--compromised", "--new-token", kToken}).exit_code, 2);
}

}  // namespace
}  // namespace mseal::test
