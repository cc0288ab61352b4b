// FHIR files, the whole collection and one idea at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <set>

#include "reading.h"
#include "support/test_data.h"

namespace mseal::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using Counts = std::map<std::string, std::size_t>;

struct Folder {
  const char* name;
  const char* ending;
  Counts types;  // resource types as the collection's README counts them, and what its files hold besides
};

const std::vector<Folder>& Folders() {
  static const std::vector<Folder> folders = {
      {"fhir/synthea-hiv-bundles",
       ".json",
       {{"Patient", 6},
        {"Observation", 442},
        {"DocumentReference", 187},
        {"DiagnosticReport", 187},
        {"Encounter", 187},
        {"Claim", 187},
        {"ExplanationOfBenefit", 187},
        {"Immunization", 294},
        {"Condition", 5},
        {"Provenance", 6}}},
      {"fhir/bulk-ndjson-10-patients",
       ".000.ndjson",
       {{"Patient", 13},
        {"Condition", 555},
        {"Immunization", 161},
        {"DocumentReference", 1215},
        {"Practitioner", 43},
        {"PractitionerRole", 43},
        {"Organization", 43},
        {"Location", 44},
        {"Device", 16},
        {"AllergyIntolerance", 11}}},
      {"fhir/pathling-ndjson-9-patients", ".ndjson", {{"Patient", 9}, {"Observation", 1502}, {"Condition", 71}}},
      {"fhir/shift-sensitivity-labels",
       ".json",
       {{"Patient", 4},
        {"Observation", 11},
        {"Condition", 30},
        {"DiagnosticReport", 11},
        {"MedicationRequest", 21},
        {"RelatedPerson", 6},
        {"Procedure", 2},
        {"CareTeam", 1},
        {"Encounter", 3}}},
      {"fhir/genomics-vcf2fhir", ".json", {{"DiagnosticReport", 5}}}};
  return folders;
}

std::string ResourceTypeOf(const SeenRecord& record) { return record.record.substr(0, record.record.find('/')); }

std::size_t Sum(const Counts& counts) {
  std::size_t sum = 0;
  for (const auto& [type, count] : counts) sum += count;
  return sum;
}

class FhirCollection : public testing::TestWithParam<Folder> {
 protected:
  std::vector<std::string> Files() { return FilesIn(GetParam().name, GetParam().ending); }
};

TEST_P(FhirCollection, EveryResourceIsReadAndCounted) {
  Counts read;
  for (const std::string& file : Files()) {
    const Seen seen = ReadFhirFile(file);
    EXPECT_THAT(seen.rejects, IsEmpty()) << file;
    for (const SeenRecord& record : seen.records) ++read[ResourceTypeOf(record)];
    EXPECT_EQ(seen.last_read, seen.last_size) << file;
  }
  std::printf("%s: %zu resources\n", GetParam().name, Sum(read));
  if (HasWholeCollection()) {
    EXPECT_EQ(read, GetParam().types);
  } else if (!Files().empty()) {
    EXPECT_GE(Sum(read), 1u);
  }
}

// The oracle is simdjson's other parser: it says what the resources are, and the bytes must say the same.
void ExpectSameResources(const Seen& seen, const std::string& content, simdjson::dom::element bundle) {
  std::size_t at = 0, number = 0;
  for (const auto entry : bundle["entry"].get_array()) {
    const SeenRecord& record = seen.records.at(number++);
    at = content.find(record.source, at);
    ASSERT_NE(at, std::string::npos) << record;
    at += record.source.size();
    EXPECT_TRUE(record.source.starts_with('{') && record.source.ends_with('}')) << record;
    simdjson::dom::parser parser;
    EXPECT_EQ(simdjson::to_string(parser.parse(record.source)), simdjson::to_string(entry["resource"])) << record;
  }
  EXPECT_EQ(seen.records.size(), number);
}

