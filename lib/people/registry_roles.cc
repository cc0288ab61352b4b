// What is said of roles and of persons' states, with the slots that follow from it.
#include "people/registry.h"

namespace mseal::people {
namespace {

Result<PersonNumber> PersonOf(const Chain& chain, std::string_view name) {
  const Person* person = chain.FindPerson(name);
  if (person == nullptr) return Status::NotFound("no person of that name");
  return person->number;
}

Result<ClassNumber> ClassOf(const Chain& chain, std::string_view name) {
  const auto number = chain.FindClass(name);
  if (!number.has_value()) return Status::NotFound("no class of that name");
  return *number;
}

Result<RoleNumber> RoleOf(const Chain& chain, std::string_view name) {
  const Role* role = chain.FindRole(name);
  if (role == nullptr) return Status::NotFound("no role of that name");
  return role->number;
}

}  // namespace

// Every change of who holds what comes through here, whichever statement made it. A holder by the chain alone, whose
// own slot is missing, can give nothing on.
Status Registry::FollowSlots(const Chain& before, const Chain& after, const Identity& who, store::Batch& batch) const {
  for (const Person* person : after.persons()) {
    for (const auto& [number, entry] : after.classes()) {
      const bool held = before.Granted(person->number, number);
      const bool holds = after.Granted(person->number, number);
      if (held && !holds) DropSlots(after, person->number, number, batch);
      if (held || !holds) continue;
      MS_TRY(FetchClassKey(who, number, after.NewestVersion(number)).status());
      MS_TRY(PutSlots(after, who, *person, number, batch));
    }
  }
  return Status::Ok();
}

Status Registry::Say(const Identity& who, const std::function<Result<Bytes>(Chain&)>& say, const Consent& consent) {
  const std::lock_guard lock(change_mutex_);
  const auto before = chain();
  Chain next = *before;
  store::Batch batch;
  MS_ASSIGN(const Bytes statement, say(next));
  PutStatement(batch, next, statement);
  MS_TRY(FollowSlots(*before, next, who, batch));
  if (consent) MS_TRY(consent());
  return CommitChain(std::move(next), batch);
}

Status Registry::GiveRolesInto(Chain& chain, const Identity& who, PersonNumber person,
                               const std::vector<std::string>& roles, store::Batch& batch) const {
  const Chain before = chain;
  for (const std::string& name : roles) {
    MS_ASSIGN(const RoleNumber role, RoleOf(chain, name));
    MS_ASSIGN(const Bytes given, chain.GiveRole(person, role, who.person.number, who.keys.seed));
    PutStatement(batch, chain, given);
  }
  return FollowSlots(before, chain, who, batch);
}

Status Registry::Revoke(const Identity& who, std::string_view person, std::string_view class_name) {
  return Say(who, [&](Chain& next) -> Result<Bytes> {
    MS_ASSIGN(const PersonNumber number, PersonOf(next, person));
    MS_ASSIGN(const ClassNumber taken, ClassOf(next, class_name));
    return next.AddRevoke(number, taken, who.person.number, who.keys.seed);
  });
}

Status Registry::DefineRole(const Identity& who, std::string_view name, Operations operations,
                            const std::vector<std::string>& classes, const Consent& consent) {
  const auto say = [&](Chain& next) -> Result<Bytes> {
    const Role* known = next.FindRole(name);
    Role role{known == nullptr ? next.NextRoleNumber() : known->number, std::string(name), operations, 0};
    for (const std::string& class_name : classes) {
      MS_ASSIGN(const ClassNumber number, ClassOf(next, class_name));
      role.classes = static_cast<std::uint16_t>(role.classes | 1 << number);
    }
    return next.DefineRole(role, who.person.number, who.keys.seed);
  };
  return Say(who, say, consent);
}

Status Registry::GiveRole(const Identity& who, std::string_view person, std::string_view role, const Consent& consent) {
  const auto say = [&](Chain& next) -> Result<Bytes> {
    MS_ASSIGN(const PersonNumber number, PersonOf(next, person));
    MS_ASSIGN(const RoleNumber given, RoleOf(next, role));
    return next.GiveRole(number, given, who.person.number, who.keys.seed);
  };
  return Say(who, say, consent);
}

Status Registry::TakeRole(const Identity& who, std::string_view person, std::string_view role) {
  return Say(who, [&](Chain& next) -> Result<Bytes> {
    MS_ASSIGN(const PersonNumber number, PersonOf(next, person));
    MS_ASSIGN(const RoleNumber taken, RoleOf(next, role));
    return next.TakeRole(number, taken, who.person.number, who.keys.seed);
  });
}

Status Registry::Enable(const Identity& who, std::string_view person) {
  return Say(who, [&](Chain& next) -> Result<Bytes> {
    MS_ASSIGN(const PersonNumber number, PersonOf(next, person));
    return next.Enable(number, who.person.number, who.keys.seed);
  });
}

Status Registry::Disable(const Identity& who, std::string_view person) {
  return Say(who, [&](Chain& next) -> Result<Bytes> {
    MS_ASSIGN(const PersonNumber number, PersonOf(next, person));
    return next.Disable(number, who.person.number, who.keys.seed);
  });
}

Status Registry::Rename(const Identity& who, std::string_view person, std::string_view name) {
  return Say(who, [&](Chain& next) -> Result<Bytes> {
    MS_ASSIGN(const PersonNumber number, PersonOf(next, person));
    return next.Rename(number, name, who.person.number, who.keys.seed);
  });
}

}  // namespace mseal::people
