// Logging in by the command: purpose and who is behind it, lock-outs from one run to the next, policy.
#include <filesystem>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class CliLogin : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    AddPerson("physician", "general");
    AddPerson("auditor", "general");
  }
  Ran Guess(const std::string& person) {
    const auto given = environment_;
    environment_["MEDSEAL_PERSON"] = person;
    environment_["MEDSEAL_PASSWORD_FILE"] = Write("guess", "not the password");
    Ran ran = Run({"person", "list"});
    environment_ = given;
    return ran;
  }
};

TEST_F(CliLogin, APurposeOfUseIsNeeded) {
  environment_["MEDSEAL_PURPOSE"] = "";
  const Ran none = Run({"person", "list"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("--purpose"));
  EXPECT_EQ(Run({"person", "list", "--purpose", "research"}).exit_code, 0);
  EXPECT_EQ(Run({"person", "list", "--purpose", "x-night-run"}).exit_code, 0);
  const Ran unknown = Run({"person", "list", "--purpose", "curiosity"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("care, billing, research"));
}

TEST_F(CliLogin, WhoIsBehindItIsCleanText) {
  EXPECT_EQ(Run({"person", "list", "--on-behalf-of", "kim", "--origin", "ward 3"}).exit_code, 0);
  EXPECT_EQ(Run({"person", "list", "--on-behalf-of", std::string(129, 'x')}).exit_code, 2);
  EXPECT_EQ(Run({"person", "list", "--origin", "a\tb"}).exit_code, 2);
}

TEST_F(CliLogin, GuessesAreCountedFromOneRunToTheNextUntilSomebodyUnlocks) {
  ASSERT_EQ(As("ada", {"policy", "set", "login_attempts", "3"}).exit_code, 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Guess("physician").exit_code, 12);
  const Ran locked = As("physician", {"person", "list"});
  EXPECT_EQ(locked.exit_code, 12);
  const auto first_line = [](const std::string& text) { return text.substr(0, text.find('\n')); };
  EXPECT_EQ(first_line(locked.err), first_line(Guess("nobody").err));
  EXPECT_THAT(As("ada", {"person", "show", "physician"}).out, HasSubstr("failed logins: 3, locked out until 20"));
  EXPECT_THAT(JsonValues(As("ada", {"person", "show", "physician", "--json"}).out, "failed_logins"),
              testing::ElementsAre("3"));
  EXPECT_THAT(As("auditor", {"person", "show", "physician"}).out, Not(HasSubstr("failed logins"))) << "none of theirs";
  EXPECT_THAT(As("auditor", {"person", "show", "auditor"}).out, HasSubstr("failed logins: 0\n"));
  EXPECT_EQ(As("auditor", {"person", "unlock", "physician"}).exit_code, 6);
  EXPECT_EQ(As("ada", {"person", "unlock", "nobody"}).exit_code, 4);
  const Ran unlocked = As("ada", {"person", "unlock", "physician", "--json"});
  EXPECT_EQ(unlocked.exit_code, 0) << unlocked.err;
  EXPECT_THAT(JsonValues(unlocked.out, "name"), testing::ElementsAre("physician"));
  EXPECT_EQ(As("physician", {"person", "list"}).exit_code, 0);
}

TEST_F(CliLogin, PolicyIsShownAndSetAndAWeakerOneTakesTwo) {
  EXPECT_THAT(As("physician", {"policy", "show"}).out, HasSubstr("lockout_minutes"));
  EXPECT_THAT(JsonValues(Run({"policy", "show", "--json"}).out, "name"), Contains("session_idle_minutes"));
  EXPECT_EQ(As("physician", {"policy", "set", "lockout_minutes", "60"}).exit_code, 6);
  EXPECT_EQ(Run({"policy", "set", "lockout_minutes", "60"}).exit_code, 0);
  EXPECT_EQ(Run({"policy", "set", "lockout_minutes", "60"}).exit_code, 1);
  EXPECT_EQ(Run({"policy", "set", "nothing", "60"}).exit_code, 4);
  EXPECT_EQ(Run({"policy", "set", "lockout_minutes", "99999"}).exit_code, 2);
  const Ran alone = Run({"policy", "set", "lockout_minutes", "5"});
  EXPECT_EQ(alone.exit_code, 6);
  EXPECT_THAT(alone.err, HasSubstr("approval 1"));
  LetSign("auditor");
  const Ran two = Run(
      {"policy", "set", "lockout_minutes", "5", "--with", "auditor", "--with-password-file", Path("auditor.password")});
  EXPECT_EQ(two.exit_code, 0) << two.err;
  EXPECT_THAT(JsonValues(Run({"policy", "show", "--json"}).out, "value"), Contains("5"));
}

TEST_F(CliLogin, AKeyFileIsMadeForAPersonAndLogsThemIn) {
  const Ran added =
      Run({"person", "add", "analyser", "--service", "--classes", "general", "--new-key-file", Path("analyser.key")});
  ASSERT_EQ(added.exit_code, 0) << added.err;
  EXPECT_EQ(std::filesystem::file_size(Path("analyser.key")), 32u);
  EXPECT_EQ(std::filesystem::status(Path("analyser.key")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto list = [&](const std::string& person, const std::string& key) {
    return Run({"person", "list", "--person", person, "--person-key", key}).exit_code;
  };
  EXPECT_EQ(list("analyser", Path("analyser.key")), 0);
  EXPECT_EQ(list("physician", Path("analyser.key")), 12);
  EXPECT_EQ(list("analyser", Write("other.key", std::string(31, '\xaa') + "b")), 12);
  EXPECT_EQ(list("analyser", Write("short.key", "\xaa")), 2);
  EXPECT_EQ(list("analyser", Write("text.key", std::string(32, 'x'))), 2);
  EXPECT_EQ(Run({"person", "add", "second", "--new-key-file", Path("analyser.key")}).exit_code, 2);
  EXPECT_EQ(list("analyser", Path("analyser.key")), 0);  // the file is left alone
  EXPECT_EQ(Run({"person", "add", "analyser", "--new-key-file", Path("unused.key")}).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(Path("unused.key")));
}

TEST_F(CliLogin, APersonChangesFromAPasswordToAKeyFile) {
  const Ran rotated = As("physician", {"rotate", "person", "physician", "--new-key-file", Path("physician.key")});
  ASSERT_EQ(rotated.exit_code, 0) << rotated.err;
  EXPECT_EQ(As("physician", {"person", "list"}).exit_code, 12);
  EXPECT_EQ(Run({"person", "list", "--person", "physician", "--person-key", Path("physician.key")}).exit_code, 0);
  EXPECT_EQ(Run({"rotate", "person", "physician", "--compromised", "--new-key-file", Path("n")}).exit_code, 2);
  LetSign("physician");
  const Ran two =
      Run({"policy", "set", "lockout_minutes", "5", "--with", "physician", "--with-key", Path("physician.key")});
  EXPECT_EQ(two.exit_code, 0) << two.err;
}

}  // namespace
}  // namespace mseal::test
