// put, get, history, patient, find, scan, range, delete.
#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string Line(const std::string& patient, const std::string& fields) {
  return R"({"patient": ")" + patient + R"(", "record": "r", "fields": )" + fields + "}\n";
}

class CliRecords : public Desk {
 protected:
  void SetUp() override { MakeVault(); }
  Ran GetFromInput(const std::string& patient, Words more = {}) {
    Words words = {"get", "Patient", "-", "r"};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words, patient + "\n");
  }
};

TEST_F(CliRecords, WhatWasPutComesBack) {
  Put("Patient", Line("p-1", R"({"family": "Martin", "given": "Zoé", "hiv": "HIV_NEGATIVE"})"));
  const Ran ran = GetFromInput("p-1");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Martin"));
  EXPECT_THAT(ran.out, HasSubstr("Zoé"));
  EXPECT_THAT(ran.out, HasSubstr("HIV_NEGATIVE"));
  EXPECT_THAT(ran.out, Not(HasSubstr("redacted")));
}

TEST_F(CliRecords, MaskedFieldsAreShownAndNamedAsSuch) {
  Put("Patient", Line("p-1", R"({"family": "Martin", "birth_date": "1967-07-04", "phone": ["0612345678", "1"]})"));
  const Ran ran = GetFromInput("p-1", {"--masked"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("M**** [masked]"));
  EXPECT_THAT(ran.out, HasSubstr("1967**** [masked]"));
  EXPECT_THAT(ran.out, HasSubstr("****78 [masked]"));
  EXPECT_THAT(ran.out, Not(HasSubstr("Martin")));
  const Ran json = GetFromInput("p-1", {"--masked", "--json"});
  EXPECT_THAT(JsonValues(json.out, "masked").front(), HasSubstr("\"birth_date\""));
  EXPECT_THAT(JsonValues(GetFromInput("p-1", {"--json"}).out, "masked"), testing::ElementsAre("[]"));
  EXPECT_EQ(GetFromInput("p-1", {"--masked", "--raw", "family"}).exit_code, 2);
}

TEST_F(CliRecords, AbsentFieldsAreNotNamed) {
  Put("Patient", Line("p-1", R"({"family": "Martin"})"));
  EXPECT_THAT(GetFromInput("p-1").out, Not(HasSubstr("hiv")));
}

TEST_F(CliRecords, APatientIsNamedByInputFileOrHandle) {
  const std::string handle = Put("Patient", Line("p-1", R"({"family": "Martin"})"));
  EXPECT_EQ(GetFromInput("p-1").exit_code, 0);
  EXPECT_EQ(Run({"get", "Patient", "@" + Write("id", "p-1\n"), "r"}).exit_code, 0);
  EXPECT_EQ(Run({"get", "Patient", handle.substr(0, 34), "r"}).exit_code, 0);
  EXPECT_EQ(Run({"get", handle}).exit_code, 0);
  EXPECT_EQ(Run({"get", "Patient", "p-1", "r", "--allow-argv"}).exit_code, 0);
  EXPECT_EQ(Run({"get", "Patient", "-", "-"}, "p-1\nr\n").exit_code, 0);
}

TEST_F(CliRecords, AnIdOnTheCommandLineIsRefusedWithTheWayToGiveIt) {
  Put("Patient", Line("patient-4711", R"({"family": "Martin"})"));
  for (const Words& words :
       {Words{"get", "Patient", "patient-4711", "r"}, Words{"patient", "patient-4711"},
        Words{"history", "Patient", "patient-4711", "r"}, Words{"delete", "Patient", "patient-4711", "r", "--yes"},
        Words{"find", "Patient", "family=patient-4711"}}) {
    const Ran ran = Run(words);
    EXPECT_EQ(ran.exit_code, 2) << words[0];
    EXPECT_THAT(ran.err, HasSubstr("--allow-argv")) << words[0];
    EXPECT_THAT(ran.err, HasSubstr("@FILE")) << words[0];
    EXPECT_THAT(ran.err, Not(HasSubstr("4711"))) << words[0];
  }
  EXPECT_EQ(GetFromInput("patient-4711").exit_code, 0);
}

TEST_F(CliRecords, ARecordIdThatHoldsThePatientsIsRefusedToo) {
  const std::string id = "@" + Write("id", "p-4711");
  EXPECT_EQ(Run({"get", "Patient", id, "Patient/p-4711"}).exit_code, 2);
}

TEST_F(CliRecords, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(GetFromInput("nobody").exit_code, 4);
  Put("Patient", Line("p-1", R"({"family": "Martin"})"));
  EXPECT_EQ(GetFromInput("p-1", {"--version", "7"}).exit_code, 4);
  EXPECT_EQ(Run({"get", "h:" + std::string(64, '0')}).exit_code, 4);
}

TEST_F(CliRecords, ChosenFieldsComeAlone) {
  Put("Patient", Line("p-1", R"({"family": "Martin", "given": "Zoé"})"));
  const Ran ran = GetFromInput("p-1", {"--fields", "given"});
  EXPECT_THAT(ran.out, HasSubstr("Zoé"));
  EXPECT_THAT(ran.out, Not(HasSubstr("Martin")));
}

TEST_F(CliRecords, ABadLineIsNamedAndTheOthersAreWritten) {
  const Ran ran =
      Run({"put", "Patient"}, Line("p-1", R"({"family": "Martin"})") + "{\"patient\": \"secret\n" +
                                  Line("p-2", R"({"nofield": "Geheimnis"})") + R"({"patient": "p-3", "record": "r"})" +
                                  "\n" + Line("p-4", R"({"family": "Durand"})"));
  EXPECT_EQ(ran.exit_code, 3);
  for (const char* place : {"stdin:2:", "stdin:3:", "stdin:4:"}) EXPECT_THAT(ran.err, HasSubstr(place));
  EXPECT_THAT(ran.err, Not(HasSubstr("secret")));
  EXPECT_THAT(ran.err, Not(HasSubstr("Geheimnis")));
  EXPECT_THAT(ran.out, HasSubstr("2 written, 0 unchanged, 3 rejected"));
  EXPECT_EQ(GetFromInput("p-1").exit_code, 0);
  EXPECT_EQ(GetFromInput("p-4").exit_code, 0);
  EXPECT_EQ(GetFromInput("p-2").exit_code, 4);
}

TEST_F(CliRecords, ALineThatNamesAMemberTwiceIsRejected) {
  const Ran ran = Run({"put", "Patient"}, R"({"patient": "p", "patient": "q", "record": "r", "fields": {}})"
                                          "\n"
                                          R"({"patient": "p", "record": "r", "fields": {"note": "1", "note": "2"}})"
                                          "\n"
                                          R"({"patient": "p", "record": "r", "fields": {}})"
                                          "\n");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.out, HasSubstr("1 written, 0 unchanged, 2 rejected"));
}

