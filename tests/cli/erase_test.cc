// A patient is erased from the command line, and the paper that says so.
#include <fstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CliErase : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    handle_ = Put("Patient", R"({"patient": "p-1", "record": "1", "fields": {"family": "Martin"}})");
    Put("Patient", R"({"patient": "p-2", "record": "1", "fields": {"family": "Bernard"}})");
    for (const char* place : {"usb", "nas"}) ASSERT_EQ(Run({"backup", "register", Path(place)}).exit_code, 0);
  }
  Ran Erase(const std::string& certificate = {}) {
    Words words = {"erase", "-", "--reason", "asked for", "--yes", "--json"};
    if (!certificate.empty()) words.insert(words.end(), {"--certificate", Path(certificate)});
    return Run(words, "p-1\n");
  }
  std::string handle_;
};

TEST_F(CliErase, APatientDiesAndTheCertificateSaysSo) {
  const Ran erased = Erase("certificate.json");
  EXPECT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_THAT(JsonValues(erased.out, "state"), ElementsAre("withdrawn", "done", "dead"));
  EXPECT_EQ(Run({"get", handle_}).exit_code, 5);
  const Ran verified = Run({"certificate", "verify", Path("certificate.json"), "--json"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_THAT(JsonValues(verified.out, "state"), ElementsAre("dead"));
  EXPECT_THAT(JsonValues(verified.out, "complete"), ElementsAre("true"));
  EXPECT_EQ(Erase("certificate.json").exit_code, 4);  // by its id nobody knows the patient any more
  const std::string number = JsonValues(erased.out, "certificate").front();
  EXPECT_THAT(Run({"certificate", "make", number}).out, HasSubstr("\"state\": \"dead\""));
  EXPECT_EQ(Run({"certificate", "make", std::string(32, '0')}).exit_code, 4);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(CliErase, WhatCannotEndYetSaysWhatItWaitsForAndGoesOnLater) {
  fs::rename(Path("nas"), Path("away"));
  const Ran erased = Erase("certificate.json");
  EXPECT_EQ(erased.exit_code, 14);
  EXPECT_THAT(erased.err, HasSubstr("medseal rotate resume"));
  EXPECT_THAT(Run({"certificate", "verify", Path("certificate.json")}).out, HasSubstr("withdrawn"));
  fs::rename(Path("away"), Path("nas"));
  EXPECT_EQ(Run({"rotate", "pause"}).exit_code, 0);
  EXPECT_EQ(Run({"rotate", "resume"}).exit_code, 0);
  const Ran nothing = Run({"rotate", "resume"});
  EXPECT_EQ(nothing.exit_code, 0);
  EXPECT_THAT(nothing.err, HasSubstr("no job is under way"));
  const std::string number = JsonValues(erased.out, "certificate").front();
  EXPECT_THAT(Run({"certificate", "make", number}).out, HasSubstr("\"state\": \"dead\""));
}

TEST_F(CliErase, WhereSeveralJobsAreUnderWayOneHasToBeNamed) {
  fs::rename(Path("nas"), Path("away"));
  ASSERT_EQ(Erase().exit_code, 14);
  ASSERT_NE(Run({"erase", "-", "--reason", "asked for", "--yes"}, "p-2\n").exit_code, 0);
  const Ran several = Run({"rotate", "resume"});
  EXPECT_EQ(several.exit_code, 2);
  EXPECT_THAT(several.err, HasSubstr("name one"));
  EXPECT_THAT(several.out, AllOf(HasSubstr("job 1 "), HasSubstr("job 2 ")));
}

TEST_F(CliErase, SeveralAreErasedTogetherAndNeverWithoutAYes) {
  Write("ids", "p-1\np-2\n");
  EXPECT_EQ(Run({"erase", "--file", Path("ids"), "--reason", "closed"}).exit_code, 2);  // nobody to ask
  EXPECT_EQ(Run({"get", handle_}).exit_code, 0);
  const Ran erased = Run({"erase", "--file", Path("ids"), "--reason", "closed", "--yes", "--json"});
  EXPECT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_THAT(JsonValues(erased.out, "state"), ElementsAre("withdrawn", "withdrawn", "done", "dead", "dead"));
}

// Whoever cannot be erased is named by their line and keeps nobody else from it.
TEST_F(CliErase, UnknownOneAmongSeveralIsNamedByItsLine) {
  Write("ids", "p-1\nnobody\np-2\n");
  const Ran erased = Run({"erase", "--file", Path("ids"), "--reason", "closed", "--yes", "--json"});
  EXPECT_EQ(erased.exit_code, 3) << erased.err;
  EXPECT_THAT(JsonValues(erased.out, "state"), ElementsAre("withdrawn", "withdrawn", "done", "dead", "dead"));
  EXPECT_THAT(erased.err, HasSubstr("ids:2"));
  EXPECT_THAT(erased.err, Not(HasSubstr("nobody")));
  const Ran again = Run({"erase", "--file", Path("ids"), "--reason", "closed", "--yes"});
  EXPECT_EQ(again.exit_code, 4) << again.err;
}

// A change of epoch that waits is gone on with before the one behind it.
TEST_F(CliErase, ErasureBehindAnOtherThatWaitsEndsBoth) {
  Put("Patient", R"({"patient": "p-3", "record": "1", "fields": {"family": "Petit"}})");
  fs::rename(Path("nas"), Path("away"));
  EXPECT_EQ(Erase().exit_code, 14);
  const Ran second = Run({"erase", "-", "--reason", "closed", "--yes"}, "p-2\n");
  EXPECT_EQ(second.exit_code, 14) << second.err;
  fs::rename(Path("away"), Path("nas"));
  const Ran again = Run({"erase", "-", "--reason", "closed", "--yes", "--json"}, "p-3\n");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(JsonValues(again.out, "state"), ElementsAre("withdrawn", "done", "done", "dead"));
}

TEST_F(CliErase, HeldPatientStaysAndAChangedCertificateIsRefused) {
  ASSERT_EQ(Run({"hold", "-", "--reason", "a trial"}, "p-1\n").exit_code, 0);
  EXPECT_EQ(Erase().exit_code, 6);
  ASSERT_EQ(Run({"release", "-"}, "p-1\n").exit_code, 0);
  ASSERT_EQ(Erase("certificate.json").exit_code, 0);
  std::ifstream file(Path("certificate.json"));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text.replace(text.find("asked for"), 5, "nobod");
  Write("changed.json", text);
  EXPECT_EQ(Run({"certificate", "verify", Path("changed.json")}).exit_code, 13);
  EXPECT_EQ(Run({"purge"}).exit_code, 0);
  EXPECT_EQ(Run({"rotate", "epoch"}).exit_code, 0);
}

}  // namespace
}  // namespace mseal::test
