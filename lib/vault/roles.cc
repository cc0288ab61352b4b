// Lets the chain be changed, then the sessions follow.
#include "vault/roles.h"

namespace mseal::vault {
namespace {

Status ChangeInACall(Session& session,
                     const std::function<Status(people::Registry&, const people::Identity&)>& change) {
  MS_ASSIGN(Call call, session.Enter());
  Core& core = call.core();
  MS_TRY(core.CheckWritable());
  MS_TRY(change(*core.registry, call.desk().session->identity()));
  return core.anchor->Move();
}

}  // namespace

// The sessions follow also when only the anchor did not move: the statement counts.
Status ChangePeople(Session& session, const std::function<Status(people::Registry&, const people::Identity&)>& change) {
  const Status status = ChangeInACall(session, change);
  session.vault().DropRevoked(nullptr);
  session.vault().EndSessionsWithOldKeys();
  return status;
}

}  // namespace mseal::vault
