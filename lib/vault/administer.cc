// Adds persons and grants, then moves the anchor.
#include "vault/administer.h"

namespace mseal::vault {

Status AddPerson(Core& core, Desk& desk, const people::NewPerson& person, const people::LoginSecret& secret) {
  MS_TRY(core.CheckWritable());
  MS_TRY(core.registry->AddPerson(desk.session->identity(), person, secret));
  return core.anchor->Move();
}

Status Grant(Core& core, Desk& desk, std::string_view person, std::string_view class_name) {
  MS_TRY(core.CheckWritable());
  MS_TRY(core.registry->Grant(desk.session->identity(), person, class_name));
  return core.anchor->Move();
}

}  // namespace mseal::vault
