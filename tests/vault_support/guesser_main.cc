// Guesses at a person's password three times and is killed once it was answered: STORE KEYRING PASSPHRASE PERSON.
#include <csignal>

#include "vault/vault.h"

int main(int, char** words) {
  using namespace mseal;
  vault::OpenOptions options;
  options.store = words[1];
  options.keyring = words[2];
  options.secret.bytes = SecretBytes::CopyOf(AsBytes(words[3]));
  const auto vault = vault::Vault::Open(options);
  if (!vault.ok()) return 1;
  for (int i = 0; i < 3; ++i) {
    if ((*vault)->Login(words[4], AsBytes("a guess"), "care").code() != StatusCode::kWrongSecret) return 1;
  }
  raise(SIGKILL);
}
