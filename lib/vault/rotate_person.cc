// Rotates a person's keys, alone on the session if it is their own.
#include "vault/rotate_person.h"

#include "vault/epoch_change.h"
#include "vault/new_secret.h"
#include "vault/rotation.h"

namespace mseal::vault {
namespace {

Result<bool> IsOf(Session& session, std::string_view person) {
  MS_ASSIGN(Call call, session.Enter());
  const people::Person* const named = call.core().registry->chain()->FindPerson(person);  // as they are called now
  return named != nullptr && named->number == call.desk().session->identity().person.number;
}

// Who may not is told nothing of others' passwords.
Result<people::SecretOwner> OwnerOf(const Core& core, const people::Person& asking, std::string_view name) {
  const auto chain = core.registry->chain();
  const people::Person* const person = chain->FindPerson(name);
  if (person == nullptr) return Status::NotFound("no person of that name");
  if (asking.number != people::kFounder && asking.number != person->number)
    return Status::PermissionDenied("only the founder gives others other keys");
  return people::SecretOwner{person->number, person->name};
}

Status Rotate(Call& call, bool own, std::string_view person, const people::LoginSecret& secret,
              const crypto::Argon2Cost& cost) {
  Core& core = call.core();
  if (core.read_only)
    return Status::Unsupported("the vault was opened read-only, because its store is older than its anchor");
  people::Session& asking = *call.desk().session;
  MS_ASSIGN(const people::SecretOwner owner, OwnerOf(core, asking.identity().person, person));
  MS_ASSIGN(const people::NewSecret judged, JudgeSecret(core, call.desk(), owner, secret, cost));
  MS_ASSIGN(people::Identity renewed, core.registry->RotatePerson(asking.identity(), person, judged));
  if (own) asking.TakeNewKeys(std::move(renewed));
  return core.anchor->Move();
}

Status RotateInACall(Session& session, std::string_view person, const people::LoginSecret& secret,
                     const crypto::Argon2Cost& cost) {
  MS_ASSIGN(const bool own, IsOf(session, person));
  // A call beside this one could meet a slot of the new keys with the old ones.
  MS_ASSIGN(Call call, own ? session.EnterAlone() : session.Enter());
  return Rotate(call, own, person, secret, cost);
}

}  // namespace

Status RotatePerson(Session& session, std::string_view person, const people::LoginSecret& secret,
                    const crypto::Argon2Cost& cost) {
  const Status status = RotateInACall(session, person, secret, cost);
  session.vault().EndSessionsWithOldKeys();  // also when only the anchor did not move: the new keys count
  return status;
}

namespace {

Status ClassesOf(Session& session, std::string_view name, std::vector<RotatedClass>& out) {
  MS_ASSIGN(Call call, session.Enter());
  const auto chain = call.core().registry->chain();
  const people::Person* const person = chain->FindPerson(name);
  if (person == nullptr) return Status::NotFound("no person of that name");
  for (const auto& [number, entry] : chain->classes()) {
    if (chain->Assigned(person->number, number)) out.push_back({entry.name});
  }
  return Status::Ok();
}

// A rotation that nobody here can work on is not begun.
Status BeginRotation(Session& session, RotatedClass& rotated) {
  {
    MS_ASSIGN(Call call, session.Enter());
    const auto number = call.core().registry->chain()->FindClass(rotated.name);
    if (!number.has_value() || !call.desk().session->Holds(*number))
      return Status::PermissionDenied("the session does not hold the class");
  }
  return StartClassRotation(session, rotated.name, {}, rotated.job);
}

Status EndOldCopies(Session& session) {
  MS_ASSIGN(Call call, session.Enter());
  std::uint32_t number = 0;
  return StartEpochChange(call.core(), number);
}

}  // namespace

Status RotateCompromisedPerson(Session& session, std::string_view person, const people::LoginSecret& secret,
                               const crypto::Argon2Cost& cost, std::vector<RotatedClass>& out) {
  out.clear();
  std::vector<RotatedClass> classes;
  MS_TRY(ClassesOf(session, person, classes));
  MS_TRY(RotatePerson(session, person, secret, cost));
  bool any = false;
  for (RotatedClass& one : classes) {
    one.begun = BeginRotation(session, one);
    any = any || one.begun.ok();
  }
  out = std::move(classes);
  return any ? Status::Ok() : EndOldCopies(session);
}

}  // namespace mseal::vault
