// Adds persons and grants, then moves the anchor.
#include "vault/administer.h"

#include <algorithm>

#include "vault/approvals.h"
#include "vault/roles.h"

namespace mseal::vault {
namespace {

using format::ActionKind;

bool IsMarked(const people::Chain& chain, std::string_view class_name) {
  const auto number = chain.FindClass(class_name);
  return number.has_value() && chain.classes().at(*number).no_index;
}

bool HasMarked(const people::Chain& chain, const people::Role& role) {
  const auto& classes = chain.classes();
  return (role.operations & people::kOfClasses).bits() != 0 &&
         std::any_of(classes.begin(), classes.end(),
                     [&](const auto& one) { return role.Names(one.first) && one.second.no_index; });
}

Status RequireForClass(Core& core, Desk& desk, std::string_view person, std::string_view class_name) {
  if (!IsMarked(*core.registry->chain(), class_name)) return Status::Ok();
  return RequireApproval(core, desk, {ActionKind::kGrant, 0, std::string(person), std::string(class_name), {}});
}

Status RequireForRole(Core& core, Desk& desk, std::string_view person, std::string_view name) {
  const auto chain = core.registry->chain();
  const people::Role* const role = chain->FindRole(name);
  if (role == nullptr || !HasMarked(*chain, *role)) return Status::Ok();
  return RequireApproval(core, desk, {ActionKind::kGiveRole, 0, std::string(person), std::string(name), {}});
}

// Of one that nobody has yet, only giving it counts.
Status RequireForDefinition(Core& core, Desk& desk, std::string_view name, people::Operations operations,
                            const std::vector<std::string>& classes) {
  const auto chain = core.registry->chain();
  if (chain->FindRole(name) == nullptr || (operations & people::kOfClasses).bits() == 0) return Status::Ok();
  std::string listed;
  bool marked = false;
  for (const std::string& one : classes) {
    listed.append(listed.empty() ? "" : ",").append(one);
    marked |= IsMarked(*chain, one);
  }
  if (!marked) return Status::Ok();
  return RequireApproval(core, desk, {ActionKind::kDefineRole, operations.bits(), std::string(name), listed, {}});
}

}  // namespace

Status AddPerson(Core& core, Desk& desk, const people::NewPerson& person, const people::LoginSecret& secret) {
  MS_TRY(core.CheckWritable());
  if (!person.only_check && core.registry->chain()->FindPerson(person.name) == nullptr) {
    for (const std::string& one : person.classes) MS_TRY(RequireForClass(core, desk, person.name, one));
    for (const std::string& one : person.roles) MS_TRY(RequireForRole(core, desk, person.name, one));
  }
  MS_TRY(core.registry->AddPerson(desk.session->identity(), person, secret));
  return core.anchor->Move();
}

Status Grant(Core& core, Desk& desk, std::string_view person, std::string_view class_name) {
  MS_TRY(core.CheckWritable());
  if (core.registry->chain()->FindPerson(person) != nullptr) MS_TRY(RequireForClass(core, desk, person, class_name));
  MS_TRY(core.registry->Grant(desk.session->identity(), person, class_name));
  return core.anchor->Move();
}

Status GiveRole(Session& session, std::string_view person, std::string_view role) {
  {
    MS_ASSIGN(Call call, session.Enter());
    MS_TRY(call.core().CheckWritable());
    if (call.core().registry->chain()->FindPerson(person) != nullptr)
      MS_TRY(RequireForRole(call.core(), call.desk(), person, role));
  }
  return ChangePeople(session, [&](people::Registry& registry, const people::Identity& who) {
    return registry.GiveRole(who, person, role);
  });
}

Status DefineRole(Session& session, std::string_view name, people::Operations operations,
                  const std::vector<std::string>& classes) {
  {
    MS_ASSIGN(Call call, session.Enter());
    MS_TRY(call.core().CheckWritable());
    MS_TRY(RequireForDefinition(call.core(), call.desk(), name, operations, classes));
  }
  return ChangePeople(session, [&](people::Registry& registry, const people::Identity& who) {
    return registry.DefineRole(who, name, operations, classes);
  });
}

}  // namespace mseal::vault
