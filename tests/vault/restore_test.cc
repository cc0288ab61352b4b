// Restores as the people who need one, those who were erased or revoked meanwhile, and a thief who kept the media see
// them.
#include <gmock/gmock.h>

#include <fstream>

#include "vault/bundle.h"
#include "vault/drill.h"
#include "vault/epoch_change.h"
#include "vault/marks.h"
#include "vault/provider_copies.h"
#include "vault/reseal.h"
#include "vault/rotation.h"
#include "vault_support/backup_desk.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using format::PlaceKind;

void FlipByteOf(const fs::path& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto middle = static_cast<std::streamoff>(fs::file_size(file) / 2);
  stream.seekg(middle);
  const char byte = static_cast<char>(stream.get() ^ 1);
  stream.seekp(middle);
  stream.put(byte);
}

// The largest file whose name begins so.
fs::path FileIn(const fs::path& folder, std::string_view begin) {
  fs::path largest;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || !entry.path().filename().string().starts_with(begin)) continue;
    if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  }
  EXPECT_FALSE(largest.empty());
  return largest;
}

class Restore : public BackupDesk {};

TEST_F(Restore, BringsBackWhatTheBackupHad) {
  lab_.AddPerson("physician", {"identity", "general", "national_id"});
  BackUp();
  MustRestore(FromPlace("place-a"));
  EXPECT_EQ(report_.patients.restored, 2u);
  EXPECT_EQ(report_.backup, 1u);
  EXPECT_FALSE(report_.changes_lost);
  EXPECT_EQ(report_.newer_backup, 0u);
  EXPECT_FALSE(IsLeftBeside());
  const auto physician = lab_.LoginAs("physician");
  EXPECT_EQ(Reads(*physician, "alice"), StatusCode::kOk);
  EXPECT_EQ(lab_.Vault()->freshness().freshness, vault::Freshness::kFresh);
  const auto founder = Founder();
  EXPECT_EQ(lab_.Find(*founder, "Patient", "family", "martin")->size(), 2u);
  Write(*founder, "bob", "2");
  Write(*founder, "carol");
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

// G7. Whoever has the media of all times, all passwords and the provider of now opens the erased patient from none of
// them; everybody else opens from each, on a machine that has nothing but media and provider.
TEST_F(Restore, ErasedPatientOpensFromNoBackupAndEverybodyElseFromEach) {
  BackUp();  // 1: before carol
  Write(*Founder(), "carol");
  BackUp();  // 2
  Write(*Founder(), "carol", "2");
  BackUp();  // 3: just before the erasure
  fs::copy(Path("place-a") + "/bundle", Path("old-bundle"), fs::copy_options::recursive);
  const auto handle = lab_.HandleOf(*Founder(), "carol");
  Register("place-c");
  fs::rename(Path("place-b"), Path("away"));  // place-b is away meanwhile
  EraseForGood("carol");
  for (std::uint32_t backup = 1; backup <= 3; ++backup) {
    MustRestore(FromPlace("place-a", backup));
    const auto founder = Founder();
    EXPECT_EQ(Reads(*founder, "carol"), StatusCode::kNotFound);
    for (const char* patient : {"alice", "bob"}) EXPECT_EQ(Reads(*founder, patient), StatusCode::kOk) << backup;
    auto call = lab_.Vault()->Enter();
    EXPECT_EQ(call->core().patients->Load(handle).code(), StatusCode::kNotFound);
    EXPECT_EQ(report_.patients.erased, backup == 1 ? std::vector<keys::PatientHandle>{} : std::vector{handle});
    EXPECT_TRUE(report_.patients.lost.empty());
    EXPECT_TRUE(report_.patients.unreadable.empty());
    EXPECT_TRUE(lab_.Verify(founder.get()).ok());
  }
  // The place that was away has old data and an old bundle: with the provider of now it does not even open.
  fs::rename(Path("away"), Path("place-b"));
  EXPECT_EQ(TryRestore(FromPlace("place-b")).code(), StatusCode::kKeyUnavailable);
  auto stolen = FromPlace("place-a");
  stolen.bundle = Path("old-bundle");
  EXPECT_EQ(TryRestore(stolen).code(), StatusCode::kKeyUnavailable);
  EXPECT_FALSE(fs::exists(lab_.store()));
  // Its data opens with the bundle of the other, and once it caught up with its own.
  auto mixed = FromPlace("place-b", 3);
  mixed.bundle = Path("place-a");
  MustRestore(mixed);
  EXPECT_EQ(report_.patients.erased, std::vector{handle});
  EXPECT_EQ(Reads(*Founder(), "bob"), StatusCode::kOk);
  BackUp();
  MustRestore(FromPlace("place-b", 2));
  EXPECT_EQ(report_.patients.erased, std::vector{handle});
  EXPECT_EQ(Reads(*Founder(), "alice"), StatusCode::kOk);
}

TEST_F(Restore, ServesOldDataAfterARotationAndAnEpochChangeOfAllBuckets) {
  lab_.AddPerson("physician", {"identity", "general", "national_id"});
  BackUp();
  std::uint32_t rotation = 0, change = 0;
  {
    const auto founder = Founder();
    ASSERT_TRUE(vault::StartClassRotation(*founder, "national_id", {"physician"}, rotation).ok());
    WorkOff(rotation, founder.get());
    auto call = founder->Enter();
    ASSERT_TRUE(vault::StartEpochChange(call->core(), change).ok());
  }
  WorkOff(change, nullptr);
  EraseForGood("alice");
  MustRestore(FromPlace("place-b", 1));
  const auto founder = Founder();
  const auto bob = lab_.Get(*founder, "bob", "Patient", "1");
  ASSERT_TRUE(bob.ok());
  EXPECT_FALSE(Redacts(**bob, "ssn"));
  EXPECT_EQ(Reads(*founder, "alice"), StatusCode::kNotFound);
  // Revoked stays revoked: people and keys are the bundle's.
  const auto seen = lab_.Get(*lab_.LoginAs("physician"), "bob", "Patient", "1");
  ASSERT_TRUE(seen.ok());
  EXPECT_TRUE(Redacts(**seen, "ssn"));
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

TEST_F(Restore, TakesAWithdrawnPatientForErasedThoughTheOldEpochStillOpens) {
  BackUp();
  const auto handle = lab_.HandleOf(*Founder(), "alice");
  {
    const auto founder = Founder();
    const Bytes id = {'a', 'l', 'i', 'c', 'e'};
    vault::Erased erased;
    ASSERT_TRUE(vault::ErasePatient(*founder, {id, nullptr}, "asked for", erased).ok());
  }
  BackUp();  // its bundle knows of the withdrawal
  MustRestore(FromPlace("place-a", 1));
  EXPECT_EQ(report_.patients.erased, std::vector{handle});
  EXPECT_EQ(Reads(*Founder(), "alice"), StatusCode::kNotFound);
  EXPECT_EQ(Reads(*Founder(), "bob"), StatusCode::kOk);
}

// Of the same epoch, so that it opens and knows nothing of what came after it.
TEST_F(Restore, SaysThatAnOlderBundleForgetsAWithdrawal) {
  BackUp();
  {
    const auto founder = Founder();
    const Bytes id = {'a', 'l', 'i', 'c', 'e'};
    vault::Erased erased;
    ASSERT_TRUE(vault::ErasePatient(*founder, {id, nullptr}, "asked for", erased).ok());
  }
  MustRestore(FromPlace("place-a"));
  EXPECT_EQ(Reads(*Founder(), "alice"), StatusCode::kOk);
  EXPECT_TRUE(report_.changes_lost);
  EXPECT_EQ(report_.statements_lost, 0u);
}

TEST_F(Restore, SaysThatTheProviderIsOfANewerEpochThanTheBundleThoughItsAnchorIsLost) {
  BackUp();
  for (const char* place : {"place-a", "place-b"}) fs::rename(Path(place), Path(place) + "-away");
  std::uint32_t change = 0;
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::StartEpochChange(call->core(), change).ok());
    format::Job job;
    EXPECT_EQ(vault::StepJob(call->core(), nullptr, change, {}, job).code(), StatusCode::kKeyUnavailable);
  }
  fs::rename(Path("place-a-away"), Path("place-a"));
  lab_.Close();
  fs::remove(lab_.keyring() + ".anchor");
  MustRestore(FromPlace("place-a"));
  EXPECT_TRUE(report_.changes_lost);
}

