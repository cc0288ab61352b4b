// What another process sees of a job while this one has the vault open, and what somebody puts in the file's place.
#include "vault/job_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "crypto/hash.h"
#include "vault/backup.h"
#include "vault/backup_places.h"
#include "vault/rotation.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using format::Job;
using format::JobFileContent;
using format::JobKind;
using format::JobState;

constexpr std::uint32_t kSsn = 2;
constexpr int kPatients = 5;

class JobFile : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < kPatients; ++i) {
      const Bytes message = TextField(kSsn, "123-45-678" + std::to_string(i));
      ASSERT_TRUE(lab_.Put(*founder, "p" + std::to_string(i), "Patient", "1", message).ok());
    }
  }

  std::string Path() const { return lab_.store() + "/medseal.job"; }
  Result<JobFileContent> Peek() { return vault::PeekJob(lab_.store()); }
  StatusCode Code() { return Peek().code(); }

  std::uint32_t Start(vault::Session& session, std::string_view class_name) {
    std::uint32_t number = 0;
    EXPECT_TRUE(vault::StartClassRotation(session, class_name, {}, number).ok());
    return number;
  }
  void Step(vault::Session& session, std::uint32_t number, const vault::StepOptions& options = {}) {
    auto call = session.Enter();
    Job job;
    ASSERT_TRUE(vault::StepJob(call->core(), &call->desk(), number, options, job).ok());
  }

  Bytes File() const {
    std::ifstream in(Path(), std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), {});
  }
  void Plant(ByteView content) {
    fs::remove(Path());
    std::ofstream(Path(), std::ios::binary) << AsText(content);
  }
  // As the process that is at work would have written it.
  static Bytes Sealed(Bytes file) {
    const crypto::Digest sum = crypto::Hash("medseal.v1.jobfl", ByteView(file).first(format::kJobFileCovered));
    CopyBytes(sum, MutableBytes(file).subspan(format::kJobFileCovered));
    return file;
  }
  static Bytes Sealed(const JobFileContent& content) { return Sealed(format::WriteJobFile(content)); }

  Laboratory lab_;
};

TEST_F(JobFile, SaysHowFarTheJobCameAndNothingElse) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Code(), StatusCode::kNotFound);
  const std::uint32_t number = Start(*founder, "national_id");
  std::vector<JobFileContent> seen;
  Step(*founder, number, {.on_progress = [&](const Job&, std::uint64_t) {
    const auto now = Peek();
    EXPECT_TRUE(now.ok()) << now.status().message();
    if (now.ok()) seen.push_back(*now);
    return true;
  }});
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.front().number, number);
  EXPECT_EQ(seen.front().kind, JobKind::kClassRotation);
  EXPECT_EQ(seen.front().state, JobState::kRunning);
  const auto end = Peek();
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->state, JobState::kPassed);
  EXPECT_EQ(end->done, end->in_all);
  EXPECT_EQ(end->in_all, std::uint64_t{kPatients});
  EXPECT_EQ(end->per_second, 0u);
  EXPECT_GE(end->written_ms, end->started_ms);
  EXPECT_LE(NowMs() - end->written_ms, 60'000u);
}

// One class or another: the same bytes, but for the times and what they are hashed into.
TEST_F(JobFile, DoesNotTellWhichClassIsRotated) {
  const auto written = [&](std::string_view class_name) {
    Laboratory lab;
    const auto founder = lab.LoginAs(Laboratory::kFounder);
    EXPECT_TRUE(lab.Put(*founder, "p", "Patient", "1", TextField(kSsn, "123-45-6789")).ok());
    Step(*founder, Start(*founder, class_name));
    auto seen = vault::PeekJob(lab.store());
    EXPECT_TRUE(seen.ok());
    seen->started_ms = seen->written_ms = 0;
    seen->checksum = {};
    return format::WriteJobFile(*seen);
  };
  EXPECT_EQ(written("hiv"), written("national_id"));
}

TEST_F(JobFile, IsWrittenWhenAJobIsPausedAndResumed) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const std::uint32_t number = Start(*founder, "national_id");
  auto call = founder->Enter();
  ASSERT_TRUE(vault::PauseJob(call->core(), &call->desk(), number, true).ok());
  EXPECT_EQ(Peek()->state, JobState::kPaused);
  EXPECT_EQ(Peek()->done, 0u);
  ASSERT_TRUE(vault::PauseJob(call->core(), &call->desk(), number, false).ok());
  EXPECT_EQ(Peek()->state, JobState::kRunning);
}

TEST_F(JobFile, IsWrittenAboutOnceASecondWhileAStepWorks) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const std::uint32_t number = Start(*founder, "national_id");
  std::vector<std::uint64_t> times;
  std::uint64_t rate = 0;
  // Five patients, at the end twice over, at four a second.
  Step(*founder, number, {.rows_per_second = 4, .on_progress = [&](const Job&, std::uint64_t) {
                            const auto now = Peek();
                            EXPECT_TRUE(now.ok());
                            if (times.empty() || times.back() != now->written_ms) times.push_back(now->written_ms);
                            rate = now->per_second;
                            return true;
                          }});
  ASSERT_GE(times.size(), 2u);
  EXPECT_LE(times.size(), 5u);
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1], 900u);
  EXPECT_GE(rate, 2u);
  EXPECT_LE(rate, 8u);
}

