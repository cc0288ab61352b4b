// Names of operations.
#include "people/roles.h"

#include <array>
#include <string_view>
#include <utility>

namespace mseal::people {

std::string NamesOf(Operations operations) {
  constexpr std::array<std::pair<Operation, std::string_view>, 9> kNames{{
      {Operation::kRead, "read"},
      {Operation::kReadMasked, "read_masked"},
      {Operation::kWrite, "write"},
      {Operation::kSearch, "search"},
      {Operation::kExport, "export"},
      {Operation::kAdminister, "administer"},
      {Operation::kErase, "erase"},
      {Operation::kAudit, "audit"},
      {Operation::kBreakGlass, "break_glass"},
  }};
  std::string names;
  for (const auto& [one, name] : kNames) {
    if (operations.Has(one)) names.append(names.empty() ? "" : ", ").append(name);
  }
  return names.empty() ? "nothing" : names;
}

}  // namespace mseal::people
