// Reads everything in the store and says what does not hold.
#pragma once

#include <functional>
#include <string_view>

#include "vault/core.h"

namespace mseal::vault {

struct VerifyReport {
  std::uint64_t patients = 0;
  std::uint64_t records = 0;
  std::uint64_t history = 0;
  std::uint64_t chunks = 0;
  std::uint64_t groups_opened = 0;
  std::uint64_t groups_held_back = 0;
  std::uint64_t problems = 0;
};

struct VerifyOptions {
  std::function<bool(std::uint64_t done, std::uint64_t in_all)> on_progress;  // patients; false cancels
  std::function<void(std::string_view what, const keys::PatientHandle* patient)> on_problem;
};

// `desk` may be null: then no group is opened.
//   AuthFailed  there are problems, all counted and reported;  Cancelled
Status Verify(Core& core, Desk* desk, const VerifyOptions& options, VerifyReport& report);

}  // namespace mseal::vault
