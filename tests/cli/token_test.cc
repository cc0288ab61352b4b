// A vault whose keyring is a PKCS#11 token.
#include "cli/desk.h"
#include "keys_support/soft_token.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CliToken : public Desk {
 protected:
  CliToken() {
    environment_["MEDSEAL_KEYRING"] = kKeyring;
    environment_["MEDSEAL_KEYRING_PASSPHRASE_FILE"] = Write("pin", "1234\n");
  }
  Ran Init() { return Run({"init", "--argon2-memory", "19", "--argon2-passes", "2"}); }

  static constexpr const char* kKeyring = "pkcs11:token=medseal;object=clinic?module-path=" MEDSEAL_SOFTHSM;
  keys::SoftToken token_;
};

TEST_F(CliToken, InitPutAndGetWorkAndNoKeyringLiesAbout) {
  const Ran made = Init();
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.err, HasSubstr("the token"));
  EXPECT_THAT(made.err, Not(HasSubstr("same device")));
  const std::string handle = Put("Patient", R"({"patient": "p", "record": "r", "fields": {"family": "Martin"}})");
  const Ran read = Run({"get", handle});
  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_THAT(read.out, HasSubstr("Martin"));
  EXPECT_FALSE(std::filesystem::exists(Path("keyring")));
  EXPECT_THAT(JsonValues(Run({"status", "--json"}).out, "freshness"), ElementsAre("fresh"));
}

TEST_F(CliToken, StatusAndThiefSayWhatATokenMeans) {
  ASSERT_EQ(Init().exit_code, 0);
  EXPECT_THAT(Run({"status"}).out, HasSubstr("on a token"));
  const Ran status = Run({"status", "--json"});
  EXPECT_THAT(JsonValues(status.out, "keyring_on_token"), ElementsAre("true"));
  EXPECT_THAT(JsonValues(status.out, "keyring_on_same_device"), ElementsAre("false"));
  const Ran thief = Run({"thief"});
  EXPECT_EQ(thief.exit_code, 0) << thief.err;
  EXPECT_THAT(thief.out, HasSubstr("on a token"));
  EXPECT_THAT(thief.out, HasSubstr("opens no field"));
}

TEST_F(CliToken, AWrongPinExitsLikeAWrongPassphrase) {
  ASSERT_EQ(Init().exit_code, 0);
  Write("pin", "4321\n");
  const Ran ran = Run({"status"});
  EXPECT_EQ(ran.exit_code, 12);
  EXPECT_THAT(ran.err, HasSubstr("another PIN"));
  EXPECT_THAT(ran.err, Not(HasSubstr("4321")));
  Write("pin", "1234\n");
  EXPECT_EQ(Run({"status"}).exit_code, 0);
}

TEST_F(CliToken, ATokenThatIsGoneIsUnavailable) {
  ASSERT_EQ(Init().exit_code, 0);
  environment_["MEDSEAL_KEYRING"] = "pkcs11:token=medseal;object=another?module-path=" MEDSEAL_SOFTHSM;
  EXPECT_EQ(Run({"status"}).exit_code, 14);
  environment_["MEDSEAL_KEYRING"] = "pkcs11:token=medseal;object=clinic?module-path=/nowhere.so";
  EXPECT_EQ(Run({"status"}).exit_code, 14);
  environment_["MEDSEAL_KEYRING"] = kKeyring;
  std::filesystem::remove_all(token_.tokens());
  std::filesystem::create_directory(token_.tokens());
  const Ran ran = Run({"status"});
  EXPECT_EQ(ran.exit_code, 14);
  EXPECT_THAT(ran.err, HasSubstr("no such token"));
}

TEST_F(CliToken, ThePinIsAskedForOnceAndNotShown) {
  environment_["MEDSEAL_KEYRING_PASSPHRASE_FILE"] = "";
  const Ran made = RunOnTerminal({"init", "--argon2-memory", "19", "--argon2-passes", "2"}, {"1234\n"});
  EXPECT_EQ(made.exit_code, 0) << made.out;
  EXPECT_THAT(made.out, HasSubstr("PIN of the token: "));
  EXPECT_THAT(made.out, Not(HasSubstr("1234")));
  EXPECT_EQ(RunOnTerminal({"status"}, {"1234\n"}).exit_code, 0);
  EXPECT_EQ(Run({"status", "--keyring-passphrase-fd", "0"}, "1234\n").exit_code, 0);
}

TEST_F(CliToken, InitRefusesATakenNameAWrongPinAndWhatDoesNotParseAndLeavesNoStore) {
  ASSERT_EQ(Init().exit_code, 0);
  environment_["MEDSEAL_STORE"] = Path("other");
  EXPECT_EQ(Init().exit_code, 1);
  Write("pin", "4321\n");
  environment_["MEDSEAL_KEYRING"] = "pkcs11:token=medseal;object=free?module-path=" MEDSEAL_SOFTHSM;
  EXPECT_EQ(Init().exit_code, 12);
  environment_["MEDSEAL_KEYRING_KEY_FILE"] = Write("key", std::string(32, 'k'));
  EXPECT_EQ(Init().exit_code, 2);
  environment_["MEDSEAL_KEYRING_KEY_FILE"] = "";
  for (const char* uri : {"pkcs11:token=medseal", "pkcs11:token=medseal;object=o?pin-value=1234", "hsm:clinic"}) {
    environment_["MEDSEAL_KEYRING"] = uri;
    const Ran ran = Init();
    EXPECT_EQ(ran.exit_code, 2) << uri;
    EXPECT_THAT(ran.err, Not(HasSubstr("1234")));
  }
  EXPECT_FALSE(std::filesystem::exists(Path("other")));
}

TEST_F(CliToken, AFileUriNamesAKeyringFile) {
  environment_["MEDSEAL_KEYRING"] = "file:" + Path("keyring");
  const Ran made = Init();
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.err, HasSubstr("same device"));
  environment_["MEDSEAL_KEYRING"] = Path("keyring");
  EXPECT_EQ(Run({"status"}).exit_code, 0);
  environment_["MEDSEAL_KEYRING"] = "file:" + Path("other/keyring");
  environment_["MEDSEAL_STORE"] = Path("other");
  EXPECT_EQ(Init().exit_code, 2);  // inside the store
}

}  // namespace
}  // namespace mseal::test
