// What takes several persons, at the desk: asked for by the command itself, signed by another, done by the same
// command.
#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ApprovalDesk : public Desk {
 protected:
  void SetUp() override {
    Desk::SetUp();
    MakeVault();
    AddPerson("nurse", "identity,general");
    AddPerson("auditor", "general");
    LetSign("auditor");
  }
  std::vector<std::string> Listed(const char* key) {
    return JsonValues(As("auditor", {"approve", "list", "--all", "--json"}).out, key);
  }
};

TEST_F(ApprovalDesk, WhatWasAskedForIsSignedAndDoneByTheSameCommand) {
  const Ran asked = Run({"policy", "set", "login_attempts", "50"});
  EXPECT_EQ(asked.exit_code, 6);
  EXPECT_THAT(asked.err, HasSubstr("approval 1"));
  EXPECT_THAT(Listed("action"), ElementsAre("set policy login_attempts to 50"));
  EXPECT_EQ(As("nurse", {"approve", "sign", "1", "--yes"}).exit_code, 4);
  EXPECT_EQ(As("auditor", {"approve", "sign", "1"}).exit_code, 2);  // nobody to ask
  EXPECT_EQ(Run({"policy", "set", "login_attempts", "50"}).exit_code, 6);
  const Ran signed_one = As("auditor", {"approve", "sign", "1", "--yes"});
  EXPECT_EQ(signed_one.exit_code, 0) << signed_one.err;
  EXPECT_THAT(signed_one.out, HasSubstr("set policy login_attempts to 50"));
  EXPECT_EQ(Run({"policy", "set", "login_attempts", "50"}).exit_code, 0);
  EXPECT_THAT(Listed("state"), ElementsAre("done"));
  EXPECT_EQ(As("auditor", {"approve", "sign", "1", "--yes"}).exit_code, 1);
  EXPECT_EQ(As("auditor", {"approve", "show", "2"}).exit_code, 4);
}

TEST_F(ApprovalDesk, ErasingAFileOfPatientsIsOneAction) {
  std::string file;
  for (const char* id : {"a", "b", "c"}) {
    file += std::string(id) + "\n";
    Put("Patient", std::string(R"({"patient": ")") + id + R"(", "record": "1", "fields": {"family": "Martin"}})");
  }
  ASSERT_EQ(Run({"policy", "set", "erase_alone", "2"}).exit_code, 0);
  const std::string path = Write("ids", file + "nobody\n");
  const Words erase = {"erase", "--file", path, "--reason", "closed", "--yes"};
  EXPECT_EQ(Run(erase).exit_code, 6);
  EXPECT_THAT(Listed("patients"), ElementsAre("3"));
  const Ran shown = As("auditor", {"approve", "show", "1"});
  EXPECT_THAT(shown.out, HasSubstr("erase 3 patients: closed"));
  EXPECT_EQ(As("auditor", {"approve", "withdraw", "1"}).exit_code, 0);
  EXPECT_EQ(As("auditor", {"approve", "sign", "1", "--yes"}).exit_code, 1);
  EXPECT_EQ(Run(erase).exit_code, 6);
  EXPECT_EQ(As("auditor", {"approve", "sign", "2", "--yes"}).exit_code, 0);
  const Ran erased = Run(erase);
  EXPECT_THAT(erased.err, HasSubstr("ids:4"));
  EXPECT_THAT(erased.out, HasSubstr("withdrawn"));
}

}  // namespace
}  // namespace mseal::test
