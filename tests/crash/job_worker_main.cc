// Works on a job as a vault's user does and dies at the crash point with a given number.
//   crash_job_worker STORE KEYRING POINT WORK
// WORK is erase PATIENT, rotate CLASS, re-epoch, index TYPE FIELD, reseal CLASS, retain NOW_MS, purge, back-up, restore
// PLACE, move KEYRING, root PASSPHRASE, add KEYRING, suite NUMBER, or policy NAME VALUE.
// Exit code 0: it came to the end, so there are fewer points than that.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "vault/backup.h"
#include "vault/epoch_change.h"
#include "vault/erase.h"
#include "vault/index_re_epoch.h"
#include "vault/index_rotation.h"
#include "vault/provider_copies.h"
#include "vault/provider_move.h"
#include "vault/purge.h"
#include "vault/reseal.h"
#include "vault/restore.h"
#include "vault/retention.h"
#include "vault/root_rotation.h"
#include "vault/rotation.h"
#include "vault/set_policy.h"
#include "vault/suite_change.h"
#include "vault/two_persons.h"
#include "vault/vault.h"
#include "vault_support/passwords.h"

namespace mseal::test {
namespace {

constexpr std::string_view kPassphrase = "a passphrase for tests";

// More leave in a day than one person erases alone.
Status Erase(vault::Vault& vault, vault::Session& session, std::string_view patient) {
  MS_TRY(vault::Join(session, "auditor", AsBytes(PasswordOf("auditor"))));
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
  MS_TRY(vault::StartEpochChange(call.core(), number));
  return vault::StepJob(call.core(), nullptr, number, {}, job);
}

Status ReEpoch(vault::Vault& vault) {
  MS_ASSIGN(auto call, vault.Enter());
  std::uint32_t number = 0;
  MS_TRY(vault::StartIndexReEpoch(call.core(), number));
  format::Job job;
  return vault::StepJob(call.core(), nullptr, number, {}, job);
}

Status StepToTheEnd(vault::Session& session, std::uint32_t number) {
  MS_ASSIGN(auto call, session.Enter());
  format::Job job;
  return vault::StepJob(call.core(), &call.desk(), number, {}, job);
}

Status RotateIndex(vault::Session& session, std::string_view type, std::string_view field) {
  std::uint32_t number = 0;
  MS_TRY(vault::StartIndexRotation(session, type, field, number));
  return StepToTheEnd(session, number);
}

Status Reseal(vault::Session& session, std::string_view class_name) {
  std::uint32_t number = 0;
  MS_TRY(vault::StartReseal(session, class_name, number));
  return StepToTheEnd(session, number);
}

Status Retain(vault::Session& session) {
  MS_TRY(vault::Join(session, "witness", AsBytes(PasswordOf("witness"))));
  MS_ASSIGN(auto call, session.Enter());
  vault::RetentionOptions options;
  options.run = true;
  vault::RetentionReport report;
  return vault::Retain(call.core(), call.desk(), options, report);
}

Status Purge(vault::Vault& vault) {
  MS_ASSIGN(auto call, vault.Enter());
  store::PurgeReport report;
  return vault::PurgeStore(call.core(), {}, report);
}

Status BackUp(vault::Vault& vault) {
  MS_ASSIGN(auto call, vault.Enter());
  std::vector<vault::BackupMade> made;
  return vault::CreateBackups(call.core(), "", nullptr, made);
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
  return StepToTheEnd(session, number);
}

Status SetPolicy(vault::Session& session, std::string_view name, std::uint64_t value) {
  MS_ASSIGN(auto call, session.Enter());
  return vault::SetPolicy(call.core(), call.desk(), name, value);
}

std::function<void(std::string_view)> DyingAt(int point) {
  return [left = point](std::string_view name) mutable {
    if (--left > 0) return;
    std::printf("%.*s\n", static_cast<int>(name.size()), name.data());
    std::fflush(stdout);
    kill(getpid(), SIGKILL);
  };
}

Status Restore(char** arguments) {
  vault::RestoreOptions options;
  options.store = arguments[1];
  options.keyring = arguments[2];
  options.secret = SecretOf(options.keyring, kPassphrase);
  options.crash_point = DyingAt(std::atoi(arguments[3]));
  options.from = arguments[5];
  vault::RestoreReport report;
  return vault::RestoreVault(options, report);
}

Status Work(char** arguments) {
  const std::string what = arguments[4];
  if (what == "restore") return Restore(arguments);
  if (what == "retain") SetClockForTests(std::strtoull(arguments[5], nullptr, 10));
  vault::OpenOptions options;
  options.store = arguments[1];
  options.keyring = arguments[2];
  options.secret = SecretOf(options.keyring, kPassphrase);
  options.durability = store::Durability::kProcess;
  options.crash_point = DyingAt(std::atoi(arguments[3]));
  MS_ASSIGN(const auto vault, vault::Vault::Open(options));
  if (what == "purge") return Purge(*vault);
  if (what == "back-up") return BackUp(*vault);
  if (what == "re-epoch") return ReEpoch(*vault);
  if (what == "move") return Move(*vault, arguments[5]);
  if (what == "add") return AddCopy(*vault, arguments[5]);
  if (what == "root") return RotateRoot(*vault, arguments[5]);
  MS_ASSIGN(const auto session, vault->Login("founder", AsBytes(kFoundersPassword), "care"));
  if (what == "erase") return Erase(*vault, *session, arguments[5]);
  if (what == "rotate") return Rotate(*session, arguments[5]);
  if (what == "index") return RotateIndex(*session, arguments[5], arguments[6]);
  if (what == "suite") return ChangeSuite(*session, static_cast<crypto::Suite>(std::atoi(arguments[5])));
  if (what == "reseal") return Reseal(*session, arguments[5]);
  if (what == "policy") return SetPolicy(*session, arguments[5], std::strtoull(arguments[6], nullptr, 10));
  return Retain(*session);
}

}  // namespace
}  // namespace mseal::test

int main(int count, char** arguments) {
  if (count < 5) return 2;
  const mseal::Status status = mseal::test::Work(arguments);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
