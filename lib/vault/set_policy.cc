// Sets a policy, then moves the anchor: an older policy put back is an older chain.
#include "vault/set_policy.h"

#include "people/policy.h"
#include "vault/two_persons.h"

namespace mseal::vault {

Status SetPolicy(Core& core, Desk& desk, std::string_view name, std::uint64_t value) {
  MS_TRY(core.CheckWritable());
  if (people::Weakens(name, core.registry->chain()->policy(name), value) && !AreTwo(desk))
    return Status::PermissionDenied("this makes the policy weaker: it takes a second person at the session");
  MS_TRY(core.registry->SetPolicy(desk.session->identity(), name, value));
  return core.anchor->Move();
}

}  // namespace mseal::vault
