// Runs retention on a store as two persons and dies by SIGKILL after some patients, without closing anything.
//   crash_retainer STORE KEYRING NOW_MS PATIENTS
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/clock.h"
#include "vault/retention.h"
#include "vault/two_persons.h"
#include "vault/vault.h"
#include "vault_support/passwords.h"

namespace mseal::test {
namespace {

Status RunAndDie(char** arguments) {
  SetClockForTests(std::strtoull(arguments[3], nullptr, 10));
  const std::uint64_t patients = std::strtoull(arguments[4], nullptr, 10);
  vault::OpenOptions options;
  options.store = arguments[1];
  options.keyring = arguments[2];
  options.secret.bytes = SecretBytes::CopyOf(AsBytes("a passphrase for tests"));
  options.durability = store::Durability::kProcess;
  MS_ASSIGN(const auto vault, vault::Vault::Open(options));
  MS_ASSIGN(const auto session, vault->Login("founder", AsBytes(kFoundersPassword), "care"));
  MS_TRY(vault::Join(*session, "witness", AsBytes(PasswordOf("witness"))));
  MS_ASSIGN(auto call, session->Enter());
  vault::RetentionOptions retention;
  retention.run = true;
  retention.on_progress = [&](std::uint64_t done, std::uint64_t, std::uint64_t gone) {
    if (gone > 0 && done == patients) raise(SIGKILL);
    return true;
  };
  vault::RetentionReport report;
  return vault::Retain(call.core(), call.desk(), retention, report);
}

}  // namespace
}  // namespace mseal::test

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const mseal::Status status = mseal::test::RunAndDie(argv);
  if (!status.ok()) std::fprintf(stderr, "crash_retainer: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
