// A disk that is full and a provider that is lost in the middle of each job: what was stored reads the same, and once
// the trouble is over the job goes on to its end.
#include <algorithm>
#include <filesystem>
#include <functional>

#include "keys_support/failing_file_io.h"
#include "store_support/fault_env.h"
#include "store_support/patience.h"
#include "vault/backup.h"
#include "vault/backup_places.h"
#include "vault/epoch_change.h"
#include "vault/erase.h"
#include "vault/erasures.h"
#include "vault/index_re_epoch.h"
#include "vault/index_rotation.h"
#include "vault/restore.h"
#include "vault/rotation.h"
#include "vault/two_persons.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using format::Job;

constexpr std::uint32_t kSsn = 2;
constexpr std::uint32_t kFamily = 3;
constexpr int kPatients = 4;
// Moments at which a job meets the trouble, spread over all there are.
constexpr std::uint64_t kStops = 16 / std::min<std::uint64_t>(store::kOperationStep, 4);

class JobFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < kPatients; ++i) Write(*founder, "p" + std::to_string(i));
    for (const char* name : {"place-a", "place-b"}) {
      auto call = lab_.Vault()->Enter();
      const std::string path = (lab_.folder() / name).string();
      ASSERT_TRUE(vault::RegisterPlace(call->core(), lab_.store(), path, format::PlaceKind::kBackups).ok());
    }
  }

  static Bytes Message(const std::string& patient) {
    return TextField(kSsn, "123-45-" + patient) + TextField(kFamily, "Martin");
  }
  void Write(vault::Session& session, const std::string& patient) {
    ASSERT_TRUE(lab_.Put(session, patient, "Patient", "1", Message(patient)).ok());
  }

  // What a job begins with, with sound files; gives its number.
  using Begin = std::function<Status(vault::Session&, std::uint32_t&)>;
  static Begin ClassRotation() {
    return [](vault::Session& session, std::uint32_t& number) {
      return vault::StartClassRotation(session, "national_id", {}, number);
    };
  }
  static Begin IndexRotation() {
    return [](vault::Session& session, std::uint32_t& number) {
      return vault::StartIndexRotation(session, "Patient", "family", number);
    };
  }
  static Begin ReEpoch() {
    return [](vault::Session& session, std::uint32_t& number) -> Status {
      MS_ASSIGN(auto call, session.Enter());
      return vault::StartIndexReEpoch(call.core(), number);
    };
  }
  static Begin EpochChange() {
    return [](vault::Session& session, std::uint32_t& number) -> Status {
      MS_ASSIGN(auto call, session.Enter());
      return vault::StartEpochChange(call.core(), number);
    };
  }
  // Of another patient each time, whose handle is kept.
  Begin Erasure() {
    lab_.AddAuditor("auditor");
    return [this](vault::Session& session, std::uint32_t& number) -> Status {
      const std::string patient = "leaver-" + std::to_string(++leavers_);
      Write(session, patient);
      const Status joined = vault::Join(session, "auditor", AsBytes(PasswordOf("auditor")));
      if (joined.code() != StatusCode::kAlreadyExists) MS_TRY(joined);  // more leave than one person erases alone
      vault::Erased erased;
      MS_TRY(vault::ErasePatient(session, {AsBytes(patient), nullptr}, "asked for", erased));
      number = erased.job;
      erased_ = erased.patient;
      return Status::Ok();
    };
  }
  std::uint32_t BeginSound(const Begin& begin) {
    std::uint32_t number = 0;
    const Status begun = begin(*lab_.LoginAs(Laboratory::kFounder), number);
    EXPECT_TRUE(begun.ok()) << begun.message();
    lab_.Close();
    return number;
  }

  static Status Step(vault::Session& session, std::uint32_t number, Job& job) {
    MS_ASSIGN(auto call, session.Enter());
    return vault::StepJob(call.core(), &call.desk(), number, {}, job);
  }
  vault::OpenOptions Options(store::FaultEnv& files, keys::FailingFileIo& provider_files) {
    vault::OpenOptions options;
    options.store = lab_.store();
    options.keyring = lab_.keyring();
    options.secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
    options.environment = files.environment();
    options.file_io = &provider_files;
    return options;
  }
  // Opens through files of both kinds, which `trouble` may let fail from then on, and works.
  struct Files {
    store::FaultEnv store;
    keys::FailingFileIo provider;
  };
  using Work = std::function<Status(vault::Session&)>;
  Status WorkThrough(Files& files, const Work& work, const std::function<void()>& trouble) {
    MS_ASSIGN(const auto vault, vault::Vault::Open(Options(files.store, files.provider)));
    MS_ASSIGN(const auto session, vault->Login(Laboratory::kFounder, AsBytes(Laboratory::kPassword), "care"));
    trouble();
    const Status worked = work(*session);
    const Status closed = vault->Close();
    return worked.ok() ? closed : worked;
  }

  void ExpectWhole(const std::string& what) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_NE(founder, nullptr) << what;
    for (int i = 0; i < kPatients; ++i) {
      const std::string patient = "p" + std::to_string(i);
      EXPECT_EQ(Seen(lab_.Get(*founder, patient, "Patient", "1")), Message(patient)) << what;
    }
    EXPECT_EQ(Ids(lab_.Find(*founder, "Patient", "family", "martin")).size(), std::size_t{kPatients}) << what;
    const Status verified = lab_.Verify(founder.get());
    EXPECT_TRUE(verified.ok()) << what << ": " << verified.message();
  }
  // The job goes on to its end in the next process.
  void GoOn(std::uint32_t number, const std::string& what) {
    Job job;
    const Status went_on = Step(*lab_.LoginAs(Laboratory::kFounder), number, job);
    EXPECT_TRUE(went_on.ok()) << what << ": " << went_on.message();
    EXPECT_TRUE(IsOver(job)) << what;
    if (erased_.has_value()) {
      const auto erasure = vault::ReadErasure(lab_.Vault()->Enter()->core(), *erased_);
      EXPECT_TRUE(erasure.ok() && erasure->state == format::ErasureState::kDead) << what;
    }
  }

  // The disk of the store is full from one file operation of the job on: one after the other.
  void FillDiskDuring(const Begin& begin, int at_least) {
    Files counting;
    counting.provider.FailNever();
    std::uint64_t before = 0;
    std::uint32_t number = BeginSound(begin);
    const auto step = [&](vault::Session& session) {
      Job job;
      return Step(session, number, job);
    };
    ASSERT_TRUE(WorkThrough(counting, step, [&] { before = counting.store.operations(); }).ok());
    const std::uint64_t operations = counting.store.operations() - before;
    int stopped = 0;
    for (std::uint64_t n = 1; n <= operations && !HasFailure(); n += std::max<std::uint64_t>(1, operations / kStops)) {
      number = BeginSound(begin);
      Files files;
      files.provider.FailNever();
      const Status status = WorkThrough(files, step, [&] {
        files.store.FailAt(files.store.operations() + n, store::Fault::kNoSpace, /*sticky=*/true);
      });
      stopped += status.ok() ? 0 : 1;
      const std::string what = "full at operation " + std::to_string(n) + ", " + files.store.first_failure();
      ExpectWhole(what);
      GoOn(number, what);
      ExpectWhole(what + ", gone on");
      lab_.Close();
    }
    std::printf("%d of the job's stops among %lu operations\n", stopped, static_cast<unsigned long>(operations));
    EXPECT_GE(stopped, at_least / static_cast<int>(store::kOperationStep));
  }

  // The provider's files fail at one of their operations during the job: one after the other, in each way.
  void LoseProviderDuring(const Begin& begin, int at_least) {
    int stopped = 0;
    for (const keys::Failure failure : {keys::Failure::kIo, keys::Failure::kNoSpace, keys::Failure::kDies}) {
      Files counting;
      std::uint32_t number = BeginSound(begin);
      const auto step = [&](vault::Session& session) {
        Job job;
        return Step(session, number, job);
      };
      ASSERT_TRUE(WorkThrough(counting, step, [&] { counting.provider.FailNever(); }).ok());
      const std::uint64_t operations = counting.provider.count();
      const std::uint64_t stops = std::max<std::uint64_t>(kStops / 2, 1);
      for (std::uint64_t n = 0; n < operations && !HasFailure(); n += std::max<std::uint64_t>(1, operations / stops)) {
        number = BeginSound(begin);
        Files files;
        files.provider.FailNever();
        stopped += WorkThrough(files, step, [&] { files.provider.FailAt(n, failure); }).ok() ? 0 : 1;
        const std::string what = "provider's operation " + std::to_string(n);
        ExpectWhole(what);
        GoOn(number, what);
        ExpectWhole(what + ", gone on");
        lab_.Close();
      }
    }
    std::printf("%d stops\n", stopped);
    EXPECT_GE(stopped, at_least / static_cast<int>(store::kOperationStep));
  }

  Laboratory lab_;
  int leavers_ = 0;
  std::optional<keys::PatientHandle> erased_;  // the newest
};

