// Lets the chain be changed, then the sessions follow.
#include "vault/roles.h"

namespace mseal::vault {
namespace {

Status ChangeInACall(Session& session, const std::function<Status(Core&, Desk&)>& change) {
  MS_ASSIGN(Call call, session.Enter());
  Core& core = call.core();
  MS_TRY(core.CheckWritable());
  MS_TRY(change(core, call.desk()));
  return core.anchor->Move();
}

}  // namespace

// The sessions follow also when only the anchor did not move: the statement counts.
Status ChangePeopleAt(Session& session, const std::function<Status(Core&, Desk&)>& change) {
  const Status status = ChangeInACall(session, change);
  session.vault().DropRevoked(nullptr);
  session.vault().EndSessionsWithOldKeys();
  return status;
}

Status ChangePeople(Session& session, const std::function<Status(people::Registry&, const people::Identity&)>& change) {
  return ChangePeopleAt(session,
                        [&](Core& core, Desk& desk) { return change(*core.registry, desk.session->identity()); });
}

}  // namespace mseal::vault
