// reseal class, reseal --suite: begin the job and work on it.
#include <fmt/core.h>

#include "job_commands.h"
#include "talk.h"

namespace cli {
namespace {

Outcome WorkOnReseal(medseal::Vault& vault, const medseal::Session& session, const Common& common,
                     Result<std::uint32_t> begun, std::uint64_t rows_per_second) {
  CLI_ASSIGN(const std::uint32_t job, Begun(std::move(begun)));
  return WorkOnJob(vault, &session, common, job, rows_per_second);
}

}  // namespace

Outcome ResealClass(const Common& common, const ResealArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
    const Outcome worked =
        WorkOnReseal(vault, session, common, session.ResealClass(arguments.class_name), arguments.rows_per_second);
    if (worked.ok()) Say("no data key of the class from before opens anything that is stored now");
    return worked;
  });
}

Outcome ResealSuite(const Common& common, const ResealArguments& arguments) {
  const medseal_suite suite =
      arguments.suite == "chacha20" ? MEDSEAL_SUITE_CHACHA20_POLY1305 : MEDSEAL_SUITE_AES256_GCM;
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
    const Outcome worked = WorkOnReseal(vault, session, common, session.ResealSuite(suite), arguments.rows_per_second);
    if (!worked.ok()) return worked;
    CLI_ASSIGN(const medseal_status_info info, vault.Info());
    Say("nothing that the vault stores is under the suite of before");
    if (info.credentials_under_other_suite > 0)
      Say(fmt::format("{} credentials are: each is taken along when its person logs in next",
                      info.credentials_under_other_suite));
    if (info.keyring_under_other_suite != 0)
      Say("the keyring stays under the suite that it was made under; a new copy of it is under this one: medseal "
          "provider copy add");
    return worked;
  });
}

}  // namespace cli
