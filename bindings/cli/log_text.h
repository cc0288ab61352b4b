// Entries of the log of accesses as lines, and the query that arguments make.
#pragma once

#include <optional>
#include <string>

#include "commands.h"
#include "ids.h"

namespace cli {

std::string EntryText(const medseal_audit_entry& entry);
std::string EntryJson(const medseal_audit_entry& entry);
std::string AccountingText(const medseal_audit_entry& entry);
std::string AccountingJson(const medseal_audit_entry& entry);

// The host, where nobody is known.
std::string_view WhoOf(const medseal_audit_entry& entry);
// Empty without a patient.
std::string HandleOf(const medseal_audit_entry& entry);

// Owns what the query shows.
class LogQuery {
 public:
  LogQuery(const LogArguments& arguments, std::optional<PatientId> patient, std::uint64_t since, std::uint64_t until)
      : arguments_(arguments), patient_(std::move(patient)), since_(since), until_(until) {}
  medseal::AuditQuery raw() const;

 private:
  const LogArguments& arguments_;
  std::optional<PatientId> patient_;
  std::uint64_t since_;
  std::uint64_t until_;
};
// InvalidArgument: a time that is none.
Result<LogQuery> ReadLogQuery(const LogArguments& arguments, const Common& common);

}  // namespace cli
