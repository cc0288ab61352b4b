// A process that works on a job is killed at each of its crash points, before and after each of its writes: the next
// one rolls the job forward, nothing that was acknowledged is lost, and there is no moment at which neither epoch
// opens.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>

#include "base/clock.h"
#include "crash/mortal.h"
#include "format/job.h"
#include "vault/backup.h"
#include "vault/backup_places.h"
#include "vault/epoch_change.h"
#include "vault/erasures.h"
#include "vault/restore.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kSsn = 2;
constexpr std::uint32_t kFamily = 3;
constexpr int kLivingPatients = 6;

// Fewer under a sanitizer, where each takes its time: every so-manieth point is died at then.
int Stride() {
  const char* rounds = std::getenv("MEDSEAL_CRASH_ROUNDS");
  return rounds != nullptr ? std::max(1, 50 / std::atoi(rounds)) : 1;
}

// The point's name; empty when the work came to its end.
std::string DieAt(Laboratory& lab, int point, const std::vector<std::string>& what) {
  lab.Close();
  std::vector<std::string> words{MEDSEAL_CRASH_JOB_WORKER, lab.store(), lab.keyring(), std::to_string(point)};
  words.insert(words.end(), what.begin(), what.end());
  return RunMortal(std::move(words)).said;
}

class KilledJob : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < kLivingPatients; ++i) Write(*founder, "living-" + std::to_string(i));
    for (const char* name : {"place-a", "place-b"}) {
      auto call = lab_.Vault()->Enter();
      const std::string path = (lab_.folder() / name).string();
      ASSERT_TRUE(vault::RegisterPlace(call->core(), lab_.store(), path, format::PlaceKind::kBackups).ok());
    }
  }

  void Write(vault::Session& session, const std::string& patient) {
    const Bytes message = TextField(kSsn, "123-45-" + patient) + TextField(kFamily, "Martin");
    ASSERT_TRUE(lab_.Put(session, patient, "Patient", "1", message).ok());
  }

  std::string WorkAndDieAt(int point, const std::vector<std::string>& what) { return DieAt(lab_, point, what); }

  // Dies at each point in turn, and what was begun is rolled forward each time; `then` looks closer. How many deaths.
  int DieEverywhere(const std::vector<std::string>& what, int step = 1,
                    const std::function<void(const std::string& point)>& then = {}) {
    int deaths = 0;
    for (int point = 1; !HasFailure(); point += step) {
      const std::string name = WorkAndDieAt(point, what);
      ExpectWhole(name);
      RollForward(name);
      ExpectWhole(name);
      if (then) then(name);
      if (name.empty()) break;
      ++deaths;
      EXPECT_LT(point, 400) << "this has no end";
    }
    std::printf("%d deaths\n", deaths);
    return deaths;
  }

  void BackUp() {
    auto call = lab_.Vault()->Enter();
    std::vector<vault::BackupMade> made;
    const Status status = vault::CreateBackups(call->core(), "", nullptr, made);
    EXPECT_TRUE(status.ok()) << status.message();
  }
  Status Restore(const std::string& place) {
    vault::RestoreOptions options;
    options.from = place;
    options.store = lab_.store();
    options.keyring = lab_.keyring();
    options.secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
    vault::RestoreReport report;
    return vault::RestoreVault(options, report);
  }

  // Whatever was begun is ended by the next process.
  void RollForward(const std::string& point) {
    std::vector<std::uint32_t> open;
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_NE(founder, nullptr) << point;
    auto call = founder->Enter();
    vault::Core& core = call->core();
    ASSERT_TRUE(vault::ForEachJob(core, [&](std::uint32_t number, const format::Job& job) {
                  if (job.state == format::JobState::kRunning) open.push_back(number);
                  return Status::Ok();
                }).ok());
    for (const std::uint32_t number : open) {
      format::Job job;
      const Status stepped = vault::StepJob(core, &call->desk(), number, {}, job);
      ASSERT_TRUE(stepped.ok()) << point << ": " << stepped.message();
    }
  }

  void ExpectWhole(const std::string& point) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_NE(founder, nullptr) << point;
    for (int i = 0; i < kLivingPatients; ++i)
      EXPECT_TRUE(lab_.Get(*founder, "living-" + std::to_string(i), "Patient", "1").ok()) << point;
    const auto found = lab_.Find(*founder, "Patient", "family", "martin");
    EXPECT_TRUE(found.ok() && found->size() >= kLivingPatients) << point;
    EXPECT_TRUE(lab_.Verify(founder.get()).ok()) << point;
  }

  Laboratory lab_;
};

