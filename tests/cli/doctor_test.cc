// What the doctor says at a desk, and the exit code that a scheduled run of it is watched by.
#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST_F(Desk, TheDoctorSaysWhatIsNotSafeAndEndsAccordingly) {
  MakeVault();
  AddPerson("nurse", "general");
  const std::string founder = environment_["MEDSEAL_PERSON"];
  environment_["MEDSEAL_PERSON"] = "";
  const Ran alone = Run({"doctor", "--json"});
  EXPECT_EQ(alone.exit_code, 3) << alone.err;
  EXPECT_THAT(JsonValues(alone.out, "code"), Contains("provider_copies_few"));
  EXPECT_THAT(JsonValues(alone.out, "code"), Contains("secret_on_same_device"));
  EXPECT_THAT(alone.out, Not(HasSubstr("nurse")));
  environment_["MEDSEAL_PERSON"] = founder;
  const Ran asked = Run({"doctor"});
  EXPECT_EQ(asked.exit_code, 3) << asked.err;
  EXPECT_THAT(asked.out, HasSubstr("nurse has never logged in"));
  EXPECT_THAT(asked.out, HasSubstr("-> medseal recovery setup"));
  EXPECT_THAT(asked.out, testing::ContainsRegex("[0-9]+ red, [0-9]+ yellow\n$"));
}

}  // namespace
}  // namespace mseal::test
