// A glass broken at a desk: what the person in need sees, and what the reviewer does about it.
#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(Desk, AGlassIsBrokenForOneCommandAndReviewedByASecondPerson) {
  MakeVault();
  AddPerson("nurse", "identity,general");
  AddPerson("auditor", "general");
  const std::string handle =
      Put("Patient", R"({"patient": "p-1", "record": "1", "fields": {"family": "Martin", "hiv": "HIV_POSITIVE"}})");
  ASSERT_EQ(Run({"role", "define", "in need", "--classes", "hiv", "--operations", "break_glass"}).exit_code, 0);
  ASSERT_EQ(Run({"role", "give", "in need", "nurse"}).exit_code, 0);
  ASSERT_EQ(Run({"role", "define", "auditing", "--operations", "audit"}).exit_code, 0);
  ASSERT_EQ(Run({"role", "give", "auditing", "auditor"}).exit_code, 0);

  EXPECT_THAT(As("nurse", {"get", handle}).out, Not(HasSubstr("HIV_POSITIVE")));
  const Ran broken = As("nurse", {"get", handle, "--break-glass", "unconscious"});
  EXPECT_EQ(broken.exit_code, 0) << broken.err;
  EXPECT_THAT(broken.out, HasSubstr("HIV_POSITIVE"));
  EXPECT_THAT(broken.err, HasSubstr("number 1"));
  EXPECT_THAT(As("nurse", {"get", handle}).out, Not(HasSubstr("HIV_POSITIVE")));
  EXPECT_EQ(As("auditor", {"get", handle, "--break-glass", "curious"}).exit_code, 6);
  EXPECT_EQ(As("nurse", {"get", handle, "--break-glass", "x", "--break-glass-minutes", "61"}).exit_code, 2);
  EXPECT_EQ(As("nurse", {"get", handle, "--break-glass", "x", "--break-glass-class", "genetic"}).exit_code, 6);

  const Ran recorded = As("auditor", {"audit", "show", "--operation", "break-glass", "--json"});
  EXPECT_THAT(JsonValues(recorded.out, "outcome"), testing::IsSupersetOf({R"(begun)", R"(done)", R"(denied)"}));
  EXPECT_THAT(JsonValues(recorded.out, "detail"), testing::Contains("hiv"));  // though the command did not name it
  const Ran listed = As("auditor", {"break-glass", "list", "--json"});
  EXPECT_THAT(JsonValues(listed.out, "person"), ElementsAre("nurse"));
  EXPECT_THAT(JsonValues(listed.out, "reason"), ElementsAre("unconscious"));
  EXPECT_THAT(JsonValues(listed.out, "reviewed_by"), ElementsAre("(absent)"));
  EXPECT_EQ(As("nurse", {"break-glass", "close", "1", "--verdict", "fine"}).exit_code, 6);
  EXPECT_EQ(As("auditor", {"break-glass", "close", "1", "--verdict", "in order"}).exit_code, 0);
  EXPECT_THAT(As("auditor", {"break-glass", "list"}).out, HasSubstr("in order"));
  EXPECT_THAT(As("auditor", {"break-glass", "list"}).out, HasSubstr("reviewed"));
}

}  // namespace
}  // namespace mseal::test
