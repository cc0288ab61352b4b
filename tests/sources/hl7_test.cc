// HL7 v2 files, the whole collection and one idea at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "reading.h"
#include "support/test_data.h"

namespace mseal::sources {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kMark = "\xEF\xBB\xBF";

std::string KindOf(const SeenRecord& record) { return record.record.substr(0, record.record.find('/')); }

std::size_t CountOf(const Seen& seen, std::string_view kind) {
  std::size_t count = 0;
  for (const SeenRecord& record : seen.records) count += KindOf(record) == kind;
  return count;
}

// How many lines of a file begin with this segment, whatever ends its lines.
std::size_t SegmentsIn(const std::string& content, const std::string& name) {
  std::size_t count = 0;
  bool at_start = true;
  for (std::size_t i = content.starts_with(kMark) ? kMark.size() : 0; i < content.size(); ++i) {
    count += at_start && content.compare(i, name.size() + 1, name + "|") == 0;
    at_start = content[i] == '\r' || content[i] == '\n';
  }
  return count;
}

// Each file of the collection is one message.
std::vector<std::string> CollectedFiles() {
  std::vector<std::string> files;
  for (const char* folder : {"hl7v2/ms-fhir-converter", "hl7v2/cdc-mmg-test-cases", "hl7v2/fr-ans-teleradiologie"}) {
    for (std::string& file : FilesIn(folder, "")) files.push_back(std::move(file));
  }
  return files;
}

TEST(Hl7Collection, EveryMessageIsReadAndEverySegmentCounted) {
  std::map<std::string, std::size_t> messages;
  std::size_t results = 0;
  for (const std::string& file : CollectedFiles()) {
    const Seen seen = ReadHl7File(file);
    const std::string content = Content(file);
    EXPECT_THAT(seen.rejects, IsEmpty()) << file;
    EXPECT_EQ(CountOf(seen, "MSH"), 1u) << file;
    for (const char* name : {"PID", "OBX", "DG1", "PRB"})
      EXPECT_EQ(CountOf(seen, name), SegmentsIn(content, name)) << file;
    EXPECT_EQ(seen.last_read, seen.last_size);
    ++messages[file.substr(0, file.rfind('/')).substr(file.substr(0, file.rfind('/')).rfind('/') + 1)];
    results += CountOf(seen, "OBX");
  }
  for (const auto& [folder, count] : messages) std::printf("%s: %zu messages\n", folder.c_str(), count);
  std::printf("%zu results\n", results);
  if (HasWholeCollection()) {
    EXPECT_EQ(messages["ms-fhir-converter"], 139u);
    EXPECT_EQ(messages["cdc-mmg-test-cases"], 12u);
    EXPECT_EQ(messages["fr-ans-teleradiologie"], 2u);
  }
  EXPECT_GE(messages.size(), 3u);
}

TEST(Hl7Collection, EverySourceIsTheFileBitForBitWithoutItsByteOrderMark) {
  std::size_t marks = 0;
  for (const std::string& file : CollectedFiles()) {
    std::string content = Content(file);
    if (content.starts_with(kMark)) ++marks, content.erase(0, kMark.size());
    const Seen seen = ReadHl7File(file);
    EXPECT_TRUE(seen.records.at(0).source == content) << file;
    for (std::size_t i = 1; i < seen.records.size(); ++i) EXPECT_FALSE(seen.records[i].has_source) << seen.records[i];
  }
  EXPECT_GE(marks, HasWholeCollection() ? 27u : 1u);
}

TEST(Hl7Collection, NoTwoSegmentsShareARecordAndASecondReadingGivesTheSame) {
  std::set<std::string> ids;
  for (const std::string& file : CollectedFiles()) {
    const Seen first = ReadHl7File(file), second = ReadHl7File(file);
    ASSERT_EQ(first.records.size(), second.records.size());
    for (std::size_t i = 0; i < first.records.size(); ++i) {
      const SeenRecord &a = first.records[i], &b = second.records[i];
      EXPECT_TRUE(ids.insert(a.patient + "\n" + a.record).second) << a;
      EXPECT_TRUE(a.patient == b.patient && a.record == b.record && a.message == b.message) << a;
    }
  }
}

TEST(Hl7Collection, FurtherMessagesAreRead) {
  const std::string folder = std::string(MEDSEAL_VECTORS) + "/hl7/";
  for (const char* file :
       {"lfh/ORU-multiline-short-mixed.hl7", "lfh/sample_unix.hl7", "lfh/sample_win.hl7",
        "cdc/GenV1-Case-TestMessage0.hl7", "cdc/Genv1-Case-TestMessage1.HL7", "cdc/Hepatitis_TC02.hl7",
        "cdc/Genv1-Case-TestMessage2.HL7", "cdc/Genv1-Case-TestMessage3.HL7", "cdc/Genv1-Case-TestMessage4.HL7",
        "cdc/Valid-GenV1-0-Case-Notification.hl7"}) {
    const Seen seen = ReadHl7File(folder + file);
    EXPECT_THAT(seen.rejects, IsEmpty()) << file;
    EXPECT_TRUE(seen.records.at(0).source == Content(folder + file)) << file;
    EXPECT_EQ(CountOf(seen, "OBX"), SegmentsIn(Content(folder + file), "OBX")) << file;
  }
}

// French control key: 97 minus the number modulo 97.
bool HasValidKey(const std::string& nir) {
  return nir.size() == 15 && std::stoull(nir.substr(13)) == 97 - std::stoull(nir.substr(0, 13)) % 97;
}

TEST(Hl7Mapping, FrenchMessagesHaveANirWithAValidKeyAndTheirAccents) {
  for (const std::string& file : FilesIn("hl7v2/fr-ans-teleradiologie", ".hl7")) {
    const Seen seen = ReadHl7File(file);
    const SeenRecord& patient = seen.records.at(1);
    ASSERT_EQ(patient.type, "Patient");
    EXPECT_TRUE(HasValidKey(patient.At("/nir"))) << file;
    EXPECT_EQ(patient.patient, patient.At("/nir") + "^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO");
    EXPECT_EQ(patient.At("/family"), "PAT-TROIS");
    EXPECT_EQ(patient.At("/given"), "DOMINIQUE");
    EXPECT_EQ(patient.At("/gender"), "female");
    EXPECT_EQ(patient.At("/address/0"), "28 Av de Breteuil, PARIS, 75007, FRA");
  }
  const Seen order = ReadHl7File(test::TestData("hl7v2/fr-ans-teleradiologie/01_ORM_O01.hl7"));
  EXPECT_EQ(order.records.at(0).At("/kind"), "HL7 ORM^O01");
  EXPECT_EQ(order.records.at(3).At("/result/value"), "tête et/ou cou");
  EXPECT_EQ(order.records.at(3).At("/result/value_code/coding/0/system") +
                order.records.at(3).At("/result/valueCode/coding/0/system"),
            "http://snomed.info/sct(absent)");
}

TEST(Hl7Mapping, SocialSecurityNumbersComeFromPid19) {
  std::size_t numbers = 0, patients = 0;
  for (const std::string& file : FilesIn("hl7v2/ms-fhir-converter", ".hl7")) {
    for (const SeenRecord& record : ReadHl7File(file).records) {
      if (record.type != "Patient") continue;
      ++patients;
      numbers += record.At("/ssn") != "(absent)";
    }
  }
  std::printf("%zu of %zu patients have a social security number\n", numbers, patients);
  EXPECT_GE(numbers, HasWholeCollection() ? 120u : 1u);
}

TEST(Hl7Mapping, HepatitisCaseHasItsCodedResults) {
  const Seen seen = ReadHl7File(test::TestData("hl7v2/cdc-mmg-test-cases/Hepatitis_V1_0_1_TM_TC02_HEP_B_ACUTE.txt"));
  std::size_t loinc = 0;
  for (const SeenRecord& record : seen.records)
    loinc += record.At("/result/code/coding/0/system") == "http://loinc.org";
  EXPECT_GE(loinc, 10u);
}

const std::string kHeader = "MSH|^~\\&|app|fac|||20200102||ORU^R01|42|P|2.5\r";
const std::string kPatient = "PID|||7^^^LAB||DOE^JANE\r";

const SeenRecord& First(const Seen& seen, std::string_view kind) {
  for (const SeenRecord& record : seen.records) {
    if (KindOf(record) == kind) return record;
  }
  ADD_FAILURE() << "no record of " << kind;
  static const SeenRecord none;
  return none;
}

std::string ValueOf(const std::string& type, const std::string& value) {
  return First(ReadHl7Text(kHeader + kPatient + "OBX|1|" + type + "|1^n^LN||" + value), "OBX").At("/result/value");
}

TEST(Hl7Mapping, EveryTypeOfValueBecomesText) {
  EXPECT_EQ(ValueOf("NM", "1.50"), "1.50");
  EXPECT_EQ(ValueOf("NM", "27~25"), "27; 25");
  EXPECT_EQ(ValueOf("ST", "  a  "), "a");
  EXPECT_EQ(ValueOf("ST", "\"\""), "(absent)");
  EXPECT_EQ(ValueOf("CWE", "c^text^LN"), "text");
  EXPECT_EQ(ValueOf("CE", "c^^LN"), "c");
  EXPECT_EQ(ValueOf("CWE", "a^x~b^y"), "x; y");
  EXPECT_EQ(ValueOf("SN", "<^40"), "<40");
  EXPECT_EQ(ValueOf("SN", "^1^:^128"), "1:128");
  EXPECT_EQ(ValueOf("DT", "20200101"), "20200101");
  EXPECT_EQ(ValueOf("ED", "^application^pdf^Base64^JVBERi0="), "application pdf Base64");
  EXPECT_EQ(ValueOf("XPN", "Solo^Han^^"), "Solo^Han");
}

TEST(Hl7Mapping, ResultHasEverythingItsSegmentSays) {
  const Seen seen = ReadHl7Text(kHeader + kPatient +
                                "ORC|RE|P-1|F-1\rOBR|1|P-2|F-2|24317-0^Panel^LN|||20200101|||||||||||||||||HM\r"
                                "OBX|1|NM|718-7^Hb^LN^H^Haemo^L||9.9|g/dL|12-16|L~A|||F||RESTR|20200103\r"
                                "PRT||AD\rNTE|1||first~second\rNTE|2||third\rOBX|2|NM|1^n^LN||1\r");
  const SeenRecord& record = First(seen, "OBX");
  EXPECT_EQ(record.At("/result/code/coding/0/system"), "http://loinc.org");
  EXPECT_EQ(record.At("/result/code/coding/0/display"), "Hb");
  EXPECT_EQ(record.At("/result/code/coding/1/code"), "H");
  EXPECT_EQ(record.At("/result/code/label/0"), "RESTR");
  EXPECT_EQ(record.At("/result/code/segment"), "OBX");
  EXPECT_EQ(record.At("/result/unit"), "g/dL");
  EXPECT_EQ(record.At("/result/reference_range"), "12-16");
  EXPECT_EQ(record.At("/result/interpretation"), "L A");
  EXPECT_EQ(record.At("/taken"), "20200103");
  EXPECT_EQ(record.At("/status"), "final");
  EXPECT_EQ(record.At("/order_number"), "F-2");
  EXPECT_EQ(record.At("/category"), "HM");
  EXPECT_EQ(record.At("/note"), "first\nsecond\nthird");
  const SeenRecord& next = seen.records.back();
  EXPECT_EQ(next.At("/note"), "(absent)");
  EXPECT_EQ(next.At("/taken"), "20200101");
}

TEST(Hl7Mapping, FreeTextIsNarrativeUnlessItsSubjectHasAClassOfItsOwn) {
  const Seen plain = ReadHl7Text(kHeader + kPatient + "OBX|1|TX|1^n^LN||line one~line two");
  EXPECT_EQ(First(plain, "OBX").At("/result/value"), "(absent)");
  EXPECT_EQ(First(plain, "OBX").At("/note"), "line one\nline two");
  const Seen hiv = ReadHl7Text(kHeader + kPatient + "OBX|1|TX|75622-1^HIV 1 and 2 tests^LN||reactive");
  EXPECT_EQ(First(hiv, "OBX").At("/result/value"), "reactive");
  EXPECT_EQ(First(hiv, "OBX").At("/note"), "(absent)");
  const Seen encapsulated = ReadHl7Text(kHeader + kPatient + "OBX|1|ED|1^n^LN||^TEXT^^Base64^w6l0w6k=");
  EXPECT_EQ(First(encapsulated, "OBX").At("/note"), "été");
}

TEST(Hl7Mapping, ConfidentialityOfTheOrderLabelsItsResultsOnly) {
  const std::string order = "ORC|RE|1" + std::string(26, '|') + "V^Very restricted\r", result = "OBX|1|NM|1^n^LN||1\r";
  const Seen seen = ReadHl7Text(kHeader + kPatient + order + result + "ORC|RE|2\r" + result);
  ASSERT_EQ(seen.records.size(), 4u);
  EXPECT_EQ(seen.records[2].At("/result/code/label/0"), "V");
  EXPECT_EQ(seen.records[3].At("/result/code/label/0"), "(absent)");
}

TEST(Hl7Mapping, DiagnosesAndProblemsAreDocuments) {
  const Seen seen = ReadHl7Text(kHeader + kPatient +
                                "DG1|1|I10|B20^^|HIV disease|20200101\rDG1|2||F33.1^Depression^I10C|||||||||||||||Y\r"
                                "PRB|AD|20200102|596.5^BLADDER^I9\r");
  EXPECT_EQ(seen.records[2].At("/kind"), "HL7 DG1");
  EXPECT_EQ(seen.records[2].At("/subject/coding/0/system"), "http://hl7.org/fhir/sid/icd-10");
  EXPECT_EQ(seen.records[2].At("/subject/text"), "HIV disease");
  EXPECT_EQ(seen.records[2].At("/written"), "20200101");
  EXPECT_THAT(seen.records[3].At("/subject/label/0"), EndsWith("|R"));
  EXPECT_EQ(seen.records[4].At("/kind"), "HL7 PRB");
  EXPECT_THAT(seen.records[4].record, StartsWith("PRB/42~"));
}

TEST(Hl7Mapping, PatientHasWhatPidSays) {
  const Seen seen =
      ReadHl7Text(kHeader +
                  "PID||2^^^OLD|^^^X~7^^^LAB&1.2.3&ISO^MR~1850578006048 "
                  "91^^^A&1.2.250.1.213.1.4.8&ISO^INS|4|ALIAS^A^^^^^A~DOE&van^JANE^B^^^^L||"
                  "19700101|F|||1&Main St^Apt "
                  "2^Town^^12345||555-1~^NET^Internet^a@b.c|^^^^33^1^234|||||123-45-6789||||||||||20200101|Y\r"
                  "NTE|1||shy\r");
  const SeenRecord& patient = First(seen, "PID");
  EXPECT_EQ(patient.patient, "7^^^LAB&1.2.3&ISO");
  EXPECT_EQ(patient.At("/ssn"), "123-45-6789");
  EXPECT_EQ(patient.At("/nir"), "1850578006048 91");
  EXPECT_EQ(patient.At("/family"), "DOE");
  EXPECT_EQ(patient.At("/given"), "JANE B");
  EXPECT_EQ(patient.At("/identifier/0/system"), "urn:oid:1.2.3");
  EXPECT_EQ(patient.At("/identifier/2/value"), "2");
  EXPECT_EQ(patient.At("/identifier/3/value"), "4");
  EXPECT_EQ(patient.At("/phone/0"), "555-1");
  EXPECT_EQ(patient.At("/phone/1"), "a@b.c");
  EXPECT_EQ(patient.At("/phone/2"), "33 1 234");
  EXPECT_EQ(patient.At("/address/0"), "1, Main St, Apt 2, Town, 12345");
  EXPECT_EQ(patient.At("/deceased"), "20200101");
  EXPECT_EQ(patient.At("/note"), "shy");
}

TEST(Hl7Mapping, SegmentsBelongToThePidAboveThem) {
  const Seen seen = ReadHl7Text(kHeader + kPatient + "OBX|1|NM|1||1\rPID|||8^^^LAB\rOBX|1|NM|1||2\r");
  std::vector<std::string> patients;
  for (const SeenRecord& record : seen.records) patients.push_back(KindOf(record) + " " + record.patient);
  EXPECT_THAT(patients, ElementsAre("MSH 7^^^LAB", "PID 7^^^LAB", "OBX 7^^^LAB", "PID 8^^^LAB", "OBX 8^^^LAB"));
  EXPECT_THAT(seen.records[3].record, EndsWith("/2"));
  EXPECT_THAT(seen.records[4].record, EndsWith("/2"));
}

TEST(Hl7Mapping, MessageWithoutAPatientStandsUnderNone) {
  for (const char* pid : {"", "PID|1|2\r", "PID|||^^^LAB\r", "PID|||\"\"^^^LAB\r"}) {
    const Seen seen = ReadHl7Text(kHeader + pid + "OBX|1|NM|1||1\r");
    for (const SeenRecord& record : seen.records) EXPECT_EQ(record.patient, kNoPatient) << pid;
  }
}

TEST(Hl7Mapping, ExternalIdsOfDifferentPartsNeverReadAlike) {
  std::set<std::string> ids;
  for (const char* cx :
       {"a^^^b", "a\\S\\\\S\\\\S\\b", "a^^^b\\T\\c", "a^^^b&c", "a^^^&b&c", "a\\E\\S\\E\\^^^b", "a\\R\\^^^b", "a"}) {
    ids.insert(ReadHl7Text(kHeader + "PID|||" + cx).records.at(0).patient);
  }
  EXPECT_EQ(ids.size(), 8u);
  EXPECT_TRUE(ids.contains("a^^^"));
}

TEST(Hl7Mapping, ControlIdThatIsUsedAgainOverwritesNothing) {
  const std::string one = kHeader + kPatient + "OBX|1|NM|1||1\r", two = kHeader + kPatient + "OBX|1|NM|1||2\r";
  const Seen seen = ReadHl7Text(one + two + one);
  ASSERT_EQ(seen.records.size(), 9u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NE(seen.records[i].record, seen.records[i + 3].record);
    EXPECT_EQ(seen.records[i].record, seen.records[i + 6].record);
  }
}

TEST(Hl7Mapping, LineEndsDoNotChangeTheIdsOfAMessage) {
  std::string other = kHeader + kPatient;
  for (std::size_t at = 0; (at = other.find('\r', at)) != std::string::npos; at += 2) other.replace(at, 1, "\r\n");
  EXPECT_EQ(ReadHl7Text(kHeader + kPatient).records.at(1).record, ReadHl7Text(other).records.at(1).record);
}

std::string Note(const std::string& text) {
  return First(ReadHl7Text(kHeader + "PID|||7\rNTE|1||" + text), "PID").At("/note");
}

TEST(Hl7Syntax, EscapesAreResolved) {
  EXPECT_EQ(Note("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f"), "a|b^c&d~e\\f");
  EXPECT_EQ(Note("a\\.br\\b\\.sp2\\c\\.sk3\\d\\.in5\\e"), "a\nb\n\nc   de");
  EXPECT_EQ(Note("\\H\\bold\\N\\ \\X41C3A9\\"), "bold Aé");
}

TEST(Hl7Syntax, WhatIsNoEscapeStandsForItself) {
  for (const char* text :
       {"C:\\temp\\file", "50\\", "\\", "a\\Q\\b", "\\X4\\", "\\Xgg\\", "\\X\\", "a\\\\b", "\\.unknown\\"}) {
    EXPECT_EQ(Note(text), text);
  }
}

TEST(Hl7Syntax, FormattingCannotBlowATextUp) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\\.sp999999999\\";
  EXPECT_LT(Note(text).size(), text.size() * 4);
}