TEST_P(FhirCollection, EverySourceIsBitForBitWhatStoodInTheFile) {
  for (const std::string& file : Files()) {
    const Seen seen = ReadFhirFile(file);
    const std::string content = Content(file);
    if (file.ends_with(".ndjson")) {
      std::string lines;
      for (const SeenRecord& record : seen.records) lines += record.source + "\n";
      EXPECT_TRUE(lines == content) << file;
      continue;
    }
    simdjson::dom::parser parser;
    simdjson::dom::element root = parser.load(file);
    if (std::string_view(root["resourceType"]) == "Bundle") {
      ExpectSameResources(seen, content, root);
    } else {
      ASSERT_EQ(seen.records.size(), 1u);
      EXPECT_TRUE(seen.records[0].source == content) << file;
    }
  }
}

TEST_P(FhirCollection, EveryRecordSaysWhereItStood) {
  for (const std::string& file : Files()) {
    const std::string content = Content(file);
    for (const SeenRecord& record : ReadFhirFile(file).records) {
      EXPECT_EQ(record.place.file, file);
      EXPECT_EQ(record.place.line, record.line);
      std::size_t at = 0;
      for (std::uint64_t line = 1; line < record.line; ++line) at = content.find('\n', at) + 1;
      const std::string_view line = std::string_view(content).substr(at, content.find('\n', at) - at);
      EXPECT_THAT(std::string(line), HasSubstr(record.source.substr(0, record.source.find('\n')))) << record;
    }
  }
}

// Of a record that is about a patient, the patient is one that the folder has, if it has patients.
TEST_P(FhirCollection, EveryReferenceResolvesToAPatientOfTheFolder) {
  std::set<std::string> patients;
  std::vector<SeenRecord> others;
  for (const std::string& file : Files()) {
    for (SeenRecord& record : ReadFhirFile(file).records) {
      if (record.type == "Patient") {
        EXPECT_EQ("Patient/" + record.patient, record.record);
        patients.insert(record.patient);
      } else {
        others.push_back(std::move(record));
      }
    }
  }
  static const std::set<std::string> kOfNobody = {"Practitioner", "PractitionerRole", "Organization", "Location"};
  for (const SeenRecord& record : others) {
    EXPECT_EQ(record.patient == kNoPatient, kOfNobody.contains(ResourceTypeOf(record))) << record;
    if (record.patient != kNoPatient && !patients.empty()) {
      EXPECT_TRUE(patients.contains(record.patient)) << record;
    }
  }
}

