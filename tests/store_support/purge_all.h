// A purge that nobody is in the way of.
#pragma once

#include <chrono>

#include "store/rows.h"

namespace mseal::store {

// Conflict when it did not complete. The patience is for files that a failing disk does not let go.
inline Status PurgeAll(Rows& rows, std::chrono::milliseconds patience = std::chrono::seconds(5)) {
  PurgeOptions options;
  options.patience = patience;
  PurgeReport report;
  MS_TRY(rows.Purge(options, report));
  return report.complete ? Status::Ok() : Status::Conflict("something was in the way of the purge");
}

}  // namespace mseal::store
