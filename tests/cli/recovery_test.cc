// The loss of every password, from the shares' files to the next ones, as the people at the desk live it.
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Words kCheap = {"--argon2-memory", "19", "--argon2-passes", "2"};

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class CliRecovery : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    AddPerson("physician", "identity,general,hiv");
    handle_ =
        Put("Patient", R"({"patient": "p-1", "record": "1", "fields": {"family": "Martin", "hiv": "HIV_POSITIVE"}})");
  }
  Ran HandOut(const std::string& folder, const Words& more = {}) {
    return Run(Words{"recovery", "setup", "--out", Path(folder)} + more);
  }
  std::string Share(const std::string& folder, int number) const {
    return Path(folder) + "/share-" + std::to_string(number) + ".txt";
  }
  // Nobody is logged in, and nobody knows a password.
  Ran Nobody(const Words& words) {
    const auto before = environment_;
    environment_["MEDSEAL_PERSON"] = "";
    environment_["MEDSEAL_PASSWORD_FILE"] = "";
    const Ran ran = Run(words);
    environment_ = before;
    return ran;
  }
  Words With(const std::string& command, const std::vector<std::string>& shares) const {
    Words words = {"recovery", command};
    for (const std::string& share : shares) words = words + Words{"--share", share};
    return command == "open" ? words + Words{"--new-password-file", Path("new")} + kCheap : words;
  }
  static std::string TextOf(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  std::string handle_;
};