TEST_F(CliRecords, EachLineIsAcknowledgedOnceWritten) {
  Running running = Start({"put", "Patient", "--json"});
  running.Send(Line("p-1", R"({"family": "Martin"})"));
  EXPECT_THAT(running.FirstLine(), HasSubstr("\"line\":1"));
  running.Signal(SIGKILL);
  running.Finish();
  EXPECT_EQ(GetFromInput("p-1").exit_code, 0);
}

TEST_F(CliRecords, VersionsOfOneRecordInOneInputFollowEachOther) {
  EXPECT_EQ(Run({"put", "Patient"}, Line("p-1", R"({"family": "A"})") + Line("p-1", R"({"family": "B"})") +
                                        Line("p-1", R"({"family": "C"})"))
                .exit_code,
            0);
  EXPECT_THAT(GetFromInput("p-1").out, HasSubstr("version  3"));
  EXPECT_THAT(GetFromInput("p-1", {"--version", "2"}).out, HasSubstr("B"));
  const Ran history = Run({"history", "Patient", "-", "r", "--json"}, "p-1\n");
  EXPECT_THAT(JsonValues(history.out, "version"), ElementsAre("3", "2", "1"));
}

TEST_F(CliRecords, IfAbsentAndExpectRefuseWhatChanged) {
  Put("Patient", Line("p-1", R"({"family": "Martin"})"));
  EXPECT_EQ(Run({"put", "Patient", "--if-absent"}, Line("p-1", R"({"family": "X"})")).exit_code, 1);
  EXPECT_EQ(Run({"put", "Patient", "--expect", "7"}, Line("p-1", R"({"family": "X"})")).exit_code, 1);
  EXPECT_EQ(Run({"put", "Patient", "--expect", "1"}, Line("p-1", R"({"family": "Durand"})")).exit_code, 0);
  EXPECT_THAT(GetFromInput("p-1").out, HasSubstr("Durand"));
}

