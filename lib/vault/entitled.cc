// Asks the chain of statements.
#include "vault/entitled.h"

#include <algorithm>

namespace mseal::vault {

Status RequireEntitled(const Core& core, const Desk& desk) {
  const auto chain = core.registry->chain();
  const people::Person& person = desk.session->identity().person;
  const bool founder = person.verify_key == chain->founder_key();
  const auto& classes = chain->classes();
  const bool holds_all = std::all_of(classes.begin(), classes.end(), [&](const auto& entry) {
    return chain->OperationsOn(person.number, entry.first).Has(people::kOfAGrant);
  });
  if (founder || holds_all) return Status::Ok();
  return Status::PermissionDenied("only the founder may, or a person who holds every class");
}

}  // namespace mseal::vault