TEST_P(FhirCollection, NoTwoResourcesShareARecordAndASecondReadingGivesTheSame) {
  std::set<std::string> ids;
  for (const std::string& file : Files()) {
    const Seen first = ReadFhirFile(file), second = ReadFhirFile(file);
    ASSERT_EQ(first.records.size(), second.records.size());
    for (std::size_t i = 0; i < first.records.size(); ++i) {
      const SeenRecord &a = first.records[i], &b = second.records[i];
      EXPECT_TRUE(ids.insert(a.type + "\n" + a.patient + "\n" + a.record).second) << a;
      EXPECT_TRUE(a.patient == b.patient && a.record == b.record && a.message == b.message) << a;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, FhirCollection, testing::ValuesIn(Folders()), [](const auto& parameter) {
  const std::string name = parameter.param.name;
  std::string letters;
  for (const char c : name.substr(5)) letters += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return letters;
});

// The files that the excerpts have too.
Seen HivBundle() { return ReadFhirFile(FilesIn("fhir/synthea-hiv-bundles", ".json").front()); }

TEST(FhirMapping, EveryPatientOfTheHivBundlesHasItsSocialSecurityNumber) {
  const auto files = FilesIn("fhir/synthea-hiv-bundles", ".json");
  ASSERT_GE(files.size(), 2u);
  for (const std::string& file : files) {
    const Seen seen = ReadFhirFile(file);
    ASSERT_EQ(seen.Count("Patient"), 1u);
    EXPECT_THAT(seen.records[0].At("/ssn"), testing::MatchesRegex("999-[0-9][0-9]-[0-9][0-9][0-9][0-9]"));
    EXPECT_NE(seen.records[0].At("/family"), "(absent)");
    EXPECT_NE(seen.records[0].At("/birthDate") + seen.records[0].At("/birth_date"), "(absent)(absent)");
    EXPECT_EQ(seen.records[0].At("/lab"), "lab-1");
  }
}

TEST(FhirMapping, HivObservationsComeWithTheirDisplayAndAreClassifiedHiv) {
  std::size_t found = 0;
  const schema::TypePlan& type = *LabSchema().FindType("LabResult");
  for (const std::string& file : FilesIn("fhir/synthea-hiv-bundles", ".json")) {
    for (const SeenRecord& record : ReadFhirFile(file).records) {
      if (record.type != "LabResult" || record.source.find("HIV") == std::string::npos) continue;
      ++found;
      EXPECT_THAT(record.At("/result"), HasSubstr("HIV")) << record;
      const auto index = LabSchema().Classify(type, *type.FindField("result"), AsBytes(record.message));
      EXPECT_EQ(LabSchema().classes()[index].name, "hiv") << record;
    }
  }
  EXPECT_GE(found, HasWholeCollection() ? 27u : 1u);
}

TEST(FhirMapping, NotesAreDecoded) {
  std::size_t notes = 0;
  for (const SeenRecord& record : HivBundle().records) {
    if (ResourceTypeOf(record) != "DocumentReference") continue;
    ++notes;
    EXPECT_THAT(record.At("/text"), HasSubstr("# Chief Complaint")) << record;
    EXPECT_EQ(record.At("/kind"), "DocumentReference");
    EXPECT_EQ(record.At("/subject/coding/0/code"), "34117-2");
  }
  EXPECT_GE(notes, 1u);
}

TEST(FhirMapping, LabelsOfConfidentialityAreKeptForTheRules) {
  const Seen seen = ReadFhirFile(test::TestData("fhir/shift-sensitivity-labels/1Bsample.json"));
  std::size_t labelled = 0;
  for (const SeenRecord& record : seen.records) {
    if (record.source.find("\"security\"") == std::string::npos) continue;
    ++labelled;
    EXPECT_THAT(record.json, HasSubstr("v3-Confidentiality|R")) << record;
  }
  EXPECT_GE(labelled, 1u);
}

TEST(FhirMapping, GenomicReportsHaveTheirVariants) {
  std::size_t variants = 0;
  const auto files = FilesIn("fhir/genomics-vcf2fhir", ".json");
  for (const std::string& file : files) {
    const SeenRecord record = ReadFhirFile(file).records.at(0);
    EXPECT_EQ(record.type, "GenomicReport");
    EXPECT_EQ(record.At("/genome/code/coding/0/code"), "81247-9");
    for (std::size_t i = 0; record.At("/genome/variant/" + std::to_string(i)) != "(absent)"; ++i) {
      variants += record.At("/genome/variant/" + std::to_string(i) + "/hgvs") != "(absent)";
    }
  }
  if (HasWholeCollection()) {
    EXPECT_EQ(variants, 47u);
  }
  if (!HasWholeCollection()) return;
  const SeenRecord record = ReadFhirFile(test::TestData("fhir/genomics-vcf2fhir/expected_example4.json")).records.at(0);
  EXPECT_EQ(record.patient, "HG00628");
  EXPECT_EQ(record.At("/genome/variant/0/hgvs"), "NC_000023.11:60465:T:C");
  EXPECT_EQ(record.At("/genome/variant/0/position"), "60466");
  EXPECT_EQ(record.At("/genome/variant/0/alternate"), "C");
}

TEST(FhirMapping, VariantTakesTheSignificanceOfWhatWasDerivedFromIt) {
  const std::string component =
      R"({"code":{"coding":[{"system":"http://loinc.org","code":"CODE"}]},"valueString":"VALUE"})";
  const auto part = [&](const std::string& code, const std::string& value) {
    std::string one = component;
    return one.replace(one.find("CODE"), 4, code).replace(one.find("VALUE"), 5, value);
  };
  const Seen seen = ReadFhirText(
      R"({"resourceType":"DiagnosticReport","id":"r","subject":{"reference":"Patient/p"},)"
      R"("conclusion":"c","contained":[)"
      R"({"resourceType":"Observation","id":"i","derivedFrom":[{"reference":"#v"}],"component":[)" +
      part("53037-8", "Pathogenic") +
      R"(]},{"resourceType":"Observation","id":"v","code":{"coding":[{"system":"http://loinc.org","code":"69548-6"}]},)"
      R"("component":[)" +
      part("48018-6", "BRCA1") + "," + part("53034-5", "Heterozygous") + "]}]}");
  const SeenRecord& record = seen["DiagnosticReport/r"];
  EXPECT_EQ(record.At("/genome/variant/0/gene"), "BRCA1");
  EXPECT_EQ(record.At("/genome/variant/0/zygosity"), "Heterozygous");
  EXPECT_EQ(record.At("/genome/variant/0/significance"), "Pathogenic");
  EXPECT_EQ(record.At("/genome/variant/1"), "(absent)");
  EXPECT_EQ(record.At("/genome/conclusion"), "c");
}

TEST(FhirMapping, FrenchIdentityBecomesTheNir) {
  const Seen seen = ReadFhirText(
      R"({"resourceType":"Patient","id":"p","identifier":[)"
      R"({"system":"urn:oid:1.2.250.1.213.1.4.8","value":"279035121518989"},{"system":"urn:x","value":"7"}],)"
      R"("name":[{"use":"usual","family":"X"},{"use":"official","family":"Né","given":["A","B"]}],)"
      R"("telecom":[{"value":"1"},{"value":"2"}],)"
      R"("address":[{"line":["1 rue","bis"],"postalCode":"75001","city":"Paris"}],)"
      R"("deceasedDateTime":"2020-01-01"})");
  const SeenRecord& record = seen["Patient/p"];
  EXPECT_EQ(record.At("/nir"), "279035121518989");
  EXPECT_EQ(record.At("/ssn"), "(absent)");
  EXPECT_EQ(record.At("/identifier/1/system"), "urn:x");
  EXPECT_EQ(record.At("/family"), "Né");
  EXPECT_EQ(record.At("/given"), "A B");
  EXPECT_EQ(record.At("/phone/1"), "2");
  EXPECT_EQ(record.At("/address/0"), "1 rue, bis, Paris, 75001");
  EXPECT_EQ(record.At("/deceased"), "2020-01-01");
}

TEST(FhirMapping, SocialSecurityNumberIsKnownByItsOidToo) {
  for (const char* system : {"http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"}) {
    const Seen seen = ReadFhirText(R"({"resourceType":"Patient","id":"p","identifier":[{"system":")" +
                                   std::string(system) + R"(","value":"1"}]})");
    EXPECT_EQ(seen["Patient/p"].At("/ssn"), "1") << system;
  }
}