TEST_F(CliRecords, AnUpdateKeepsWhatItDoesNotName) {
  Put("Patient", Line("p-1", R"({"family": "Martin", "given": "Zoé", "gender": "f"})"));
  EXPECT_EQ(Run({"put", "Patient", "--update", "--clear", "gender"}, Line("p-1", R"({"given": "Zoe"})")).exit_code, 0);
  const Ran ran = GetFromInput("p-1");
  EXPECT_THAT(ran.out, HasSubstr("Martin"));
  EXPECT_THAT(ran.out, HasSubstr("Zoe"));
  EXPECT_THAT(ran.out, Not(HasSubstr("gender")));
}

TEST_F(CliRecords, FindNormalisesLikeTheSchemaSays) {
  Put("Patient", Line("p-1", R"({"family": "Lefèvre", "ssn": "999-73-8265"})"));
  Put("Patient", Line("p-2", R"({"family": "Martin", "ssn": "999-60-5732"})"));
  EXPECT_THAT(JsonValues(Run({"find", "Patient", "ssn=-", "--json"}, "999738265\n").out, "kind"), SizeIs(1));
  const Ran found = Run({"find", "Patient", "family=@" + Write("name", "LEFEVRE"), "--full"});
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_THAT(found.out, HasSubstr("Lefèvre"));
  EXPECT_THAT(found.out, Not(HasSubstr("Martin")));
}

TEST_F(CliRecords, FindOfNothingIsEmptyAndNoFailure) {
  const Ran ran = Run({"find", "Patient", "ssn=-"}, "000\n");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, HasSubstr("no records"));
}

TEST_F(CliRecords, AFieldWithoutIndexCannotBeSearched) {
  EXPECT_EQ(Run({"find", "Patient", "note=-"}, "x\n").exit_code, 2);
}

TEST_F(CliRecords, PagesOfAScanCoverEverythingOnce) {
  std::string lines;
  for (int i = 0; i < 7; ++i) lines += Line("p-" + std::to_string(i), R"({"family": "F"})");
  ASSERT_EQ(Run({"put", "Patient"}, lines).exit_code, 0);
  const std::vector<std::string> all = JsonValues(Run({"scan", "Patient", "--json"}).out, "handle");
  ASSERT_THAT(all, SizeIs(7));
  std::vector<std::string> paged;
  while (paged.size() < 7) {
    Words words = {"scan", "Patient", "--limit", "3", "--json"};
    if (!paged.empty()) words.insert(words.end(), {"--after", paged.back()});
    const std::vector<std::string> page = JsonValues(Run(words).out, "handle");
    ASSERT_FALSE(page.empty());
    paged.insert(paged.end(), page.begin(), page.end());
  }
  EXPECT_EQ(paged, all);
  EXPECT_THAT(Run({"scan", "Patient", "--limit", "3"}).err, HasSubstr("there are more, after h:"));
  EXPECT_THAT(Run({"scan", "Patient", "--limit", "7"}).err, Not(HasSubstr("there are more, after h:")));
}

