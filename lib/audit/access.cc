// Names of operations and outcomes.
#include "audit/access.h"

#include <array>
#include <utility>

namespace mseal::audit {
namespace {

constexpr std::array<std::pair<Operation, std::string_view>, 27> kOperations{{
    {Operation::kLogin, "login"},
    {Operation::kLogout, "logout"},
    {Operation::kRead, "read"},
    {Operation::kSearch, "search"},
    {Operation::kWrite, "write"},
    {Operation::kDelete, "delete"},
    {Operation::kList, "list"},
    {Operation::kExport, "export"},
    {Operation::kErase, "erase"},
    {Operation::kPerson, "person"},
    {Operation::kGrant, "grant"},
    {Operation::kRevoke, "revoke"},
    {Operation::kRole, "role"},
    {Operation::kKeys, "keys"},
    {Operation::kSchema, "schema"},
    {Operation::kPolicy, "policy"},
    {Operation::kBackup, "backup"},
    {Operation::kRestore, "restore"},
    {Operation::kPurge, "purge"},
    {Operation::kMark, "mark"},
    {Operation::kRetention, "retention"},
    {Operation::kOpen, "open"},
    {Operation::kAudit, "audit"},
    {Operation::kApproval, "approval"},
    {Operation::kBreakGlass, "break-glass"},
    {Operation::kAlert, "alert"},
    {Operation::kImport, "import"},
}};

constexpr std::array<std::pair<Outcome, std::string_view>, 6> kOutcomes{{
    {Outcome::kDone, "done"},
    {Outcome::kDenied, "denied"},
    {Outcome::kNotFound, "not-found"},
    {Outcome::kFailed, "failed"},
    {Outcome::kBegun, "begun"},
    {Outcome::kNotCommitted, "not-committed"},
}};

template <typename Table, typename Value>
std::string_view NameIn(const Table& table, Value value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return "unknown";
}

template <typename Value, typename Table>
std::optional<Value> ValueIn(const Table& table, std::string_view name) {
  for (const auto& [value, known] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view NameOf(Operation operation) { return NameIn(kOperations, operation); }
std::string_view NameOf(Outcome outcome) { return NameIn(kOutcomes, outcome); }
std::optional<Operation> OperationNamed(std::string_view name) { return ValueIn<Operation>(kOperations, name); }
std::optional<Outcome> OutcomeNamed(std::string_view name) { return ValueIn<Outcome>(kOutcomes, name); }

Outcome OutcomeOf(const Status& status) {
  switch (status.code()) {
    case StatusCode::kOk:
      return Outcome::kDone;
    case StatusCode::kPermissionDenied:
    case StatusCode::kWrongSecret:
      return Outcome::kDenied;
    case StatusCode::kNotFound:
    case StatusCode::kErased:
      return Outcome::kNotFound;
    default:
      return Outcome::kFailed;
  }
}

}  // namespace mseal::audit
