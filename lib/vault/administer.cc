// Adds persons and grants, then moves the anchor.
#include "vault/administer.h"

namespace mseal::vault {
namespace {

Status Writable(const Core& core) {
  return core.read_only
             ? Status::Unsupported("the vault was opened read-only, because its store is older than its anchor")
             : Status::Ok();
}

}  // namespace

Status AddPerson(Core& core, Desk& desk, const people::NewPerson& person, ByteView password) {
  MS_TRY(Writable(core));
  MS_TRY(core.registry->AddPerson(desk.session->identity(), person, password));
  return core.anchor->Move();
}

Status Grant(Core& core, Desk& desk, std::string_view person, std::string_view class_name) {
  MS_TRY(Writable(core));
  MS_TRY(core.registry->Grant(desk.session->identity(), person, class_name));
  return core.anchor->Move();
}

}  // namespace mseal::vault