std::string ValueOf(const std::string& value) {
  const Seen seen =
      ReadFhirText(R"({"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"},)" + value + "}");
  return seen.records.size() == 1 ? seen.records[0].At("/result/value") : "(none)";
}

TEST(FhirMapping, EveryKindOfValueBecomesTextWithItsDigits) {
  EXPECT_EQ(ValueOf(R"("valueQuantity":{"value":1.50,"unit":"g"})"), "1.50");
  EXPECT_EQ(ValueOf(R"("valueQuantity":{"comparator":"<","value":20})"), "<20");
  EXPECT_EQ(ValueOf(R"("valueCodeableConcept":{"coding":[{"code":"c","display":"d"}]})"), "d");
  EXPECT_EQ(ValueOf(R"("valueCodeableConcept":{"text":"t"})"), "t");
  EXPECT_EQ(ValueOf(R"("valueString":"a\nb")"), "a\nb");
  EXPECT_EQ(ValueOf(R"("valueBoolean":false)"), "false");
  EXPECT_EQ(ValueOf(R"("valueInteger":-7)"), "-7");
  EXPECT_EQ(ValueOf(R"("valueRange":{"low":{"value":1.0},"high":{"value":2}})"), "1.0 - 2");
  EXPECT_EQ(ValueOf(R"("valueRange":{"high":{"value":2}})"), "<= 2");
  EXPECT_EQ(ValueOf(R"("valueRange":{"low":{"value":2}})"), "2 or more");
  EXPECT_EQ(ValueOf(R"("valueRatio":{"numerator":{"value":1},"denominator":{"value":128}})"), "1:128");
  EXPECT_EQ(ValueOf(R"("valueSampledData":{"origin":{"value":0},"data":"1 2 E"})"), "1 2 E");
  EXPECT_EQ(ValueOf(R"("valueTime":"12:00:00")"), "12:00:00");
  EXPECT_EQ(ValueOf(R"("valueDateTime":"2020-01-01")"), "2020-01-01");
  EXPECT_EQ(ValueOf(R"("valuePeriod":{"start":"2020","end":"2021"})"), "2020/2021");
  EXPECT_EQ(ValueOf(R"("dataAbsentReason":{"text":"t"})"), "(absent)");
}

