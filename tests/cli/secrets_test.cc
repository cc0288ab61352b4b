// Passwords and passphrases: prompt, file, descriptor, and never the command line.
#include <sys/stat.h>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliSecrets : public Desk {
 protected:
  void SetUp() override { MakeVault(); }
};

TEST_F(CliSecrets, AWrongPassphraseAndAWrongPasswordExitTheSame) {
  WritePassword("ada", "another");
  EXPECT_EQ(Run({"person", "list"}).exit_code, 12);
  WritePassword("ada", "tram gravel lantern");
  Write("passphrase", "another");
  EXPECT_EQ(Run({"status"}).exit_code, 12);
}

TEST_F(CliSecrets, AnUnknownPersonIsAnsweredLikeAWrongPassword) {
  WritePassword("mallory", "tram gravel lantern");
  const Ran unknown = As("mallory", {"person", "list", "--json"});
  WritePassword("ada", "another");
  const Ran wrong = Run({"person", "list", "--json"});
  EXPECT_EQ(unknown.exit_code, 12);
  EXPECT_EQ(JsonValues(unknown.err, "message"), JsonValues(wrong.err, "message"));
}

TEST_F(CliSecrets, OneLineEndIsCutFromAFile) {
  for (const char* end : {"", "\n", "\r\n"}) {
    Write("ada.password", std::string("tram gravel lantern") + end);
    EXPECT_EQ(Run({"person", "list"}).exit_code, 0);
  }
  Write("ada.password", "tram gravel lantern\n\n");
  EXPECT_EQ(Run({"person", "list"}).exit_code, 12);
}

TEST_F(CliSecrets, AFileThatOthersCanReadIsWarnedOf) {
  EXPECT_THAT(Run({"person", "list"}).err, Not(HasSubstr("warning: other users")));
  chmod(Path("ada.password").c_str(), 0644);
  const Ran ran = Run({"person", "list"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.err, HasSubstr("warning: other users"));
}

TEST_F(CliSecrets, SeveralSecretsComeOneALineFromADescriptor) {
  const Ran ran = Run({"person", "list", "--keyring-passphrase-fd", "0", "--password-fd", "0"},
                      "open keyring\ntram gravel lantern\n");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
}

TEST_F(CliSecrets, WithoutATerminalTheErrorNamesTheWaysIn) {
  environment_["MEDSEAL_PASSWORD_FILE"] = "";
  const Ran ran = Run({"person", "list"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("password of ada"));
}

TEST_F(CliSecrets, AMissingPasswordFileIsAWrongCallAndNotAMissingRecord) {
  environment_["MEDSEAL_PASSWORD_FILE"] = Path("nothing");
  const Ran ran = Run({"person", "list"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("nothing: there is no such file"));
}

TEST_F(CliSecrets, AFileWithoutEndIsRefused) {
  environment_["MEDSEAL_PASSWORD_FILE"] = "/dev/zero";
  EXPECT_EQ(Run({"person", "list"}).exit_code, 2);
}

TEST_F(CliSecrets, AnEmptyPasswordIsRefusedBeforeItIsTried) {
  Write("ada.password", "\n");
  EXPECT_EQ(Run({"person", "list"}).exit_code, 2);
}

TEST_F(CliSecrets, APromptDoesNotShowWhatIsTyped) {
  environment_["MEDSEAL_PASSWORD_FILE"] = "";
  const Ran ran = RunOnTerminal({"person", "list"}, {"tram gravel lantern\n"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("password of ada: "));
  EXPECT_THAT(ran.out, HasSubstr("founder"));
  EXPECT_THAT(ran.out, Not(HasSubstr("tram gravel lantern")));
}

TEST_F(CliSecrets, ANewPasswordIsAskedTwice) {
  Words words = {"person", "add", "eve", "--argon2-memory", "19", "--argon2-passes", "2"};
  EXPECT_EQ(RunOnTerminal(words, {"one\n", "other\n"}).exit_code, 2);
  EXPECT_EQ(RunOnTerminal(words, {"violin and moss 12\n", "violin and moss 12\n"}).exit_code, 0);
  WritePassword("eve", "violin and moss 12");
  EXPECT_EQ(As("eve", {"person", "list"}).exit_code, 0);
}

// The desk itself fails the test when the terminal is left without echo.
TEST_F(CliSecrets, CtrlCAtAPromptGivesTheTerminalBack) {
  environment_["MEDSEAL_PASSWORD_FILE"] = "";
  EXPECT_EQ(RunOnTerminal({"person", "list"}, {"half a pass\x03"}).exit_code, 130);
}

TEST_F(CliSecrets, APasswordOnTheCommandLineIsRefusedAndNotRepeated) {
  const Ran ran = Run({"person", "list", "--password", "hunter2hunter2"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace mseal::test
