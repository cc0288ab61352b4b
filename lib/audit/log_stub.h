// What stands in the place of the oldest entries once they were dropped: how many there were and what their root was,
// signed by the log's key. FORMAT.md, "Log stub".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "audit/log_files.h"

namespace mseal::audit {

struct LogStub {
  LogPosition dropped;              // of all that came before
  std::uint64_t first_segment = 0;  // that is kept
  std::uint64_t first_entry = 0;    // that is shown: a segment may be kept for its keys alone
  std::uint64_t at_ms = 0;
};

// Where it lies in the log's folder.
std::string LogStubPath(const std::string& folder);

// The text of a note: a checkpoint that says more.
std::string WriteLogStub(std::string_view origin, const LogStub& stub);

// The stub in a log's folder; nothing when there is none. `key` is the log's verifier key; empty: who signed is open.
//   Corrupt     it is no stub
//   AuthFailed  it is another log's, or not by the key
Result<std::optional<LogStub>> ReadLogStub(const std::string& folder, const keys::StoreId& store, std::string_view key);

// Puts it on the medium. IoError, ResourceExhausted.
Status PutLogStub(const std::string& folder, std::string_view note);

}  // namespace mseal::audit
