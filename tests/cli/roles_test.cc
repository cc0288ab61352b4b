// Roles, and persons who are revoked, disabled, renamed or imported, as they are worked with at a desk.
#include <sys/stat.h>

#include <fstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kPatient[] =
    R"({"patient": "p-1", "record": "1", "fields": {"family": "Martin", "hiv": "HIV_POSITIVE"}})";

class CliRoles : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    AddPerson("nurse", "identity,general");
    handle_ = Put("Patient", kPatient);
  }
  // As the founder; what it said on stderr.
  std::string Do(const Words& words) {
    const Ran ran = Run(words);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.err;
  }
  std::string Shown(const std::string& person, const std::string& key) {
    return JsonValues(Run({"person", "show", person, "--json"}).out, key).front();
  }
  bool SeesHiv(const std::string& person) {
    const Ran ran = As(person, {"get", handle_});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.out.find("HIV_POSITIVE") != std::string::npos;
  }
  Ran Import(const std::string& content, Words more) {
    Words words = {"person", "import", Write("people", content), "--argon2-memory", "19", "--argon2-passes", "2"};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }
  std::string handle_;
};

TEST_F(CliRoles, ARoleOpensItsClassesToWhoeverHasItAndOnlyAsItSays) {
  Do({"role", "define", "hiv reader", "--classes", "hiv", "--operations", "read"});
  EXPECT_FALSE(SeesHiv("nurse"));
  EXPECT_THAT(Do({"role", "give", "hiv reader", "nurse"}), HasSubstr("next login"));
  EXPECT_TRUE(SeesHiv("nurse"));
  const Ran written = As("nurse", {"put", "Patient"}, std::string(kPatient) + "\n");
  EXPECT_EQ(written.exit_code, 6);
  EXPECT_EQ(Shown("nurse", "roles"), R"(["hiv reader"])");
  EXPECT_THAT(Shown("nurse", "class_operations"), HasSubstr(R"("hiv":["read"])"));
  EXPECT_THAT(Run({"person", "show", "nurse"}).out, testing::ContainsRegex("hiv +read\n"));
  EXPECT_THAT(Do({"role", "take", "hiv reader", "nurse"}), HasSubstr("medseal rotate class"));
  EXPECT_FALSE(SeesHiv("nurse"));
  EXPECT_EQ(Shown("nurse", "roles"), "[]");
}

TEST_F(CliRoles, ARoleThatReadsMaskedShowsStarsAndSearchesNothing) {
  Do({"person", "revoke", "nurse", "identity"});
  Do({"role", "define", "reception", "--classes", "identity", "--operations", "read_masked"});
  Do({"role", "give", "reception", "nurse"});
  const Ran got = As("nurse", {"get", handle_, "--json"});
  ASSERT_EQ(got.exit_code, 0) << got.err;
  EXPECT_THAT(got.out, HasSubstr("M****"));
  EXPECT_THAT(got.out, Not(HasSubstr("Martin")));
  const std::string martin = Write("martin", "Martin\n");
  EXPECT_EQ(As("nurse", {"find", "Patient", "family=@" + martin}).exit_code, 6);
  EXPECT_THAT(Shown("nurse", "class_operations"), HasSubstr(R"("identity":["read_masked"])"));
  Do({"role", "define", "reception", "--classes", "identity", "--operations", "read,read_masked"});
  EXPECT_THAT(As("nurse", {"get", handle_, "--json"}).out, HasSubstr("Martin"));
}

TEST_F(CliRoles, ARecordThatIsNamedByItsHandleIsReadOnce) {
  ASSERT_EQ(As("nurse", {"get", handle_}).exit_code, 0);
  const Ran log = Run({"audit", "show", "--operation", "read", "--json"});
  EXPECT_EQ(JsonValues(log.out, "operation").size(), 1u) << log.out;
}

TEST_F(CliRoles, NobodyIsShownWhereNobodyWasNamed) {
  const Ran shown = Run({"person", "show", ""});
  EXPECT_EQ(shown.exit_code, 2);
  EXPECT_EQ(shown.out, "");
}

