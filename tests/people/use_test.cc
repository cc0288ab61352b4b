// What a session may state of itself.
#include "people/use.h"

#include <gtest/gtest.h>

#include "base/purposes.h"

namespace mseal::people {
namespace {

StatusCode Check(Use use) { return CheckUse(use).code(); }

TEST(UseTest, KnownPurposesAndOwnNamesAreTaken) {
  for (const std::string_view purpose : KnownPurposes()) EXPECT_EQ(Check({std::string(purpose)}), StatusCode::kOk);
  for (const char* own : {"x-a", "x-night_run-2"}) EXPECT_EQ(Check({own}), StatusCode::kOk) << own;
  EXPECT_EQ(Check({"x-" + std::string(32, 'a')}), StatusCode::kOk);
}

TEST(UseTest, NoPurposeOrAnotherIsRefused) {
  for (const char* refused : {"", "Care", "care ", "curiosity", "x", "x-", "x-A", "x-a b", "x-\xc3\xa9"})
    EXPECT_EQ(Check({refused}), StatusCode::kInvalidArgument) << refused;
  EXPECT_EQ(Check({"x-" + std::string(33, 'a')}), StatusCode::kInvalidArgument);
}

TEST(UseTest, AssertedTextsAreCleanAndShort) {
  EXPECT_EQ(Check({"care", "Dr. Émile Ναι", "ward 3 / 10.0.0.7"}), StatusCode::kOk);
  EXPECT_EQ(Check({"care", std::string(128, 'x'), std::string(128, 'x')}), StatusCode::kOk);
  EXPECT_EQ(Check({"care", std::string(129, 'x'), ""}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Check({"care", "", std::string(129, 'x')}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Check({"care", "a\nb", ""}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Check({"care", "", "\xff"}), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace mseal::people
