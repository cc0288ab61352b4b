// A laboratory with two backup places, and verbs for what happens between a backup and a restore.
#pragma once

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "vault/backup.h"
#include "vault/erase.h"
#include "vault/jobs.h"
#include "vault/restore.h"
#include "vault_support/records.h"

namespace mseal::test {

class BackupDesk : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kSsn = 2;
  static constexpr std::uint32_t kFamily = 3;

  void SetUp() override {
    const auto founder = Founder();
    for (const char* patient : {"alice", "bob"}) Write(*founder, patient);
    for (const char* place : {"place-a", "place-b"}) Register(place);
  }

  std::shared_ptr<vault::Session> Founder() { return lab_.LoginAs(Laboratory::kFounder); }
  std::string Path(std::string_view name) const { return (lab_.folder() / name).string(); }
  void Write(vault::Session& session, std::string_view patient, std::string_view record = "1") {
    const Bytes message =
        TextField(kSsn, "123-45-" + std::string(patient) + std::string(record)) + TextField(kFamily, "Martin");
    const Status put = lab_.Put(session, patient, "Patient", record, message);
    ASSERT_TRUE(put.ok()) << put.message();
  }
  void Register(std::string_view name, format::PlaceKind kind = format::PlaceKind::kBackups) {
    auto call = lab_.Vault()->Enter();
    const Status registered = vault::RegisterPlace(call->core(), lab_.store(), Path(name), kind);
    ASSERT_TRUE(registered.ok()) << registered.message();
  }
  // The number that the backups got in every place that was reached.
  std::vector<vault::BackupMade> BackUp(StatusCode expected = StatusCode::kOk) {
    std::vector<vault::BackupMade> made;
    auto call = lab_.Vault()->Enter();
    const Status status = vault::CreateBackups(call->core(), "", nullptr, made);
    EXPECT_EQ(status.code(), expected) << status.message();
    return made;
  }
  void EraseForGood(std::string_view patient) {
    const auto founder = Founder();
    const Bytes id(patient.begin(), patient.end());
    vault::Erased erased;
    const Status withdrawn = vault::ErasePatient(*founder, {id, nullptr}, "asked for", erased);
    ASSERT_TRUE(withdrawn.ok()) << withdrawn.message();
    WorkOff(erased.job, nullptr);
  }
  void WorkOff(std::uint32_t number, vault::Session* session) {
    auto call = session == nullptr ? lab_.Vault()->Enter() : session->Enter();
    format::Job job;
    const Status stepped = vault::StepJob(call->core(), session == nullptr ? nullptr : &call->desk(), number, {}, job);
    ASSERT_TRUE(stepped.ok()) << stepped.message();
  }

  static keys::KeyringSecret Passphrase() {
    keys::KeyringSecret secret;
    secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
    return secret;
  }
  vault::RestoreOptions FromPlace(std::string_view place, std::uint32_t backup = 0) {
    vault::RestoreOptions options;
    options.from = Path(place);
    options.backup = backup;
    options.store = lab_.store();
    options.keyring = lab_.keyring();
    options.secret = Passphrase();
    return options;
  }
  // The live directory is lost, and what is restored takes its place.
  Status TryRestore(const vault::RestoreOptions& options) {
    lab_.Close();
    std::filesystem::remove_all(lab_.store());
    return vault::RestoreVault(options, report_);
  }
  void MustRestore(const vault::RestoreOptions& options) {
    const Status restored = TryRestore(options);
    ASSERT_TRUE(restored.ok()) << CodeName(restored.code()) << " " << restored.message();
  }
  // Runs the program that dies, with these words; true when it was killed.
  static bool Dies(std::vector<std::string> words) {
    words.insert(words.begin(), MEDSEAL_BACKUP_MORTAL);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    if (posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0) return false;
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

  StatusCode Reads(vault::Session& session, std::string_view patient, std::string_view record = "1") {
    return lab_.Get(session, patient, "Patient", record).code();
  }
  bool IsLeft(std::string_view name) const { return std::filesystem::exists(Path(name)); }
  bool IsLeftBeside() const { return std::filesystem::exists(lab_.store() + ".restoring"); }

  Laboratory lab_;
  vault::RestoreReport report_;
};

}  // namespace mseal::test
