// Lets each examination look, one after the other.
#include "vault/doctor.h"

#include "vault/examine_host.h"
#include "vault/examine_keys.h"
#include "vault/examine_log.h"
#include "vault/examine_people.h"
#include "vault/examine_store.h"

namespace mseal::vault {
namespace {

// What cannot be looked at is no better than what looks bad.
void Look(Findings& findings, std::string_view what, const Status& status) {
  if (status.ok()) return;
  findings.push_back({Severity::kRed, "not_examined", std::string(what) + " cannot be examined: " + status.message(),
                      "medseal verify says more"});
}

Status ExamineWithLog(Session& session, Findings& out) {
  MS_ASSIGN(Call call, session.Enter());
  return ExamineLog(call.core(), call.desk(), out);
}

}  // namespace

Result<Findings> Examine(Vault& vault, Session* session, const SecretFiles& files) {
  Findings findings;
  {
    MS_ASSIGN(Call call, vault.Enter());
    Core& core = call.core();
    ExamineHost(findings);
    ExamineFiles(vault.options(), files, findings);
    ExamineFreshness(vault.freshness(), findings);
    ExamineFoundLog(core, findings);
    Look(findings, "the provider", ExamineProviders(core, findings));
    Look(findings, "the ages of keys", ExamineKeyAges(core, findings));
    Look(findings, "the backups", ExamineBackups(core, findings));
    Look(findings, "the jobs", ExamineJobs(core, findings));
    ExamineSchema(core, findings);
    ExamineRoles(core, session != nullptr, findings);
    Look(findings, "what was read in need", ExamineBrokenGlass(core, findings));
    Look(findings, "the declared jobs", ExamineDeclaredJobs(core, findings));
    Look(findings, "what takes several persons", ExamineApprovals(core, findings));
    Look(findings, "failed logins", ExamineLockOuts(core, findings));
  }
  if (session != nullptr) Look(findings, "the log of accesses", ExamineWithLog(*session, findings));
  return findings;
}

}  // namespace mseal::vault
