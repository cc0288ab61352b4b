// Legal hold and restriction on the command line.
#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kAlice[] = R"({"patient": "alice", "record": "1", "fields": {"family": "Martin"}})";

class CliMarks : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    AddPerson("physician", "identity,general");
    record_ = Put("Patient", kAlice);
  }
  Ran AsTwo(const std::string& person, const std::string& second, const Words& words) {
    Words all = words;
    all.insert(all.end(), {"--with", second, "--with-password-file", Path(second + ".password")});
    return As(person, all);
  }
  std::string record_;
};

TEST_F(CliMarks, AHeldRecordIsNotDeletedAndTheCommandSaysWhy) {
  const Ran held = Run({"hold", record_, "--reason", "claim 2021/17"});
  EXPECT_EQ(held.exit_code, 0) << held.err;
  const Ran refused = Run({"delete", record_, "--yes"});
  EXPECT_EQ(refused.exit_code, 6);
  EXPECT_THAT(refused.err, HasSubstr("legal hold"));
  EXPECT_EQ(Run({"hold", record_, "--reason", "again"}).exit_code, 1);
  EXPECT_EQ(Run({"release", "-"}, "alice\n").exit_code, 0);
  EXPECT_EQ(Run({"release", record_}).exit_code, 4);
  EXPECT_EQ(Run({"delete", record_, "--yes"}).exit_code, 0);
}

TEST_F(CliMarks, HoldsListsWhoIsMarkedByWhomAndWhy) {
  EXPECT_THAT(Run({"holds"}).err, HasSubstr("nobody"));
  ASSERT_EQ(Run({"hold", "-", "--reason", "claim 2021/17"}, "alice\n").exit_code, 0);
  ASSERT_EQ(Run({"restrict", record_, "--reason", "accuracy contested"}).exit_code, 0);
  const Ran listed = Run({"holds"});
  EXPECT_THAT(listed.out, HasSubstr("claim 2021/17"));
  EXPECT_THAT(listed.out, HasSubstr("accuracy contested"));
  EXPECT_THAT(listed.out, HasSubstr("by ada"));
  const Ran json = Run({"holds", "--json"});
  EXPECT_THAT(JsonValues(json.out, "patient"), ElementsAre(record_.substr(0, 2 + 32)));
  EXPECT_THAT(JsonValues(json.out, "hold"), ElementsAre(HasSubstr("\"by\":\"ada\"")));
  EXPECT_THAT(JsonValues(json.out, "restriction"), ElementsAre(HasSubstr("accuracy contested")));
  const Ran status = Run({"status", "--json"});
  EXPECT_THAT(JsonValues(status.out, "held"), ElementsAre("1"));
  EXPECT_THAT(JsonValues(status.out, "restricted"), ElementsAre("1"));
  EXPECT_THAT(Run({"status"}).out, HasSubstr("1 patients under legal hold, 1 restricted"));
  EXPECT_EQ(As("physician", {"holds"}).exit_code, 6);
}

TEST_F(CliMarks, ARestrictedRecordIsReadByTwoPersons) {
  EXPECT_EQ(As("physician", {"restrict", record_, "--reason", "r"}).exit_code, 6);
  ASSERT_EQ(Run({"restrict", record_, "--reason", "accuracy contested"}).exit_code, 0);
  const Ran alone = As("physician", {"get", record_});
  EXPECT_EQ(alone.exit_code, 6);
  EXPECT_THAT(alone.err, HasSubstr("--with"));
  EXPECT_EQ(As("physician", {"patient", "-"}, "alice\n").exit_code, 6);
  EXPECT_THAT(As("physician", {"find", "Patient", "family=-"}, "Martin\n").out, Not(HasSubstr("h:")));
  const Ran together = AsTwo("physician", "ada", {"get", record_});
  EXPECT_EQ(together.exit_code, 0) << together.err;
  EXPECT_THAT(together.out, HasSubstr("Martin"));
}

TEST_F(CliMarks, TheSecondPersonIsAnotherOneWithTheRightPassword) {
  ASSERT_EQ(Run({"restrict", record_, "--reason", "r"}).exit_code, 0);
  EXPECT_EQ(AsTwo("ada", "ada", {"get", record_}).exit_code, 2);
  EXPECT_EQ(As("ada", {"get", record_, "--with", "physician", "--with-password-file", Path("ada.password")}).exit_code,
            12);
  EXPECT_EQ(Run({"unrestrict", record_}).exit_code, 6);
  EXPECT_EQ(AsTwo("ada", "physician", {"unrestrict", record_}).exit_code, 0);
  EXPECT_EQ(As("physician", {"get", record_}).exit_code, 0);
}

}  // namespace
}  // namespace mseal::test
