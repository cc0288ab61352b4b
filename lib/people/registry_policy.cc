// Sets a policy by a statement.
#include "people/registry.h"

namespace mseal::people {

Status Registry::SetPolicy(const Identity& who, std::string_view name, std::uint64_t value, const Consent& consent) {
  std::lock_guard lock(change_mutex_);
  Chain next = *chain();
  MS_ASSIGN(const Bytes statement, next.AddPolicy(name, value, who.person.number, who.keys.seed));
  store::Batch batch;
  PutStatement(batch, next, statement);
  if (consent) MS_TRY(consent());
  return CommitChain(std::move(next), batch);
}

}  // namespace mseal::people
