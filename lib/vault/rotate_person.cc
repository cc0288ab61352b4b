// Rotates a person's keys, alone on the session if it is their own.
#include "vault/rotate_person.h"

namespace mseal::vault {
namespace {

Result<bool> IsOf(Session& session, std::string_view person) {
  MS_ASSIGN(Call call, session.Enter());
  return call.desk().session->identity().person.name == person;
}

Status Rotate(Call& call, bool own, std::string_view person, ByteView password, const crypto::Argon2Cost& cost) {
  Core& core = call.core();
  if (core.read_only)
    return Status::Unsupported("the vault was opened read-only, because its store is older than its anchor");
  people::Session& asking = *call.desk().session;
  MS_ASSIGN(people::Identity renewed, core.registry->RotatePerson(asking.identity(), person, password, cost));
  if (own) asking.TakeNewKeys(std::move(renewed));
  return core.anchor->Move();
}

Status RotateInACall(Session& session, std::string_view person, ByteView password, const crypto::Argon2Cost& cost) {
  MS_ASSIGN(const bool own, IsOf(session, person));
  // A call beside this one could meet a slot of the new keys with the old ones.
  MS_ASSIGN(Call call, own ? session.EnterAlone() : session.Enter());
  return Rotate(call, own, person, password, cost);
}

}  // namespace

Status RotatePerson(Session& session, std::string_view person, ByteView password, const crypto::Argon2Cost& cost) {
  const Status status = RotateInACall(session, person, password, cost);
  session.vault().EndSessionsWithOldKeys();  // also when only the anchor did not move: the new keys count
  return status;
}

}  // namespace mseal::vault
