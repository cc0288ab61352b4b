// Which words are purposes.
#include "base/purposes.h"

#include <gtest/gtest.h>

#include <string>

namespace mseal {
namespace {

TEST(Purposes, AreTheKnownOnes) {
  for (const char* name : {"care", "billing", "research", "admin", "emergency", "migration"})
    EXPECT_TRUE(IsPurpose(name)) << name;
  for (const char* name : {"", "Care", "care ", "cares", "car", "nothing", "x"}) EXPECT_FALSE(IsPurpose(name)) << name;
}

TEST(Purposes, OfTheHouseBeginWithX) {
  EXPECT_TRUE(IsPurpose("x-a"));
  EXPECT_TRUE(IsPurpose("x-quality-2026"));
  EXPECT_TRUE(IsPurpose("x-" + std::string(32, 'a')));
  EXPECT_FALSE(IsPurpose("x-" + std::string(33, 'a')));
  for (const char* name : {"x-", "x-A", "x-a b", "x-\xc3\xa9", "X-a", "x.a"})
    EXPECT_FALSE(IsPurpose(name)) << name;
}

}  // namespace
}  // namespace mseal