TEST(Hl7Syntax, DelimitersAreThoseOfTheMessage) {
  const Seen seen = ReadHl7Text("MSH#*!?+#app#fac###1##ORU*R01#9#P\rPID###7*x***A+1.2+ISO!8##DOE*JANE?S?X##19700101\r");
  EXPECT_EQ(First(seen, "MSH").At("/kind"), "HL7 ORU^R01");
  EXPECT_EQ(First(seen, "PID").At("/given"), "JANE*X");
  EXPECT_EQ(First(seen, "PID").At("/identifier/1/value"), "8");
}

TEST(Hl7Syntax, MissingDelimitersArePartsThatAreNotThere) {
  const Seen seen = ReadHl7Text("MSH|^|a|f|||1||ADT^A01|9\rPID|||7~8\\F\\&9^^^L||DOE^JANE\r");
  EXPECT_EQ(First(seen, "PID").patient, "7\\R\\8\\E\\F\\E\\\\T\\9^^^L");
  EXPECT_EQ(First(seen, "PID").At("/family"), "DOE");
}

TEST(Hl7Syntax, HeaderWithoutDelimitersIsRejected) {
  for (const char* header : {"MSH|", "MSH||a|b", "MSH|abc|", "MSH| ^|"}) {
    EXPECT_THAT(ReadHl7Text(header).RejectCodes(), ElementsAre(StatusCode::kCorrupt)) << header;
    EXPECT_THAT(ReadHl7Text(header).records, IsEmpty()) << header;
  }
}

