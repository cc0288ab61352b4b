// A backup, or a class key, in wrong hands: what the notification says.
#include <fstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Desk, ABackupOrAKeyInWrongHandsIsAnsweredForPatientByPatient) {
  MakeVault();
  AddPerson("nurse", "general");
  Put("Patient", R"({"patient": "p-1", "record": "1", "fields": {"family": "Martin", "note": "fasting"}})");
  ASSERT_EQ(As("ada", {"backup", "register", Path("nas")}).exit_code, 0);
  const Ran made = As("ada", {"backup", "create"});
  Put("Patient", R"({"patient": "p-2", "record": "1", "fields": {"family": "Blanc"}})");

  const Ran backup = As("ada", {"exposure", "--backup", "1", "--json", "--html", Path("page.html")});
  ASSERT_EQ(backup.exit_code, 0) << made.err << backup.err;
  EXPECT_EQ(JsonValues(backup.out, "patients").back(), "1");
  EXPECT_EQ(JsonValues(backup.out, "fields").back(), "3");  // and the directory's
  EXPECT_EQ(JsonValues(backup.out, "patients_not_assessed").back(), "0");
  std::ifstream page(Path("page.html"));
  EXPECT_THAT((std::string{std::istreambuf_iterator<char>(page), {}}), HasSubstr("<td>identity</td><td>1</td>"));
  EXPECT_EQ(As("ada", {"exposure", "--backup", Path("nas")}).exit_code, 0);
  EXPECT_EQ(As("ada", {"exposure", "--backup", "9"}).exit_code, 4);
  EXPECT_EQ(As("nurse", {"exposure", "--backup", "1"}).exit_code, 6);

  const Ran key = As("ada", {"exposure", "--key", "identity@1"});
  EXPECT_THAT(key.out, HasSubstr("2 patients, 2 records, 2 field values"));
  EXPECT_EQ(As("ada", {"exposure", "--key", "identity@2"}).exit_code, 4);
  EXPECT_EQ(As("ada", {"exposure", "--key", "identity"}).exit_code, 2);
  EXPECT_EQ(As("ada", {"exposure", "--key", "identity@1", "--of", "nurse"}).exit_code, 2);
  EXPECT_EQ(As("ada", {"exposure"}).exit_code, 2);
  EXPECT_THAT(JsonValues(As("ada", {"audit", "show", "--operation", "audit", "--json"}).out, "detail"),
              Contains("exposure of a backup"));
}

}  // namespace
}  // namespace mseal::test
