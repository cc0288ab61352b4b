// Asks the log.
#include "vault/examine_log.h"

#include "base/clock.h"
#include "people/policy.h"
#include "vault/log_queries.h"

namespace mseal::vault {
namespace {

constexpr std::uint64_t kDay = 24 * 3'600'000ull;

std::uint64_t Ago(std::uint64_t days) {
  const std::uint64_t now = NowMs();
  return now > days * kDay ? now - days * kDay : 0;
}

Result<bool> LoggedIn(Core& core, Desk& desk, const people::Person& person, std::uint64_t since_ms) {
  LogQuery query;
  query.person = person.name;
  query.since_ms = since_ms;
  query.operation = audit::Operation::kLogin;
  query.outcome = audit::Outcome::kDone;
  const Status asked =
      QueryLog(core, desk, query, [](const audit::OpenedEntry&) { return Status::Cancelled("one is enough"); });
  if (asked.code() == StatusCode::kCancelled) return true;
  MS_TRY(asked);
  return false;
}

Status ExamineAccount(Core& core, Desk& desk, const people::Person& person, Findings& out) {
  const std::uint64_t days = core.registry->chain()->policy(people::policy::kUnusedAccountDays);
  MS_ASSIGN(const bool lately, LoggedIn(core, desk, person, Ago(days)));
  if (lately) return Status::Ok();
  MS_ASSIGN(const bool ever, LoggedIn(core, desk, person, 0));
  if (ever)
    out.push_back({Severity::kYellow, "account_unused",
                   person.name + " has not logged in for " + std::to_string(days) + " days",
                   "medseal person disable who does not work here any more"});
  else
    out.push_back({Severity::kYellow, "account_never_used", person.name + " has never logged in",
                   "medseal person disable what was not needed"});
  return Status::Ok();
}

// Of yesterday and today: what the host says of its own users is not proven.
Status ExamineAsserted(Core& core, Desk& desk, Findings& out) {
  std::uint64_t reads = 0, asserted = 0;
  LogQuery query;
  query.since_ms = Ago(1);
  query.operation = audit::Operation::kRead;
  for (const people::Person* person : core.registry->chain()->persons()) {
    query.person = person->name;
    MS_TRY(QueryLog(core, desk, query, [&](const audit::OpenedEntry& entry) {
      ++reads;
      asserted += entry.on_behalf_of.empty() ? 0 : 1;
      return Status::Ok();
    }));
  }
  if (asserted != 0)
    out.push_back({Severity::kNote, "asserted_reads",
                   std::to_string(asserted) + " of " + std::to_string(reads) +
                       " reads of the last day were on behalf of somebody whom the host named and nobody has proven",
                   "a session for each person proves who read"});
  return Status::Ok();
}

}  // namespace

Status ExamineLog(Core& core, Desk& desk, Findings& out) {
  const auto chain = core.registry->chain();
  const auto audit = chain->FindClass(schema::kAudit);
  if (core.access_log == nullptr || !audit.has_value() || !desk.session->May(*audit, people::Operation::kRead)) {
    out.push_back(
        {Severity::kNote, "log_not_asked", "how accounts are used was not looked at", "ask as somebody who may audit"});
    return Status::Ok();
  }
  for (const people::Person* person : chain->persons()) {
    if (!chain->IsDisabled(person->number)) MS_TRY(ExamineAccount(core, desk, *person, out));
  }
  return ExamineAsserted(core, desk, out);
}

}  // namespace mseal::vault