TEST_F(JobFaults, FullDiskDuringAClassRotation) { FillDiskDuring(ClassRotation(), 5); }
TEST_F(JobFaults, FullDiskDuringAnIndexRotation) { FillDiskDuring(IndexRotation(), 5); }
TEST_F(JobFaults, FullDiskDuringAReEpoch) { FillDiskDuring(ReEpoch(), 5); }
TEST_F(JobFaults, FullDiskDuringAnEpochChange) { FillDiskDuring(EpochChange(), 8); }
TEST_F(JobFaults, FullDiskDuringAnErasure) { FillDiskDuring(Erasure(), 8); }

TEST_F(JobFaults, LostProviderDuringAClassRotation) { LoseProviderDuring(ClassRotation(), 2); }
TEST_F(JobFaults, LostProviderDuringAnIndexRotation) { LoseProviderDuring(IndexRotation(), 2); }
TEST_F(JobFaults, LostProviderDuringAReEpoch) { LoseProviderDuring(ReEpoch(), 2); }
TEST_F(JobFaults, LostProviderDuringAnEpochChange) { LoseProviderDuring(EpochChange(), 8); }
TEST_F(JobFaults, LostProviderDuringAnErasure) { LoseProviderDuring(Erasure(), 8); }

// The keyring is removed between two steps of an epoch change, and put back from a copy made at that moment: nothing
// may have gone into a file that has no name any more.
TEST_F(JobFaults, KeyringThatIsRemovedHoldsUpAnEpochChangeUntilItIsBack) {
  const std::string copy = lab_.keyring() + ".copy";
  int held_up = 0;
  for (int moment = 0; moment < 12 && !HasFailure(); ++moment) {
    const std::uint32_t number = BeginSound(EpochChange());
    int steps = 0;
    const auto remove = [&](const Job&, std::uint64_t) {
      if (steps++ == moment) {
        fs::copy(lab_.keyring(), copy, fs::copy_options::overwrite_existing);
        fs::remove(lab_.keyring());
      }
      return true;
    };
    Job job;
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    {
      auto call = founder->Enter();
      const Status status = vault::StepJob(call->core(), nullptr, number, {.on_progress = remove}, job);
      held_up += status.ok() ? 0 : 1;
      EXPECT_EQ(Seen(lab_.Get(*founder, "p0", "Patient", "1")), Message("p0")) << moment;
    }
    if (fs::exists(lab_.keyring())) break;  // it has fewer steps
    lab_.Close();
    fs::copy(copy, lab_.keyring());
    GoOn(number, "moment " + std::to_string(moment));
    lab_.Close();
  }
  EXPECT_GE(held_up, 3);
  ExpectWhole("after all");
}

