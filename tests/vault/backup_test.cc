// Backups of a vault at work: made, listed, checked, pruned, and copies by other tools.
#include <atomic>
#include <fstream>
#include <thread>

#include "vault/bundle.h"
#include "vault/epoch_change.h"
#include "vault_support/backup_desk.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using format::PlaceKind;

class Backup : public BackupDesk {
 protected:
  std::vector<vault::PlaceView> List() {
    std::vector<vault::PlaceView> views;
    auto call = lab_.Vault()->Enter();
    EXPECT_TRUE(vault::ListBackups(call->core(), "", views).ok());
    return views;
  }
  Status Verify(std::string_view place = "") {
    auto call = lab_.Vault()->Enter();
    return vault::VerifyBackups(call->core(), place.empty() ? "" : Path(place), 0, nullptr);
  }
  Status Prune(std::string_view place, const vault::PruneRule& rule, std::size_t& removed) {
    auto call = lab_.Vault()->Enter();
    return vault::PruneBackups(call->core(), Path(place), rule, removed);
  }
};

TEST_F(Backup, IsMadeInEveryPlaceWithABundleAndListed) {
  BackUp();
  Write(*Founder(), "alice", "2");
  const auto made = BackUp();
  ASSERT_EQ(made.size(), 2u);
  for (const vault::BackupMade& one : made) {
    EXPECT_EQ(one.backup.number, 2u);
    EXPECT_GE(one.bundle, 2u);
  }
  const auto views = List();
  ASSERT_EQ(views.size(), 2u);
  for (const vault::PlaceView& view : views) {
    EXPECT_TRUE(view.reached.ok());
    EXPECT_TRUE(view.bundle.ok());
    EXPECT_EQ(view.bundle_epoch, 1u);
    ASSERT_EQ(view.backups.size(), 2u);
    EXPECT_EQ(view.backups[1].facts.epoch, 1u);
    EXPECT_GT(view.backups[1].facts.commit_counter, view.backups[0].facts.commit_counter);
    EXPECT_TRUE(view.backups[1].own_keys);
  }
  EXPECT_TRUE(Verify().ok());
}

TEST_F(Backup, ListSaysThatOldDataNeedsABundle) {
  BackUp();
  EraseForGood("alice");
  for (const vault::PlaceView& view : List()) {
    EXPECT_TRUE(view.bundle.ok());
    EXPECT_EQ(view.bundle_epoch, 2u);
    EXPECT_FALSE(view.backups[0].own_keys);
  }
}

TEST_F(Backup, PlaceThatIsAwayIsNamedAndTheOtherHasItsBackup) {
  fs::rename(Path("place-b"), Path("away"));
  const auto made = BackUp(StatusCode::kKeyUnavailable);
  ASSERT_EQ(made.size(), 2u);
  for (const vault::BackupMade& one : made) {
    const bool away = one.place.facts.path == Path("place-b");
    EXPECT_EQ(one.status.ok(), !away);
    EXPECT_EQ(one.backup.number, away ? 0u : 1u);
    EXPECT_EQ(one.bundle != 0, !away);
  }
  EXPECT_EQ(Verify().code(), StatusCode::kKeyUnavailable);
  EXPECT_TRUE(Verify("place-a").ok());
}

TEST_F(Backup, WithoutAPlaceOfItsKindThereIsNowhereToPutIt) {
  auto call = lab_.Vault()->Enter();
  for (const char* place : {"place-a", "place-b"}) ASSERT_TRUE(vault::ForgetPlace(call->core(), Path(place)).ok());
  ASSERT_TRUE(vault::RegisterPlace(call->core(), lab_.store(), Path("copies"), PlaceKind::kCopies).ok());
  std::vector<vault::BackupMade> made;
  EXPECT_EQ(vault::CreateBackups(call->core(), "", nullptr, made).code(), StatusCode::kNotFound);
}