// A message in the encoding that MSH-18 names, with this family name.
Seen Encoded(const std::string& charset, const std::string& family) {
  return ReadHl7Text("MSH|^~\\&|a|f|||1||ADT^A01|9|P|2.5||||||" + charset + "\rPID|||7||" + family + "\r");
}

TEST(Hl7Encoding, NamesAreReadInTheEncodingThatTheHeaderNames) {
  EXPECT_EQ(First(Encoded("8859/1", "N\xe9"), "PID").At("/family"), "Né");
  EXPECT_EQ(First(Encoded("8859/15", "\xbd"), "PID").At("/family"), "œ");
  EXPECT_EQ(First(Encoded("UNICODE UTF-8", "Né"), "PID").At("/family"), "Né");
  EXPECT_EQ(First(Encoded("", "N\xe9"), "PID").At("/family"), "Né");
  EXPECT_EQ(First(Encoded("", "Né"), "PID").At("/family"), "Né");
  EXPECT_EQ(First(Encoded("ISO IR87", "ASCII"), "PID").At("/family"), "ASCII");
}

TEST(Hl7Encoding, SegmentThatCannotBeReadCostsItsOwnRecordOnly) {
  const std::pair<Seen, StatusCode> kCases[] = {{Encoded("UNICODE UTF-8", "N\xe9"), StatusCode::kCorrupt},
                                                {Encoded("ISO IR87", "N\xe9"), StatusCode::kUnsupported}};
  for (const auto& [seen, code] : kCases) {
    EXPECT_THAT(seen.RejectCodes(), ElementsAre(code));
    EXPECT_EQ(seen.rejects.at(0).place.segment, "PID");
    EXPECT_EQ(seen.rejects.at(0).place.line, 2u);
    ASSERT_EQ(seen.records.size(), 1u);
    EXPECT_THAT(seen.records[0].source, HasSubstr("N\xe9"));
  }
}

