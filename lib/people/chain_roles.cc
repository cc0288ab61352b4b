// What the chain says of roles and of persons' states, its rules for both, and what an administrator may say.
#include <algorithm>

#include "people/chain.h"

namespace mseal::people {
namespace {

constexpr Operations kOfAnAuditor = Operation::kRead | Operation::kSearch;

// Whoever may read at any time may let others read in need, or masked.
bool Covers(Operations own, Operations given) {
  return own.Has(own.Has(Operation::kRead) ? given.Without(Operation::kBreakGlass | Operation::kReadMasked) : given);
}

Role RoleOf(const format::RoleBody& body) {
  return {body.number, std::string(body.name), Operations::FromBits(body.operations), body.classes};
}

}  // namespace

// ---- what it says

const Role* Chain::FindRole(RoleNumber number) const {
  const auto found = roles_.find(number);
  return found == roles_.end() ? nullptr : &found->second;
}

const Role* Chain::FindRole(std::string_view name) const {
  const auto found =
      std::find_if(roles_.begin(), roles_.end(), [&](const auto& one) { return one.second.name == name; });
  return found == roles_.end() ? nullptr : &found->second;
}

std::vector<const Role*> Chain::RolesOf(PersonNumber person) const {
  std::vector<const Role*> all;
  for (auto given = roles_given_.lower_bound({person, 0}); given != roles_given_.end() && given->first == person;
       ++given)
    all.push_back(FindRole(given->second));
  return all;
}

Operations Chain::OfRoleOn(const Role& role, ClassNumber number) const {
  const bool audits = role.operations.Has(Operation::kAudit) && FindClass(kAuditClass) == number;
  return (role.Names(number) ? role.operations & kOfClasses : Operations()) | (audits ? kOfAnAuditor : Operations());
}

bool Chain::Assigned(PersonNumber person, ClassNumber number) const {
  if (DirectlyGranted(person, number)) return true;
  const auto roles = RolesOf(person);
  return std::any_of(roles.begin(), roles.end(),
                     [&](const Role* role) { return role->Names(number) || OfRoleOn(*role, number) != Operations(); });
}

Operations Chain::AssignedOn(PersonNumber person, ClassNumber number) const {
  Operations all = DirectlyGranted(person, number) ? kOfAGrant : Operations();
  if (person == kFounder) all = kOnClasses;
  for (const Role* role : RolesOf(person)) all = all | OfRoleOn(*role, number);
  return all;
}

Operations Chain::AssignedOverVault(PersonNumber person) const {
  Operations all = person == kFounder ? kOverVault : Operations();
  for (const Role* role : RolesOf(person)) all = all | (role->operations & kOverVault);
  return all;
}

Operations Chain::OperationsOn(PersonNumber person, ClassNumber number) const {
  return Granted(person, number) ? AssignedOn(person, number) : Operations();
}

Operations Chain::OperationsOverVault(PersonNumber person) const {
  return IsDisabled(person) ? Operations() : AssignedOverVault(person);
}

// ---- who may say it

// Nobody gives what they do not have.
bool Chain::MayAllOf(PersonNumber signer, const Role& role) const {
  if (!OperationsOverVault(signer).Has(role.operations & kOverVault)) return false;
  for (ClassNumber number = 0; number <= format::kHighestClass; ++number) {
    if (!role.Names(number)) continue;
    if (!Granted(signer, number) || !Covers(OperationsOn(signer, number), role.operations & kOfClasses)) return false;
  }
  return true;
}

bool Chain::MayAllOf(PersonNumber signer, PersonNumber other) const {
  if (!OperationsOverVault(signer).Has(AssignedOverVault(other))) return false;
  return std::all_of(classes_.begin(), classes_.end(), [&](const auto& entry) {
    const ClassNumber number = entry.first;
    if (!Assigned(other, number)) return true;
    return Granted(signer, number) && Covers(OperationsOn(signer, number), AssignedOn(other, number));
  });
}

bool Chain::AdministratorMaySay(const format::StatementBody& body, PersonNumber signer) const {
  if (!OperationsOverVault(signer).Has(Operation::kAdminister)) return false;
  if (std::holds_alternative<format::PersonBody>(body) || std::holds_alternative<format::RevokeBody>(body)) return true;
  if (const auto* defined = std::get_if<format::RoleBody>(&body)) return MayAllOf(signer, RoleOf(*defined));
  if (const auto* given = std::get_if<format::RoleGivenBody>(&body)) {
    const Role* role = FindRole(given->role);
    return !given->given || role == nullptr || MayAllOf(signer, *role);
  }
  const auto* state = std::get_if<format::PersonStateBody>(&body);
  if (state == nullptr || state->person == kFounder) return false;
  return state->state != format::PersonStateKind::kEnabled || MayAllOf(signer, state->person);
}

// ---- what may be said next

Status Chain::Check(const format::RoleBody& body) const {
  MS_TRY(CheckName(body.name));
  for (ClassNumber number = 0; number <= format::kHighestClass; ++number) {
    if ((body.classes >> number & 1) != 0 && !classes_.contains(number)) return Status::NotFound("no such class");
  }
  const Role* known = FindRole(body.number);
  const Role* of_that_name = FindRole(body.name);
  if (known != nullptr && *known == RoleOf(body)) return Status::AlreadyExists("the role is defined so already");
  if (known != of_that_name) return Status::AlreadyExists("the name or number of a role is taken");
  if (known == nullptr && body.number != roles_.size() + 1) return Status::InvalidArgument("not the next number");
  return Status::Ok();
}

Status Chain::Check(const format::RoleGivenBody& body) const {
  if (FindPerson(body.person) == nullptr) return Status::NotFound("no such person");
  if (FindRole(body.role) == nullptr) return Status::NotFound("no such role");
  const bool has = roles_given_.contains({body.person, body.role});
  if (body.given && has) return Status::AlreadyExists("the person has the role");
  if (!body.given && !has) return Status::NotFound("the person does not have the role");
  return Status::Ok();
}

// A name stays with whoever once had it: what was written down under it means one person.
Status Chain::Check(const format::PersonStateBody& body) const {
  const Person* person = FindPerson(body.person);
  if (person == nullptr) return Status::NotFound("no such person");
  if (body.state == format::PersonStateKind::kRenamed) {
    MS_TRY(CheckName(body.name));
    const auto taken = numbers_by_name_.find(body.name);
    const bool others = taken != numbers_by_name_.end() && taken->second != body.person;
    if (others || person->name == body.name) return Status::AlreadyExists("the name is, or once was, taken");
    return Status::Ok();
  }
  const bool disable = body.state == format::PersonStateKind::kDisabled;
  if (disable && body.person == kFounder)
    return Status::InvalidArgument("the founder keeps every class and stays; another password is what helps");
  if (disable == IsDisabled(body.person)) return Status::AlreadyExists("the person is in that state already");
  return Status::Ok();
}

// ---- what is known once it was said

void Chain::Know(const format::RoleBody& body) { roles_[body.number] = RoleOf(body); }

void Chain::Know(const format::RoleGivenBody& body) {
  if (body.given) {
    roles_given_.emplace(body.person, body.role);
  } else {
    roles_given_.erase({body.person, body.role});
  }
}

void Chain::Know(const format::PersonStateBody& body) {
  switch (body.state) {
    case format::PersonStateKind::kEnabled:
      disabled_.erase(body.person);
      return;
    case format::PersonStateKind::kDisabled:
      disabled_.insert(body.person);
      return;
    case format::PersonStateKind::kRenamed:
      persons_[body.person].name = body.name;
      numbers_by_name_.emplace(body.name, body.person);
      return;
  }
}

// ---- saying it

Result<Bytes> Chain::DefineRole(const Role& role, PersonNumber signer, const crypto::SigningSeed& seed) {
  return Append(format::RoleBody{role.number, role.operations.bits(), role.classes, role.name}, signer, seed);
}

Result<Bytes> Chain::GiveRole(PersonNumber person, RoleNumber role, PersonNumber signer,
                              const crypto::SigningSeed& seed) {
  return Append(format::RoleGivenBody{person, role, true}, signer, seed);
}

Result<Bytes> Chain::TakeRole(PersonNumber person, RoleNumber role, PersonNumber signer,
                              const crypto::SigningSeed& seed) {
  return Append(format::RoleGivenBody{person, role, false}, signer, seed);
}

Result<Bytes> Chain::Enable(PersonNumber person, PersonNumber signer, const crypto::SigningSeed& seed) {
  return Append(format::PersonStateBody{person, format::PersonStateKind::kEnabled, {}}, signer, seed);
}

Result<Bytes> Chain::Disable(PersonNumber person, PersonNumber signer, const crypto::SigningSeed& seed) {
  return Append(format::PersonStateBody{person, format::PersonStateKind::kDisabled, {}}, signer, seed);
}

Result<Bytes> Chain::Rename(PersonNumber person, std::string_view name, PersonNumber signer,
                            const crypto::SigningSeed& seed) {
  return Append(format::PersonStateBody{person, format::PersonStateKind::kRenamed, name}, signer, seed);
}

}  // namespace mseal::people
