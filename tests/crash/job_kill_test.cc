// A process that works on a job is killed at each of its crash points, before and after each of its writes: the next
// one rolls the job forward, nothing that was acknowledged is lost, and there is no moment at which neither epoch
// opens.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "format/job.h"
#include "vault/backup_places.h"
#include "vault/epoch_change.h"
#include "vault/erasures.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

constexpr std::uint32_t kSsn = 2;
constexpr std::uint32_t kFamily = 3;
constexpr int kLivingPatients = 6;

// Fewer under a sanitizer, where each takes its time: every so-manieth point is died at then.
int Stride() {
  const char* rounds = std::getenv("MEDSEAL_CRASH_ROUNDS");
  return rounds != nullptr ? std::max(1, 50 / std::atoi(rounds)) : 1;
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

  // The point's name; empty when the work came to its end.
  std::string WorkAndDieAt(int point, std::vector<std::string> what) {
    lab_.Close();
    int pipe_ends[2];
    EXPECT_EQ(pipe(pipe_ends), 0);
    std::vector<std::string> words{MEDSEAL_CRASH_JOB_WORKER, lab_.store(), lab_.keyring(), std::to_string(point)};
    words.insert(words.end(), what.begin(), what.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      dup2(pipe_ends[1], STDOUT_FILENO);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    close(pipe_ends[1]);
    std::string name;
    char buffer[256];
    for (ssize_t got = 0; (got = read(pipe_ends[0], buffer, sizeof(buffer))) > 0;)
      name.append(buffer, static_cast<std::size_t>(got));
    int status = 0;
    waitpid(child, &status, 0);
    close(pipe_ends[0]);
    EXPECT_TRUE(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << name;
    if (!name.empty()) name.pop_back();
    return name;
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
  int deaths = 0;
  for (int point = 1;; point += Stride()) {
    const std::string name = WorkAndDieAt(point, {"rotate", "national_id"});
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(name));
    ASSERT_NO_FATAL_FAILURE(RollForward(name));
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(name));
    if (name.empty()) break;
    ++deaths;
    ASSERT_LT(point, 200);
  }
  EXPECT_GE(deaths, 20 / Stride());
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

TEST_F(KilledJob, ReEpochIsRolledForwardFromEveryPoint) {
  int deaths = 0;
  for (int point = 1;; ++point) {
    const std::string name = WorkAndDieAt(point, {"re-epoch"});
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(name));
    ASSERT_NO_FATAL_FAILURE(RollForward(name));
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(name));
    if (name.empty()) break;
    ++deaths;
    ASSERT_LT(point, 200);
  }
  EXPECT_GE(deaths, 2);
}

}  // namespace
}  // namespace mseal::test
