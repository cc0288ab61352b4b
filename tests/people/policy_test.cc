// The table of policy itself.
#include "people/policy.h"

#include <gtest/gtest.h>

#include <set>

namespace mseal::people {
namespace {

TEST(Policy, EveryRowIsWithinItsRangeAndHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const PolicyEntry& entry : PolicyTable()) {
    EXPECT_LE(entry.least, entry.initial) << entry.name;
    EXPECT_LE(entry.initial, entry.most) << entry.name;
    EXPECT_LT(entry.least, entry.most) << entry.name;
    EXPECT_FALSE(entry.help.empty()) << entry.name;
    EXPECT_EQ(entry.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string_view::npos);
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(FindPolicy(entry.name), &entry);
  }
}

TEST(Policy, WhichWayIsWeakerIsSaidByTheTable) {
  EXPECT_TRUE(Weakens(policy::kLoginAttempts, 5, 6));
  EXPECT_FALSE(Weakens(policy::kLoginAttempts, 6, 5));
  EXPECT_FALSE(Weakens(policy::kLoginAttempts, 6, 6));
  EXPECT_TRUE(Weakens(policy::kPasswordMinLength, 12, 11));
  EXPECT_FALSE(Weakens(policy::kPasswordMinLength, 11, 12));
  EXPECT_FALSE(Weakens("nothing", 1, 2));
  EXPECT_EQ(FindPolicy("nothing"), nullptr);
}

}  // namespace
}  // namespace mseal::people
