// person passwd: another password or key file for oneself, who knows the one until now.
#include <fmt/core.h>

#include "commands.h"
#include "json.h"
#include "key_file.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"

namespace cli {
namespace {

Status Change(medseal::Session& session, const Proof& now, const RotatePersonArguments& arguments,
              const std::string& person) {
  medseal::SecretChange change{
      .password = now.password.view(), .key_file = now.key.view(), .cost = arguments.cost.cost(), .token = now.token};
  if (!arguments.key_file.empty()) {
    CLI_ASSIGN(NewKeyFile file, NewKeyFile::Make(arguments.key_file));
    change.new_key_file = file.content().view();
    CLI_TRY(session.ChangeSecret(change));
    return file.Keep(), Status();
  }
  if (!arguments.token.empty()) {
    CLI_ASSIGN(const Secret pin, ReadSecret(arguments.password, "PIN of the new token"));
    change.new_password = pin.view();
    change.new_token = arguments.token;
    return session.ChangeSecret(change);
  }
  CLI_ASSIGN(const Secret password, ReadNewSecret(arguments.password, "new password of " + person));
  change.new_password = password.view();
  return session.ChangeSecret(change);
}

Outcome ChangeOwn(medseal::Vault& vault, const Common& common, const RotatePersonArguments& arguments) {
  CLI_TRY(Require(common.person, "your name", "--person", "MEDSEAL_PERSON"));
  CLI_ASSIGN(const Proof now, ReadProof(common.person, common.password, {common.person_key, common.person_token}));
  CLI_ASSIGN(medseal::Session session, LogIn(vault, common, now));
  CLI_TRY(Change(session, now, arguments, common.person));
  if (common.json) WriteLine(JsonLine("password_changed").Text("name", common.person).Done());
  Say(fmt::format("{} logs in with the new {} from now on", common.person,
                  !arguments.token.empty() ? "token" : arguments.key_file.empty() ? "password" : "key file"));
  Say("copies of the disk from before still open with the old one until the next epoch change");
  return kDone;
}

}  // namespace

Outcome ChangePassword(const Common& common, const RotatePersonArguments& arguments) {
  if (!arguments.name.empty() && arguments.name != common.person) return RotatePerson(common, arguments);
  return WithVault(common, [&](medseal::Vault& vault) { return ChangeOwn(vault, common, arguments); });
}

}  // namespace cli