// ---- backup and restore

class BackupFaults : public JobFaults {
 protected:
  static Status BackUp(vault::Session& session) {
    MS_ASSIGN(auto call, session.Enter());
    std::vector<vault::BackupMade> made;
    return vault::CreateBackups(call.core(), "", nullptr, made);
  }
  // Each backup and bundle that is listed is good, and the next is made.
  void ExpectGoodPlaces(const std::string& what) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    const auto checked = [&](const vault::Place&, std::uint32_t number, const Status& status) {
      EXPECT_TRUE(status.ok()) << what << ", backup " << number << ": " << status.message();
    };
    {
      auto call = lab_.Vault()->Enter();
      EXPECT_TRUE(vault::VerifyBackups(call->core(), "", 0, checked).ok()) << what;
    }
    const Status next = BackUp(*founder);
    EXPECT_TRUE(next.ok()) << what << ": " << next.message();
  }
  // Restores to where the store was, through files that fail.
  Status Restore(Files& files) {
    vault::RestoreOptions options;
    options.from = (lab_.folder() / "place-a").string();
    options.backup = 1;
    options.store = lab_.store();
    options.keyring = lab_.keyring();
    options.secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
    options.environment = files.store.environment();
    options.file_io = &files.provider;
    vault::RestoreReport report;
    return vault::RestoreVault(options, report);
  }
  // The store is gone; a restore that fails leaves none, and the next one brings it back whole.
  void RestoreThrough(Files& files, const std::string& what, int& stopped) {
    fs::remove_all(lab_.store());
    const Status restored = Restore(files);
    if (!restored.ok()) {
      ++stopped;
      EXPECT_FALSE(fs::exists(lab_.store())) << what;
      Files sound;
      sound.provider.FailNever();
      const Status again = Restore(sound);
      ASSERT_TRUE(again.ok()) << what << ": " << again.message();
    }
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(what));
    lab_.Close();
  }
};