TEST(FhirMapping, ResultHasUnitRangeInterpretationAndComponents) {
  const Seen seen = ReadFhirText(
      R"({"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/p"},)"
      R"("effectivePeriod":{"start":"2020"},"code":{"coding":[{"system":"s","code":"c"}],"text":"t"},)"
      R"("valueQuantity":{"value":5,"code":"mg"},"note":[{"text":"n"}],)"
      R"("referenceRange":[{"low":{"value":1},"high":{"value":4,"unit":"mg"}},{"text":"adults"}],)"
      R"("interpretation":[{"coding":[{"code":"H"}]}],"category":[{"coding":[{"code":"laboratory"}]}],)"
      R"("basedOn":[{"identifier":{"value":"A-1"}}],"component":[{"code":{"text":"k"},"valueInteger":3}]})");
  const SeenRecord& record = seen["Observation/o"];
  EXPECT_EQ(record.At("/result/code/text"), "t");
  EXPECT_EQ(record.At("/result/code/segment"), "Observation");
  EXPECT_EQ(record.At("/result/unit"), "mg");
  EXPECT_EQ(record.At("/result/referenceRange") + record.At("/result/reference_range"), "(absent)1 - 4 mg; adults");
  EXPECT_EQ(record.At("/result/interpretation"), "H");
  EXPECT_EQ(record.At("/result/component/0/value"), "3");
  EXPECT_EQ(record.At("/taken"), "2020");
  EXPECT_EQ(record.At("/note"), "n");
  EXPECT_EQ(record.At("/category"), "laboratory");
  EXPECT_EQ(record.At("/order_number"), "A-1");
}

TEST(FhirMapping, TextsOfSeveralCodesAreAllSeenByTheRules) {
  const Seen seen =
      ReadFhirText(R"({"resourceType":"Claim","id":"c","patient":{"reference":"Patient/p"},"type":{"text":"a"},)"
                   R"("item":[{"productOrService":{"text":"b"}}]})");
  EXPECT_EQ(seen["Claim/c"].At("/subject/text"), "a");
  EXPECT_EQ(seen["Claim/c"].At("/subject/coding/0/display"), "b");
}

// One resource with this member, alone in a file.
Seen WithMember(const std::string& member) {
  return ReadFhirText(R"({"resourceType":"Basic","id":"b",)" + member + "}");
}

TEST(FhirReferences, RelativeAndAbsoluteReferencesNameThePatient) {
  for (const char* url : {"Patient/p1", "Patient/p1/_history/3", "http://x.org/fhir/Patient/p1",
                          "https://x/Patient/p1/_history/2", "urn:uuid:p1", "Patient/p1#part"}) {
    const Seen seen = WithMember(R"("subject":{"reference":")" + std::string(url) + "\"}");
    ASSERT_EQ(seen.records.size(), 1u) << url;
    EXPECT_EQ(seen.records[0].patient, "p1") << url;
  }
}