TEST_F(Backup, IsRefusedWhileTheEpochChanges) {
  std::uint32_t job = 0;
  auto call = lab_.Vault()->Enter();
  ASSERT_TRUE(vault::StartEpochChange(call->core(), job).ok());
  vault::StepOptions one_step;
  one_step.on_progress = [](const format::Job&, std::uint64_t) { return false; };
  format::Job state;
  std::vector<vault::BackupMade> made;
  for (int step = 0; step < 3; ++step)  // gathers, draws, renews a bucket
    ASSERT_EQ(vault::StepJob(call->core(), nullptr, job, one_step, state).code(), StatusCode::kCancelled);
  EXPECT_EQ(vault::CreateBackups(call->core(), "", nullptr, made).code(), StatusCode::kConflict);
  EXPECT_EQ(vault::WriteBundleTo(call->core(), Path("bundle")).code(), StatusCode::kConflict);
  ASSERT_TRUE(vault::StepJob(call->core(), nullptr, job, {}, state).ok());
  EXPECT_TRUE(vault::CreateBackups(call->core(), "", nullptr, made).ok());
}

TEST_F(Backup, MadeWhileWritersRunIsWhole) {
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    const auto session = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; !stop || i < 20; ++i) {
      Write(*session, "writer-" + std::to_string(i));
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  for (int i = 0; i < 3; ++i) BackUp();
  stop = true;
  writer.join();
  EXPECT_TRUE(Verify().ok());
  for (const std::uint32_t backup : {1u, 3u}) {
    MustRestore(FromPlace("place-a", backup));
    EXPECT_TRUE(report_.damaged.empty());
    EXPECT_TRUE(report_.patients.unreadable.empty());
    EXPECT_TRUE(lab_.Verify(Founder().get()).ok());
  }
}

TEST_F(Backup, KilledWhileItIsMadeLeavesTheEarlierOnes) {
  BackUp();
  lab_.Close();
  for (const char* point : {"backup is made", "backup was made", "bundle file is written", "bundle file was written"}) {
    EXPECT_TRUE(Dies({"create", lab_.store(), lab_.keyring(), std::string(Laboratory::kPassphrase), point})) << point;
    EXPECT_TRUE(Verify().ok()) << point;
    BackUp();
    lab_.Close();
  }
  MustRestore(FromPlace("place-b", 1));
  EXPECT_EQ(report_.patients.restored, 2u);
}

TEST_F(Backup, VerifyTellsADamagedBackupFromADamagedBundle) {
  BackUp();
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(Path("place-a") + "/data/shared_checksum")) {
    if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  }
  fs::resize_file(largest, fs::file_size(largest) - 1);
  for (const auto& entry : fs::directory_iterator(Path("place-b") + "/bundle")) {
    if (entry.path().filename().string().starts_with("part-")) fs::resize_file(entry.path(), 3);
  }
  std::map<std::string, StatusCode> outcomes;
  auto call = lab_.Vault()->Enter();
  const auto tell = [&](const vault::Place& place, std::uint32_t number, const Status& status) {
    outcomes[fs::path(place.facts.path).filename().string() + "/" + std::to_string(number)] = status.code();
  };
  EXPECT_FALSE(vault::VerifyBackups(call->core(), "", 0, tell).ok());
  EXPECT_EQ(outcomes.at("place-a/0"), StatusCode::kOk);
  EXPECT_EQ(outcomes.at("place-a/1"), StatusCode::kCorrupt);
  EXPECT_EQ(outcomes.at("place-b/0"), StatusCode::kAuthFailed);
  EXPECT_EQ(outcomes.at("place-b/1"), StatusCode::kOk);
}

