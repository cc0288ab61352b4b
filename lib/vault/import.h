// Reads source files into records: batches by patient, what is there already left as it is.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "sources/source.h"
#include "vault/put.h"

namespace mseal::vault {

enum class SourceKind : std::uint8_t { kFhir = 0, kHl7v2 = 1 };

struct ImportOptions {
  SourceKind source = SourceKind::kFhir;
  std::vector<std::string> files;
  std::string lab;
  // Bytes read, bytes in all, records so far; false ends the import with Cancelled.
  std::function<bool(std::uint64_t, std::uint64_t, std::uint64_t)> on_progress;
  std::function<void(const sources::Place&, const Status&)> on_reject;
};

struct ImportReport {
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t rejected = 0;
  std::uint64_t patients = 0;
  std::array<std::uint64_t, format::kSlots> fields_by_class{};
};

// What was written stays written whatever ends the import; running it again goes on where it stopped.
//   PermissionDenied  the session does not hold every class the records have, `source` first of all
//   Cancelled         on_progress said so
Status Import(Core& core, Desk& desk, const ImportOptions& options, ImportReport& report);

}  // namespace mseal::vault
