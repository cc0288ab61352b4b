// Reads or writes in a vault until it is killed, for the tests of the log: `read STORE KEYRING PASSPHRASE PASSWORD`
// writes a byte to stdout for every read that was answered, by three threads; `write ...` dies between a write's entry
// in the log and its batch.
#include <signal.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "vault/put.h"
#include "vault/read.h"
#include "vault/vault.h"

namespace {

using namespace mseal;

bool armed = false;

std::shared_ptr<vault::Vault> Open(char** words) {
  vault::OpenOptions options;
  options.store = words[2];
  options.keyring = words[3];
  options.secret.bytes = SecretBytes::CopyOf(AsBytes(words[4]));
  options.crash_point = [](std::string_view at) {
    if (armed && at == "a batch is committed") kill(getpid(), SIGKILL);
  };
  auto vault = vault::Vault::Open(options);
  if (!vault.ok()) _exit(10);
  return *vault;
}

bool ReadOnce(vault::Session& session) {
  auto call = session.Enter();
  if (!call.ok()) return false;
  const auto patient = vault::FindPatient(call->core(), call->desk(), {AsBytes("alice"), nullptr});
  if (!patient.ok()) return false;
  const vault::RecordReader reader(call->core(), call->desk());
  return reader.Read(*patient, "Patient", AsBytes("1"), 0, {}).ok();
}

void ReadForEver(vault::Session& session) {
  while (ReadOnce(session) && write(STDOUT_FILENO, "r", 1) == 1) continue;
}

void WriteOnce(vault::Session& session) {
  auto call = session.Enter();
  vault::PutItem item{{AsBytes("alice"), nullptr}, {}};
  item.request.type = "Patient";
  item.request.record_id = AsBytes("1");
  std::vector<vault::PutAnswer> answers;
  armed = true;
  vault::PutAll(call->core(), call->desk(), {&item, 1}, answers).Ignore("nobody is there to be told");
}

}  // namespace

int main(int, char** words) {
  const auto vault = Open(words);
  const auto session = vault->Login("founder", AsBytes(words[5]), "care");
  if (!session.ok()) return 11;
  if (std::string(words[1]) == "write") return WriteOnce(**session), 12;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back([&] { ReadForEver(**session); });
  for (std::thread& reader : readers) reader.join();
  return 13;
}
