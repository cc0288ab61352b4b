// import of FHIR and HL7 v2 files, interrupted and not.
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kData = MEDSEAL_SOURCE "/tests/data/";

class CliImport : public Desk {
 protected:
  void SetUp() override { MakeVault(); }

  std::string WritePatients(int count) {
    std::ofstream out(Path("many.ndjson"));
    for (int i = 0; i < count; ++i) {
      out << R"({"resourceType": "Patient", "id": "p-)" << i << R"(", "name": [{"family": "Family)" << i << "\"}]}\n";
    }
    return Path("many.ndjson");
  }
};

std::uint64_t NumberOf(const Ran& ran, const char* key) { return std::stoull(JsonValues(ran.out, key).back()); }

TEST_F(CliImport, ABundleIsImportedOnceAndUnchangedTheSecondTime) {
  const Words words = {"import", "fhir", "--json",
                       kData + "fhir/synthea-hiv-bundles/Kelley882_Marks830_898c1dc8-2c3d-7afa-5e61-eeadba8f7864.json"};
  const Ran first = Run(words);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(NumberOf(first, "read"), 28u);
  EXPECT_EQ(NumberOf(first, "written"), 28u);
  const Ran second = Run(words);
  EXPECT_EQ(NumberOf(second, "written"), 0u);
  EXPECT_EQ(NumberOf(second, "unchanged"), 28u);
  EXPECT_THAT(JsonValues(Run({"verify", "--json"}).out, "problems"), Contains("0"));
}

TEST_F(CliImport, APatientOfAMessageIsFoundByTheirNir) {
  const std::string folder = kData + "hl7v2/fr-ans-teleradiologie/";
  const Ran ran = Run({"import", "hl7v2", folder + "01_ORM_O01.hl7", folder + "03_ORU_R01.hl7"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("new patients             1"));
  const Ran found = Run({"find", "Patient", "nir=-", "--json"}, "2 79 03 51 215 189 89\n");
  EXPECT_THAT(JsonValues(found.out, "fields"), Contains(HasSubstr("PAT-TROIS")));
}

TEST_F(CliImport, ABadLineIsNamedAndCountedAndTheRestGoesOn) {
  const std::string file = Write("bad.ndjson",
                                 "{\"resourceType\": \"Patient\", \"id\": \"a\"}\n{\"resourceType\": \"Pati\n"
                                 "{\"resourceType\": \"Patient\", \"id\": \"b\"}\n");
  const Ran ran = Run({"import", "fhir", file, "--json"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(NumberOf(ran, "written"), 2u);
  EXPECT_EQ(NumberOf(ran, "rejected"), 1u);
  EXPECT_THAT(JsonValues(ran.err, "place"), ElementsAre(HasSubstr("bad.ndjson:2")));
}

TEST_F(CliImport, AFileThatIsNotThereIsSaid) {
  const Ran ran = Run({"import", "fhir", Path("nothing.json")});
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_THAT(ran.err, HasSubstr("nothing.json"));
}

TEST_F(CliImport, OnlyWhoHoldsSourceImports) {
  AddPerson("physician", "identity,general,hiv");
  EXPECT_EQ(As("physician", {"import", "fhir", WritePatients(1)}).exit_code, 6);
}

TEST_F(CliImport, TheLabIsAPublicFieldOfEveryRecord) {
  ASSERT_EQ(Run({"import", "fhir", WritePatients(3), "--lab", "north"}).exit_code, 0);
  EXPECT_EQ(JsonValues(Run({"range", "Patient", "lab", "--prefix", "nor", "--json"}).out, "kind").size(), 3u);
}

TEST_F(CliImport, InterruptedItKeepsWhatWasWrittenAndGoesOnFromThere) {
  constexpr std::uint64_t kPatients = 2000;
  const std::string file = WritePatients(kPatients);
  Running running = Start({"import", "fhir", file, "--json"});
  while (LogSize() < 100'000) usleep(1000);  // it writes
  running.Signal(SIGINT);
  const Ran interrupted = running.Finish();
  ASSERT_EQ(interrupted.exit_code, 130) << interrupted.err;
  EXPECT_THAT(interrupted.err, HasSubstr("goes on from there"));

  EXPECT_THAT(JsonValues(Run({"status", "--json"}).out, "freshness"), ElementsAre("fresh"));
  const Ran resumed = Run({"import", "fhir", file, "--json"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_GT(NumberOf(resumed, "unchanged"), 0u);
  EXPECT_GT(NumberOf(resumed, "written"), 0u);
  EXPECT_EQ(NumberOf(resumed, "unchanged") + NumberOf(resumed, "written"), kPatients);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(CliImport, ProgressShowsOnATerminalOnly) {
  const std::string file = WritePatients(1000);
  const Ran shown = RunOnTerminal({"import", "fhir", file}, {});
  EXPECT_EQ(shown.exit_code, 0) << shown.out;
  EXPECT_THAT(shown.out, HasSubstr("records, "));
  EXPECT_THAT(shown.out, HasSubstr(" left"));
  EXPECT_EQ(Run({"import", "fhir", file}).err, "");
}

}  // namespace
}  // namespace mseal::test
