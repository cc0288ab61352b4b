// Retention on the command line, under a clock that the tests set.
#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kSchema[] = R"(syntax = "proto3";
import "medseal/options.proto";
option (medseal.v1.class) = { name: "mental" retention: "2d" };
message Note {
  option (medseal.v1.record) = { retention: "10d" };
  string text = 1;
  string mood = 2 [(medseal.v1.field) = { class: "mental" }];
}
message Ticket {
  option (medseal.v1.record) = {};
  string text = 1;
}
)";

class CliRetention : public Desk {
 protected:
  void SetUp() override {
    Write("kept.proto", kSchema);
    const Ran made = Run({"init", "--schema", Path("kept.proto"), "--argon2-memory", "19", "--argon2-passes", "2"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    AddPerson("witness", "general");
    note_ = Put("Note", R"({"patient": "alice", "record": "1", "fields": {"text": "n", "mood": "low"}})");
  }
  // So many records that stay, so that a note is less than 5 % of all.
  void Crowd(int count = 30) {
    std::string lines;
    for (int i = 0; i < count; ++i)
      lines += R"({"patient": "crowd", "record": ")" + std::to_string(i) + R"(", "fields": {"text": "t"}})" + "\n";
    ASSERT_EQ(Run({"put", "Ticket"}, lines).exit_code, 0);
  }
  Ran WithWitness(Words words) {
    words.insert(words.end(), {"--with", "witness", "--with-password-file", Path("witness.password")});
    return Run(words);
  }
  std::string note_;
};

TEST_F(CliRetention, ThePlanListsWhatWouldGoAndDoesNothing) {
  Crowd();
  After(10);
  const Ran plan = Run({"retention", "plan"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("1 of 1 records go"));
  EXPECT_THAT(plan.out, HasSubstr("1 of 31 records go, 0 lose values, of 1 patients: 3.2 %"));
  const Ran json = Run({"retention", "plan", "--json"});
  EXPECT_THAT(JsonValues(json.out, "record"), testing::Contains(note_));
  EXPECT_THAT(JsonValues(json.out, "expired"), testing::Contains("1"));
  EXPECT_THAT(JsonValues(json.out, "clock"), testing::Contains("believed"));
  EXPECT_EQ(Run({"get", note_}).exit_code, 0);
}

TEST_F(CliRetention, ThePlanMayBeOfAnotherDayAndOfOneType) {
  EXPECT_THAT(Run({"retention", "plan"}).out, HasSubstr("0 of 1 records go"));
  EXPECT_THAT(Run({"retention", "plan", "--until", "2999-12-31"}).out, HasSubstr("1 of 1 records go"));
  EXPECT_THAT(Run({"retention", "plan", "--until", "2999-12-31", "--type", "Ticket"}).out, HasSubstr("0 of 1 records"));
  for (const char* date : {"2999-12-32", "1969-12-31", "31.12.2999", "2999-1-1", "2999-12-311"})
    EXPECT_EQ(Run({"retention", "plan", "--until", date}).exit_code, 2) << date;
  EXPECT_EQ(Run({"retention", "plan", "--type", "Letter"}).exit_code, 2);
}

TEST_F(CliRetention, ARunLetsGoForGood) {
  Crowd();
  After(10);
  const Ran ran = Run({"retention", "run", "--yes"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("1 records went"));
  EXPECT_EQ(Run({"get", note_}).exit_code, 4);
  EXPECT_THAT(JsonValues(Run({"retention", "run", "--yes", "--json"}).out, "deleted"), testing::Contains("0"));
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(CliRetention, ValuesOfAClassGoFirst) {
  Crowd();
  After(2);
  const Ran json = Run({"retention", "plan", "--json"});
  EXPECT_THAT(JsonValues(json.out, "classes"), testing::Contains(HasSubstr("mental")));
  EXPECT_EQ(Run({"retention", "run", "--yes"}).exit_code, 0);
  const Ran got = Run({"get", note_});
  EXPECT_EQ(got.exit_code, 0);
  EXPECT_THAT(got.out, Not(HasSubstr("low")));
}

TEST_F(CliRetention, ALargerShareTakesASecondPersonWithTheirOwnPassword) {
  After(10);
  EXPECT_THAT(Run({"retention", "plan"}).err, HasSubstr("--with"));
  const Ran refused = Run({"retention", "run", "--yes"});
  EXPECT_EQ(refused.exit_code, 6);
  EXPECT_THAT(refused.err, HasSubstr("second person"));
  EXPECT_EQ(Run({"retention", "run", "--yes", "--max-share", "100"}).exit_code, 6);
  EXPECT_EQ(Run({"retention", "run", "--yes", "--max-share", "101"}).exit_code, 2);
  const Words wrong = {"--with", "witness", "--with-password-file", Path("ada.password")};
  const Words same = {"--with", "ada", "--with-password-file", Path("ada.password")};
  Words run = {"retention", "run", "--yes"};
  run.insert(run.end(), wrong.begin(), wrong.end());
  EXPECT_EQ(Run(run).exit_code, 12);
  run.resize(3);
  run.insert(run.end(), same.begin(), same.end());
  EXPECT_EQ(Run(run).exit_code, 2);
  EXPECT_EQ(Run({"get", note_}).exit_code, 0);
  EXPECT_EQ(WithWitness({"retention", "run", "--yes"}).exit_code, 0);
  EXPECT_EQ(Run({"get", note_}).exit_code, 4);
}

TEST_F(CliRetention, AClockThatLeapsTakesASecondPerson) {
  Crowd();
  After(100);
  const Ran plan = Run({"retention", "plan"});
  EXPECT_THAT(plan.err, HasSubstr("not where this vault last knew it"));
  EXPECT_EQ(Run({"retention", "run", "--yes"}).exit_code, 6);
  EXPECT_EQ(WithWitness({"retention", "run", "--yes"}).exit_code, 0);
  EXPECT_EQ(Run({"get", note_}).exit_code, 4);
}

TEST_F(CliRetention, HeldPatientsAreLeftOut) {
  Crowd();
  ASSERT_EQ(Run({"hold", note_, "--reason", "claim"}).exit_code, 0);
  After(10);
  EXPECT_THAT(Run({"retention", "plan"}).out, HasSubstr("1 under legal hold"));
  EXPECT_EQ(Run({"retention", "run", "--yes"}).exit_code, 0);
  EXPECT_EQ(Run({"get", note_}).exit_code, 0);
}

TEST_F(CliRetention, ARunAsksFirst) {
  Crowd();
  After(10);
  EXPECT_EQ(Run({"retention", "run"}).exit_code, 2);
  const Ran no = RunOnTerminal({"retention", "run"}, {"n\n"});
  EXPECT_EQ(no.exit_code, 130);
  EXPECT_THAT(no.out, HasSubstr("1 of 31 records go"));
  EXPECT_EQ(Run({"get", note_}).exit_code, 0);
  EXPECT_EQ(RunOnTerminal({"retention", "run"}, {"y\n"}).exit_code, 0);
  EXPECT_EQ(Run({"get", note_}).exit_code, 4);
}

TEST_F(CliRetention, OnlyTheFounderOrWhoHoldsEveryClassMay) {
  EXPECT_EQ(As("witness", {"retention", "plan"}).exit_code, 6);
  EXPECT_EQ(As("witness", {"retention", "run", "--yes"}).exit_code, 6);
}

}  // namespace
}  // namespace mseal::test