TEST_F(CliRecovery, EveryPasswordIsLostAndThreeSharesBringThemBack) {
  const Ran set_up = HandOut("shares");
  EXPECT_EQ(set_up.exit_code, 0) << set_up.err;
  EXPECT_THAT(set_up.err, HasSubstr("any 3 of these 5"));
  EXPECT_THAT(set_up.out, HasSubstr(Share("shares", 5)));
  std::filesystem::remove(Path("ada.password"));
  std::filesystem::remove(Path("physician.password"));
  Write("new", "found it again\n");

  const Ran drill = Nobody(With("drill", {Share("shares", 5), Share("shares", 1), Share("shares", 3)}));
  EXPECT_EQ(drill.exit_code, 0) << drill.err;
  EXPECT_THAT(drill.out, HasSubstr("3 good shares of set 1 open the keys of ada"));
  const Ran two = Nobody(With("open", {Share("shares", 5), Share("shares", 1)}));
  EXPECT_EQ(two.exit_code, 2);
  EXPECT_THAT(two.err, HasSubstr("missing: 1"));
  const Ran opened = Nobody(With("open", {Share("shares", 5), Share("shares", 1), Share("shares", 3)}));
  EXPECT_EQ(opened.exit_code, 0) << opened.err;
  EXPECT_THAT(opened.err, AllOf(HasSubstr("medseal rotate person ada"), HasSubstr("medseal recovery setup")));

  WritePassword("ada", "found it again");
  EXPECT_THAT(Run({"get", handle_}).out, HasSubstr("POSITIVE"));
  Write("theirs", "willow copper tunnel\n");
  EXPECT_EQ(Run(Words{"rotate", "person", "physician", "--new-password-file", Path("theirs")} + kCheap).exit_code, 0);
  WritePassword("physician", "willow copper tunnel");
  EXPECT_THAT(As("physician", {"get", handle_}).out, HasSubstr("POSITIVE"));
  Write("last", "harbour violin moss\n");
  EXPECT_EQ(Run(Words{"rotate", "person", "ada", "--new-password-file", Path("last")} + kCheap).exit_code, 0);
  WritePassword("ada", "harbour violin moss");
  const Ran again = HandOut("more", {"--shares", "3", "--threshold", "2", "--yes"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("before still open with the shares of set 1"));
  const Ran old = Nobody(With("drill", {Share("shares", 1), Share("shares", 2), Share("shares", 3)}));
  EXPECT_EQ(old.exit_code, 2);
  EXPECT_THAT(old.err, HasSubstr(Share("shares", 2) + ": of another set"));
  EXPECT_EQ(Nobody(With("drill", {Share("more", 3), Share("more", 1)})).exit_code, 0);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(CliRecovery, SharesAreTheirOwnersAloneAndNeverTakeAFilesPlace) {
  ASSERT_EQ(HandOut("shares").exit_code, 0);
  for (int number = 1; number <= 5; ++number) {
    struct stat info {};
    ASSERT_EQ(stat(Share("shares", number).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    EXPECT_THAT(TextOf(Share("shares", number)), HasSubstr("share      " + std::to_string(number) + " of 5\n"));
  }
  const std::string first = TextOf(Share("shares", 1));
  const Ran again = HandOut("shares", {"--yes"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("AlreadyExists"));
  EXPECT_EQ(TextOf(Share("shares", 1)), first);
  EXPECT_THAT(JsonValues(Run({"recovery", "status", "--json"}).out, "set"), ElementsAre("1"));
  // One in the way, whatever it is, is seen before anything is written.
  std::filesystem::create_directory(Path("half"));
  std::filesystem::create_symlink(Path("nowhere"), Share("half", 4));
  EXPECT_EQ(HandOut("half", {"--yes"}).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(Share("half", 1)));
  EXPECT_EQ(HandOut("no/such/place", {"--yes"}).exit_code, 1);
  EXPECT_THAT(JsonValues(Run({"recovery", "status", "--json"}).out, "set"), ElementsAre("1"));
  EXPECT_EQ(Nobody(With("drill", {Share("shares", 1), Share("shares", 2), Share("shares", 3)})).exit_code, 0);
}

TEST_F(CliRecovery, ASetInUseIsReplacedOnlyWhenItIsMeant) {
  ASSERT_EQ(HandOut("shares").exit_code, 0);
  EXPECT_EQ(HandOut("more").exit_code, 2);  // nobody to ask
  const Words again = {"recovery", "setup", "--out", Path("more")};
  EXPECT_EQ(RunOnTerminal(again, {"n\n"}).exit_code, 130);
  EXPECT_FALSE(std::filesystem::exists(Share("more", 1)));
  EXPECT_EQ(RunOnTerminal(again, {"y\n"}).exit_code, 0);
  EXPECT_THAT(JsonValues(Run({"recovery", "status", "--json"}).out, "set"), ElementsAre("2"));
}

TEST_F(CliRecovery, EachBadShareIsNamedAndTheRestIsUsed) {
  ASSERT_EQ(HandOut("shares", {"--shares", "4", "--threshold", "2"}).exit_code, 0);
  std::string mistyped = TextOf(Share("shares", 2));
  char& digit = mistyped[mistyped.find("key ") + 13];
  digit = digit == '3' ? '5' : '3';
  Write("mistyped", mistyped);
  Write("letter", "Dear Ada, I cannot find it.\n");
  const Words drill = With("drill", {Share("shares", 1), Path("mistyped"), Path("letter"), Share("shares", 1)});
  const Ran few = Nobody(drill);
  EXPECT_EQ(few.exit_code, 2);
  EXPECT_THAT(few.err, AllOf(HasSubstr(Path("mistyped") + ": damaged"), HasSubstr(Path("letter") + ": damaged"),
                             HasSubstr(Share("shares", 1) + ": given twice"), HasSubstr("missing: 1")));
  const Ran enough = Nobody(drill + Words{"--share", Share("shares", 4), "--json"});
  EXPECT_EQ(enough.exit_code, 3) << enough.err;
  EXPECT_THAT(JsonValues(enough.out, "good"), ElementsAre("2"));
  EXPECT_THAT(JsonValues(enough.out, "class_keys_missing"), ElementsAre("0"));
  EXPECT_THAT(JsonValues(enough.err, "place"), Contains(Path("letter")));
  EXPECT_EQ(Nobody(With("drill", {Path("not there")})).exit_code, 2);
}

TEST_F(CliRecovery, NumbersThatMakeNoSenseAreRefused) {
  EXPECT_EQ(HandOut("shares", {"--threshold", "1"}).exit_code, 2);
  EXPECT_EQ(HandOut("shares", {"--shares", "17"}).exit_code, 2);
  EXPECT_EQ(HandOut("shares", {"--shares", "2"}).exit_code, 2);  // of which three would be needed
  EXPECT_FALSE(std::filesystem::exists(Share("shares", 1)));
  EXPECT_EQ(As("physician", {"recovery", "setup", "--out", Path("shares")}).exit_code, 6);
  EXPECT_FALSE(std::filesystem::exists(Share("shares", 1)));
  const Ran status = Run({"recovery", "status"});
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_THAT(status.err, HasSubstr("no custodians"));
  Write("new", "x\n");
  EXPECT_EQ(Nobody(With("open", {Path("new")})).exit_code, 4);
}

TEST_F(CliRecovery, JsonNamesEachShareAndNothingSecret) {
  const Ran ran = HandOut("shares", {"--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(JsonValues(ran.out, "number"), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_THAT(JsonValues(ran.out, "set"), Each("1"));
  EXPECT_THAT(ran.err, IsEmpty());
  const std::string text = TextOf(Share("shares", 1));
  const std::string key = text.substr(text.find("key ") + 11, 19);
  EXPECT_THAT(ran.out, Not(HasSubstr(key)));
}

}  // namespace
}  // namespace mseal::test