TEST(Hl7Encoding, MessageWhosePatientCannotBeReadIsRejectedNotFiledUnderNobody) {
  const Seen seen =
      ReadHl7Text("MSH|^~\\&|a|f|||1||ADT^A01|9|P|2.5||||||UNICODE UTF-8\rPID|||\xe9^^^L\rOBX|1|NM|1||1\r");
  EXPECT_THAT(seen.records, IsEmpty());
  EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kCorrupt));
}

TEST(Hl7Encoding, Utf16IsRejectedAtOnce) {
  EXPECT_THAT(ReadHl7Text(std::string("\xFF\xFEM\0S\0H\0|\0\r\0\n\0", 14)).RejectCodes(),
              ElementsAre(StatusCode::kUnsupported));
}

std::vector<std::string> SourcesOf(const Seen& seen) {
  std::vector<std::string> sources;
  for (const SeenRecord& record : seen.records) {
    if (record.has_source) sources.push_back(record.source);
  }
  return sources;
}

TEST(Hl7File, MessagesEndWhereTheNextThingBegins) {
  const std::string a = kHeader + "PID|||1\r", b = kHeader + "PID|||2\r\n\n", c = kHeader + "PID|||3";
  EXPECT_THAT(SourcesOf(ReadHl7Text(a + b + c)), ElementsAre(a, b, c));
  EXPECT_THAT(SourcesOf(ReadHl7Text("\r\n\n" + a)), ElementsAre(a));
  EXPECT_THAT(SourcesOf(ReadHl7Text(a + std::string(kMark) + b)), ElementsAre(a, b));
}