TEST_F(Restore, SaysThatTheNewestBackupIsMissing) {
  BackUp();
  BackUp();
  fs::remove(Path("place-a") + "/data/meta/2");
  MustRestore(FromPlace("place-a"));
  EXPECT_EQ(report_.backup, 1u);
  EXPECT_EQ(report_.newer_backup, 2u);
  MustRestore(FromPlace("place-a", 1));  // asked for
  EXPECT_EQ(report_.newer_backup, 0u);
}

// The bundle is renewed by every change of epoch, also when the backup is gone already.
TEST_F(Restore, SaysThatTheNewestBackupIsMissingAlsoWhenTheBundleIsOfLater) {
  BackUp();
  BackUp();
  fs::remove(Path("place-a") + "/data/meta/2");
  EraseForGood("alice");
  MustRestore(FromPlace("place-a"));
  EXPECT_EQ(report_.newer_backup, 2u);
}

TEST_F(Restore, SaysThatTheNewestBackupIsDamagedWhateverBundleIsTaken) {
  BackUp();
  BackUp();
  fs::remove_all(Path("place-a") + "/data/private/2");
  auto options = FromPlace("place-a");
  options.bundle = Path("place-b");
  MustRestore(options);
  EXPECT_EQ(report_.backup, 1u);
  EXPECT_EQ(report_.newer_backup, 2u);
}

