// A nightly job at a desk: declared by two, run by a third, silent within and told of outside.
#include <ctime>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(Desk, AJobIsDeclaredByTwoPersonsAndRunByAThird) {
  MakeVault();
  AddPerson("billing", "identity,general");
  AddPerson("witness", "general");
  environment_["TZ"] = "UTC";
  const std::string one = Put("Patient", R"({"patient": "p-1", "record": "1", "fields": {"family": "Martin"}})");
  const std::string two = Put("Patient", R"({"patient": "p-2", "record": "1", "fields": {"family": "Blanc"}})");
  const Words both = {"--with", "witness", "--with-password-file", Path("witness.password")};
  const Words declare = {"job",      "declare",        "nightly", "--for", "billing", "--types",   "Patient",
                         "--fields", "Patient.family", "--max",   "1",     "--until", "2099-01-01"};
  const auto with = [](Words words, const Words& more) {
    return words.insert(words.end(), more.begin(), more.end()), words;
  };
  EXPECT_EQ(As("ada", declare).exit_code, 6);
  EXPECT_EQ(As("ada", with(declare, both)).exit_code, 2);  // more than a year away
  Words until = with(declare, both);
  const std::time_t soon = std::time(nullptr) + 30 * 86'400;
  char day[16] = {};
  std::strftime(day, sizeof day, "%Y-%m-%d", std::gmtime(&soon));
  until[12] = day;
  EXPECT_EQ(As("ada", with(until, {"--window", "25:00-06:00"})).exit_code, 2);
  const Ran declared = As("ada", with(until, {"--json"}));
  ASSERT_EQ(declared.exit_code, 0) << declared.err;
  EXPECT_THAT(JsonValues(As("ada", {"job", "list", "--json"}).out, "state"), ElementsAre("in_force"));

  const auto raised = [&] { return JsonValues(As("ada", {"alert", "list", "--json"}).out, "detail"); };
  EXPECT_EQ(As("billing", {"get", one, "--fields", "family", "--job", "nightly"}).exit_code, 0);
  EXPECT_EQ(raised(), Words{});
  EXPECT_EQ(As("billing", {"get", two, "--fields", "family", "--job", "nightly"}).exit_code, 0);
  EXPECT_THAT(raised(), ElementsAre("outside-job"));
  EXPECT_EQ(As("billing", {"get", one, "--job", "weekly"}).exit_code, 4);
  EXPECT_EQ(As("witness", {"get", one, "--job", "nightly"}).exit_code, 6);
  EXPECT_THAT(As("billing", {"job", "show", "nightly"}).out, HasSubstr("2 patients in the window"));
  EXPECT_EQ(As("witness", {"job", "show", "nightly"}).exit_code, 4);
  EXPECT_EQ(As("billing", {"job", "revoke", "nightly"}).exit_code, 6);
  EXPECT_EQ(As("ada", {"job", "revoke", "nightly"}).exit_code, 0);
  EXPECT_THAT(As("ada", {"job", "list"}).out, IsEmpty());
  EXPECT_THAT(JsonValues(As("ada", {"audit", "show", "--operation", "policy", "--json"}).out, "detail"),
              Contains("job revoke nightly"));
}

}  // namespace
}  // namespace mseal::test