TEST(Hl7File, BatchesAndFramingBelongToNoMessage) {
  const std::string a = kHeader + "PID|||1\r", b = kHeader + "PID|||2\r";
  const Seen batch = ReadHl7Text("FHS|^~\\&|x\rBHS|^~\\&|x\r" + a + b + "BTS|2\rFTS|1\r");
  EXPECT_THAT(SourcesOf(batch), ElementsAre(a, b));
  EXPECT_THAT(batch.rejects, IsEmpty());
  const Seen framed = ReadHl7Text("\x0b" + a + "\x1c\r\x0b" + b + "\x1c\r\n");
  EXPECT_THAT(SourcesOf(framed), ElementsAre(a, b));
  EXPECT_THAT(framed.rejects, IsEmpty());
  const std::string open = a.substr(0, a.size() - 1);
  EXPECT_THAT(SourcesOf(ReadHl7Text("\x0b" + open + "\x1c\r\x0b" + b + "\x1c\r")), ElementsAre(open, b));
}

TEST(Hl7File, BadSegmentsAreRejectedWithTheirLineAndTheRestGoesOn) {
  const std::string message = kHeader + "pid|||1\rPID|||7\rgarbage\rOBX1|\rOBX|1|NM|1||1\r";
  const Seen seen = ReadHl7Text(message);
  std::vector<std::uint64_t> lines;
  for (const SeenReject& reject : seen.rejects) lines.push_back(reject.place.line);
  EXPECT_THAT(lines, ElementsAre(2, 4, 5));
  EXPECT_EQ(CountOf(seen, "OBX"), 1u);
  EXPECT_EQ(First(seen, "OBX").line, 6u);
  EXPECT_THAT(SourcesOf(seen), ElementsAre(message));
}

