// Lets a second person join a session.
#include "vault/two_persons.h"

#include "vault/login.h"

namespace mseal::vault {

Status Join(Session& session, std::string_view person, const people::LoginSecret& secret) {
  MS_TRY(session.Enter().status());
  // By the vault: a turn that was taken is given back, also when the session ends meanwhile.
  MS_ASSIGN(people::Identity second, Identify([&] { return session.vault().Enter(); }, person, secret));
  MS_ASSIGN(Call call, session.Enter());
  Desk& desk = call.desk();
  const people::Person& first = desk.session->identity().person;
  if (second.person.number == first.number)
    return Status::InvalidArgument("the second person must be another than the session's own");
  if (first.kind != people::PersonKind::kHuman || second.person.kind != people::PersonKind::kHuman)
    return Status::PermissionDenied("two persons are two humans: a service cannot be one of them");
  people::PersonNumber nobody = 0;
  if (!desk.second_person.compare_exchange_strong(nobody, second.person.number))
    return Status::AlreadyExists("a second person has joined this session already");
  // Disabled since the login: who ended the sessions of theirs did not see this one yet.
  const bool theirs = call.core().registry->HasNewestKeys(second.person);
  if (theirs) return desk.second = std::make_shared<const people::Identity>(std::move(second)), Status::Ok();
  desk.second_person = 0;
  return Status::WrongSecret("unknown person or wrong password");
}

void Leave(Desk& desk) {
  desk.second_person = 0;
  desk.second = std::shared_ptr<const people::Identity>();
}

}  // namespace mseal::vault