TEST_F(KilledJob, ErasureIsRolledForwardFromEveryPoint) {
  lab_.AddAuditor("auditor");
  std::set<std::string> points;
  int deaths = 0;
  for (int point = 1;; point += Stride()) {
    const std::string patient = "leaver-" + std::to_string(point);
    Write(*lab_.LoginAs(Laboratory::kFounder), patient);
    const auto handle = lab_.HandleOf(*lab_.LoginAs(Laboratory::kFounder), patient);
    const std::string name = WorkAndDieAt(point, {"erase", patient});
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(name));
    ASSERT_NO_FATAL_FAILURE(RollForward(name));
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(name));
    const auto erasure = vault::ReadErasure(lab_.Vault()->Enter()->core(), handle);
    // Until the erasure was committed nothing was asked for.
    EXPECT_TRUE(!erasure.ok() || erasure->state == format::ErasureState::kDead) << name;
    EXPECT_EQ(erasure.ok(), !lab_.Get(*lab_.LoginAs(Laboratory::kFounder), patient, "Patient", "1").ok()) << name;
    if (name.empty()) break;
    points.insert(name);
    ++deaths;
    ASSERT_LT(point, 200);
  }
  std::printf("%d deaths at %zu kinds of points\n", deaths, points.size());
  EXPECT_GE(deaths, 20 / Stride());
  EXPECT_GE(points.size(), 10u / static_cast<unsigned>(Stride()));
}

TEST_F(KilledJob, RotationAndItsEpochChangeAreRolledForwardFromEveryPoint) {
  EXPECT_GE(DieEverywhere({"rotate", "national_id"}, Stride()), 20 / Stride());
}

// To and fro, so that every death but the first finds a store that was under both. Every third point, since each takes
// the whole way twice: before and after writes by turns.
TEST_F(KilledJob, ChangeOfSuiteIsRolledForwardWhereverItDied) {
  const auto newest = [this] { return lab_.Vault()->Enter()->core().identity.suite.now().newest(); };
  std::set<std::string> points;
  int deaths = 0;
  for (int point = 1;; point += 3 * Stride()) {
    const auto other =
        newest() == crypto::Suite::kAes256Gcm ? crypto::Suite::kChaCha20Poly1305 : crypto::Suite::kAes256Gcm;
    if (!crypto::CheckSuite(other).ok()) GTEST_SKIP() << "this processor does one suite alone";
    const std::string name = WorkAndDieAt(point, {"suite", std::to_string(static_cast<int>(other))});
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(name));
    ASSERT_NO_FATAL_FAILURE(RollForward(name));
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(name));
    for (const auto table : {store::Table::kHeads, store::Table::kKeys, store::Table::kIndex, store::Table::kMeta}) {
      const crypto::Suite now = newest();
      for (const StoredRow& row : lab_.AllRows(table))
        ASSERT_TRUE((table == store::Table::kIndex && row.key[0] == 'o') || seal::IsUnder(now, row.value)) << name;
    }
    if (name.empty()) break;
    points.insert(name);
    ++deaths;
    ASSERT_LT(point, 300);
  }
  std::printf("%d deaths at %zu kinds of points\n", deaths, points.size());
  EXPECT_GE(deaths, 20 / Stride());
}

TEST_F(KilledJob, ReEpochIsRolledForwardFromEveryPoint) { EXPECT_GE(DieEverywhere({"re-epoch"}), 2); }

TEST_F(KilledJob, IndexRotationIsRolledForwardFromEveryPoint) {
  EXPECT_GE(DieEverywhere({"index", "Patient", "family"}), 4);
}

TEST_F(KilledJob, ResealIsRolledForwardFromEveryPoint) {
  EXPECT_GE(DieEverywhere({"reseal", "national_id"}, Stride()), 20 / Stride());
}

TEST_F(KilledJob, PurgeLeavesEverythingAtEveryPoint) { EXPECT_EQ(DieEverywhere({"purge"}), 2); }

