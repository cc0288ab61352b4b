// Codes, messages and results.
#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace mseal {
namespace {

constexpr int kCodes = 22;

TEST(StatusCode, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int code = 0; code < kCodes; ++code) names.insert(CodeName(static_cast<StatusCode>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kCodes));
  EXPECT_FALSE(names.contains("Unknown"));
}

TEST(StatusCode, NumberOutsideTheSetIsUnknown) {
  EXPECT_EQ(CodeName(static_cast<StatusCode>(kCodes)), "Unknown");
  EXPECT_EQ(CodeName(static_cast<StatusCode>(255)), "Unknown");
}

// The numbers are part of the C API.
TEST(StatusCode, NumbersNeverChange) {
  const std::string_view names[] = {
      "Ok",      "InvalidArgument", "NotFound",           "Erased",           "PermissionDenied",
      "NoVault", "Locked",          "WrongSecret",        "AuthFailed",       "Corrupt",
      "Stale",   "KeyUnavailable",  "Cancelled",          "AlreadyExists",    "Conflict",
      "Closed",  "Unsupported",     "UnsupportedVersion", "SuiteUnavailable", "ResourceExhausted",
      "IoError", "Forked"};
  static_assert(std::size(names) == kCodes);
  for (int code = 0; code < kCodes; ++code) EXPECT_EQ(CodeName(static_cast<StatusCode>(code)), names[code]);
}

TEST(Status, MakersGiveTheCodeTheyAreNamedFor) {
  for (const auto& [status, name] : {std::pair{Status::InvalidArgument("m"), "InvalidArgument"},
                                     {Status::NotFound("m"), "NotFound"},
                                     {Status::PermissionDenied("m"), "PermissionDenied"},
                                     {Status::NoVault("m"), "NoVault"},
                                     {Status::Locked("m"), "Locked"},
                                     {Status::WrongSecret("m"), "WrongSecret"},
                                     {Status::AuthFailed("m"), "AuthFailed"},
                                     {Status::Corrupt("m"), "Corrupt"},
                                     {Status::Stale("m"), "Stale"},
                                     {Status::KeyUnavailable("m"), "KeyUnavailable"},
                                     {Status::Cancelled("m"), "Cancelled"},
                                     {Status::AlreadyExists("m"), "AlreadyExists"},
                                     {Status::Conflict("m"), "Conflict"},
                                     {Status::Closed("m"), "Closed"},
                                     {Status::Unsupported("m"), "Unsupported"},
                                     {Status::UnsupportedVersion("m"), "UnsupportedVersion"},
                                     {Status::SuiteUnavailable("m"), "SuiteUnavailable"},
                                     {Status::ResourceExhausted("m"), "ResourceExhausted"},
                                     {Status::IoError("m"), "IoError"},
                                     {Status::Forked("m"), "Forked"}}) {
    EXPECT_EQ(CodeName(status.code()), name);
    EXPECT_EQ(status.message(), "m");
    EXPECT_FALSE(status.ok());
  }
  EXPECT_TRUE(Status::Ok().ok());
}

Result<int> Half(int number) {
  if (number % 2 != 0) return Status::InvalidArgument("odd");
  return number / 2;
}

Result<int> Quarter(int number) {
  MS_ASSIGN(const int half, Half(number));
  MS_ASSIGN(const int quarter, Half(half));
  return quarter;
}

Status CheckQuarter(int number, bool& reached_end) {
  MS_TRY(Quarter(number).status());
  reached_end = true;
  return Status::Ok();
}

TEST(Result, CarriesTheValueOrTheFailure) {
  EXPECT_EQ(*Half(8), 4);
  EXPECT_EQ(Half(8).code(), StatusCode::kOk);
  EXPECT_EQ(Half(7).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Half(7).status().message(), "odd");
}

TEST(Result, MacrosLeaveWithTheFirstFailure) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).code(), StatusCode::kInvalidArgument);
  bool reached_end = false;
  EXPECT_EQ(CheckQuarter(6, reached_end).code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(reached_end);
  EXPECT_TRUE(CheckQuarter(8, reached_end).ok());
  EXPECT_TRUE(reached_end);
}

TEST(Result, MovesValuesThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> value = *std::move(result);
  EXPECT_EQ(*value, 5);
}

TEST(Result, ReadingTheValueOfAFailureStopsTheProcess) {
  EXPECT_DEATH((void)*Half(7), "");
  const Result<std::string> failed(Status::NotFound("nothing"));
  EXPECT_DEATH((void)failed->size(), "");
}

TEST(Result, OkIsNoFailureToBeMadeFrom) { EXPECT_DEATH((void)Result<int>(Status::Ok()), ""); }

}  // namespace
}  // namespace mseal