TEST_F(CliRoles, RolesAreListedShownAndDefinedAnew) {
  Do({"role", "define", "physician", "--classes", "identity,hiv", "--operations", "read,write,search"});
  Do({"role", "define", "auditor", "--operations", "audit"});
  const Ran listed = Run({"role", "list", "--json"});
  EXPECT_THAT(JsonValues(listed.out, "name"), ElementsAre("physician", "auditor"));
  EXPECT_THAT(JsonValues(listed.out, "operations"), ElementsAre(R"(["read","write","search"])", R"(["audit"])"));
  Do({"role", "define", "physician", "--classes", "identity", "--operations", "read"});
  EXPECT_THAT(JsonValues(Run({"role", "show", "physician", "--json"}).out, "classes"), ElementsAre(R"(["identity"])"));
  EXPECT_THAT(Run({"role", "show", "auditor"}).out, HasSubstr("audit: no class"));
  EXPECT_EQ(Run({"role", "show", "nobody"}).exit_code, 4);
  EXPECT_EQ(Run({"role", "define", "physician", "--classes", "identity", "--operations", "read"}).exit_code, 1);
  EXPECT_EQ(Run({"role", "define", "x", "--classes", "nothing", "--operations", "read"}).exit_code, 4);
  const Ran refused = Run({"role", "define", "x", "--operations", "fly"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("read, read_masked, write, search, export, administer, erase, audit"));
  EXPECT_EQ(As("nurse", {"role", "define", "x", "--operations", "read"}).exit_code, 6);
}

TEST_F(CliRoles, WhatIsRevokedIsSaidWithWhatKillsTheKey) {
  EXPECT_THAT(Do({"person", "revoke", "nurse", "identity"}), HasSubstr("medseal rotate class identity"));
  EXPECT_THAT(As("nurse", {"get", handle_}).out, Not(HasSubstr("Martin")));
  EXPECT_EQ(Run({"person", "revoke", "nurse", "identity"}).exit_code, 4);
  const Ran founder = Run({"person", "revoke", "ada", "hiv"});
  EXPECT_EQ(founder.exit_code, 2);
  EXPECT_THAT(founder.err, HasSubstr("the founder keeps every class"));
  EXPECT_EQ(As("nurse", {"person", "revoke", "nurse", "general"}).exit_code, 6);
}

TEST_F(CliRoles, WhoeverHoldsTheClassByARoleTooIsWarnedAbout) {
  Do({"role", "define", "desk", "--classes", "identity", "--operations", "read"});
  Do({"role", "give", "desk", "nurse"});
  const Ran revoked = Run({"person", "revoke", "nurse", "identity", "--json"});
  EXPECT_THAT(JsonValues(revoked.out, "held_by_role"), ElementsAre("true"));
  EXPECT_THAT(revoked.err, HasSubstr("still holds identity by a role"));
  const Ran again = Run({"person", "revoke", "nurse", "identity"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("take the role"));
}

TEST_F(CliRoles, ADisabledPersonIsToldNoMoreThanWithAWrongPassword) {
  Do({"person", "disable", "nurse"});
  const Ran refused = As("nurse", {"get", handle_});
  EXPECT_EQ(refused.exit_code, 12);
  EXPECT_THAT(refused.err, Not(HasSubstr("disabled")));
  EXPECT_EQ(Shown("nurse", "disabled"), "true");
  EXPECT_THAT(Run({"person", "list"}).out, HasSubstr("(disabled)"));
  EXPECT_EQ(Run({"person", "disable", "nurse"}).exit_code, 1);
  Do({"person", "enable", "nurse"});
  EXPECT_THAT(As("nurse", {"get", handle_}).out, HasSubstr("Martin"));
  EXPECT_EQ(Run({"person", "disable", "ada"}).exit_code, 2);
}

TEST_F(CliRoles, ARenamedPersonLogsInAsThatAndLeavesTheirOldNameToNobody) {
  Do({"person", "rename", "nurse", "head nurse"});
  EXPECT_EQ(As("nurse", {"get", handle_}).exit_code, 12);
  WritePassword("head nurse", PasswordOf("nurse"));
  EXPECT_EQ(As("head nurse", {"get", handle_}).exit_code, 0);
  WritePassword("other", "copper moss 1234");
  EXPECT_EQ(Run({"person", "add", "nurse", "--new-password-file", Path("other.password")}).exit_code, 1);
  EXPECT_EQ(Run({"person", "rename", "nobody", "x"}).exit_code, 4);
}

TEST_F(CliRoles, AnAdministratorAddsPersonsAndGivesWhatTheyHave) {
  Do({"role", "define", "chief", "--operations", "administer"});
  Do({"role", "give", "chief", "nurse"});
  WritePassword("intern", "willow tunnel 77");
  const Words add = {"person",
                     "add",
                     "intern",
                     "--classes",
                     "general",
                     "--new-password-file",
                     Path("intern.password"),
                     "--argon2-memory",
                     "19",
                     "--argon2-passes",
                     "2"};
  EXPECT_EQ(As("nurse", add).exit_code, 0);
  EXPECT_EQ(As("nurse", {"person", "grant", "intern", "identity"}).exit_code, 0);
  EXPECT_EQ(As("nurse", {"person", "grant", "intern", "hiv"}).exit_code, 6);
  EXPECT_EQ(As("nurse", {"person", "disable", "intern"}).exit_code, 0);
  EXPECT_EQ(As("nurse", {"person", "disable", "ada"}).exit_code, 6);
}

TEST_F(CliRoles, PersonsOfAFileAreAddedWithPasswordsOfTheirOwn) {
  Do({"role", "define", "reader", "--classes", "identity,hiv", "--operations", "read"});
  Do({"role", "define", "desk", "--classes", "general", "--operations", "read,write"});
  const std::string rows = "name,kind,roles\n\"Curie, Marie\",human,reader;desk\nanalyser 7,service,\n";
  const Ran dry = Import(rows, {"--dry-run", "--out", Path("passwords")});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_THAT(JsonValues(Run({"person", "list", "--json"}).out, "name"), ElementsAre("ada", "nurse"));
  EXPECT_FALSE(std::filesystem::exists(Path("passwords")));

  const Ran imported = Import(rows, {"--out", Path("passwords"), "--json"});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_THAT(JsonValues(imported.out, "name"), ElementsAre("Curie, Marie", "analyser 7"));
  EXPECT_EQ(JsonValues(Run({"person", "show", "analyser 7", "--json"}).out, "service").front(), "true");
  EXPECT_EQ(Shown("Curie, Marie", "roles"), R"(["reader","desk"])");
  const std::string file = JsonValues(imported.out, "password_file").front();
  struct stat info {};
  ASSERT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  std::filesystem::copy_file(file, Path("Curie, Marie.password"));
  EXPECT_TRUE(SeesHiv("Curie, Marie"));
  std::ifstream one(file), other(JsonValues(imported.out, "password_file").back());
  const std::string first(std::istreambuf_iterator<char>(one), {}), second(std::istreambuf_iterator<char>(other), {});
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), 30u);  // 25 letters, four dashes and the line's end
}