TEST_F(BackupFaults, FullDiskOrLostProviderWhileABackupIsMade) {
  ASSERT_TRUE(BackUp(*lab_.LoginAs(Laboratory::kFounder)).ok());
  lab_.Close();
  Files counting;
  std::uint64_t before = 0;
  ASSERT_TRUE(WorkThrough(counting, BackUp, [&] {
                before = counting.store.operations();
                counting.provider.FailNever();
              }).ok());
  const std::uint64_t operations = counting.store.operations() - before;
  int stopped = 0;
  for (std::uint64_t n = 1; n <= operations && !HasFailure(); n += std::max<std::uint64_t>(1, operations / kStops)) {
    Files files;
    files.provider.FailNever();
    const Status made = WorkThrough(files, BackUp, [&] {
      files.store.FailAt(files.store.operations() + n, store::Fault::kNoSpace, /*sticky=*/true);
    });
    stopped += made.ok() ? 0 : 1;
    const std::string what = "full at operation " + std::to_string(n) + ", " + files.store.first_failure();
    ExpectWhole(what);
    ExpectGoodPlaces(what);
    lab_.Close();
  }
  for (std::uint64_t n = 0; n < counting.provider.count() && !HasFailure(); ++n) {
    Files files;
    files.provider.FailNever();
    stopped += WorkThrough(files, BackUp, [&] { files.provider.FailAt(n, keys::Failure::kDies); }).ok() ? 0 : 1;
    const std::string what = "provider dies at operation " + std::to_string(n);
    ExpectWhole(what);
    ExpectGoodPlaces(what);
    lab_.Close();
  }
  std::printf("%d stops\n", stopped);
  EXPECT_GE(stopped, 8 / static_cast<int>(store::kOperationStep));
}

TEST_F(BackupFaults, FullDiskOrLostProviderDuringARestore) {
  ASSERT_TRUE(BackUp(*lab_.LoginAs(Laboratory::kFounder)).ok());
  lab_.Close();
  int stopped = 0;
  std::uint64_t operations = 0, provider_operations = 0;
  {
    Files counting;
    counting.provider.FailNever();
    RestoreThrough(counting, "counting", stopped);
    operations = counting.store.operations();
    provider_operations = counting.provider.count();
  }
  for (std::uint64_t n = 1; n <= operations && !HasFailure(); n += std::max<std::uint64_t>(1, operations / kStops)) {
    Files files;
    files.provider.FailNever();
    files.store.FailAt(n, store::Fault::kNoSpace, /*sticky=*/true);
    RestoreThrough(files, "full at operation " + std::to_string(n) + ", " + files.store.first_failure(), stopped);
  }
  const std::uint64_t step = std::max<std::uint64_t>(1, provider_operations / kStops);
  for (std::uint64_t n = 0; n < provider_operations && !HasFailure(); n += step) {
    Files files;
    files.provider.FailAt(n, keys::Failure::kDies);
    RestoreThrough(files, "provider dies at operation " + std::to_string(n), stopped);
  }
  std::printf("%d stops among %lu and %lu operations\n", stopped, static_cast<unsigned long>(operations),
              static_cast<unsigned long>(provider_operations));
  EXPECT_GE(stopped, 16 / static_cast<int>(store::kOperationStep));
}

}  // namespace
}  // namespace mseal::test