TEST_F(Backup, PartThatTheMediumSpoiledIsWrittenAgainBeforeAnEpochDies) {
  BackUp();
  for (const char* place : {"place-a", "place-b"}) {
    for (const auto& entry : fs::directory_iterator(Path(place) + "/bundle")) {
      if (!entry.path().filename().string().starts_with("part-")) continue;
      std::fstream part(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      part.seekp(static_cast<std::streamoff>(fs::file_size(entry.path()) / 2));
      part << "spoiled";
    }
  }
  EXPECT_EQ(Verify().code(), StatusCode::kAuthFailed);
  EraseForGood("alice");
  EXPECT_TRUE(Verify().ok());
  MustRestore(FromPlace("place-a", 1));
  EXPECT_EQ(Reads(*Founder(), "bob"), StatusCode::kOk);
}

// Who writes to the medium can name a file as they like; a number that wraps shall not make a bundle of number 0.
TEST_F(Backup, FilesNamedAsNoBundleFileIsAreNotLookedAt) {
  BackUp();
  for (const char* name : {"list-18446744073709551615", "list-9223372036854775808", "list-0009", "list-9x",
                           "part-18446744073709551615", "part-9223372036854775808"})
    std::ofstream(Path("place-a") + "/bundle/" + name) << "planted";
  Write(*Founder(), "carol");
  const auto made = BackUp();
  EXPECT_EQ(made[0].bundle, made[1].bundle);
  EXPECT_TRUE(Verify().ok());
  MustRestore(FromPlace("place-a"));
  EXPECT_EQ(Reads(*Founder(), "carol"), StatusCode::kOk);
}

TEST_F(Backup, HighestNumberOfABundleFileIsRefusedUntilSomebodyTakesItAway) {
  BackUp();
  for (const char* name : {"list-9223372036854775807", "part-9223372036854775807"}) {
    const fs::path planted = fs::path(Path("place-a")) / "bundle" / name;
    std::ofstream(planted) << "planted";
    Write(*Founder(), name);
    const auto made = BackUp(StatusCode::kIoError);
    for (const vault::BackupMade& one : made) EXPECT_EQ(one.bundle == 0, one.place.facts.path == Path("place-a"));
    fs::remove(planted);
    BackUp();
    EXPECT_TRUE(Verify().ok());
  }
}

TEST_F(Backup, PrunesToANumberOrByAgeAndNeverTheNewest) {
  for (int i = 0; i < 4; ++i) BackUp();
  std::size_t removed = 0;
  ASSERT_TRUE(Prune("place-a", {.keep = 2}, removed).ok());
  EXPECT_EQ(removed, 2u);
  ASSERT_TRUE(Prune("place-b", {.made_before = ~std::uint64_t{0} >> 1}, removed).ok());
  EXPECT_EQ(removed, 3u);
  for (const vault::PlaceView& view : List()) {
    EXPECT_EQ(view.backups.size(), view.place.facts.path == Path("place-a") ? 2u : 1u);
    EXPECT_EQ(view.backups.back().backup.number, 4u);
  }
  EXPECT_TRUE(Verify().ok());
  EXPECT_EQ(Prune("place-a", {}, removed).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Prune("place-a", {.keep = 1, .made_before = 1}, removed).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Prune("nowhere", {.keep = 1}, removed).code(), StatusCode::kNotFound);
  MustRestore(FromPlace("place-a", 3));
}

TEST_F(Backup, BundleForCarryingAwayServesARestore) {
  BackUp();
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::WriteBundleTo(call->core(), Path("carried")).ok());
    EXPECT_EQ(vault::WriteBundleTo(call->core(), Path("carried")).code(), StatusCode::kInvalidArgument);
  }
  auto options = FromPlace("place-a");
  options.bundle = Path("carried");
  MustRestore(options);
  EXPECT_EQ(Reads(*Founder(), "alice"), StatusCode::kOk);
}

// ---- standing still

TEST_F(Backup, StoreGoesOnWhenTheTimeForACopyIsOverAndTheCopyIsNone) {
  bool intact = true;
  const auto founder = Founder();
  auto call = lab_.Vault()->Enter();
  const auto slow = [&] { Write(*founder, "carol"); };  // waits until the time is over
  ASSERT_TRUE(vault::HoldForCopy(call->core(), std::chrono::milliseconds(50), slow, intact).ok());
  EXPECT_FALSE(intact);
  EXPECT_EQ(Reads(*founder, "carol"), StatusCode::kOk);
}

TEST_F(Backup, WritersWaitWhileACopyIsMade) {
  bool intact = false;
  std::atomic<bool> wrote{false}, wrote_meanwhile{true};
  const auto founder = Founder();
  std::thread writer;
  auto call = lab_.Vault()->Enter();
  const auto copy = [&] {
    writer = std::thread([&] {
      Write(*founder, "carol");
      wrote = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    wrote_meanwhile = wrote.load();
  };
  ASSERT_TRUE(vault::HoldForCopy(call->core(), std::chrono::seconds(60), copy, intact).ok());
  writer.join();
  EXPECT_TRUE(intact);
  EXPECT_FALSE(wrote_meanwhile);
  EXPECT_EQ(Reads(*founder, "carol"), StatusCode::kOk);
}

}  // namespace
}  // namespace mseal::test
