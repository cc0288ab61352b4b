// Looks at the chain of statements and at rows of meta about persons.
#include "vault/examine_people.h"

#include <algorithm>

#include "base/clock.h"
#include "format/login_attempts.h"
#include "people/policy.h"
#include "vault/approvals.h"
#include "vault/break_glass.h"
#include "vault/declared_jobs.h"

namespace mseal::vault {
namespace {

bool SomebodyHas(const people::Chain& chain, const people::Role& role) {
  const auto persons = chain.persons();
  return std::any_of(persons.begin(), persons.end(), [&](const people::Person* person) {
    const auto roles = chain.RolesOf(person->number);
    return std::any_of(roles.begin(), roles.end(), [&](const auto* one) { return one->number == role.number; });
  });
}

// Beside the founder, whom that is said of anyway.
bool ReadsEverything(const people::Chain& chain, const people::Person& person) {
  if (person.number == people::kFounder) return false;
  return std::all_of(chain.classes().begin(), chain.classes().end(), [&](const auto& entry) {
    return chain.OperationsOn(person.number, entry.first).Has(people::Operation::kRead);
  });
}

void ExamineHolders(const people::Chain& chain, bool named, Findings& out) {
  for (const people::Person* person : chain.persons()) {
    if (!ReadsEverything(chain, *person)) continue;
    out.push_back({Severity::kYellow, "reads_everything", (named ? person->name : "somebody") + " reads every class",
                   "medseal person revoke what their work does not need"});
  }
}

}  // namespace

void ExamineRoles(const Core& core, bool named, Findings& out) {
  const auto chain = core.registry->chain();
  for (const auto& [number, role] : chain->roles()) {
    if (!SomebodyHas(*chain, role))
      out.push_back({Severity::kYellow, "role_unused", "nobody has the role " + role.name, {}});
  }
  ExamineHolders(*chain, named, out);
  if (chain->custodians().set == 0)
    out.push_back({Severity::kRed, "custodians_missing",
                   "there are no custodians: lost passwords would be lost records", "medseal recovery setup"});
}

Status ExamineBrokenGlass(const Core& core, Findings& out) {
  std::size_t open = 0, overdue = 0;
  MS_TRY(ForEachBrokenGlass(core, [&](const GlassReview& review) {
    overdue += review.overdue ? 1 : 0;
    open += review.glass.open() && !review.overdue ? 1 : 0;
    return Status::Ok();
  }));
  constexpr const char* kAdvice = "medseal break-glass list, then close each";
  if (open != 0)
    out.push_back({Severity::kYellow, "break_glass_open",
                   std::to_string(open) + " times a glass was broken and waits for its review", kAdvice});
  if (overdue != 0)
    out.push_back({Severity::kRed, "break_glass_overdue",
                   std::to_string(overdue) + " times a glass was broken and nobody reviewed it in time", kAdvice});
  return Status::Ok();
}

Status ExamineDeclaredJobs(const Core& core, Findings& out) {
  return ForEachDeclaredJob(core, [&](const KnownJob& known) {
    const std::string job = "the declared job " + known.job.name;
    constexpr const char* kAdvice = "medseal job show, then revoke or declare it anew";
    if (known.state == DeclaredJobState::kNotSigned)
      out.push_back({Severity::kRed, "job_not_signed",
                     job + " is not signed by two who could declare it: it counts for nothing", kAdvice});
    if (known.state == DeclaredJobState::kExpired)
      out.push_back({Severity::kYellow, "job_expired", job + " is over", kAdvice});
    if (known.state == DeclaredJobState::kInForce && known.job.used_ms == 0)
      out.push_back({Severity::kNote, "job_never_used", "nobody ever ran " + job, kAdvice});
    return Status::Ok();
  });
}

Status ExamineApprovals(const Core& core, Findings& out) {
  const auto chain = core.registry->chain();
  const std::size_t there = HowManyMaySign(*chain);
  const std::uint64_t needed = chain->policy(people::policy::kApprovals);
  if (there < needed)
    out.push_back({Severity::kYellow, "approvals_out_of_reach",
                   std::to_string(there) + " may sign what takes " + std::to_string(needed) + " persons",
                   "give a second person a role that audits: medseal role give"});
  std::size_t open = 0, unsound = 0;
  MS_TRY(ForEachApproval(core, [&](const ApprovalView& view) {
    if (view.approval.state != format::ApprovalState::kOpen || view.expired) return Status::Ok();
    ++open;
    unsound += view.counting.size() < view.approval.signatures.size() ? 1 : 0;
    return Status::Ok();
  }));
  if (unsound != 0)
    out.push_back({Severity::kYellow, "approvals_unsound",
                   std::to_string(unsound) +
                       " approvals bear a signature that counts for nothing: its person has other "
                       "keys or may not sign any more, or the row was changed",
                   "medseal approve list, then withdraw them"});
  if (open != 0)
    out.push_back({Severity::kYellow, "approvals_open",
                   std::to_string(open) + " times several persons were asked to sign, and too few have yet",
                   "medseal approve list, then sign or withdraw each"});
  return Status::Ok();
}

Status ExamineLockOuts(const Core& core, Findings& out) {
  const auto chain = core.registry->chain();
  const std::uint64_t most = chain->policy(people::policy::kLoginAttempts);
  const std::uint64_t lasts = chain->policy(people::policy::kLockoutMinutes) * 60'000;
  std::size_t locked = 0;
  MS_TRY(core.meta->ForEach(keys::MetaKind::kLoginAttempts, [&](ByteView id, const SecretBytes& content) -> Status {
    if (IsOfChanges(id)) return Status::Ok();
    MS_ASSIGN(const format::LoginAttempts attempts, format::ParseLoginAttempts(content.Reveal()));
    locked += attempts.failures >= most && NowMs() < attempts.newest_ms + lasts ? 1 : 0;
    return Status::Ok();
  }));
  if (locked != 0)
    out.push_back({Severity::kYellow, "login_locked_out",
                   std::to_string(locked) + " names are locked out now, after failed logins",
                   "medseal audit show --operation login --outcome denied; medseal person unlock"});
  return Status::Ok();
}

}  // namespace mseal::vault