// The bundle's job had sealed everything; the data is from before. A backup of what was restored needs the previous
// data keys as much as the data does.
TEST_F(Restore, TakesAResealThatWasUnderWayToItsFirstPass) {
  BackUp();
  std::uint32_t number = 0;
  format::Job job;
  const auto step = [&] {
    const auto founder = Founder();
    auto call = founder->Enter();
    return vault::StepJob(call->core(), &call->desk(), number, {}, job).code();
  };
  ASSERT_TRUE(vault::StartReseal(*Founder(), "national_id", number).ok());
  ASSERT_EQ(step(), StatusCode::kKeyUnavailable);
  ASSERT_EQ(job.pass, 2u);
  BackUp();
  MustRestore(FromPlace("place-a", 1));
  BackUp();
  for (const char* place : {"place-a", "place-b"}) {
    std::size_t removed = 0;
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::PruneBackups(call->core(), Path(place), {.keep = 1}, removed).ok());
  }
  EXPECT_EQ(vault::ReadJob(lab_.Vault()->Enter()->core(), number)->pass, 1u);
  EXPECT_EQ(step(), StatusCode::kKeyUnavailable);
  MustRestore(FromPlace("place-a"));
  const auto founder = Founder();
  const auto bob = lab_.Get(*founder, "bob", "Patient", "1");
  ASSERT_TRUE(bob.ok());
  EXPECT_FALSE(Redacts(**bob, "ssn"));
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

TEST_F(Restore, DeletesAgainWhatWasDeletedAfterTheBackupHoweverOftenItIsDone) {
  Write(*Founder(), "alice", "2");
  BackUp();
  Write(*Founder(), "alice", "3");
  ASSERT_TRUE(lab_.Delete(*Founder(), "alice", "Patient", "2").ok());
  BackUp();  // 2: the head is above the deletion
  for (const std::uint32_t backup : {1u, 2u, 1u}) {
    MustRestore(FromPlace("place-a", backup));
    EXPECT_EQ(report_.records_deleted, backup == 1 ? 1u : 0u);
    const auto founder = Founder();
    EXPECT_EQ(Reads(*founder, "alice", "2"), StatusCode::kNotFound);
    EXPECT_EQ(Reads(*founder, "alice", "1"), StatusCode::kOk);
    EXPECT_EQ(Reads(*founder, "alice", "3"), backup == 1 ? StatusCode::kNotFound : StatusCode::kOk);
    EXPECT_TRUE(lab_.Find(*founder, "Patient", "ssn", "123-45-alice2")->empty());
    EXPECT_TRUE(lab_.Verify(founder.get()).ok());
    BackUp();
  }
}