TEST(FhirReferences, EveryElementThatNamesThePatientIsKnown) {
  for (const char* member : {"subject", "patient", "beneficiary", "individual", "for", "candidate"}) {
    EXPECT_EQ(WithMember("\"" + std::string(member) + R"(":{"reference":"Patient/p"})").records.at(0).patient, "p");
  }
  EXPECT_EQ(WithMember(R"("target":[{"reference":"Group/g"},{"reference":"Patient/p"}])").records.at(0).patient, "p");
  EXPECT_EQ(WithMember(R"("participant":[{"actor":{"reference":"Patient/p"}}])").records.at(0).patient, "p");
  EXPECT_EQ(
      WithMember(R"("subject":{"reference":"Group/g"},"patient":{"reference":"Patient/p"})").records.at(0).patient,
      "p");
}

TEST(FhirReferences, WhatIsAboutNoPatientStandsUnderNone) {
  EXPECT_EQ(WithMember(R"("x":1)").records.at(0).patient, kNoPatient);
  EXPECT_EQ(WithMember(R"("subject":{"reference":"Group/g"})").records.at(0).patient, kNoPatient);
  EXPECT_EQ(WithMember(R"("subject":{"reference":"NotPatient/p"})").records.at(0).patient, kNoPatient);
}

TEST(FhirReferences, PatientThatCannotBeResolvedIsRejectedNotFiledUnderNobody) {
  for (const char* subject :
       {R"({"display":"Bob"})", R"({"identifier":{"value":"1"}})", R"({"reference":"#p"})",
        R"({"reference":"Patient?identifier=s|1"})", R"({"reference":"Patient?name=x"})", R"({})"}) {
    const Seen seen = WithMember("\"subject\":" + std::string(subject));
    EXPECT_THAT(seen.records, IsEmpty()) << subject;
    EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kNotFound)) << subject;
  }
}

TEST(FhirReferences, IdsThatAreNoneAreRejected) {
  for (const char* id : {"", "a b", "(none)", "a^b", "a\\nb"}) {
    const Seen seen = ReadFhirText(R"({"resourceType":"Patient","id":")" + std::string(id) + "\"}");
    EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kInvalidArgument)) << id;
  }
  EXPECT_THAT(ReadFhirText(R"({"resourceType":"Patient"})").RejectCodes(), ElementsAre(StatusCode::kInvalidArgument));
}

std::string Bundle(const std::string& entries) { return R"({"resourceType":"Bundle","entry":[)" + entries + "]}"; }

TEST(FhirReferences, EntriesOfABundleAreFoundByUrlAndByIdentifier) {
  const std::string patient = R"({"fullUrl":"urn:uuid:1","resource":)"
                              R"({"resourceType":"Patient","id":"p1","identifier":[{"system":"s","value":"v"}]}})";
  const auto about = [](const std::string& subject) {
    return R"(,{"fullUrl":"urn:uuid:2","resource":{"resourceType":"Basic","id":"b","subject":)" + subject + "}}";
  };
  for (const char* subject : {R"({"reference":"urn:uuid:1"})", R"({"reference":"Patient?identifier=s|v"})",
                              R"({"identifier":{"system":"s","value":"v"}})"}) {
    EXPECT_EQ(ReadFhirText(Bundle(patient + about(subject)))["Basic/b"].patient, "p1") << subject;
  }
  const std::string twin =
      R"(,{"resource":{"resourceType":"Patient","id":"p2","identifier":[{"system":"s","value":"v"}]}})";
  EXPECT_THAT(ReadFhirText(Bundle(patient + twin + about(R"({"reference":"Patient?identifier=s|v"})"))).RejectCodes(),
              ElementsAre(StatusCode::kNotFound));
}

