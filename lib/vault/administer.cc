// Adds persons and grants, then moves the anchor.
#include "vault/administer.h"

#include <algorithm>

#include "vault/approvals.h"
#include "vault/new_secret.h"
#include "vault/roles.h"

namespace mseal::vault {
namespace {

using format::ActionKind;

bool IsMarked(const people::Chain& chain, std::string_view class_name) {
  const auto number = chain.FindClass(class_name);
  return number.has_value() && chain.classes().at(*number).no_index;
}

constexpr people::Operations kOversight = people::Operation::kAdminister | people::Operation::kAudit;

bool NamesMarked(const people::Chain& chain, const std::vector<std::string>& classes) {
  return std::any_of(classes.begin(), classes.end(), [&](const std::string& one) { return IsMarked(chain, one); });
}

// Whoever has it holds a marked class, or signs for others.
bool IsWeighty(const people::Chain& chain, const people::Role& role) {
  const auto& classes = chain.classes();
  const bool marked = std::any_of(classes.begin(), classes.end(),
                                  [&](const auto& one) { return role.Names(one.first) && one.second.no_index; });
  return (role.operations & kOversight).bits() != 0 || (marked && (role.operations & people::kOfClasses).bits() != 0);
}

bool IsWeighty(const people::Chain& chain, std::string_view role) {
  const people::Role* const known = chain.FindRole(role);
  return known != nullptr && IsWeighty(chain, *known);
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& one : names) text.append(text.empty() ? "" : ",").append(one);
  return text;
}

Status RequireToAdd(Core& core, Desk& desk, const people::NewPerson& person) {
  const auto chain = core.registry->chain();
  const bool weighty = NamesMarked(*chain, person.classes) ||
                       std::any_of(person.roles.begin(), person.roles.end(),
                                   [&](const std::string& role) { return IsWeighty(*chain, role); });
  if (!weighty) return Status::Ok();
  const std::string object = Joined(person.classes) + ";" + Joined(person.roles);
  return RequireApproval(core, desk, {ActionKind::kAddPerson, 0, person.name, object, {}});
}

// Of a role that nobody has yet, only giving it counts.
Status RequireToDefine(Core& core, Desk& desk, std::string_view name, people::Operations operations,
                       const std::vector<std::string>& classes) {
  const auto chain = core.registry->chain();
  const bool marked = NamesMarked(*chain, classes) && (operations & people::kOfClasses).bits() != 0;
  const bool weighty = marked || (operations & kOversight).bits() != 0;
  if (chain->FindRole(name) == nullptr || !weighty) return Status::Ok();
  const format::Action action{ActionKind::kDefineRole, operations.bits(), std::string(name), Joined(classes), {}};
  return RequireApproval(core, desk, action);
}

}  // namespace

Status AddPerson(Core& core, Desk& desk, const people::NewPerson& person, const people::LoginSecret& secret) {
  MS_TRY(core.CheckWritable());
  people::NewPerson checked = person;
  checked.only_check = true;
  const people::Identity& who = desk.session->identity();
  MS_TRY(core.registry->AddPerson(who, checked, {}));  // who may not is told nothing of others' passwords
  if (person.only_check) return Status::Ok();
  MS_ASSIGN(const people::NewSecret judged, JudgeSecret(core, desk, {0, person.name}, secret, person.cost));
  MS_TRY(core.registry->AddPerson(who, person, judged, [&] { return RequireToAdd(core, desk, person); }));
  return core.anchor->Move();
}

Status Grant(Core& core, Desk& desk, std::string_view person, std::string_view class_name) {
  MS_TRY(core.CheckWritable());
  MS_TRY(core.registry->Grant(desk.session->identity(), person, class_name, [&] {
    if (!IsMarked(*core.registry->chain(), class_name)) return Status::Ok();
    return RequireApproval(core, desk, {ActionKind::kGrant, 0, std::string(person), std::string(class_name), {}});
  }));
  return core.anchor->Move();
}

Status GiveRole(Session& session, std::string_view person, std::string_view role) {
  return ChangePeopleAt(session, [&](Core& core, Desk& desk) {
    return core.registry->GiveRole(desk.session->identity(), person, role, [&] {
      if (!IsWeighty(*core.registry->chain(), role)) return Status::Ok();
      return RequireApproval(core, desk, {ActionKind::kGiveRole, 0, std::string(person), std::string(role), {}});
    });
  });
}

Status DefineRole(Session& session, std::string_view name, people::Operations operations,
                  const std::vector<std::string>& classes) {
  return ChangePeopleAt(session, [&](Core& core, Desk& desk) {
    return core.registry->DefineRole(desk.session->identity(), name, operations, classes,
                                     [&] { return RequireToDefine(core, desk, name, operations, classes); });
  });
}

}  // namespace mseal::vault
