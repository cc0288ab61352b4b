// Judges new secrets and counts who asks.
#include "vault/new_secret.h"

#include "keys/person_token.h"
#include "people/policy.h"
#include "vault/login.h"
#include "vault/rotate_person.h"

namespace mseal::vault {
namespace {

const people::Person& Asking(const Desk& desk) { return desk.session->identity().person; }

// As one who guessed: what they tried opens another account.
Status CountAsFailedLogin(Core& core, const Desk& desk, const Status& refused) {
  const people::Person person = Asking(desk);
  MS_TRY(core.Record(desk, {.operation = audit::Operation::kLogin,
                            .outcome = audit::Outcome::kDenied,
                            .code = refused.code(),
                            .detail = "password of another person"}));
  const auto chain = core.registry->chain();
  MS_ASSIGN(const LoginAttempts::Admission admission, core.attempts.Begin(core, person.name));
  if (admission.turn != LoginAttempts::Turn::kGo) return Status::Ok();
  const std::uint32_t failures = core.attempts.Failed(core, admission);
  if (core.alarms == nullptr) return Status::Ok();
  const bool last = failures == chain->policy(people::policy::kLoginAttempts);
  return core.alarms->LoginFailed(person.number, failures, core.attempts.FailuresOfAll(core), last);
}

// What is on the token until now opens nothing here any more.
Status LeaveToken(Session& session, const people::LoginSecret& now, const people::LoginSecret& secret) {
  const bool stays = secret.token != nullptr && now.token != nullptr && secret.token->identity() == now.token->identity();
  if (now.token == nullptr || stays) return Status::Ok();
  MS_ASSIGN(Call call, session.Enter());
  now.token->DestroyKeys(call.core().identity.store).Ignore("a key that is left opens copies from before, no more");
  return Status::Ok();
}

}  // namespace

Result<people::NewSecret> JudgeSecret(Core& core, const Desk& desk, const people::SecretOwner& owner,
                                      const people::LoginSecret& secret, const crypto::Argon2Cost& cost) {
  const people::Identity& who = desk.session->identity();
  MS_ASSIGN(const bool may, core.attempts.MayChange(core, who.person.number));
  if (!may) return Status::PermissionDenied("too many secrets were tried of late: wait as policy lockout_minutes says");
  if (secret.token != nullptr) {
    const Status unlocked = secret.token->Unlock();
    if (unlocked.code() == StatusCode::kWrongSecret) core.attempts.CountChange(core, who.person.number);
    MS_TRY(unlocked);
  }
  auto judged = core.registry->Judge(who, owner, secret, cost);
  const bool others = judged.code() == StatusCode::kAlreadyExists && secret.kind == people::CredentialKind::kPassword;
  if (others || (judged.ok() && owner.number == who.person.number)) core.attempts.CountChange(core, who.person.number);
  if (others) MS_TRY(CountAsFailedLogin(core, desk, judged.status()));
  return judged;
}

Status ChangeOwnSecret(Session& session, const people::LoginSecret& now, const people::LoginSecret& secret,
                       const crypto::Argon2Cost& cost) {
  std::string name;
  {
    MS_ASSIGN(Call call, session.Enter());
    const people::PersonNumber number = Asking(call.desk()).number;
    name = call.core().registry->chain()->FindPerson(number)->name;  // as they are called now
  }
  MS_TRY(Identify([&] { return session.vault().Enter(); }, name, now).status());
  MS_TRY(RotatePerson(session, name, secret, cost));
  return LeaveToken(session, now, secret);
}

}  // namespace mseal::vault