TEST_F(CliRoles, LinesOfJsonAreImportedToo) {
  Do({"role", "define", "reader", "--classes", "identity", "--operations", "read"});
  const Ran ran = Import(
      "{\"name\": \"eve\", \"kind\": \"human\", \"roles\": [\"reader\"]}\n"
      "\n{\"name\": \"bot\", \"kind\": \"service\", \"roles\": []}\n",
      {"--out", Path("passwords")});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(Shown("eve", "roles"), R"(["reader"])");
  EXPECT_EQ(Shown("bot", "service"), "true");
}

TEST_F(CliRoles, ARowThatCannotBeAddedIsNamedByItsLineAndNobodyIsAdded) {
  Do({"person", "rename", "nurse", "head nurse"});
  const std::pair<const char*, const char*> rows[] = {
      {"name,kind,roles\neve,human,\nbob,robot,\n", ":3: kind is human or service"},
      {"name,kind,roles\neve,human,\neve,human,\n", ":3: the same name as in line 2"},
      {"name,kind,roles\neve,human,\nnurse,human,\n", ":3: the name is, or once was, taken"},
      {"name,kind,roles\neve,human,\nbob,human,nothing\n", ":3: no role of that name"},
      {"name,kind,roles\neve,human,\nbob,human\n", ":3: a row has three fields"},
      {"name,kind,roles\neve,human,\nbob,human,,\n", ":3: a row has three fields"},
      {"name,kind,roles\neve,human,\n\"bob,human,\n", ":3: a quote is not closed"},
      {"name,kind,roles\neve,human,\n\"bob\"\"\n", ":3: a quote is not closed"},
      {"name,kind,roles\neve,human,\n\"bob\"x,human,\n", ":3: a quote is not closed"},
      {"name,kind,roles\neve,human,\n,human,\n", ":3: a name is empty"},
      {"{\"name\": \"eve\", \"kind\": \"human\", \"roles\": []}\n{\"name\": 7}\n", ":2: \"name\" must be a text"},
      {"{\"name\": \"eve\", \"kind\": \"human\", \"roles\": []}\n{\"name\n", ":2: not JSON from byte"},
      {"{\"name\": \"eve\", \"kind\": \"human\", \"roles\": [7]}\n", ":1: \"roles\" must be a list of texts"},
      {"{\"name\": \"eve\", \"kind\": \"human\"}\n", ":1: \"roles\" must be a list of texts"},
      {"{\"name\": \"eve\", \"kind\": \"human\", \"roles\": [], \"classes\": []}\n", ":1: has other members"},
      {"{\"name\": \"eve\", \"name\": \"bob\", \"kind\": \"human\", \"roles\": []}\n", ":1: names a member twice"},
  };
  for (const auto& [content, said] : rows) {
    const Ran ran = Import(content, {"--out", Path("passwords")});
    EXPECT_EQ(ran.exit_code, 2) << content;
    EXPECT_THAT(ran.err, HasSubstr(said)) << content;
    EXPECT_THAT(ran.err, HasSubstr("1 of the rows cannot be added, so nobody was")) << content;
  }
  EXPECT_THAT(JsonValues(Run({"person", "list", "--json"}).out, "name"), ElementsAre("ada", "head nurse"));
  EXPECT_FALSE(std::filesystem::exists(Path("passwords")));
  const Ran headless = Import("eve,human,\n", {"--out", Path("passwords")});
  EXPECT_EQ(headless.exit_code, 2);
  EXPECT_THAT(headless.err, HasSubstr("name,kind,roles"));
}

TEST_F(CliRoles, PasswordsOfAnImportAreAskedForWhereNoDirectoryIsGiven) {
  const Words words = {
      "person",          "import", Write("people", "name,kind,roles\neve,human,\n"), "--argon2-memory", "19",
      "--argon2-passes", "2"};
  const Ran ran = RunOnTerminal(words, {"harbour violin moss\n", "harbour violin moss\n"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  WritePassword("eve", "harbour violin moss");
  EXPECT_EQ(As("eve", {"get", handle_}).exit_code, 0);
}

TEST_F(CliRoles, AFileOfPasswordsThatIsThereIsNotWrittenOver) {
  std::filesystem::create_directory(Path("passwords"));
  Write("passwords/person-1.txt", "mine");
  EXPECT_EQ(Import("name,kind,roles\neve,human,\n", {"--out", Path("passwords")}).exit_code, 1);
  EXPECT_THAT(JsonValues(Run({"person", "list", "--json"}).out, "name"), ElementsAre("ada", "nurse"));
}

}  // namespace
}  // namespace mseal::test
