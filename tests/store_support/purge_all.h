// A purge that nobody is in the way of.
#pragma once

#include "store/rows.h"

namespace mseal::store {

// Conflict when it did not complete.
inline Status PurgeAll(Rows& rows) {
  PurgeReport report;
  MS_TRY(rows.Purge({}, report));
  return report.complete ? Status::Ok() : Status::Conflict("something was in the way of the purge");
}

}  // namespace mseal::store
