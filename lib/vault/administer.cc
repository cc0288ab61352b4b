// Adds persons and grants, then moves the anchor.
#include "vault/administer.h"

#include "vault/new_secret.h"

namespace mseal::vault {

Status AddPerson(Core& core, Desk& desk, const people::NewPerson& person, const people::LoginSecret& secret) {
  MS_TRY(core.CheckWritable());
  people::NewPerson checked = person;
  checked.only_check = true;
  const people::Identity& who = desk.session->identity();
  MS_TRY(core.registry->AddPerson(who, checked, {}));  // who may not is told nothing of others' passwords
  if (person.only_check) return Status::Ok();
  MS_ASSIGN(const people::NewSecret judged, JudgeSecret(core, desk, {0, person.name}, secret, person.cost));
  MS_TRY(core.registry->AddPerson(who, person, judged));
  return core.anchor->Move();
}

Status Grant(Core& core, Desk& desk, std::string_view person, std::string_view class_name) {
  MS_TRY(core.CheckWritable());
  MS_TRY(core.registry->Grant(desk.session->identity(), person, class_name));
  return core.anchor->Move();
}

}  // namespace mseal::vault