// The deletion came first; what is under the hold is what was there then.
TEST_F(Restore, DeletesAgainUnderALaterHoldAndRestriction) {
  Write(*Founder(), "alice", "2");
  BackUp();
  ASSERT_TRUE(lab_.Delete(*Founder(), "alice", "Patient", "2").ok());
  {
    const auto founder = Founder();
    auto call = founder->Enter();
    const Bytes id = {'a', 'l', 'i', 'c', 'e'};
    ASSERT_TRUE(vault::Hold(call->core(), call->desk(), {id, nullptr}, "a lawsuit").ok());
    ASSERT_TRUE(vault::Restrict(call->core(), call->desk(), {id, nullptr}, "a dispute").ok());
  }
  BackUp();
  MustRestore(FromPlace("place-a", 1));
  EXPECT_EQ(report_.records_deleted, 1u);
  const auto founder = Founder();
  EXPECT_EQ(Reads(*founder, "alice"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Reads(*founder, "bob"), StatusCode::kOk);
  EXPECT_TRUE(lab_.Verify(nullptr).ok());
}

TEST_F(Restore, ListsWhoCameAfterTheBackupAsLost) {
  BackUp();
  Write(*Founder(), "dave");
  const auto handle = lab_.HandleOf(*Founder(), "dave");
  BackUp();
  MustRestore(FromPlace("place-a", 1));
  EXPECT_EQ(report_.patients.lost, std::vector{handle});
  EXPECT_EQ(report_.patients.restored, 2u);
  const auto founder = Founder();
  EXPECT_EQ(Reads(*founder, "dave"), StatusCode::kNotFound);
  Write(*founder, "dave");
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

// Data that is newer than the bundle: what its own keys open is there too.
TEST_F(Restore, TakesKeyRowsOfTheDataThatTheBundleDoesNotHave) {
  BackUp();
  fs::copy(Path("place-a") + "/bundle", Path("older-bundle"), fs::copy_options::recursive);
  Write(*Founder(), "dave");
  BackUp();
  auto options = FromPlace("place-a", 2);
  options.bundle = Path("older-bundle");
  MustRestore(options);
  EXPECT_EQ(report_.patients.restored, 3u);
  EXPECT_EQ(Reads(*Founder(), "dave"), StatusCode::kOk);
  EXPECT_TRUE(lab_.Verify(Founder().get()).ok());
}

TEST_F(Restore, CopyMadeWhileTheStoreStoodStillIsRestoredWithABundle) {
  Register("place-c", PlaceKind::kCopies);
  bool intact = false;
  {
    auto call = lab_.Vault()->Enter();
    const auto copy = [&] { fs::copy(lab_.store(), Path("copy"), fs::copy_options::recursive); };
    ASSERT_TRUE(vault::HoldForCopy(call->core(), std::chrono::seconds(60), copy, intact).ok());
  }
  EXPECT_TRUE(intact);
  EraseForGood("bob");
  auto options = FromPlace("copy");
  EXPECT_EQ(TryRestore(options).code(), StatusCode::kInvalidArgument);  // it has no bundle of its own
  options.bundle = Path("place-c");
  MustRestore(options);
  EXPECT_EQ(report_.backup, 0u);
  EXPECT_EQ(report_.patients.erased.size(), 1u);
  EXPECT_EQ(Reads(*Founder(), "alice"), StatusCode::kOk);
}

// ---- refusals, all before anything is written

TEST_F(Restore, ProviderOfAnotherStoreSaysSo) {
  BackUp();
  const Laboratory other;
  auto options = FromPlace("place-a");
  options.keyring = other.keyring();
  EXPECT_EQ(TryRestore(options).code(), StatusCode::kAuthFailed);
  options.keyring = lab_.keyring();
  options.secret.bytes = SecretBytes::CopyOf(AsBytes("a wrong passphrase"));
  EXPECT_EQ(TryRestore(options).code(), StatusCode::kWrongSecret);
  EXPECT_FALSE(fs::exists(lab_.store()));
  EXPECT_FALSE(IsLeftBeside());
}

TEST_F(Restore, NamesTheEpochThatABundleNeedsAndTheOneAtHand) {
  BackUp();
  fs::copy(Path("place-a") + "/bundle", Path("old-bundle"), fs::copy_options::recursive);
  EraseForGood("alice");
  auto options = FromPlace("place-a");
  options.bundle = Path("old-bundle");
  const Status refused = TryRestore(options);
  EXPECT_EQ(refused.code(), StatusCode::kKeyUnavailable);
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("epoch 1; this provider has that of 2"));
  EXPECT_FALSE(IsLeftBeside());
}

TEST_F(Restore, OntoAFolderThatHasSomethingIsRefused) {
  BackUp();
  lab_.Close();
  EXPECT_EQ(vault::RestoreVault(FromPlace("place-a"), report_).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(Reads(*Founder(), "alice"), StatusCode::kOk);
  auto options = FromPlace("place-a");
  options.store = Path("place-a") + "/inside";
  EXPECT_EQ(vault::RestoreVault(options, report_).code(), StatusCode::kInvalidArgument);
}

TEST_F(Restore, BackupThatIsNotThereIsNotFound) {
  BackUp();
  EXPECT_EQ(TryRestore(FromPlace("place-a", 7)).code(), StatusCode::kNotFound);
  EXPECT_EQ(TryRestore(FromPlace("nowhere")).code(), StatusCode::kNotFound);
}

TEST_F(Restore, ChangedOrCutFileOfTheBundleIsRefused) {
  BackUp();
  for (const char* name : {"list-", "part-"}) {
    fs::copy(Path("place-a"), Path("place-x"), fs::copy_options::recursive);
    const fs::path file = FileIn(Path("place-x") + "/bundle", name);
    FlipByteOf(file);
    const StatusCode flipped = TryRestore(FromPlace("place-x")).code();
    EXPECT_TRUE(flipped == StatusCode::kAuthFailed || flipped == StatusCode::kCorrupt) << CodeName(flipped);
    fs::resize_file(file, fs::file_size(file) / 2);
    const StatusCode cut = TryRestore(FromPlace("place-x")).code();
    EXPECT_TRUE(cut == StatusCode::kAuthFailed || cut == StatusCode::kCorrupt) << CodeName(cut);
    fs::remove(file);
    EXPECT_EQ(TryRestore(FromPlace("place-x")).code(), StatusCode::kNotFound);
    EXPECT_FALSE(fs::exists(lab_.store()));
    fs::remove_all(Path("place-x"));
  }
}

TEST_F(Restore, ChangedOrCutFileOfTheDataIsRefusedAndNothingIsLeft) {
  BackUp();
  const fs::path file = FileIn(Path("place-a") + "/data/shared_checksum", "");
  FlipByteOf(file);
  EXPECT_EQ(TryRestore(FromPlace("place-a")).code(), StatusCode::kCorrupt);
  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_EQ(TryRestore(FromPlace("place-a")).code(), StatusCode::kCorrupt);
  EXPECT_FALSE(fs::exists(lab_.store()));
  EXPECT_FALSE(IsLeftBeside());
  MustRestore(FromPlace("place-b"));
}

// Who writes to the medium can make checksums fit. One patient's changed row does not keep the others away.
TEST_F(Restore, PatientWithAChangedRowIsRestoredAsFarAsItGoesAndListed) {
  Write(*Founder(), "alice", "2");
  const auto handle = lab_.HandleOf(*Founder(), "alice");
  BackUp();
  lab_.Close();
  fs::copy(lab_.store(), Path("copy"), fs::copy_options::recursive);
  {
    const auto rows = store::OpenRocks(Path("copy") + "/rows", {});
    ASSERT_TRUE(rows.ok());
    const auto cursor = (*rows)->Scan(store::Table::kRecords, handle, format::AfterPrefix(handle));
    Bytes value(cursor->value().begin(), cursor->value().end());
    value[value.size() / 2] ^= 1;
    store::Batch batch;
    batch.Put(store::Table::kRecords, cursor->key(), value);
    ASSERT_TRUE((*rows)->Commit(batch, store::Durability::kPower).ok());
  }
  auto options = FromPlace("copy");
  options.bundle = Path("place-a");
  MustRestore(options);
  EXPECT_EQ(report_.damaged, std::vector{handle});
  EXPECT_EQ(Reads(*Founder(), "bob"), StatusCode::kOk);
}

// ---- the provider's anchor

TEST_F(Restore, BeginsALostAnchorAnewAndSaysSo) {
  BackUp();
  lab_.Close();
  fs::remove(lab_.keyring() + ".anchor");
  MustRestore(FromPlace("place-a"));
  EXPECT_TRUE(report_.anchor_was_lost);
  EXPECT_EQ(Reads(*Founder(), "alice"), StatusCode::kOk);
}

TEST_F(Restore, MovesTheAnchorsOfAllCopiesOfTheProvider) {
  keys::KeyringSecret secret;
  secret.bytes = SecretBytes::CopyOf(AsBytes("another passphrase"));
  const std::string second = Path("second-keyring");
  BackUp();
  for (int i = 0; i < 20; ++i) Write(*Founder(), "bob", "more-" + std::to_string(i));
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::AddProviderCopy(call->core(), lab_.store(), second, secret, crypto::kArgon2Floor).ok());
  }
  BackUp();
  MustRestore(FromPlace("place-a", 1));
  EXPECT_EQ(report_.copies_missed, 0u);
  vault::OpenOptions options;
  options.keyring = second;
  options.secret = std::move(secret);
  EXPECT_TRUE(lab_.Open(std::move(options)).ok());
  lab_.Close();
  fs::remove(second);
  MustRestore(FromPlace("place-a", 1));
  EXPECT_EQ(report_.copies_missed, 1u);
}

