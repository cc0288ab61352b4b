// Persons, classes and what each person is shown; schema commands.
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kHivResult[] =
    R"({"patient": "p-1", "record": "hiv", "fields": {"status": "final", "result": {"value": "860500",)"
    R"( "code": {"text": "HIV viral load", "coding": [{"system": "http://loinc.org", "code": "20447-9"}]}}}})";

class CliPeople : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    AddPerson("physician", "identity,general,hiv");
    AddPerson("receptionist", "identity,general");
    handle_ = Put("LabResult", kHivResult);
  }
  std::string handle_;
};

TEST_F(CliPeople, APhysicianReadsTheHivResult) {
  const Ran ran = As("physician", {"get", handle_});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("860500"));
  EXPECT_THAT(ran.out, Not(HasSubstr("result  [redacted")));
}

TEST_F(CliPeople, AReceptionistIsToldThatItIsRedactedButNotWhatItIs) {
  const Ran ran = As("receptionist", {"get", handle_});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, testing::ContainsRegex("result +\\[redacted: class not held, or not for this purpose\\]"));
  EXPECT_THAT(ran.out, HasSubstr("final"));
  EXPECT_THAT(ran.out, Not(HasSubstr("860500")));
  EXPECT_THAT(ran.out, Not(HasSubstr("hiv  ")));
  EXPECT_THAT(ran.out, Not(HasSubstr("viral")));
}

TEST_F(CliPeople, WhoeverIsRevokedByARotationIsShownTheResultNoMore) {
  const Ran rotated = As("ada", {"rotate", "class", "hiv", "--revoke", "physician"});
  EXPECT_EQ(rotated.exit_code, 14) << rotated.err;  // the epoch change behind it waits for backup places
  EXPECT_THAT(rotated.out, HasSubstr("class rotation hiv  to 2  passed"));
  EXPECT_THAT(rotated.err, HasSubstr("medseal rotate resume 2"));
  EXPECT_THAT(As("physician", {"get", handle_}).out, Not(HasSubstr("860500")));
  EXPECT_THAT(As("ada", {"get", handle_}).out, HasSubstr("860500"));
  EXPECT_THAT(JsonValues(As("ada", {"rotate", "status", "--json"}).out, "state"), ElementsAre("passed", "running"));
  EXPECT_EQ(As("receptionist", {"rotate", "class", "general"}).exit_code, 6);
  EXPECT_EQ(As("ada", {"rotate", "resume", "7"}).exit_code, 4);
}

// The job's file is read while another process works, without its keys; what was wrong with it is said by its code.
TEST_F(CliPeople, WhoeverMeetsTheLockIsShownTheJobOfTheProcessThatHoldsIt) {
  for (int i = 0; i < 12; ++i)
    Put("Patient", R"({"patient": "q)" + std::to_string(i) + R"(", "record": "1", "fields": {}})");
  Running rotating = Start({"rotate", "class", "hiv", "--max-rate", "1"});
  const auto given = environment_;
  environment_["MEDSEAL_KEYRING"] = environment_["MEDSEAL_KEYRING_PASSPHRASE_FILE"] = "";
  Ran seen;
  for (int tries = 0; tries < 200 && seen.exit_code != 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    seen = Run({"rotate", "status"});
  }
  EXPECT_EQ(seen.exit_code, 0) << seen.err;
  EXPECT_THAT(seen.out, testing::StartsWith("job 1  class rotation  running  pass 1, "));
  EXPECT_THAT(seen.out, Not(HasSubstr("hiv")));
  EXPECT_THAT(seen.err, testing::AllOf(HasSubstr("another process has the vault open"), HasSubstr(" s ago")));
  const std::string json = Run({"rotate", "status", "--json"}).out;
  EXPECT_THAT(JsonValues(json, "work"), ElementsAre("class rotation"));
  EXPECT_THAT(JsonValues(json, "state"), ElementsAre("running"));
  EXPECT_THAT(JsonValues(json, "subject"), ElementsAre("(absent)"));
  Write("store/medseal.job", "not one of ours");
  EXPECT_EQ(Run({"rotate", "status"}).exit_code, 13);
  std::filesystem::remove(Path("store/medseal.job"));
  EXPECT_EQ(Run({"rotate", "status"}).exit_code, 4);
  environment_ = given;
  rotating.Signal(SIGINT);
  EXPECT_EQ(rotating.Finish().exit_code, 130);
  EXPECT_THAT(JsonValues(Run({"rotate", "status", "--json"}).out, "state"), ElementsAre("paused"));
}

