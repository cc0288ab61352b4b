// Entries past their time leave the log as whole segments, from its beginning on.
#pragma once

#include "audit/log_stub.h"

namespace mseal::audit {

struct DropPlan {
  std::uint64_t first_segment = 0;  // that is kept
  std::uint64_t segments = 0;       // that go; 0: none
  std::uint64_t entries = 0;        // that go
  std::uint64_t held_by_keys = 0;   // segments that are old enough, and have the key of a session that went on later
  std::uint64_t first_entry = 0;    // that is shown from then on
  LogPosition dropped;              // the tree of all that goes, and went before
};

// Which segments have no entry from `before_ms` or later and no key that later entries need. The newest always stays.
//   AuthFailed  a segment is missing or another log's;  Corrupt, IoError
Result<DropPlan> PlanDrop(const std::string& folder, const keys::StoreId& store, std::uint64_t before_ms);

// Removes what stands before a segment, and what a drop that was stopped has left of it. IoError.
Status RemoveBefore(const std::string& folder, std::uint64_t first_segment);

}  // namespace mseal::audit