TEST(FhirReferences, PatientWithoutAnIdHasThatOfItsEntry) {
  const Seen seen =
      ReadFhirText(Bundle(R"({"fullUrl":"urn:uuid:77","resource":{"resourceType":"Patient"}},)"
                          R"({"resource":{"resourceType":"Basic","id":"b","subject":{"reference":"urn:uuid:77"}}})"));
  ASSERT_EQ(seen.records.size(), 2u);
  EXPECT_EQ(seen.records[0].patient, "77");
  EXPECT_EQ(seen.records[1].patient, "77");
}

TEST(FhirFile, ResourcesWithoutAnIdAreToldApartByTheirContent) {
  const std::string one = R"({"resourceType":"Basic","x":1})", two = R"({"resourceType":"Basic","x":2})";
  const Seen seen = ReadFhirText(one + "\n" + two + "\n" + one + "\n");
  ASSERT_EQ(seen.records.size(), 3u);
  EXPECT_NE(seen.records[0].record, seen.records[1].record);
  EXPECT_EQ(seen.records[0].record, seen.records[2].record);
  EXPECT_THAT(seen.records[0].record, StartsWith("Basic/~"));
}

TEST(FhirFile, BadLinesAreRejectedWithTheirPlaceAndTheRestGoesOn) {
  const std::string good = R"({"resourceType":"Basic","id":"b"})";
  const Seen seen = ReadFhirText(good + "\n{\"resourceType\":\"Basic\",\n\n[]\n{}\n\"x\"\n" + good + "x\n" + good +
                                 "\r\n  \n" + good);
  EXPECT_EQ(seen.records.size(), 3u);
  std::vector<std::uint64_t> lines;
  for (const SeenReject& reject : seen.rejects) lines.push_back(reject.place.line);
  EXPECT_THAT(lines, ElementsAre(2, 4, 5, 6, 7));
  EXPECT_THAT(seen.RejectCodes(),
              ElementsAre(StatusCode::kCorrupt, StatusCode::kInvalidArgument, StatusCode::kInvalidArgument,
                          StatusCode::kInvalidArgument, StatusCode::kCorrupt));
  EXPECT_EQ(seen.records[1].source, good);
}

TEST(FhirFile, DamagedFirstLineDoesNotHideThatAFileIsNdjson) {
  const std::string good = R"({"resourceType":"Basic","id":"b"})";
  const Seen seen = ReadFhirText("{\"resourceType\":\"Bas\n" + good + "\n");
  EXPECT_EQ(seen.records.size(), 1u);
  EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kCorrupt));
}

TEST(FhirFile, ByteOrderMarkBelongsToNoSource) {
  const std::string mark = "\xEF\xBB\xBF", line = R"({"resourceType":"Basic","id":"b"})",
                    text = "{\n\"resourceType\":\"Basic\"}\n";
  EXPECT_EQ(ReadFhirText(mark + line).records.at(0).source, line);
  EXPECT_EQ(ReadFhirText(mark + text).records.at(0).source, text);
}

TEST(FhirFile, BundlesAreReadInLinesAndInsideOneAnother) {
  const std::string inner = Bundle(R"({"resource":{"resourceType":"Basic","id":"deep"}})");
  const Seen seen = ReadFhirText(Bundle("{\"resource\":" + inner + "}") + "\n" + inner + "\n");
  ASSERT_EQ(seen.records.size(), 2u);
  EXPECT_EQ(seen.records[0].place.segment, "entry[0].entry[0]");
  EXPECT_EQ(seen.records[1].line, 2u);
  std::string nested = inner;
  for (int i = 0; i < 5; ++i) nested = Bundle("{\"resource\":" + nested + "}");
  EXPECT_THAT(ReadFhirText(nested).RejectCodes(), ElementsAre(StatusCode::kResourceExhausted));
}

