// Roots, providers and compromised persons from the command line.
#include <filesystem>

#include "cli/desk.h"
#include "keys_support/soft_token.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}
const Words kCheap = {"--argon2-memory", "19", "--argon2-passes", "2"};

class CliProvider : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    handle_ = Put("Patient", R"({"patient": "p-1", "record": "1", "fields": {"family": "Martin"}})");
  }
  void RegisterPlaces() {
    for (const char* place : {"nas", "usb"}) ASSERT_EQ(Run({"backup", "register", Path(place)}).exit_code, 0);
  }
  // From now on.
  void Use(const std::string& keyring, const std::string& passphrase_file) {
    environment_["MEDSEAL_KEYRING"] = keyring;
    environment_["MEDSEAL_KEYRING_PASSPHRASE_FILE"] = passphrase_file;
  }
  bool Reads() { return Run({"get", handle_}).out.find("Martin") != std::string::npos; }

  static constexpr const char* kToken = "pkcs11:token=medseal;object=clinic?module-path=" MEDSEAL_SOFTHSM;
  keys::SoftToken token_;
  std::string handle_;
};

TEST_F(CliProvider, ANewPassphraseOpensAndTheOldOneDoesNot) {
  const std::string next = Write("next", "a new passphrase\n");
  const Ran rotated = Run(Words{"rotate", "root", "--new-passphrase-file", next, "--json"} + kCheap);
  ASSERT_EQ(rotated.exit_code, 0) << rotated.err;
  EXPECT_THAT(JsonValues(rotated.out, "changed"), ElementsAre("Ok"));
  EXPECT_EQ(Run({"status"}).exit_code, 12);
  Use(Path("keyring"), next);
  EXPECT_TRUE(Reads());
}

TEST_F(CliProvider, ACompromisedRootChangesTheEpochTooOrSaysWhatItWaitsFor) {
  const std::string next = Write("next", "a new passphrase\n");
  const Ran waits = Run(Words{"rotate", "root", "--compromised", "--new-passphrase-file", next} + kCheap);
  EXPECT_EQ(waits.exit_code, 14);
  EXPECT_THAT(waits.err, HasSubstr("medseal rotate resume 1"));
  Use(Path("keyring"), next);
  RegisterPlaces();
  EXPECT_EQ(Run({"rotate", "resume", "1"}).exit_code, 0);
  const Ran whole = Run(Words{"rotate", "root", "--compromised", "--new-passphrase-file", next, "--json"} + kCheap);
  EXPECT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_THAT(JsonValues(Run({"rotate", "status", "--json"}).out, "state"), Each("done"));
  EXPECT_TRUE(Reads());
}

TEST_F(CliProvider, ACopyThatIsAwayIsNamedWithItsOldRoot) {
  const std::string other = Write("other", "willow copper tunnel\n"), next = Write("next", "a new passphrase\n");
  ASSERT_EQ(Run(Words{"provider", "copy", "add", Path("second"), "--new-passphrase-file", other} + kCheap).exit_code,
            0);
  fs::rename(Path("second"), Path("away"));
  const Ran rotated = Run(Words{"rotate", "root", "--new-passphrase-file", next} + kCheap);
  EXPECT_EQ(rotated.exit_code, 14);
  EXPECT_THAT(rotated.out, HasSubstr(Path("second") + "  has its old root still"));
  EXPECT_THAT(rotated.out, HasSubstr(Path("keyring") + "  takes the new secret"));
}

TEST_F(CliProvider, ACopyThatIsLostIsGivenUpByTwoPersonsAndNamedFromThenOn) {
  const std::string other = Write("other", "willow copper tunnel\n");
  AddPerson("witness", "general");
  RegisterPlaces();
  ASSERT_EQ(Run(Words{"provider", "copy", "add", Path("second"), "--new-passphrase-file", other} + kCheap).exit_code,
            0);
  const Words forget = {"provider", "copy", "forget", Path("second"), "--yes"};
  const Words two = {"--with", "witness", "--with-password-file", Path("witness.password")};
  EXPECT_EQ(Run(forget + two).exit_code, 1);  // it answers
  fs::rename(Path("second"), Path("away"));
  const Ran erased = Run({"erase", handle_, "--yes", "--reason", "asked for", "--json"});
  EXPECT_EQ(erased.exit_code, 14);
  EXPECT_EQ(Run(forget).exit_code, 6);
  const Ran given_up = Run(forget + two);
  EXPECT_EQ(given_up.exit_code, 0) << given_up.err;
  EXPECT_EQ(Run({"rotate", "resume", "1"}).exit_code, 0);
  EXPECT_THAT(Run({"provider", "copy", "list"}).out, HasSubstr(Path("second") + "  given up unread, may hold epoch 1"));
  const std::string number = JsonValues(erased.out, "certificate").front();
  EXPECT_THAT(Run({"certificate", "make", number}).out,
              HasSubstr("was given up unread: it may still hold the secret of epoch 1"));
  fs::rename(Path("away"), Path("second"));
  EXPECT_THAT(Run({"provider", "copy", "list"}).out, HasSubstr("given up, came back, destroyed"));
  EXPECT_EQ(Run({"provider", "copy", "verify"}).exit_code, 14);  // one is left
}

