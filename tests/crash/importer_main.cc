// Imports files as vault::Import does and says on standard output which records are acknowledged, until it is killed.
//   crash_importer STORE KEYRING PREFIX FILE...
// PREFIX goes before each patient's id, so that every run has new patients to write.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "keys/keyring_file.h"
#include "sources/source.h"
#include "vault/put.h"
#include "vault/vault.h"
#include "vault_support/passwords.h"

namespace mseal::test {
namespace {

// Puts a record the moment it is read, then tells.
class TellingSink : public sources::Sink {
 public:
  TellingSink(vault::Session& session, std::string_view prefix) : session_(session), prefix_(prefix) {}

  Status Take(sources::SourceRecord&& record, const sources::Place&) override {
    MS_ASSIGN(auto call, session_.Enter());
    vault::PutItem item;
    SecretBytes patient = SecretBytes::CopyOf(AsBytes(prefix_));
    patient.Append(record.patient.Reveal());
    item.patient.external_id = patient.Reveal();
    item.request.type = record.type;
    item.request.record_id = record.record.Reveal();
    item.request.message = record.message.Reveal();
    item.request.skip_unchanged = true;
    std::vector<vault::PutAnswer> answers;
    MS_TRY(vault::PutAll(call.core(), call.desk(), {&item, 1}, answers));
    Tell(answers.front().outcome.handle);
    return Status::Ok();
  }
  Status Reject(const sources::Place&, const Status&) override { return Status::Ok(); }
  void Progress(std::uint64_t, std::uint64_t) override {}

 private:
  // One write per record: what is in the pipe survives the kill.
  static void Tell(const keys::RecordHandle& handle) {
    if (write(STDOUT_FILENO, handle.data(), handle.size()) != static_cast<ssize_t>(handle.size())) _exit(3);
  }
  vault::Session& session_;
  std::string prefix_;
};

Status ImportAll(int count, char** arguments) {
  vault::OpenOptions options;
  options.store = arguments[1];
  options.keyring = arguments[2];
  options.secret.bytes = SecretBytes::CopyOf(AsBytes("a passphrase for tests"));
  options.durability = store::Durability::kProcess;
  MS_ASSIGN(const auto vault, vault::Vault::Open(options));
  MS_ASSIGN(const auto session, vault->Login("founder", AsBytes(kFoundersPassword), "care"));
  TellingSink sink(*session, arguments[3]);
  std::shared_ptr<const schema::Schema> schema;
  {
    MS_ASSIGN(auto call, session->Enter());
    schema = call.core().schemas.current()->schema;
  }
  for (int i = 4; i < count; ++i) MS_TRY(sources::ReadFhir(arguments[i], *schema, {}, sink));
  return vault->Close();
}

}  // namespace
}  // namespace mseal::test

int main(int argc, char** argv) {
  const mseal::Status status = mseal::test::ImportAll(argc, argv);
  if (!status.ok()) std::fprintf(stderr, "crash_importer: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
