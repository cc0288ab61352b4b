// Makes a backup, or restores one, and dies at a named point: `create STORE` or `restore STORE PLACE`, then KEYRING,
// PASSPHRASE, POINT.
#include <csignal>
#include <string>
#include <vector>

#include "vault/backup.h"
#include "vault/restore.h"
#include "vault/vault.h"

namespace {

using namespace mseal;

keys::KeyringSecret Secret(const std::string& passphrase) {
  keys::KeyringSecret secret;
  secret.bytes = SecretBytes::CopyOf(AsBytes(passphrase));
  return secret;
}

std::function<void(std::string_view)> DyingAt(const std::string& point) {
  return [point](std::string_view name) {
    if (name == point) raise(SIGKILL);
  };
}

Status Create(const std::vector<std::string>& words) {
  vault::OpenOptions options;
  options.store = words[0];
  options.keyring = words[1];
  options.secret = Secret(words[2]);
  options.crash_point = DyingAt(words[3]);
  MS_ASSIGN(const auto vault, vault::Vault::Open(options));
  MS_ASSIGN(vault::Call call, vault->Enter());
  std::vector<vault::BackupMade> made;
  return vault::CreateBackups(call.core(), "", nullptr, made);
}

Status Restore(const std::vector<std::string>& words) {
  vault::RestoreOptions options;
  options.store = words[0];
  options.from = words[1];
  options.backup = 1;
  options.keyring = words[2];
  options.secret = Secret(words[3]);
  options.crash_point = DyingAt(words[4]);
  vault::RestoreReport report;
  return vault::RestoreVault(options, report);
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> rest(words + 2, words + count);
  const Status status = std::string(words[1]) == "create" ? Create(rest) : Restore(rest);
  return status.ok() ? 0 : 1;
}