TEST_F(CliPeople, APersonGivesThemselvesAnotherPasswordAndTheFounderOneToWhoeverLostTheirs) {
  const Words cost = {"--argon2-memory", "19", "--argon2-passes", "2"};
  const auto rotate = [&](const std::string& by, const std::string& person, const std::string& file) {
    Words words = {"rotate", "person", person, "--new-password-file", file};
    words.insert(words.end(), cost.begin(), cost.end());
    return As(by, words);
  };
  Write("new", "willow copper tunnel\n");
  const Ran own = rotate("physician", "physician", Path("new"));
  EXPECT_EQ(own.exit_code, 0) << own.err;
  EXPECT_THAT(own.err, HasSubstr("before still open with the old secret"));
  EXPECT_EQ(As("physician", {"get", handle_}).exit_code, 12);
  WritePassword("physician", "willow copper tunnel");
  EXPECT_THAT(As("physician", {"get", handle_}).out, HasSubstr("860500"));

  EXPECT_EQ(rotate("receptionist", "physician", Path("new")).exit_code, 6);
  EXPECT_EQ(rotate("ada", "nobody", Path("new")).exit_code, 4);
  EXPECT_EQ(rotate("ada", "receptionist", Write("theirs", "moss tunnel copper\n")).exit_code, 0);
  WritePassword("receptionist", "moss tunnel copper");
  EXPECT_EQ(As("receptionist", {"get", handle_}).exit_code, 0);
  Write("ada.new", "harbour violin moss\n");
  EXPECT_EQ(rotate("ada", "ada", Path("ada.new")).exit_code, 0);
  WritePassword("ada", "harbour violin moss");
  EXPECT_THAT(JsonValues(As("ada", {"person", "show", "ada", "--json"}).out, "founder"), ElementsAre("true"));
  EXPECT_THAT(As("ada", {"get", handle_}).out, HasSubstr("860500"));
}

TEST_F(CliPeople, APersonChangesTheirOwnPasswordAndTheFounderThatOfOthers) {
  const Words cost = {"--argon2-memory", "19", "--argon2-passes", "2"};
  const auto passwd = [&](const std::string& by, Words words, const std::string& password) {
    words.insert(words.begin(), {"person", "passwd"});
    words.insert(words.end(), {"--new-password-file", Write("new", password + "\n"), "--json"});
    words.insert(words.end(), cost.begin(), cost.end());
    return As(by, words);
  };
  const Ran weak = passwd("physician", {}, "Password2024!");
  EXPECT_EQ(weak.exit_code, 2);
  EXPECT_THAT(weak.err, HasSubstr("guessers try first"));
  EXPECT_THAT(weak.err + weak.out, Not(HasSubstr("Password2024")));
  EXPECT_EQ(passwd("physician", {}, PasswordOf("physician")).exit_code, 2);  // the one they have
  const Ran others = passwd("physician", {}, PasswordOf("receptionist"));
  EXPECT_EQ(others.exit_code, 1);
  EXPECT_THAT(others.err, Not(HasSubstr("receptionist")));
  const Ran changed = passwd("physician", {}, "willow copper tunnel");
  EXPECT_EQ(changed.exit_code, 0) << changed.err;
  EXPECT_THAT(JsonValues(changed.out, "name"), ElementsAre("physician"));
  EXPECT_EQ(As("physician", {"get", handle_}).exit_code, 12);
  WritePassword("physician", "willow copper tunnel");
  EXPECT_THAT(As("physician", {"get", handle_}).out, HasSubstr("860500"));
  EXPECT_EQ(passwd("physician", {"receptionist"}, "moss tunnel copper").exit_code, 6);
  EXPECT_EQ(passwd("ada", {"receptionist"}, "moss tunnel copper").exit_code, 0);
  WritePassword("receptionist", "moss tunnel copper");
  EXPECT_EQ(As("receptionist", {"get", handle_}).exit_code, 0);
  EXPECT_EQ(As("receptionist", {"person", "passwd", "--new-key-file", Path("r.key")}).exit_code, 0);
  EXPECT_EQ(Run({"get", handle_, "--person", "receptionist", "--person-key", Path("r.key")}).exit_code, 0);
}

