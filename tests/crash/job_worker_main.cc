// Works on a job as a vault's user does and dies at the crash point with a given number.
//   crash_job_worker STORE KEYRING POINT WORK
// WORK is erase PATIENT, rotate CLASS, re-epoch, move KEYRING, root PASSPHRASE, add KEYRING, or suite NUMBER.
// Exit code 0: it came to the end, so there are fewer points than that.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "vault/erase.h"
#include "vault/index_re_epoch.h"
#include "vault/provider_copies.h"
#include "vault/provider_move.h"
#include "vault/root_rotation.h"
#include "vault/rotation.h"
#include "vault/suite_change.h"
#include "vault/vault.h"

namespace mseal::test {
namespace {

constexpr std::string_view kPassphrase = "a passphrase for tests";

Status Erase(vault::Vault& vault, vault::Session& session, std::string_view patient) {
  vault::Erased erased;
  MS_TRY(vault::ErasePatient(session, {AsBytes(patient), nullptr}, "asked for", erased));
  MS_ASSIGN(auto call, vault.Enter());
  format::Job job;
  return vault::StepJob(call.core(), nullptr, erased.job, {}, job);
}

Status Rotate(vault::Session& session, std::string_view class_name) {
  std::uint32_t number = 0;
  MS_TRY(vault::StartClassRotation(session, class_name, {}, number));
  MS_ASSIGN(auto call, session.Enter());
  format::Job job;
  MS_TRY(vault::StepJob(call.core(), &call.desk(), number, {}, job));
  return vault::StepJob(call.core(), nullptr, number + 1, {}, job);  // the epoch change that it ends in
}

Status ReEpoch(vault::Vault& vault) {
  MS_ASSIGN(auto call, vault.Enter());
  std::uint32_t number = 0;
  MS_TRY(vault::StartIndexReEpoch(call.core(), number));
  format::Job job;
  return vault::StepJob(call.core(), nullptr, number, {}, job);
}

keys::KeyringSecret SecretOf(std::string_view keyring, std::string_view passphrase) {
  keys::KeyringSecret secret;
  secret.bytes = SecretBytes::CopyOf(AsBytes(keyring.starts_with("pkcs11:") ? "1234" : passphrase));
  return secret;
}

Status Move(vault::Vault& vault, const std::string& to) {
  return vault::MoveProvider(vault, to, SecretOf(to, kPassphrase), crypto::kArgon2Floor);
}

Status AddCopy(vault::Vault& vault, const std::string& uri) {
  MS_ASSIGN(auto call, vault.Enter());
  return vault::AddProviderCopy(call.core(), vault.options().store, uri, SecretOf(uri, kPassphrase),
                                crypto::kArgon2Floor);
}

Status RotateRoot(vault::Vault& vault, std::string_view passphrase) {
  MS_ASSIGN(auto call, vault.Enter());
  std::vector<vault::RootFacts> copies;
  return vault::RotateRoot(call.core(), {SecretOf({}, passphrase), crypto::kArgon2Floor}, copies);
}

Status ChangeSuite(vault::Session& session, crypto::Suite suite) {
  std::uint32_t number = 0;
  MS_TRY(vault::StartSuiteChange(session, suite, number));
  MS_ASSIGN(auto call, session.Enter());
  format::Job job;
  return vault::StepJob(call.core(), &call.desk(), number, {}, job);
}

Status Work(char** arguments) {
  vault::OpenOptions options;
  options.store = arguments[1];
  options.keyring = arguments[2];
  options.secret = SecretOf(options.keyring, kPassphrase);
  options.durability = store::Durability::kProcess;
  int left = std::atoi(arguments[3]);
  options.crash_point = [left](std::string_view name) mutable {
    if (--left > 0) return;
    std::printf("%.*s\n", static_cast<int>(name.size()), name.data());
    std::fflush(stdout);
    kill(getpid(), SIGKILL);
  };
  MS_ASSIGN(const auto vault, vault::Vault::Open(options));
  MS_ASSIGN(const auto session, vault->Login("founder", AsBytes("correct horse"), "care"));
  const std::string what = arguments[4];
  if (what == "move") return Move(*vault, arguments[5]);
  if (what == "add") return AddCopy(*vault, arguments[5]);
  if (what == "root") return RotateRoot(*vault, arguments[5]);
  if (what == "erase") return Erase(*vault, *session, arguments[5]);
  if (what == "suite") return ChangeSuite(*session, static_cast<crypto::Suite>(std::atoi(arguments[5])));
  return what == "rotate" ? Rotate(*session, arguments[5]) : ReEpoch(*vault);
}

}  // namespace
}  // namespace mseal::test

int main(int count, char** arguments) {
  if (count < 5) return 2;
  const mseal::Status status = mseal::test::Work(arguments);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
