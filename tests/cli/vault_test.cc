// init, status, verify, thief, and what stands in the way of opening a vault.
#include <signal.h>

#include <fstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class CliVault : public Desk {};

TEST_F(CliVault, InitMakesWhatStatusDescribes) {
  MakeVault();
  const Ran ran = Run({"status"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("fresh"));
  EXPECT_THAT(ran.out, HasSubstr("1, with 12 classes"));
}

TEST_F(CliVault, InitWarnsOfAKeyringBesideTheStore) {
  const Ran made = Run({"init", "--argon2-memory", "19", "--argon2-passes", "2"});
  EXPECT_EQ(made.exit_code, 0);
  EXPECT_THAT(made.err, HasSubstr("same device"));
}

TEST_F(CliVault, InitRefusesWhereAVaultIs) {
  MakeVault();
  const Ran ran = Run({"init", "--schema", "lab.proto"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("AlreadyExists"));
  EXPECT_THAT(ran.err, Not(HasSubstr("move")));  // the keyring is needed
}

TEST_F(CliVault, InitTakesTheSuiteItIsGiven) {
  const Ran made = Run({"init", "--suite", "chacha20", "--argon2-memory", "19", "--argon2-passes", "2"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(JsonValues(Run({"status", "--json"}).out, "suite"), testing::ElementsAre("chacha20"));
}

TEST_F(CliVault, InitRefusesACostOutOfItsRangeEvenIfItWraps) {
  for (const char* mib : {"18", "1025", "4194368", "-5"}) {
    EXPECT_EQ(Run({"init", "--argon2-memory", mib}).exit_code, 2) << mib;
  }
  EXPECT_EQ(Run({"init", "--argon2-passes", "11"}).exit_code, 2);
}

TEST_F(CliVault, InitNamesTheLineOfASchemaThatIsRefused) {
  Write("bad.proto", "syntax = \"proto3\";\nimport \"medseal/options.proto\";\nmessage A {\n  string x = ;\n}\n");
  const Ran ran = Run({"init", "--schema", Path("bad.proto")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("bad.proto:4"));
}

TEST_F(CliVault, InitRefusesAKeyringInsideTheStore) {
  environment_["MEDSEAL_KEYRING"] = Path("store/keyring");
  EXPECT_EQ(Run({"init"}).exit_code, 2);
}

TEST_F(CliVault, AKeyFileOpensAKeyringWithoutAPassphrase) {
  environment_["MEDSEAL_KEYRING_KEY_FILE"] = Write("key", std::string(32, 'k'));
  environment_["MEDSEAL_KEYRING_PASSPHRASE_FILE"] = "";
  MakeVault();
  EXPECT_EQ(Run({"status"}).exit_code, 0);
  environment_["MEDSEAL_KEYRING_KEY_FILE"] = Write("key", std::string(32, 'x'));
  EXPECT_EQ(Run({"status"}).exit_code, 12);
  environment_["MEDSEAL_KEYRING_KEY_FILE"] = Write("key", "short");
  EXPECT_EQ(Run({"status"}).exit_code, 2);
}

TEST_F(CliVault, WhereNoVaultIsTheErrorNamesInit) {
  const Ran ran = Run({"status"});
  EXPECT_EQ(ran.exit_code, 10);
  EXPECT_THAT(ran.err, HasSubstr("NoVault"));
  EXPECT_THAT(ran.err, HasSubstr("medseal init"));
}

TEST_F(CliVault, AMissingSettingIsNamedWithItsVariable) {
  environment_["MEDSEAL_STORE"] = "";
  const Ran ran = Run({"status"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("MEDSEAL_STORE"));
}

TEST_F(CliVault, AMissingKeyringIsNotAWrongPassphrase) {
  MakeVault();
  std::filesystem::remove(Path("keyring"));
  const Ran ran = Run({"status"});
  EXPECT_EQ(ran.exit_code, 14);
  EXPECT_THAT(ran.err, HasSubstr("--keyring"));
}

TEST_F(CliVault, StandardErrorThatCannotBeWrittenEndsNothing) {
  MakeVault();
  EXPECT_EQ(RunRedirected({"status"}, ">/dev/null 2>/dev/full"), 0);
  EXPECT_EQ(RunRedirected({"status"}, ">/dev/null 2>&-"), 0);
  EXPECT_EQ(RunRedirected({"person", "show", "nobody"}, "</dev/null >/dev/null 2>/dev/full"), 4);
}

// The numbers of closed streams would go to the files of the store, and the results into them.
TEST_F(CliVault, ResultsForAClosedStandardOutputGoIntoNoFile) {
  MakeVault();
  std::string secrets;  // more than is written at once at the end, when the files are closed
  for (int i = 0; i < 6'000; ++i) secrets += "Geheimnis ";
  for (const char* record : {"1", "2", "3"}) {
    Put("Patient",
        std::string(R"({"patient": "p", "record": ")") + record + R"(", "fields": {"note": ")" + secrets + R"("}})");
  }
  EXPECT_EQ(RunRedirected({"scan", "Patient", "--json"}, "<&- >&- 2>&-"), 1);
  EXPECT_EQ(Run({"status"}).exit_code, 0);
  for (const auto& file : std::filesystem::recursive_directory_iterator(Path(""))) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(in), {});
    EXPECT_THAT(content, Not(HasSubstr("Geheimnis"))) << file.path().filename();
  }
}

TEST_F(CliVault, TheKeyringOfAnotherStoreIsCalledThat) {
  MakeVault();
  environment_["MEDSEAL_STORE"] = Path("other");
  environment_["MEDSEAL_KEYRING"] = Path("others-keyring");
  MakeVault();
  environment_["MEDSEAL_STORE"] = Path("store");
  const Ran ran = Run({"status"});
  EXPECT_EQ(ran.exit_code, 13);
  EXPECT_THAT(ran.err, HasSubstr("another store's"));
}

TEST_F(CliVault, ASecondProcessIsToldThatTheVaultIsOpen) {
  MakeVault();
  Running first = Start({"put", "Patient", "--json"});
  first.Send("{\"patient\": \"p\", \"record\": \"r\", \"fields\": {}}\n");
  first.FirstLine();
  const Ran second = Run({"status"});
  EXPECT_EQ(second.exit_code, 11);
  EXPECT_THAT(second.err, HasSubstr("Locked"));
  EXPECT_EQ(first.Finish().exit_code, 0);
  EXPECT_EQ(Run({"status"}).exit_code, 0);
}

TEST_F(CliVault, AStoreThatWasPutBackIsStaleUntilAccepted) {
  MakeVault();
  std::filesystem::copy(Path("store"), Path("older"), std::filesystem::copy_options::recursive);
  Put("Patient", R"({"patient": "p", "record": "r", "fields": {"family": "Martin"}})");
  std::filesystem::remove_all(Path("store"));
  std::filesystem::rename(Path("older"), Path("store"));
  const Ran refused = Run({"status"});
  EXPECT_EQ(refused.exit_code, 13);
  EXPECT_THAT(refused.err, HasSubstr("--accept-stale"));
  const Ran accepted = Run({"status", "--accept-stale", "--json"});
  EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
  EXPECT_THAT(JsonValues(accepted.out, "freshness"), testing::ElementsAre("older"));
}

TEST_F(CliVault, VerifyCountsWhatIsThere) {
  MakeVault();
  Put("Patient", R"({"patient": "p", "record": "r", "fields": {"family": "Martin"}})");
  const Ran ran = Run({"verify", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(JsonValues(ran.out, "problems"), Contains("0"));
  EXPECT_THAT(JsonValues(ran.out, "patients"), Contains("1"));
}

TEST_F(CliVault, VerifyWithoutAPersonOpensNoGroup) {
  MakeVault();
  Put("Patient", R"({"patient": "p", "record": "r", "fields": {"family": "Martin"}})");
  environment_["MEDSEAL_PERSON"] = "";
  const Ran ran = Run({"verify", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(JsonValues(ran.out, "groups_opened"), Contains("0"));
}

TEST_F(CliVault, AThiefOfStoreAloneOpensNothing) {
  MakeVault();
  Put("Patient", R"({"patient": "p", "record": "r", "fields": {"family": "Martin"}})");
  for (const char* name :
       {"MEDSEAL_KEYRING", "MEDSEAL_KEYRING_PASSPHRASE_FILE", "MEDSEAL_PERSON", "MEDSEAL_PASSWORD_FILE"}) {
    environment_[name] = "";
  }
  const Ran ran = Run({"thief"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("opens no field"));
  EXPECT_THAT(ran.out, Not(HasSubstr("Martin")));
}

TEST_F(CliVault, AThiefOfEverythingOpensFields) {
  MakeVault();
  Put("Patient", R"({"patient": "p", "record": "r", "fields": {"family": "Martin"}})");
  const Ran ran = Run({"thief", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(JsonValues(ran.out, "opens_values"), Contains("true"));
}

TEST_F(CliVault, HelpAndVersionSucceedAndAnUnknownCommandDoesNot) {
  EXPECT_EQ(Run({"--help"}).exit_code, 0);
  EXPECT_THAT(Run({"get", "--help"}).out, HasSubstr("--fields"));
  EXPECT_THAT(Run({"--version"}).out, HasSubstr("0.1.0"));
  EXPECT_EQ(Run({}).exit_code, 2);
  EXPECT_EQ(Run({"forget"}).exit_code, 2);
}

}  // namespace
}  // namespace mseal::test
