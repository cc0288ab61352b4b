// Asks for the turn of a name, waits, and looks at the secret.
#include "vault/login.h"

#include <thread>

#include "base/clock.h"
#include "keys/person_token.h"
#include "people/policy.h"
#include "vault/entitled.h"
#include "vault/on_record.h"

namespace mseal::vault {
namespace {

using Turn = LoginAttempts::Turn;
using std::chrono::milliseconds;

constexpr milliseconds kGlance{50};

// In short sleeps, since the vault may close meanwhile.
Status Wait(const LetIn& let_in, milliseconds wait) {
  const std::uint64_t until = PassedMs() + static_cast<std::uint64_t>(wait.count());
  for (std::uint64_t now = PassedMs(); now < until; now = PassedMs()) {
    MS_TRY(let_in().status());
    std::this_thread::sleep_for(std::min(kGlance, milliseconds(until - now)));
  }
  return Status::Ok();
}

Result<LoginAttempts::Admission> TakeTurn(const LetIn& let_in, std::string_view person) {
  while (true) {
    {
      MS_ASSIGN(Call call, let_in());
      MS_ASSIGN(const auto admission, call.core().attempts.Begin(call.core(), person));
      if (admission.turn != Turn::kLater) return admission;
    }
    std::this_thread::sleep_for(kGlance);
  }
}

// Outside of the call, since a token takes its time. The PIN is tried in the name's turn, so that it is guessed no
// faster than a password.
Result<people::LoginSecret> Unlocked(const people::LoginSecret& secret) {
  if (secret.token == nullptr) return secret;
  const Status unlocked = secret.token->Unlock();
  if (unlocked.code() == StatusCode::kWrongSecret) return people::LoginSecret::Token(nullptr);
  MS_TRY(unlocked);
  return secret;
}

// A token that was pulled out, say: nobody guessed.
bool TokenFailed(const people::LoginSecret& secret, const Status& failure) {
  return secret.kind == people::CredentialKind::kToken && failure.code() != StatusCode::kWrongSecret &&
         failure.code() != StatusCode::kAuthFailed;
}

// A name that nobody has may be a password in the wrong place: it is not written down.
// `failures`: of this name, this one included; 0: it was locked out already.
Status RecordFailed(Core& core, std::string_view name, const Status& failure, std::uint32_t failures) {
  const bool locked = failures == 0;
  const auto chain = core.registry->chain();
  const people::Person* person = chain->FindPerson(name);
  audit::Access access{.operation = audit::Operation::kLogin, .outcome = audit::OutcomeOf(failure)};
  access.code = failure.code();
  if (person != nullptr) access.person = person->number;
  access.detail = person == nullptr ? "unknown person" : locked ? "locked out" : "wrong secret";
  access.incident = DrawIncident();
  const Desk nobody;
  MS_TRY(core.Record(nobody, access));
  const std::uint64_t of_all = core.attempts.FailuresOfAll(core);  // for a locked name too, which takes as long
  if (core.alarms != nullptr && !locked) {
    const bool last = failures == chain->policy(people::policy::kLoginAttempts);
    MS_TRY(core.alarms->LoginFailed(access.person, failures, of_all, last));
  }
  return failure.WithIncident(access.incident);
}

// No token is asked: whoever guesses learns nothing of its PIN meanwhile, and does not use up its tries.
Result<people::Identity> RefuseLocked(const LetIn& let_in, std::string_view person, const people::LoginSecret& secret) {
  const bool token = secret.kind == people::CredentialKind::kToken;
  MS_ASSIGN(Call call, let_in());
  const Status refused = call.core().registry->Refuse(person, token ? people::LoginSecret::Token(nullptr) : secret);
  return RecordFailed(call.core(), person, refused, 0);
}

}  // namespace

Result<people::Identity> Identify(const LetIn& let_in, std::string_view person, const people::LoginSecret& secret) {
  MS_ASSIGN(const LoginAttempts::Admission admission, TakeTurn(let_in, person));
  if (admission.turn == Turn::kLocked) return RefuseLocked(let_in, person, secret);
  MS_TRY(Wait(let_in, admission.wait));
  const auto unlocked = Unlocked(secret);
  MS_ASSIGN(Call call, let_in());
  Core& core = call.core();
  auto identity = unlocked.ok() ? core.registry->Login(person, *unlocked) : Result<people::Identity>(unlocked.status());
  if (!identity.ok() && TokenFailed(secret, identity.status())) {
    core.attempts.GiveBack(core, admission);
    return identity.status();
  }
  if (!identity.ok()) {
    const std::uint32_t failures = core.attempts.Failed(core, admission);
    return RecordFailed(core, person, identity.status(), failures);
  }
  core.attempts.Succeeded(core, admission);
  return identity;
}

Status Unlock(Core& core, Desk& desk, std::string_view name) {
  if (!desk.session->MayOverVault(people::Operation::kAdminister))
    return Status::PermissionDenied("only the founder may, or a person who administers");
  const people::Person* const person = core.registry->chain()->FindPerson(name);
  if (person == nullptr) return Status::NotFound("no person of that name");
  return core.attempts.Unlock(core, person->number);
}

}  // namespace mseal::vault