TEST_F(KilledJob, BackupLeavesTheEarlierOnesGoodAndIsMadeTheNextTime) {
  BackUp();
  const int deaths = DieEverywhere({"back-up"}, 1, [this](const std::string& point) {
    std::size_t checked = 0;
    const auto count = [&](const vault::Place&, std::uint32_t, const Status& status) {
      EXPECT_TRUE(status.ok()) << point << ": " << status.message();
      ++checked;
    };
    {
      auto call = lab_.Vault()->Enter();
      EXPECT_TRUE(vault::VerifyBackups(call->core(), "", 0, count).ok()) << point;
    }
    EXPECT_GE(checked, 4u) << point;  // a backup and a bundle in each place
    BackUp();
  });
  EXPECT_GE(deaths, 8);
}

// The place of the store is empty or holds it whole, and the next restore to it goes through.
TEST_F(KilledJob, RestoreIsWholeOrMadeAnewFromEveryPoint) {
  BackUp();
  lab_.Close();
  const std::string place = (lab_.folder() / "place-a").string();
  int deaths = 0;
  for (int point = 1;; ++point) {
    fs::remove_all(lab_.store());
    const std::string name = WorkAndDieAt(point, {"restore", place});
    const Status again = fs::exists(lab_.store()) ? Status::Ok() : Restore(place);
    ASSERT_TRUE(again.ok()) << name << ": " << again.message();
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(name));
    EXPECT_FALSE(fs::exists(lab_.store() + ".restoring")) << name;
    lab_.Close();
    if (name.empty()) break;
    ++deaths;
    ASSERT_LT(point, 200);
  }
  EXPECT_GE(deaths, 6);
}

// The writes of a run, each with its batch before and after; what is left is let go of by the next.
TEST(KilledRetentionRun, IsGoneOnWithFromEveryPoint) {
  constexpr std::uint64_t kDay = 24ull * 60 * 60 * 1000;
  constexpr std::uint64_t kBegin = 1'700'000'000'000;
  SetClockForTests(kBegin);
  Laboratory lab(crypto::Suite::kChaCha20Poly1305,
                 "syntax = \"proto3\"; import \"medseal/options.proto\";"
                 "message Note { option (medseal.v1.record) = { retention: \"10d\" };"
                 "  string text = 1 [(medseal.v1.field) = { find: EXACT normalize: ID }]; }");
  lab.AddPerson("witness", {});
  int deaths = 0;
  for (int point = 1;; ++point) {
    // Three that have had their time, and one that has not.
    const std::uint64_t now = kBegin + static_cast<std::uint64_t>(point) * 20 * kDay;
    const std::string young = "young-" + std::to_string(point);
    {
      SetClockForTests(now - 11 * kDay);
      const auto founder = lab.LoginAs(Laboratory::kFounder);
      for (const char* patient : {"a", "b", "c"})
        ASSERT_TRUE(lab.Put(*founder, patient, "Note", "1", TextField(1, "old")).ok());
      SetClockForTests(now - kDay);
      ASSERT_TRUE(lab.Put(*founder, young, "Note", "1", TextField(1, young)).ok());
    }
    SetClockForTests(now);
    const std::string name = DieAt(lab, point, {"retain", std::to_string(now)});
    {
      const auto founder = lab.LoginAs(Laboratory::kFounder);
      EXPECT_TRUE(lab.Verify(founder.get()).ok()) << name;
      EXPECT_TRUE(lab.Get(*founder, young, "Note", "1").ok()) << name;
    }
    if (name.empty()) break;
    ++deaths;
    EXPECT_EQ(DieAt(lab, 1'000'000, {"retain", std::to_string(now)}), "") << name;
    const auto founder = lab.LoginAs(Laboratory::kFounder);
    EXPECT_EQ(lab.Find(*founder, "Note", "text", "old")->size(), 0u) << name;
    EXPECT_TRUE(lab.Get(*founder, young, "Note", "1").ok()) << name;
    EXPECT_TRUE(lab.Verify(founder.get()).ok()) << name;
    ASSERT_FALSE(::testing::Test::HasFailure());
    ASSERT_LT(point, 100);
  }
  SetClockForTests(0);
  EXPECT_GE(deaths, 6);
}

}  // namespace
}  // namespace mseal::test
