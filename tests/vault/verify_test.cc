// Verify of values that many records share.
#include <gtest/gtest.h>
#include <time.h>

#include "vault_support/records.h"

namespace mseal::test {
namespace {

double SecondsOfThisThread() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class Verify : public ::testing::Test {
 protected:
  void PutNames(int count, const std::function<std::string(int)>& name) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int n = 0; n < count; ++n) {
      ASSERT_TRUE(lab_.Put(*founder, "p", "Patient", std::to_string(n), TextField(3, name(n))).ok());
    }
  }
  double SecondsToVerify() {
    const double begin = SecondsOfThisThread();
    EXPECT_TRUE(lab_.Verify(nullptr).ok());
    return SecondsOfThisThread() - begin;
  }

  Laboratory lab_;
};

std::string Shared(int) { return "Martin"; }

TEST_F(Verify, TakesNotTheSquareOfHowManyRecordsShareAValue) {
  constexpr int kRecords = 800;
  PutNames(kRecords, [](int n) { return "Martin" + std::to_string(n); });
  const double distinct = SecondsToVerify();
  PutNames(kRecords, Shared);  // replaces: as many records, and as much history for both halves of the measure
  EXPECT_LT(SecondsToVerify(), 8 * distinct);
}

TEST_F(Verify, SeesThatOneOfManyPostingsOfAValueIsGone) {
  PutNames(20, Shared);
  const auto rows = lab_.AllRows(store::Table::kIndex);
  ASSERT_GE(rows.size(), 20U);
  for (std::size_t i = 0; i < rows.size(); i += 4) {
    lab_.Remove(rows[i].table, rows[i].key);
    EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed) << i;
    lab_.Overwrite(rows[i].table, rows[i].key, rows[i].value);
  }
  EXPECT_TRUE(lab_.Verify(nullptr).ok());
}

}  // namespace
}  // namespace mseal::test
