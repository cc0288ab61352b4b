// Every kind of job one after the other on a vault that is in use: no read and no write fails because of one, and
// nothing that was written is lost.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "vault/backup.h"
#include "vault/backup_places.h"
#include "vault/epoch_change.h"
#include "vault/erase.h"
#include "vault/index_re_epoch.h"
#include "vault/index_rotation.h"
#include "vault/reseal.h"
#include "vault/rotation.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using format::Job;
using format::JobState;

constexpr std::uint32_t kSsn = 2;
constexpr std::uint32_t kFamily = 3;
constexpr int kResidents = 8;
constexpr int kWriters = 2, kReaders = 2;
constexpr int kRounds = 1;

class JobsUnderLoad : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson("clerk", {"identity", "general", "national_id"});
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < kResidents; ++i) Write(*founder_, "resident-" + std::to_string(i), "Martin");
    for (int i = 0; i < kRounds; ++i) Write(*founder_, "leaver-" + std::to_string(i), "Durand");
    for (const char* place : {"place-a", "place-b"}) {
      auto call = lab_.Vault()->Enter();
      const std::string path = (lab_.folder() / place).string();
      ASSERT_TRUE(vault::RegisterPlace(call->core(), lab_.store(), path, format::PlaceKind::kBackups).ok());
    }
  }

  static Bytes Message(std::string_view patient, std::string_view family) {
    return TextField(kSsn, "123-45-" + std::string(patient)) + TextField(kFamily, family);
  }
  void Write(vault::Session& session, const std::string& patient, std::string_view family) {
    Expect(lab_.Put(session, patient, "Patient", "1", Message(patient, family)), "write");
  }
  void Expect(const Status& status, std::string_view what) {
    EXPECT_TRUE(status.ok()) << what << ": " << CodeName(status.code()) << ": " << status.message();
  }

  // New patients, and one of the writer's own under another name each time.
  void WriteUntil(const std::atomic<bool>& stop, int writer, std::atomic<int>& written) {
    const auto session = lab_.LoginAs("clerk");
    const std::string own = "w" + std::to_string(writer);
    for (int i = 0; !stop; ++i) {
      Write(*session, own + "-" + std::to_string(i), "Petit");
      Write(*session, own, i % 2 == 0 ? "Even" : "Odd");
      EXPECT_EQ(Seen(lab_.Get(*session, own, "Patient", "1")), Message(own, i % 2 == 0 ? "Even" : "Odd"));
      written = i + 1;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // growth must not outrun the jobs
    }
  }
  // Records, whole patients and searches.
  void ReadUntil(const std::atomic<bool>& stop, std::string_view person, std::atomic<int>& read) {
    const auto session = lab_.LoginAs(person);
    for (int i = 0; !stop; ++i) {
      const std::string patient = "resident-" + std::to_string(i % kResidents);
      EXPECT_EQ(Seen(lab_.Get(*session, patient, "Patient", "1")), Message(patient, "Martin"));
      Expect(lab_.Patient(*session, patient).status(), "whole patient");
      EXPECT_EQ(Ids(lab_.Find(*session, "Patient", "family", "martin")).size(), std::size_t{kResidents});
      EXPECT_EQ(Ids(lab_.Find(*session, "Patient", "ssn", "123-45-" + patient)).size(), 1u);
      ++read;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  void Run(std::uint32_t number, std::string_view what, bool by_host = false) {
    auto call = founder_->Enter();
    Job job;
    Expect(vault::StepJob(call->core(), by_host ? nullptr : &call->desk(), number, {}, job), what);
    EXPECT_TRUE(IsOver(job)) << what;
  }
  void RotateClass(std::string_view name) {
    std::uint32_t number = 0;
    Expect(vault::StartClassRotation(*founder_, name, {}, number), "class rotation begins");
    Run(number, "class rotation");
  }
  void ChangeEpoch() {
    std::uint32_t number = 0;
    Expect(vault::StartEpochChange(founder_->Enter()->core(), number), "epoch change begins");
    Run(number, "epoch change", true);
  }
  void Erase(const std::string& patient) {
    vault::Erased erased;
    Expect(vault::ErasePatient(*founder_, {AsBytes(patient), nullptr}, "asked for", erased), "erasure");
    Run(erased.job, "epoch change of an erasure", true);
    EXPECT_EQ(lab_.Get(*founder_, patient, "Patient", "1").code(), StatusCode::kNotFound);
  }
  void ReEpoch() {
    std::uint32_t number = 0;
    Expect(vault::StartIndexReEpoch(founder_->Enter()->core(), number), "re-epoch begins");
    Run(number, "re-epoch", true);
  }
  void RotateIndex() {
    std::uint32_t number = 0;
    Expect(vault::StartIndexRotation(*founder_, "Patient", "family", number), "index rotation begins");
    Run(number, "index rotation");
  }
  void Reseal(std::string_view name) {
    std::uint32_t number = 0;
    Expect(vault::StartReseal(*founder_, name, number), "reseal begins");
    Run(number, "reseal");
  }
  void Backup() {
    auto call = founder_->Enter();
    std::vector<vault::BackupMade> made;
    Expect(vault::CreateBackups(call->core(), "", nullptr, made), "backup");
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(JobsUnderLoad, NoReadAndNoWriteFailsBecauseOfAnyJob) {
  std::atomic<bool> stop{false};
  std::atomic<int> written[kWriters] = {}, read{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i) threads.emplace_back([&, i] { WriteUntil(stop, i, written[i]); });
  for (int i = 0; i < kReaders; ++i)
    threads.emplace_back([&, i] { ReadUntil(stop, i == 0 ? "clerk" : Laboratory::kFounder, read); });
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    RotateClass("national_id");
    ChangeEpoch();
    Erase("leaver-" + std::to_string(round));
    ReEpoch();
    RotateIndex();
    Reseal("national_id");
    RotateClass("identity");
    ChangeEpoch();
    // Last: while a backup from before is registered, a reseal keeps the previous data keys.
    if (round == kRounds - 1) Backup();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(read, 0);
  for (int writer = 0; writer < kWriters; ++writer) {
    EXPECT_GT(written[writer], 0);
    for (int i = 0; i < written[writer]; ++i) {
      const std::string patient = "w" + std::to_string(writer) + "-" + std::to_string(i);
      EXPECT_EQ(Seen(lab_.Get(*founder_, patient, "Patient", "1")), Message(patient, "Petit"));
    }
  }
  EXPECT_EQ(founder_->Enter()->core().meta->epoch(), 1u + 3 * kRounds);
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

}  // namespace
}  // namespace mseal::test