TEST_F(Restore, SaysHowManyStatementsAreNewerThanTheBundle) {
  BackUp();
  lab_.AddPerson("physician", {"general"});
  MustRestore(FromPlace("place-a"));
  EXPECT_GT(report_.statements_lost, 0u);
}

// ---- deaths

TEST_F(Restore, KilledAtAnyPointLeavesNoStoreAndIsDoneAgain) {
  BackUp();
  EraseForGood("alice");
  for (const char* point :
       {"data is restored", "data was restored", "keys were restored", "restore is whole", "anchor was moved"}) {
    lab_.Close();
    fs::remove_all(lab_.store());
    EXPECT_TRUE(
        Dies({"restore", lab_.store(), Path("place-a"), lab_.keyring(), std::string(Laboratory::kPassphrase), point}))
        << point;
    EXPECT_FALSE(fs::exists(lab_.store())) << point;
    EXPECT_TRUE(IsLeftBeside()) << point;
    MustRestore(FromPlace("place-a", 1));
    EXPECT_FALSE(IsLeftBeside()) << point;
    EXPECT_EQ(Reads(*Founder(), "bob"), StatusCode::kOk) << point;
    EXPECT_EQ(Reads(*Founder(), "alice"), StatusCode::kNotFound) << point;
  }
}

