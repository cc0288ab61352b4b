// Plans, signs, records and removes.
#include "vault/drop_log.h"

#include "audit/note.h"
#include "base/clock.h"
#include "vault/access_log.h"
#include "vault/two_persons.h"

namespace mseal::vault {

Result<audit::DropPlan> DropLog(Core& core, Desk& desk, std::uint64_t before_ms, bool run) {
  if (core.access_log == nullptr) return Status::Unsupported("the vault keeps no log");
  if (before_ms > NowMs()) return Status::InvalidArgument("entries can be dropped from before a time that is over");
  const AccessLog& log = *core.access_log;
  const std::string& folder = core.access_log->log().options().folder;
  MS_ASSIGN(const audit::DropPlan plan, audit::PlanDrop(folder, core.identity.store, before_ms));
  if (!run || plan.segments == 0) return plan;
  MS_TRY(core.CheckWritable());
  if (!desk.session->MayOverVault(people::Operation::kErase))
    return Status::PermissionDenied("only the founder drops entries, and whoever has a role that erases");
  if (!AreTwo(desk))
    return Status::PermissionDenied("dropping entries of the log takes a second person at the session");
  const audit::LogStub stub{
      .dropped = plan.dropped, .first_segment = plan.first_segment, .first_entry = plan.first_entry, .at_ms = NowMs()};
  MS_TRY(audit::PutLogStub(folder, audit::SignNote(WriteLogStub(log.origin(), stub), log.origin(), log.keys().signer)));
  MS_TRY(audit::RemoveBefore(folder, plan.first_segment));
  return plan;
}

}  // namespace mseal::vault
