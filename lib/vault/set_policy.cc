// Sets a policy, then moves the anchor: an older policy put back is an older chain.
#include "vault/set_policy.h"

#include "people/policy.h"
#include "vault/approvals.h"

namespace mseal::vault {

namespace {

namespace policy = people::policy;

// Of hours neither direction is the weaker by itself: the window may span midnight, and equal ends mean any hour.
bool IsOfHours(std::string_view name) { return name == policy::kAlertHoursFrom || name == policy::kAlertHoursTo; }

bool WidensHours(const people::Chain& chain, std::string_view name, std::uint64_t value) {
  const audit::ReadingHours before{static_cast<std::uint8_t>(chain.policy(policy::kAlertHoursFrom)),
                                   static_cast<std::uint8_t>(chain.policy(policy::kAlertHoursTo))};
  audit::ReadingHours after = before;
  (name == policy::kAlertHoursFrom ? after.from : after.to) = static_cast<std::uint8_t>(value);
  return value < 24 && after.IsWiderThan(before);
}

bool IsWeaker(const people::Chain& chain, std::string_view name, std::uint64_t value) {
  return IsOfHours(name) ? WidensHours(chain, name, value) : people::Weakens(name, chain.policy(name), value);
}

}  // namespace

Status SetPolicy(Core& core, Desk& desk, std::string_view name, std::uint64_t value) {
  MS_TRY(core.CheckWritable());
  const bool weaker = IsWeaker(*core.registry->chain(), name, value);
  MS_TRY(core.registry->SetPolicy(desk.session->identity(), name, value, [&] {
    if (!weaker) return Status::Ok();
    return RequireApproval(core, desk, {format::ActionKind::kPolicy, value, std::string(name), {}, {}});
  }));
  if (core.alarms != nullptr) {
    core.alarms->LoadLimits();
    if (weaker && name.starts_with("alert_")) MS_TRY(core.alarms->Raise(desk, audit::Rule::kRuleDisabled));
  }
  return core.anchor->Move();
}

}  // namespace mseal::vault