TEST_F(CliPeople, ANewPasswordIsAskedForTwice) {
  const auto rotate = [&](const std::string& once, const std::string& more) {
    return RunOnTerminal({"rotate", "person", "ada", "--argon2-memory", "19", "--argon2-passes", "2"},
                         {once + "\n", more + "\n"});
  };
  EXPECT_EQ(rotate("first", "second").exit_code, 2);
  EXPECT_EQ(Run({"person", "list"}).exit_code, 0);
  EXPECT_EQ(rotate("harbour violin moss", "harbour violin moss").exit_code, 0);
  EXPECT_EQ(Run({"person", "list"}).exit_code, 12);
  WritePassword("ada", "harbour violin moss");
  EXPECT_EQ(Run({"person", "list"}).exit_code, 0);
}

TEST_F(CliPeople, WhoeverHoldsAClassMayResealIt) {
  const Ran resealed = As("physician", {"reseal", "class", "hiv", "--max-rate", "1000"});
  EXPECT_EQ(resealed.exit_code, 0) << resealed.err;
  EXPECT_THAT(resealed.out, HasSubstr("reseal hiv  passed"));
  EXPECT_THAT(resealed.err, HasSubstr("no data key of the class from before opens anything"));
  EXPECT_THAT(As("physician", {"get", handle_}).out, HasSubstr("860500"));
  EXPECT_THAT(JsonValues(As("ada", {"reseal", "class", "general", "--json"}).out, "work"), ElementsAre("reseal"));
  EXPECT_EQ(As("receptionist", {"reseal", "class", "hiv"}).exit_code, 6);
  EXPECT_EQ(As("ada", {"reseal", "class", "nothing"}).exit_code, 4);
  EXPECT_EQ(As("ada", {"verify"}).exit_code, 0);
}

TEST_F(CliPeople, EverythingIsResealedUnderAnotherSuite) {
  const auto suite = [&] { return JsonValues(Run({"status", "--json"}).out, "suite"); };
  if (suite() == std::vector<std::string>{"chacha20"}) GTEST_SKIP() << "this processor does one suite alone";
  for (const char* place : {"usb", "nas"}) ASSERT_EQ(Run({"backup", "register", Path(place)}).exit_code, 0);
  EXPECT_EQ(As("physician", {"reseal", "--suite", "chacha20"}).exit_code, 6);
  const Ran resealed = As("ada", {"reseal", "--suite", "chacha20"});
  EXPECT_EQ(resealed.exit_code, 0) << resealed.err;
  EXPECT_THAT(resealed.out, HasSubstr("change of suite chacha20  done  step 5"));
  EXPECT_THAT(resealed.err, HasSubstr("nothing that the vault stores is under the suite of before"));
  EXPECT_THAT(resealed.err, HasSubstr("credentials are"));
  EXPECT_EQ(suite(), std::vector<std::string>{"chacha20"});
  EXPECT_THAT(Run({"status"}).out, HasSubstr("the keyring is under another"));
  EXPECT_THAT(As("physician", {"get", handle_}).out, HasSubstr("860500"));
  EXPECT_EQ(As("ada", {"verify"}).exit_code, 0);
  EXPECT_EQ(As("ada", {"reseal", "--suite", "chacha20"}).exit_code, 1);
  EXPECT_EQ(As("ada", {"reseal", "--suite", "rot13"}).exit_code, 2);
  EXPECT_EQ(As("ada", {"reseal"}).exit_code, 2);
  EXPECT_EQ(As("ada", {"reseal", "--suite", "chacha20", "class", "hiv"}).exit_code, 2);
}