TEST_F(Restore, CalledOffLeavesNothing) {
  BackUp();
  auto options = FromPlace("place-a");
  options.on_progress = [](vault::RestoreStep, std::uint64_t, std::uint64_t) { return false; };
  EXPECT_EQ(TryRestore(options).code(), StatusCode::kCancelled);
  EXPECT_FALSE(fs::exists(lab_.store()));
  EXPECT_FALSE(IsLeftBeside());
}

// ---- drills

TEST_F(Restore, DrillOpensASampleAndLeavesStoreAndAnchorAlone) {
  BackUp();
  for (int i = 0; i < 5; ++i) Write(*Founder(), "bob", "more-" + std::to_string(i));
  fs::create_directory(Path("scratch"));
  auto options = FromPlace("place-a");
  options.store = Path("scratch");
  vault::DrillReport report;
  const Status drilled = vault::DrillRestore(std::move(options), 0, report);
  EXPECT_TRUE(drilled.ok()) << drilled.message();
  EXPECT_EQ(report.sampled, 2u);
  EXPECT_EQ(report.failed, 0u);
  EXPECT_TRUE(fs::is_empty(Path("scratch")));
  lab_.Close();
  EXPECT_EQ(Reads(*Founder(), "bob", "more-4"), StatusCode::kOk);
  EXPECT_EQ(lab_.Vault()->freshness().freshness, vault::Freshness::kFresh);
}

TEST_F(Restore, DrillOfADamagedBackupFails) {
  BackUp();
  FlipByteOf(FileIn(Path("place-a") + "/data/shared_checksum", ""));
  vault::DrillReport report;
  auto nowhere = FromPlace("place-a");
  nowhere.store = Path("nowhere");
  EXPECT_EQ(vault::DrillRestore(std::move(nowhere), 0, report).code(), StatusCode::kIoError);
  auto options = FromPlace("place-a");
  options.store = "";
  EXPECT_EQ(vault::DrillRestore(std::move(options), 0, report).code(), StatusCode::kCorrupt);
}

}  // namespace
}  // namespace mseal::test