TEST_F(CliRecords, RangesOfAPublicFieldAreHalfOpen) {
  for (const char* lab : {"a1", "a2", "b1"}) {
    ASSERT_EQ(Run({"put", "Patient"}, Line(lab, std::string(R"({"lab": ")") + lab + "\"}")).exit_code, 0);
  }
  const auto count = [&](Words words) {
    words.insert(words.begin(), {"range", "Patient", "lab", "--json"});
    return JsonValues(Run(words).out, "kind").size();
  };
  EXPECT_EQ(count({"--prefix", "a"}), 2u);
  EXPECT_EQ(count({"--from", "a2"}), 2u);
  EXPECT_EQ(count({"--from", "a1", "--to", "b1"}), 2u);
  EXPECT_EQ(Run({"range", "Patient", "family", "--prefix", "a"}).exit_code, 2);
}

TEST_F(CliRecords, APatientsRecordsComeTogether) {
  Put("Patient", Line("p-1", R"({"family": "Martin"})"));
  Put("LabResult", Line("p-1", R"({"result": {"value": "5.1"}})"));
  Put("LabResult", Line("p-2", R"({"result": {"value": "7.7"}})"));
  const Ran ran = Run({"patient", "-", "--json"}, "p-1\n");
  EXPECT_THAT(JsonValues(ran.out, "type"), testing::UnorderedElementsAre("Patient", "LabResult"));
  EXPECT_EQ(Run({"patient", "-"}, "nobody\n").exit_code, 4);
}

TEST_F(CliRecords, ADeletionAsksAndIsDoneOnceMeant) {
  const std::string handle = Put("Patient", Line("p-1", R"({"family": "Martin"})"));
  EXPECT_EQ(Run({"delete", handle}).exit_code, 2);
  EXPECT_EQ(RunOnTerminal({"delete", handle}, {"n\n"}).exit_code, 130);
  EXPECT_EQ(GetFromInput("p-1").exit_code, 0);
  EXPECT_EQ(Run({"delete", handle, "--yes", "--expect", "7"}).exit_code, 1);
  EXPECT_EQ(Run({"delete", "Patient", "-", "r", "--yes"}, "p-1\n").exit_code, 0);
  EXPECT_EQ(GetFromInput("p-1").exit_code, 4);
}

TEST_F(CliRecords, RawGivesTheBytesOfOneField) {
  const std::string bytes("\x00\xff\n raw", 7);
  const std::string handle = Put("Patient", Line("p-1", R"({"source": "AP8KIHJhdw=="})"));
  const Ran ran = Run({"get", handle, "--raw", "source"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, bytes);
}

TEST_F(CliRecords, ALargeValueComesBackWhole) {
  const std::string note(300000, 'n');
  Running running = Start({"put", "Patient"});
  running.Send(Line("p-1", "{\"note\": \"" + note + "\"}"));
  ASSERT_EQ(running.Finish().exit_code, 0);
  EXPECT_EQ(Run({"get", "Patient", "-", "r", "--raw", "note"}, "p-1\n").out, note);
  EXPECT_THAT(GetFromInput("p-1", {"--json"}).out, HasSubstr(note));
}

TEST_F(CliRecords, ControlCharactersOfAValueDoNotReachTheTerminal) {
  Put("Patient", Line("p-1", R"({"family": "\u001b[31mred\u009b"})"));
  const Ran ran = GetFromInput("p-1");
  EXPECT_THAT(ran.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(ran.out, Not(HasSubstr("\xc2\x9b")));
  EXPECT_THAT(ran.out, HasSubstr("\\x1b[31mred\\x9b"));
}

}  // namespace
}  // namespace mseal::test