TEST_F(CliPeople, WhoCannotFinishAResealIsToldWhatItTakesAndTheNextGoesOn) {
  AddPerson("virologist", "hiv");
  Put("LabResult", R"({"patient": "p-2", "record": "glucose", "fields": {"result": {"value": "5.4"}}})");
  const Ran begun = As("virologist", {"reseal", "class", "hiv"});
  EXPECT_EQ(begun.exit_code, 6);
  EXPECT_THAT(begun.err, HasSubstr("every class"));
  const Ran again = As("physician", {"reseal", "class", "hiv"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("medseal rotate resume"));
  EXPECT_EQ(As("physician", {"rotate", "resume", "1"}).exit_code, 0);
}

TEST_F(CliPeople, IndexesAreRotatedAndBuiltAnewAndSearchedAsBefore) {
  const std::string patient = R"({"patient": "p-2", "record": "1", "fields": {"family": "Martin"}})";
  Put("Patient", patient);
  const auto finds = [&](const std::string& person) {
    return As(person, {"find", "Patient", "family=-"}, "MARTIN\n").out.find("Martin") != std::string::npos;
  };
  const Ran rotated = As("receptionist", {"rotate", "index", "Patient.family"});
  EXPECT_EQ(rotated.exit_code, 0) << rotated.err;
  EXPECT_THAT(rotated.out, HasSubstr("index rotation Patient.family  to 2  passed"));
  EXPECT_TRUE(finds("physician"));
  const Ran anew = Run({"index", "re-epoch"});
  EXPECT_EQ(anew.exit_code, 0) << anew.err;
  EXPECT_THAT(anew.out, HasSubstr("index re-epoch   to 2  passed"));
  EXPECT_THAT(anew.err, HasSubstr("dead with the next change of epoch"));
  EXPECT_TRUE(finds("receptionist"));
  const Ran again = Run({"index", "re-epoch", "--if-older", "7"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("nothing to do"));
  After(8);
  const Ran due = Run({"index", "re-epoch", "--if-older", "7"});
  EXPECT_THAT(due.out, HasSubstr("index re-epoch   to 3  passed")) << due.err;
  EXPECT_EQ(As("receptionist", {"rotate", "index", "Patient.ssn"}).exit_code, 6);
  EXPECT_EQ(As("ada", {"rotate", "index", "Patient.nothing"}).exit_code, 4);
  EXPECT_EQ(As("ada", {"rotate", "index", "Patient.gender"}).exit_code, 2);
  EXPECT_EQ(As("ada", {"rotate", "index", "family"}).exit_code, 2);
  EXPECT_THAT(JsonValues(Run({"rotate", "status", "--json"}).out, "work"),
              ElementsAre("index rotation", "index re-epoch", "index re-epoch"));
}

TEST_F(CliPeople, JsonListsRedactedFieldsAndLeavesThemOut) {
  const Ran physician = As("physician", {"get", handle_, "--json"});
  const Ran receptionist = As("receptionist", {"get", handle_, "--json"});
  EXPECT_THAT(JsonValues(receptionist.out, "redacted").front(), HasSubstr("\"result\""));
  EXPECT_THAT(JsonValues(physician.out, "redacted").front(), Not(HasSubstr("\"result\"")));
  EXPECT_THAT(JsonValues(receptionist.out, "fields").front(), Not(HasSubstr("result")));
  EXPECT_THAT(JsonValues(physician.out, "fields").front(), HasSubstr("860500"));
}

TEST_F(CliPeople, WhatAReceptionistMayNotReadTheyMayNotWrite) {
  const Ran ran = As("receptionist", {"put", "LabResult"}, std::string(kHivResult) + "\n");
  EXPECT_EQ(ran.exit_code, 6);
  EXPECT_THAT(ran.err, HasSubstr("PermissionDenied"));
  EXPECT_THAT(As("physician", {"get", handle_}).out, HasSubstr("version  1"));
}

TEST_F(CliPeople, WhoDoesNotHoldAFieldsClassMayNotSearchIt) {
  EXPECT_EQ(As("receptionist", {"find", "Patient", "ssn=-"}, "999\n").exit_code, 6);
}

TEST_F(CliPeople, OnlyTheFounderAddsPersons) {
  WritePassword("eve", "violin and moss 12");
  const Ran ran =
      As("physician", {"person", "add", "eve", "--classes", "hiv", "--new-password-file", Path("eve.password")});
  EXPECT_EQ(ran.exit_code, 6);
}

TEST_F(CliPeople, AGrantOpensTheClass) {
  EXPECT_EQ(As("receptionist", {"person", "grant", "receptionist", "hiv"}).exit_code, 6);
  EXPECT_EQ(Run({"person", "grant", "receptionist", "hiv"}).exit_code, 0);
  EXPECT_THAT(As("receptionist", {"get", handle_}).out, HasSubstr("860500"));
}

TEST_F(CliPeople, APersonIsAddedOnceAndWithClassesThatExist) {
  WritePassword("eve", "violin and moss 12");
  const Words add = {"person", "add", "eve", "--classes", "nothing", "--new-password-file", Path("eve.password")};
  EXPECT_EQ(Run(add).exit_code, 4);
  EXPECT_EQ(Run({"person", "add", "physician", "--new-password-file", Path("eve.password")}).exit_code, 1);
}

TEST_F(CliPeople, ListAndShowNameClasses) {
  EXPECT_THAT(JsonValues(Run({"person", "list", "--json"}).out, "name"),
              ElementsAre("ada", "physician", "receptionist"));
  const Ran shown = Run({"person", "show", "physician", "--json"});
  EXPECT_THAT(JsonValues(shown.out, "classes"), ElementsAre(HasSubstr("\"hiv\"")));
  EXPECT_THAT(JsonValues(shown.out, "founder"), ElementsAre("false"));
  EXPECT_EQ(Run({"person", "show", "nobody"}).exit_code, 4);
}

TEST_F(CliPeople, ASchemaThatRemovesProtectionIsRefused) {
  const std::string head =
      "syntax = \"proto3\";\nimport \"medseal/options.proto\";\nmessage A {\n  option (medseal.v1.record) = {};\n";
  const std::string sealed = Write("sealed.proto", head + "  string x = 1;\n}\n");
  const std::string open = Write("open.proto", head + "  string x = 1 [(medseal.v1.field) = { public: true }];\n}\n");
  const std::string more = Write("more.proto", head + "  string x = 1;\n  string y = 2;\n}\n");
  EXPECT_EQ(Run({"schema", "check", sealed, more}).exit_code, 0);
  const Ran refused = Run({"schema", "check", sealed, open});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("open.proto:5"));
}

TEST_F(CliPeople, ASchemaIsShownAndReplaced) {
  const Ran shown = Run({"schema", "show"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("GenomicReport"));
  std::ifstream lab(MEDSEAL_SOURCE "/include/medseal/lab.proto");
  const std::string text(std::istreambuf_iterator<char>(lab), {});
  const std::string more =
      Write("more.proto", text + "message Visit {\n  option (medseal.v1.record) = {};\n  string ward = 1;\n}\n");
  EXPECT_EQ(As("physician", {"schema", "load", more}).exit_code, 6);
  EXPECT_EQ(JsonValues(Run({"schema", "load", more, "--json"}).out, "stored_schema_version"),
            std::vector<std::string>{"2"});
  EXPECT_EQ(Run({"put", "Visit"}, R"({"patient": "p-1", "record": "v", "fields": {"ward": "3"}})"
                                  "\n")
                .exit_code,
            0);
  EXPECT_EQ(Run({"get", handle_}).exit_code, 0);
}

}  // namespace
}  // namespace mseal::test
