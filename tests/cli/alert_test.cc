// Alerts and canaries by the command: raised, listed, delivered from one run to the next.
#include <filesystem>
#include <fstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class CliAlerts : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    AddPerson("nurse", "general");
    AddPerson("witness", "general");
  }
  Ran Two(Words words) {
    words.insert(words.end(), {"--with", "witness", "--with-password-file", Path("witness.password")});
    return As("ada", words);
  }
  std::vector<std::string> Raised() { return JsonValues(As("ada", {"alert", "list", "--json"}).out, "detail"); }
  std::string TextOf(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(CliAlerts, RulesAreOnByDefault) {
  const Ran rules = As("ada", {"alert", "rules", "--json"});
  ASSERT_EQ(rules.exit_code, 0) << rules.err;
  EXPECT_THAT(JsonValues(rules.out, "rule"), Contains("canary"));
  EXPECT_THAT(JsonValues(rules.out, "on"), Each("true"));
}

TEST_F(CliAlerts, GoToAFileOnceTwoPersonsSaidSo) {
  const std::string file = Path("alerts.jsonl");
  EXPECT_EQ(As("ada", {"alert", "sink", "add", "file", file}).exit_code, 6);
  const Ran added = Two({"alert", "sink", "add", "file", file});
  ASSERT_EQ(added.exit_code, 0) << added.err;
  ASSERT_EQ(As("ada", {"alert", "test"}).exit_code, 0);
  EXPECT_THAT(TextOf(file), HasSubstr("\"rule\": \"test\""));
  EXPECT_THAT(As("ada", {"alert", "sink", "list"}).out, HasSubstr(file));
  EXPECT_THAT(Raised(), ElementsAre("test"));
  ASSERT_EQ(Two({"alert", "sink", "remove", "1"}).exit_code, 0);
  ASSERT_EQ(As("ada", {"alert", "test"}).exit_code, 0);
  EXPECT_THAT(Raised(), ElementsAre("test", "test"));
  EXPECT_EQ(JsonValues(TextOf(file), "kind").size(), 1u);
}

TEST_F(CliAlerts, WhatWasNotDeliveredIsSaidAtTheNextOpening) {
  const std::string file = Path("away/alerts.jsonl");
  ASSERT_EQ(Two({"alert", "sink", "add", "file", file}).exit_code, 0);
  ASSERT_EQ(As("ada", {"alert", "test"}).exit_code, 0);
  EXPECT_THAT(JsonValues(Run({"status", "--json"}).out, "undelivered_alerts"), ElementsAre("1"));
  std::filesystem::create_directory(Path("away"));
  EXPECT_THAT(Raised(), Contains("undelivered"));
  EXPECT_THAT(TextOf(file), HasSubstr("\"rule\": \"test\""));
}

TEST_F(CliAlerts, ACanaryLooksLikeAnyPatientAndTellsWhoTouchesIt) {
  Put("Patient", R"({"patient": "P-4711", "record": "R-1", "fields": {"family": "Martin"}})");
  const Ran planted = As("ada", {"canary", "plant", "3"});
  ASSERT_EQ(planted.exit_code, 0) << planted.err;
  const auto canaries = JsonValues(As("ada", {"canary", "list", "--json"}).out, "patient");
  ASSERT_THAT(canaries, SizeIs(3));
  EXPECT_THAT(JsonValues(Run({"status", "--json"}).out, "patients"), ElementsAre("1"));
  EXPECT_THAT(Raised(), Not(Contains("canary")));
  const Ran seen = As("nurse", {"patient", "--allow-argv", canaries[0]});
  EXPECT_EQ(seen.exit_code, 0) << seen.err;
  EXPECT_THAT(Raised(), Contains("canary"));
  EXPECT_EQ(As("nurse", {"canary", "list"}).exit_code, 6);
  EXPECT_THAT(seen.out, Not(HasSubstr("planted")));

  const Ran exposed = As("ada", {"exposure", "--of", "nurse", "--json", "--html", Path("page.html")});
  EXPECT_EQ(JsonValues(exposed.out, "patients").front(), "0");
  EXPECT_EQ(JsonValues(exposed.out, "reads").front(), "0");
  EXPECT_EQ(JsonValues(exposed.out, "fields").front(), "0");
  EXPECT_EQ(JsonValues(exposed.out, "canaries").front(), "1");
  EXPECT_THAT(TextOf(Path("page.html")), HasSubstr(canaries[0] + " (planted)"));
  EXPECT_THAT(As("ada", {"seen-by", "nurse"}).out, HasSubstr("(planted)"));
  EXPECT_THAT(JsonValues(As("ada", {"who-saw", canaries[0], "--allow-argv", "--json"}).out, "canary"), Each("true"));
  EXPECT_THAT(JsonValues(As("ada", {"accounting", canaries[0], "--allow-argv", "--json"}).out, "canary"), Each("true"));
  const auto exported = [&](const std::string& format) {
    return As("ada", {"audit", "export", "--of", "nurse", "--format", format}).out;
  };
  EXPECT_THAT(exported("jsonl"), HasSubstr(R"("canary":true)"));
  EXPECT_THAT(exported("fhir"), HasSubstr("planted: nobody's data"));
  EXPECT_THAT(exported("syslog"), HasSubstr(R"(canary="true")"));
  const Ran verified = As("ada", {"verify", "--json"});
  EXPECT_THAT(JsonValues(verified.out, "patients"), ElementsAre("1"));
  EXPECT_THAT(JsonValues(verified.out, "records"), ElementsAre("2"));  // the directory's is one
}

}  // namespace
}  // namespace mseal::test