TEST(Hl7File, LinesOutsideAnyMessageAreReportedOnce) {
  const Seen seen = ReadHl7Text("this is\rno HL7\rat all\r" + kHeader + "PID|||1\r");
  EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kCorrupt));
  EXPECT_EQ(seen.Count("Patient"), 1u);
}

TEST(Hl7File, EmptyFileHoldsNothing) {
  for (const char* text : {"", "\r\n", "\xEF\xBB\xBF", "\x0b\x1c\r"}) {
    EXPECT_THAT(ReadHl7Text(text).records, IsEmpty());
    EXPECT_THAT(ReadHl7Text(text).rejects, IsEmpty());
  }
}

TEST(Hl7File, WhatIsNoFileSaysSo) {
  Seen seen;
  EXPECT_EQ(ReadHl7("/nonexistent", LabSchema(), {}, seen).code(), StatusCode::kNotFound);
  EXPECT_EQ(ReadHl7("/", LabSchema(), {}, seen).code(), StatusCode::kIoError);
}

TEST(Hl7File, FailureOfTheSinkEndsTheReading) {
  const TemporaryFile file(kHeader + kPatient);
  Seen seen;
  seen.answer = Status::IoError("disk is full");
  EXPECT_EQ(ReadHl7(file.path(), LabSchema(), {}, seen).code(), StatusCode::kIoError);
  EXPECT_EQ(seen.records.size(), 1u);
}

}  // namespace
}  // namespace mseal::sources