TEST_F(CliProvider, AVaultMovesToATokenAndBackToAKeyFile) {
  const std::string pin = Write("pin", "1234\n"), key = Write("key", std::string(32, 'k'));
  const Ran unasked = Run(Words{"provider", "move", "--to", kToken, "--new-passphrase-file", pin});
  EXPECT_EQ(unasked.exit_code, 2);  // nobody to ask
  EXPECT_THAT(unasked.err, HasSubstr("destroyed for good"));
  EXPECT_TRUE(fs::exists(Path("keyring")));
  const Ran moved = Run(Words{"provider", "move", "--to", kToken, "--new-passphrase-file", pin, "--yes"});
  ASSERT_EQ(moved.exit_code, 0) << moved.err;
  EXPECT_FALSE(fs::exists(Path("keyring")));
  EXPECT_EQ(Run({"status"}).exit_code, 14);
  Use(kToken, pin);
  EXPECT_TRUE(Reads());
  const Ran back = Run(Words{"provider", "move", "--to", Path("keyring"), "--new-key-file", key, "--yes", "--json"});
  ASSERT_EQ(back.exit_code, 0) << back.err;
  EXPECT_THAT(JsonValues(back.out, "uri"), ElementsAre(Path("keyring")));
  environment_["MEDSEAL_KEYRING"] = Path("keyring");
  environment_["MEDSEAL_KEYRING_KEY_FILE"] = key;
  EXPECT_TRUE(Reads());
}

TEST_F(CliProvider, AMoveThatWasOverIsFoundSo) {
  const std::string next = Write("next", "a new passphrase\n");
  const Words move = Words{"provider", "move", "--to", Path("moved"), "--new-passphrase-file", next, "--yes"} + kCheap;
  ASSERT_EQ(Run(move).exit_code, 0);
  const Ran again = Run(move);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("the vault had moved"));
  EXPECT_EQ(Run(Words{"provider", "move", "--to", Path("elsewhere"), "--new-passphrase-file", next, "--yes"}).exit_code,
            14);
}

TEST_F(CliProvider, ACopyOnATokenIsMadeWithItsPinAskedForOnce) {
  const Ran added = RunOnTerminal({"provider", "copy", "add", kToken}, {"1234\n"});
  EXPECT_EQ(added.exit_code, 0) << added.out;
  EXPECT_THAT(added.out, HasSubstr("PIN of the other token: "));
  EXPECT_EQ(Run({"provider", "copy", "verify"}).exit_code, 0);
  const Ran root = Run(Words{"rotate", "root", "--new-passphrase-file", Write("next", "a new passphrase\n")} + kCheap);
  EXPECT_EQ(root.exit_code, 0) << root.err;
  EXPECT_THAT(root.err, HasSubstr("the token's own tool"));
  Use(kToken, Write("pin", "1234\n"));
  EXPECT_TRUE(Reads());
}

TEST_F(CliProvider, ABackupIsDrilledAndRestoredWithAToken) {
  const std::string pin = Write("pin", "1234\n");
  RegisterPlaces();
  ASSERT_EQ(Run({"backup", "create"}).exit_code, 0);
  ASSERT_EQ(Run(Words{"provider", "move", "--to", kToken, "--new-passphrase-file", pin, "--yes"}).exit_code, 0);
  Use(kToken, pin);
  ASSERT_EQ(Run({"backup", "create"}).exit_code, 0);
  const Ran drilled = Run({"backup", "drill", "--from", Path("nas"), "--json"});
  EXPECT_EQ(drilled.exit_code, 0) << drilled.err;
  EXPECT_THAT(JsonValues(drilled.out, "failed"), ElementsAre("0"));
  fs::remove_all(Path("store"));
  const Ran restored = Run({"restore", "--from", Path("nas"), "--to", Path("store")});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_TRUE(Reads());
}

TEST_F(CliProvider, SeveralClassesShareTheEpochChangeThatEndsThem) {
  RegisterPlaces();
  const Ran rotated = Run({"rotate", "class", "hiv", "identity", "--json"});
  ASSERT_EQ(rotated.exit_code, 0) << rotated.err;
  EXPECT_THAT(JsonValues(rotated.out, "work"), ElementsAre("class rotation", "class rotation", "epoch change"));
  EXPECT_THAT(JsonValues(Run({"rotate", "status", "--json"}).out, "state"), Each("done"));
  EXPECT_TRUE(Reads());
}

TEST_F(CliProvider, ACompromisedPersonIsShutOutOfEveryClassInOneCommand) {
  AddPerson("physician", "identity,general,hiv");
  RegisterPlaces();
  const std::string password = Write("new-password", "willow copper tunnel\n");
  const Ran rotated =
      Run(Words{"rotate", "person", "physician", "--compromised", "--new-password-file", password, "--json"} + kCheap);
  ASSERT_EQ(rotated.exit_code, 0) << rotated.err;
  const auto kinds = JsonValues(Run({"rotate", "status", "--json"}).out, "work");
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "epoch change"), 1);
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "class rotation"), 4);  // and directory
  EXPECT_THAT(JsonValues(Run({"rotate", "status", "--json"}).out, "state"), Each("done"));
  EXPECT_EQ(As("physician", {"get", handle_}).exit_code, 12);
  WritePassword("physician", "willow copper tunnel");
  EXPECT_THAT(As("physician", {"get", handle_}).out, HasSubstr("Martin"));
}

TEST_F(CliProvider, WhoCannotRotateTheClassesIsToldWhich) {
  AddPerson("physician", "identity,hiv");
  RegisterPlaces();
  const std::string password = Write("new-password", "willow copper tunnel\n");
  const Ran rotated = As(
      "physician", Words{"rotate", "person", "physician", "--compromised", "--new-password-file", password} + kCheap);
  EXPECT_EQ(rotated.exit_code, 14);
  EXPECT_THAT(rotated.err, HasSubstr("hiv"));
  EXPECT_THAT(rotated.err, HasSubstr("medseal rotate class"));
  EXPECT_THAT(rotated.err, Not(HasSubstr("willow copper tunnel")));
}

}  // namespace
}  // namespace mseal::test