TEST_F(JobFile, GoesWithTheProcessThatWroteIt) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  Step(*founder, Start(*founder, "national_id"));
  EXPECT_TRUE(fs::exists(Path()));
  lab_.Close();
  EXPECT_FALSE(fs::exists(Path()));
  EXPECT_EQ(Code(), StatusCode::kStale);
  EXPECT_EQ(vault::PeekJob(lab_.store() + "-none").code(), StatusCode::kNoVault);
}

TEST_F(JobFile, OfAProcessThatDiedIsStaleAndGoneOnceTheVaultIsOpenedAgain) {
  lab_.Close();
  Plant(Sealed(JobFileContent{.number = 7, .in_all = 9}));
  std::ofstream(Path() + ".new") << "cut";
  EXPECT_EQ(Code(), StatusCode::kStale);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Code(), StatusCode::kNotFound);
  EXPECT_FALSE(fs::exists(Path() + ".new"));
}

TEST_F(JobFile, PeekingNeitherTakesTheLockNorLetsGoOfIt) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Code(), StatusCode::kNotFound);
  EXPECT_EQ(vault::StoreLock::Take(lab_.store()).code(), StatusCode::kLocked);
  lab_.Close();
  EXPECT_EQ(Code(), StatusCode::kStale);
  EXPECT_TRUE(lab_.Open().ok());
}

TEST_F(JobFile, CutLongAndChangedOnesAreCorrupt) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  Step(*founder, Start(*founder, "national_id"));
  const Bytes good = File();
  ASSERT_EQ(good.size(), format::kJobFileSize);
  for (std::size_t size = 0; size < good.size(); ++size) {
    Plant(ByteView(good).first(size));
    EXPECT_EQ(Code(), StatusCode::kCorrupt) << size;
  }
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes changed = good;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    Plant(changed);
    EXPECT_EQ(Code(), bit / 8 == 8 ? StatusCode::kUnsupportedVersion : StatusCode::kCorrupt) << bit;
  }
  Plant(Bytes(64 << 20, 'x'));
  EXPECT_EQ(Code(), StatusCode::kCorrupt);
  Bytes longer = good;
  longer.push_back(0);
  Plant(longer);
  EXPECT_EQ(Code(), StatusCode::kCorrupt);
  Plant(good);
  EXPECT_EQ(Code(), StatusCode::kOk);
}

// Whoever writes to the folder can make a file that is believed; one that no process would write is not.
TEST_F(JobFile, NumbersThatNoJobHasAreCorruptUnderAGoodChecksumToo) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const auto planted = [&](const JobFileContent& content) { return Plant(Sealed(content)), Code(); };
  EXPECT_EQ(planted({.number = 1, .done = 1, .in_all = 1}), StatusCode::kOk);
  EXPECT_EQ(planted({.number = 0}), StatusCode::kCorrupt);
  EXPECT_EQ(planted({.done = 2, .in_all = 1}), StatusCode::kCorrupt);
  EXPECT_EQ(planted({.kind = static_cast<JobKind>(255)}), StatusCode::kCorrupt);
  EXPECT_EQ(planted({.state = static_cast<JobState>(0)}), StatusCode::kCorrupt);
}

TEST_F(JobFile, WhatIsNoRegularFileIsNotRead) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  Step(*founder, Start(*founder, "national_id"));
  const std::string elsewhere = lab_.folder() / "elsewhere";
  fs::rename(Path(), elsewhere);
  fs::create_symlink(elsewhere, Path());
  EXPECT_EQ(Code(), StatusCode::kCorrupt);
  fs::remove(Path());
  ASSERT_EQ(mkfifo(Path().c_str(), 0600), 0);
  EXPECT_EQ(Code(), StatusCode::kCorrupt);
  fs::remove(Path());
  fs::create_directory(Path());
  EXPECT_EQ(Code(), StatusCode::kCorrupt);
}

// The job does not write through a link that somebody planted, and goes on where it cannot write at all.
TEST_F(JobFile, WhatIsInItsPlaceHoldsUpNoJobAndIsNotWrittenThrough) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const std::string elsewhere = lab_.folder() / "elsewhere";
  std::ofstream(elsewhere) << "precious";
  fs::create_symlink(elsewhere, Path());
  fs::create_symlink(elsewhere, Path() + ".new");
  Step(*founder, Start(*founder, "national_id"));
  EXPECT_EQ(Code(), StatusCode::kOk);
  EXPECT_EQ(fs::file_size(elsewhere), 8u);
  fs::remove(Path());
  fs::create_directories(Path() + ".new/in the way");
  Step(*founder, Start(*founder, "hiv"));
  EXPECT_EQ(Code(), StatusCode::kNotFound);
}

TEST_F(JobFile, IsInNoBackup) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  Step(*founder, Start(*founder, "national_id"));
  ASSERT_TRUE(fs::exists(Path()));
  const std::string place = lab_.folder() / "place";
  auto call = lab_.Vault()->Enter();
  ASSERT_TRUE(vault::RegisterPlace(call->core(), lab_.store(), place, format::PlaceKind::kBackups).ok());
  std::vector<vault::BackupMade> made;
  ASSERT_TRUE(vault::CreateBackups(call->core(), "", nullptr, made).ok());
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(place)) {
    ++files;
    EXPECT_NE(entry.path().filename(), "medseal.job");
  }
  EXPECT_GT(files, 3);
}

}  // namespace
}  // namespace mseal::test