TEST(FhirFile, EntryWithoutAResourceIsReported) {
  const Seen seen = ReadFhirText(
      Bundle(R"({"request":{"method":"DELETE","url":"Patient/1"}},{"resource":{"resourceType":"Basic"}})"));
  EXPECT_EQ(seen.records.size(), 1u);
  EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kUnsupported));
  EXPECT_EQ(seen.rejects[0].place.segment, "entry[0]");
}

TEST(FhirFile, EntriesThatAreNoListAreReportedAndNotPassedOver) {
  for (const char* entries : {"\"x\"", "5", "null", R"({"resource":{"resourceType":"Basic"}})"}) {
    const Seen seen = ReadFhirText(std::string(R"({"resourceType":"Bundle","entry":)") + entries + "}");
    EXPECT_TRUE(seen.records.empty()) << entries;
    EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kInvalidArgument)) << entries;
  }
  EXPECT_TRUE(ReadFhirText(R"({"resourceType":"Bundle"})").rejects.empty());
}

TEST(FhirFile, AttachmentThatCannotBeDecodedLeavesTheRestOfItsResource) {
  const Seen seen = ReadFhirText(R"({"resourceType":"DocumentReference","id":"d","content":[)"
                                 R"({"attachment":{"contentType":"text/plain","data":"!!"}},)"
                                 R"({"attachment":{"contentType":"text/plain","data":"b2s="}}]})");
  EXPECT_EQ(seen["DocumentReference/d"].At("/text"), "ok");
  EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kCorrupt));
}

TEST(FhirFile, EmptyFileHoldsNothing) {
  for (const char* text : {"", "\n", " \n\n", "\xEF\xBB\xBF"}) {
    const Seen seen = ReadFhirText(text);
    EXPECT_THAT(seen.records, IsEmpty());
    EXPECT_THAT(seen.rejects, IsEmpty());
  }
}

TEST(FhirFile, WhatIsNoFileSaysSo) {
  Seen seen;
  EXPECT_EQ(ReadFhir("/nonexistent", LabSchema(), {}, seen).code(), StatusCode::kNotFound);
  EXPECT_EQ(ReadFhir("/", LabSchema(), {}, seen).code(), StatusCode::kIoError);
}

TEST(FhirFile, FailureOfTheSinkEndsTheReading) {
  const TemporaryFile file("{\"resourceType\":\"Basic\"}\n{\"resourceType\":\"Basic\"}\n");
  Seen seen;
  seen.answer = Status::Cancelled("enough");
  EXPECT_EQ(ReadFhir(file.path(), LabSchema(), {}, seen).code(), StatusCode::kCancelled);
  EXPECT_EQ(seen.records.size(), 1u);
}

TEST(FhirFile, SmallerSchemaTakesWhatItHasAPlaceFor) {
  const auto schema = SchemaOf(
      "syntax = \"proto3\"; import \"medseal/options.proto\";"
      "message Document { option (medseal.v1.record) = {}; string kind = 1; bytes source = 2; }"
      "message Patient { option (medseal.v1.record) = {}; bytes ssn = 1; string family = 2; }");
  const Seen seen =
      ReadFhirText(R"({"resourceType":"Patient","id":"p","name":[{"family":"F"}],)"
                   R"("identifier":[{"system":"http://hl7.org/fhir/sid/us-ssn","value":"1"}]})"
                   "\n"
                   R"({"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"},"valueInteger":1})",
                   *schema);
  EXPECT_EQ(seen["Patient/p"].json, R"({"family":"F"})");
  EXPECT_EQ(seen["Observation/o"].type, "Document");
  EXPECT_EQ(seen["Observation/o"].At("/kind"), "Observation");
  EXPECT_TRUE(seen["Observation/o"].has_source);
  const auto other = SchemaOf(
      "syntax = \"proto3\"; import \"medseal/options.proto\"; message Thing { option (medseal.v1.record) = {}; string "
      "a = 1; }");
  Seen none(*other);
  EXPECT_EQ(ReadFhir(TemporaryFile("{}").path(), *other, {}, none).code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace mseal::sources
