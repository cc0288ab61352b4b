// A laboratory loses its store and gets it back; copies of the keyring.
#include "cli/desk.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kPatient[] = R"({"patient": "p-1", "record": "1", "fields": {"family": "Martin"}})";

class CliBackup : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    handle_ = Put("Patient", kPatient);
    for (const char* place : {"usb", "nas"}) {
      const Ran ran = Run({"backup", "register", Path(place)});
      ASSERT_EQ(ran.exit_code, 0) << ran.err;
    }
  }
  void Create() {
    const Ran ran = Run({"backup", "create"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
  }
  std::string StorePath() { return environment_.at("MEDSEAL_STORE"); }
  std::string handle_;
};

TEST_F(CliBackup, ALostStoreComesBack) {
  const Ran made = Run({"backup", "create", "--json"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(JsonValues(made.out, "backup"), ElementsAre("1", "1"));
  EXPECT_THAT(JsonValues(made.out, "state"), ElementsAre("ok", "ok"));
  Put("Patient", R"({"patient": "p-2", "record": "1", "fields": {"family": "Bernard"}})");
  Create();
  const Ran listed = Run({"backup", "list"});
  EXPECT_THAT(listed.out, HasSubstr("backup 2"));
  EXPECT_THAT(listed.out, HasSubstr("its keys are at hand"));
  EXPECT_EQ(Run({"backup", "verify"}).exit_code, 0);
  EXPECT_EQ(Run({"restore", "--from", Path("usb"), "--to", StorePath()}).exit_code, 1);  // it is there
  fs::remove_all(StorePath());
  const Ran restored = Run({"restore", "--from", Path("usb"), "--to", StorePath(), "--json"});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(JsonValues(restored.out, "patients"), ElementsAre("2"));
  EXPECT_THAT(JsonValues(restored.out, "changes_lost"), ElementsAre("false"));
  EXPECT_THAT(JsonValues(restored.out, "newer_backup"), ElementsAre("0"));
  EXPECT_THAT(Run({"get", handle_}).out, HasSubstr("Martin"));
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(CliBackup, RestoreWarnsOfWhatCameAfterTheBundleAndOfAMissingBackup) {
  Create();
  Create();
  Put("Patient", R"({"patient": "p-2", "record": "1", "fields": {"family": "Bernard"}})");
  fs::remove(Path("nas") + "/data/meta/2");
  fs::remove_all(StorePath());
  const Ran drilled = Run({"backup", "drill", "--from", Path("nas"), "--json"});
  EXPECT_THAT(drilled.err, HasSubstr("backup 2 of the place is missing or damaged"));
  const Ran restored = Run({"restore", "--from", Path("nas"), "--to", StorePath(), "--json"});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(JsonValues(restored.out, "changes_lost"), ElementsAre("true"));
  EXPECT_THAT(JsonValues(restored.out, "newer_backup"), ElementsAre("2"));
  EXPECT_THAT(restored.err, HasSubstr("the store went on after this bundle was made"));
  EXPECT_THAT(restored.err, HasSubstr("backup 2 of the place is missing or damaged"));
}

TEST_F(CliBackup, WhoCameAfterTheBackupIsListedAndTheExitCodeSaysSo) {
  Create();
  Put("Patient", R"({"patient": "p-2", "record": "1", "fields": {"family": "Bernard"}})");
  Create();
  fs::remove_all(StorePath());
  const Ran restored = Run({"restore", "--from", Path("nas"), "--backup", "1", "--to", StorePath()});
  EXPECT_EQ(restored.exit_code, 3) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("lost: newer than the backup"));
}

TEST_F(CliBackup, AnErasedPatientStaysErased) {
  const std::string other = Put("Patient", R"({"patient": "p-2", "record": "1", "fields": {"family": "Bernard"}})");
  Create();
  const Ran erased = Run({"erase", handle_, "--reason", "asked for", "--yes"});
  EXPECT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_THAT(Run({"backup", "list"}).out, HasSubstr("opens with the bundle beside it"));
  fs::remove_all(StorePath());
  const Ran restored = Run({"restore", "--from", Path("nas"), "--backup", "1", "--to", StorePath()});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("stays erased"));
  EXPECT_EQ(Run({"get", handle_}).exit_code, 5);
  EXPECT_THAT(Run({"get", other}).out, HasSubstr("Bernard"));
}

TEST_F(CliBackup, ADrillLeavesNothingBehind) {
  Create();
  fs::create_directory(Path("scratch"));
  const Ran drilled = Run({"backup", "drill", "--from", Path("usb"), "--scratch", Path("scratch"), "--json"});
  EXPECT_EQ(drilled.exit_code, 0) << drilled.err;
  EXPECT_THAT(JsonValues(drilled.out, "sampled"), ElementsAre("1"));
  EXPECT_TRUE(fs::is_empty(Path("scratch")));
  EXPECT_THAT(Run({"get", handle_}).out, HasSubstr("Martin"));
}

TEST_F(CliBackup, ACopyByAnotherToolIsRestoredWithACarriedBundle) {
  const std::string copy = Path("copy");
  const Ran frozen = Run({"backup", "freeze", "--max", "60", "--", "sh", "-c", "cp -r \"$MEDSEAL_STORE\" " + copy});
  EXPECT_EQ(frozen.exit_code, 0) << frozen.err;
  EXPECT_EQ(Run({"backup", "bundle", "--out", Path("carried")}).exit_code, 0);
  fs::remove_all(StorePath());
  EXPECT_EQ(Run({"restore", "--from", copy, "--to", StorePath()}).exit_code, 2);
  const Ran restored = Run({"restore", "--from", copy, "--bundle", Path("carried"), "--to", StorePath()});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(Run({"get", handle_}).out, HasSubstr("Martin"));
}

TEST_F(CliBackup, ACopyThatTookTooLongOrFailedIsNotTrusted) {
  const Ran slow = Run({"backup", "freeze", "--max", "1", "--", "sleep", "2"});
  EXPECT_EQ(slow.exit_code, 1);
  EXPECT_THAT(slow.err, HasSubstr("do not trust the copy"));
  const Ran failed = Run({"backup", "freeze", "--", "false"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, HasSubstr("the command ended with 1"));
  EXPECT_EQ(Run({"backup", "freeze", "--", "/no/such/command"}).exit_code, 1);
}

TEST_F(CliBackup, PruningAsksAndKeepsTheNewest) {
  Create();
  Create();
  EXPECT_EQ(Run({"backup", "prune", Path("usb"), "--keep", "1"}).exit_code, 2);  // nobody to ask
  EXPECT_EQ(Run({"backup", "prune", Path("usb"), "--yes"}).exit_code, 2);
  EXPECT_EQ(Run({"backup", "prune", Path("usb"), "--keep", "1", "--yes"}).exit_code, 0);
  const Ran listed = Run({"backup", "list", "--place", Path("usb"), "--json"});
  EXPECT_THAT(JsonValues(listed.out, "backup"), ElementsAre("(absent)", "2"));
  EXPECT_EQ(Run({"backup", "forget", Path("usb")}).exit_code, 0);
  EXPECT_EQ(Run({"backup", "list", "--place", Path("usb")}).exit_code, 4);
}

TEST_F(CliBackup, ADamagedBackupIsToldAndNotRestored) {
  Create();
  for (const auto& entry : fs::directory_iterator(Path("usb") + "/data/shared_checksum"))
    fs::resize_file(entry.path(), entry.file_size() - 1);
  EXPECT_EQ(Run({"backup", "verify", "--place", Path("usb")}).exit_code, 13);
  EXPECT_EQ(Run({"backup", "drill", "--from", Path("usb")}).exit_code, 13);
  EXPECT_EQ(Run({"backup", "verify", "--place", Path("nas")}).exit_code, 0);
}

TEST_F(CliBackup, TwoCopiesOfTheKeyringAreAskedForAndVerified) {
  EXPECT_EQ(Run({"provider", "copy", "verify"}).exit_code, 14);  // there is one
  const std::string passphrase = Write("second.passphrase", "another passphrase\n");
  const Ran added = Run({"provider", "copy", "add", Path("second"), "--new-passphrase-file", passphrase,
                         "--argon2-memory", "19", "--argon2-passes", "2"});
  EXPECT_EQ(added.exit_code, 0) << added.err;
  EXPECT_THAT(JsonValues(Run({"provider", "copy", "list", "--json"}).out, "state"), ElementsAre("ok", "ok"));
  EXPECT_EQ(Run({"provider", "copy", "verify"}).exit_code, 0);
  fs::remove(Path("second"));
  EXPECT_EQ(Run({"provider", "copy", "verify"}).exit_code, 14);
}

}  // namespace
}  // namespace mseal::test
