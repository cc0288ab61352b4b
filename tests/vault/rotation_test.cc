// Class rotation as its users, its interrupters and a thief with two copies of the disk see it.
#include "vault/rotation.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "base/clock.h"
#include "format/erasure.h"
#include "format/keys_of_rows.h"
#include "vault/backup_places.h"
#include "vault/erase.h"
#include "vault/rotate_person.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using format::Job;
using format::JobState;
using store::Table;

constexpr std::uint32_t kSsn = 2;
constexpr std::uint32_t kFamily = 3;
constexpr std::uint32_t kHiv = 10;  // of Patient: unknown 0, negative 1, positive 2
constexpr std::string_view kPhysician = "physician";
constexpr std::string_view kAnother = "willow copper tunnel";

class Rotation : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson(kPhysician, {"identity", "general", "national_id", "hiv"});
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    Write(*founder, "alice", NumberField(kHiv, 2));
    Write(*founder, "bob", {});
    // Written by somebody without the class: the slot is unused.
    lab_.AddPerson("receptionist", {"identity", "general", "national_id"});
    Write(*lab_.LoginAs("receptionist"), "carol", {});
  }

  void Write(vault::Session& session, std::string_view patient, const Bytes& more) {
    const Bytes everybody = TextField(kSsn, "123-45-" + std::string(patient)) + TextField(kFamily, "Martin");
    ASSERT_TRUE(lab_.Put(session, patient, "Patient", "1", everybody + more).ok());
  }

  Status Start(vault::Session& session, std::string_view class_name, std::uint32_t& job,
               std::vector<std::string> revoked = {}) {
    return vault::StartClassRotation(session, class_name, revoked, job);
  }
  Status Step(vault::Session& session, std::uint32_t number, Job& job, const vault::StepOptions& options = {}) {
    MS_ASSIGN(auto call, session.Enter());
    return vault::StepJob(call.core(), &call.desk(), number, options, job);
  }
  Status Pause(vault::Session& session, std::uint32_t number, bool pause) {
    MS_ASSIGN(auto call, session.Enter());
    return vault::PauseJob(call.core(), &call.desk(), number, pause);
  }
  // From its start to its end.
  void Rotate(std::string_view class_name, std::vector<std::string> revoked = {}) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    std::uint32_t number = 0;
    const Status started = Start(*founder, class_name, number, std::move(revoked));
    ASSERT_TRUE(started.ok()) << started.message();
    Job job;
    ASSERT_TRUE(Step(*founder, number, job).ok());
    ASSERT_EQ(job.state, JobState::kPassed);
  }

  std::map<Bytes, Bytes> RowsOf(Table table, ByteView prefix = {}) {
    std::map<Bytes, Bytes> rows;
    for (StoredRow& row : lab_.AllRows(table)) {
      if (row.key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), row.key.begin()))
        rows.emplace(std::move(row.key), std::move(row.value));
    }
    return rows;
  }

  // The versions that the slots of a class name, over all patients.
  std::map<std::uint32_t, int> VersionsOf(std::string_view class_name) {
    std::map<std::uint32_t, int> versions;
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    vault::Core& core = call->core();
    const auto number = *core.registry->chain()->FindClass(class_name);
    const auto cursor =
        core.rows->Scan(Table::kKeys, format::KeyRowPrefix(), format::AfterPrefix(format::KeyRowPrefix()));
    for (; cursor->Valid(); cursor->Next()) {
      const auto keys = core.patients->Reload(format::ParseKeyRowKey(cursor->key())->patient);
      EXPECT_TRUE(keys.ok());
      if (keys.ok()) ++versions[(*keys)->row.slots[number].class_key_version];
    }
    return versions;
  }

  // In the order in which they began.
  std::vector<Job> EpochChanges() {
    std::vector<Job> changes;
    auto call = lab_.Vault()->Enter();
    EXPECT_TRUE(vault::ForEachJob(call->core(), [&](std::uint32_t, const Job& job) {
                  if (job.kind == format::JobKind::kEpochChange) changes.push_back(job);
                  return Status::Ok();
                }).ok());
    return changes;
  }
  Job JobOf(std::uint32_t number) { return *vault::ReadJob(lab_.Vault()->Enter()->core(), number); }
  void RegisterPlaces() {
    for (const char* name : {"place-a", "place-b"}) {
      auto call = lab_.Vault()->Enter();
      const std::string path = (lab_.folder() / name).string();
      ASSERT_TRUE(vault::RegisterPlace(call->core(), lab_.store(), path, format::PlaceKind::kBackups).ok());
    }
  }
  StatusCode StepEpochChanges() {
    auto call = lab_.Vault()->Enter();
    std::vector<std::uint32_t> numbers;
    EXPECT_TRUE(vault::ForEachJob(call->core(), [&](std::uint32_t number, const Job& job) {
                  if (job.kind == format::JobKind::kEpochChange && job.state != JobState::kDone)
                    numbers.push_back(number);
                  return Status::Ok();
                }).ok());
    for (const std::uint32_t number : numbers) {
      Job job;
      const Status stepped = vault::StepJob(call->core(), nullptr, number, {}, job);
      if (!stepped.ok()) return stepped.code();
    }
    return StatusCode::kOk;
  }
  void WaitForPlaces() { EXPECT_EQ(StepEpochChanges(), StatusCode::kKeyUnavailable); }
  void WorkOffEpochChanges() { EXPECT_EQ(StepEpochChanges(), StatusCode::kOk); }

  bool ReadsHiv(vault::Session& session, std::string_view patient) {
    const auto record = lab_.Get(session, patient, "Patient", "1");
    EXPECT_TRUE(record.ok()) << record.status().message();
    return record.ok() && !Redacts(**record, "hiv");
  }

  Laboratory lab_;
};

TEST_F(Rotation, RewritesEveryKeyRowAlikeAndNoByteOfAField) {
  const auto key_rows = RowsOf(Table::kKeys, format::KeyRowPrefix());
  const auto records = RowsOf(Table::kRecords);
  const auto heads = RowsOf(Table::kHeads);
  ASSERT_EQ(key_rows.size(), 3u);
  Rotate("hiv");
  for (const auto& [key, value] : RowsOf(Table::kKeys, format::KeyRowPrefix())) {
    ASSERT_TRUE(key_rows.contains(key));
    EXPECT_NE(value, key_rows.at(key));
    EXPECT_EQ(value.size(), key_rows.at(key).size());
  }
  EXPECT_EQ(RowsOf(Table::kRecords), records);
  EXPECT_EQ(RowsOf(Table::kHeads), heads);
}

TEST_F(Rotation, EndsWithEverySlotOnTheNewVersionAndEverythingReadable) {
  for (const char* class_name : {"hiv", "national_id", "identity", "directory", "hiv"}) Rotate(class_name);
  EXPECT_EQ(VersionsOf("hiv"), (std::map<std::uint32_t, int>{{3, 3}}));
  EXPECT_EQ(VersionsOf("national_id"), (std::map<std::uint32_t, int>{{2, 3}}));
  lab_.Close();
  const auto physician = lab_.LoginAs(kPhysician);
  EXPECT_TRUE(ReadsHiv(*physician, "alice"));
  EXPECT_EQ(lab_.Find(*physician, "Patient", "ssn", "123-45-alice")->size(), 1u);
  EXPECT_EQ(lab_.Find(*physician, "Patient", "family", "martin")->size(), 3u);
  Write(*physician, "carol", NumberField(kHiv, 1));
  EXPECT_TRUE(ReadsHiv(*physician, "carol"));
  EXPECT_TRUE(lab_.Verify(lab_.LoginAs(Laboratory::kFounder).get()).ok());
}

TEST_F(Rotation, SessionFromBeforeGoesOnReadingAndWriting) {
  const auto physician = lab_.LoginAs(kPhysician);
  EXPECT_TRUE(ReadsHiv(*physician, "alice"));
  Rotate("hiv");
  EXPECT_TRUE(ReadsHiv(*physician, "alice"));
  Write(*physician, "carol", NumberField(kHiv, 2));
  Write(*physician, "dave", NumberField(kHiv, 1));
  EXPECT_TRUE(ReadsHiv(*physician, "carol"));
  EXPECT_EQ(VersionsOf("hiv"), (std::map<std::uint32_t, int>{{2, 4}}));
}

TEST_F(Rotation, RevokedPersonLosesTheClassAtOnceAndForGood) {
  const auto before = lab_.LoginAs(kPhysician);
  EXPECT_TRUE(ReadsHiv(*before, "alice"));
  Rotate("hiv", {std::string(kPhysician)});
  EXPECT_FALSE(ReadsHiv(*before, "alice"));
  EXPECT_EQ(lab_.Put(*before, "alice", "Patient", "1", NumberField(kHiv, 1), vault::PutMode::kUpdate).code(),
            StatusCode::kPermissionDenied);
  lab_.Close();
  const auto after = lab_.LoginAs(kPhysician);
  EXPECT_FALSE(ReadsHiv(*after, "alice"));
  EXPECT_TRUE(ReadsHiv(*lab_.LoginAs(Laboratory::kFounder), "alice"));
}

// Whoever writes to the disk puts back everything the person could once open. (Once the epoch has changed, the old key
// rows open for nobody.)
TEST_F(Rotation, RevokedPersonGetsNothingFromOldRowsPutBack) {
  const auto key_rows = RowsOf(Table::kKeys);
  const auto meta = RowsOf(Table::kMeta);
  Rotate("hiv", {std::string(kPhysician)});
  lab_.Close();
  for (const auto& [key, value] : key_rows) lab_.Overwrite(Table::kKeys, key, value);
  // Every row of meta from before that still has its place: their slot of version 1 among them.
  for (const auto& [key, value] : meta) lab_.Overwrite(Table::kMeta, key, value);
  const auto physician = lab_.LoginAs(kPhysician);
  EXPECT_FALSE(ReadsHiv(*physician, "alice"));
}

TEST_F(Rotation, RevokedPersonMayBeGrantedTheClassAgain) {
  Rotate("hiv", {std::string(kPhysician)});
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    ASSERT_TRUE(vault::Grant(call->core(), call->desk(), kPhysician, "hiv").ok());
  }
  EXPECT_TRUE(ReadsHiv(*lab_.LoginAs(kPhysician), "alice"));
}

TEST_F(Rotation, GoesOnFromWhereverItWasStopped) {
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*lab_.LoginAs(Laboratory::kFounder), "hiv", number).ok());
  vault::StepOptions one_batch;
  one_batch.on_progress = [](const Job&, std::uint64_t) { return false; };
  Job job;
  int stops = 0;
  for (; job.state != JobState::kPassed; ++stops) {
    ASSERT_LT(stops, 10);
    const Status status = Step(*lab_.LoginAs(Laboratory::kFounder), number, job, one_batch);
    EXPECT_TRUE(status.ok() || status.code() == StatusCode::kCancelled) << status.message();
    lab_.Close();
    EXPECT_TRUE(ReadsHiv(*lab_.LoginAs(kPhysician), "alice"));
  }
  EXPECT_EQ(stops, 2);  // the pass that rewrites, and the one that finds nothing
  EXPECT_EQ(job.changed, 3u);
  EXPECT_EQ(VersionsOf("hiv"), (std::map<std::uint32_t, int>{{2, 3}}));
}

TEST_F(Rotation, PausedJobWaitsUntilItIsResumed) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  std::uint32_t number = 0;
  Job job;
  ASSERT_TRUE(Start(*founder, "hiv", number).ok());
  ASSERT_TRUE(Pause(*founder, number, true).ok());
  EXPECT_EQ(Step(*founder, number, job).code(), StatusCode::kUnsupported);
  ASSERT_TRUE(Pause(*founder, number, false).ok());
  EXPECT_TRUE(Step(*founder, number, job).ok());
  EXPECT_EQ(job.state, JobState::kPassed);
  EXPECT_EQ(Pause(*founder, number, true).code(), StatusCode::kUnsupported);
  EXPECT_EQ(Step(*founder, 9, job).code(), StatusCode::kNotFound);
}

// Whoever could pause it could keep the versions alive that a revocation is to end.
TEST_F(Rotation, IsPausedAndResumedOnlyByHoldersOfTheClass) {
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*lab_.LoginAs(Laboratory::kFounder), "hiv", number).ok());
  const auto receptionist = lab_.LoginAs("receptionist");
  EXPECT_EQ(Pause(*receptionist, number, true).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Pause(*receptionist, number, false).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(Pause(*lab_.LoginAs(kPhysician), number, true).ok());
}

TEST_F(Rotation, KeepsToItsRateAndAnswersBetweenItsRows) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*founder, "hiv", number).ok());
  int answers = 0;
  vault::StepOptions options;
  options.rows_per_second = 7;
  options.on_progress = [&](const Job&, std::uint64_t) { return ++answers < 3; };
  Job job;
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(Step(*founder, number, job, options).code(), StatusCode::kCancelled);
  EXPECT_EQ(job.changed, 3u);  // one a batch
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(2 * 1000 / 7));
}

// A key row of before the rotation that is in memory still: the next first write of another class does not bring it
// back.
TEST_F(Rotation, FirstWriteOfAnotherClassTakesTheKeyRowFromTheStore) {
  const auto physician = lab_.LoginAs(kPhysician);
  const auto carol = lab_.HandleOf(*physician, "carol");
  const auto old = physician->Enter()->core().patients->Reload(carol);
  ASSERT_TRUE(old.ok());
  Rotate("national_id");
  physician->Enter()->core().patients->Remember(*old);
  Write(*physician, "carol", NumberField(kHiv, 2));
  EXPECT_EQ(VersionsOf("national_id"), (std::map<std::uint32_t, int>{{2, 3}}));
  EXPECT_TRUE(ReadsHiv(*physician, "carol"));
}

TEST_F(Rotation, WhatIsRefusedChangesNothing) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const auto physician = lab_.LoginAs(kPhysician);
  const auto statements = [&] { return founder->Enter()->core().registry->chain()->newest_number(); };
  const auto before = statements();
  std::uint32_t number = 0;
  EXPECT_EQ(Start(*physician, "hiv", number).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Start(*founder, "nothing", number).code(), StatusCode::kNotFound);
  EXPECT_EQ(Start(*founder, "hiv", number, {"nobody"}).code(), StatusCode::kNotFound);
  EXPECT_EQ(Start(*founder, "hiv", number, {"receptionist"}).code(), StatusCode::kNotFound);
  EXPECT_EQ(Start(*founder, "hiv", number, {"founder"}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(statements(), before);
  ASSERT_TRUE(Start(*founder, "hiv", number).ok());
  std::uint32_t second = 0;
  EXPECT_EQ(Start(*founder, "hiv", second).code(), StatusCode::kAlreadyExists);
  Job job;
  EXPECT_EQ(Step(*lab_.LoginAs("receptionist"), number, job).code(), StatusCode::kPermissionDenied);
}

TEST_F(Rotation, KeyRowThatDoesNotOpenKeepsTheJobFromEnding) {
  const auto key_rows = RowsOf(Table::kKeys, format::KeyRowPrefix());
  Bytes flipped = key_rows.begin()->second;
  flipped[100] ^= 1;
  lab_.Close();
  lab_.Overwrite(Table::kKeys, key_rows.begin()->first, flipped);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  std::uint32_t number = 0;
  Job job;
  ASSERT_TRUE(Start(*founder, "hiv", number).ok());
  EXPECT_EQ(Step(*founder, number, job).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(job.state, JobState::kRunning);
  EXPECT_EQ(job.changed, 0u);
}

// ---- the epoch change that ends it

TEST_F(Rotation, EndsWithAnEpochChangeOfAllBucketsInTheBatchThatEndsIt) {
  Rotate("hiv");
  ASSERT_EQ(EpochChanges().size(), 1u);
  EXPECT_EQ(EpochChanges()[0].subject, static_cast<std::uint32_t>(format::EpochScope::kAll));
  EXPECT_EQ(EpochChanges()[0].target, 2u);
  EXPECT_EQ(EpochChanges()[0].state, JobState::kRunning);
}

TEST_F(Rotation, SeveralThatEndBeforeItBeginsShareOneChange) {
  for (const char* class_name : {"hiv", "national_id", "identity"}) Rotate(class_name);
  EXPECT_EQ(EpochChanges().size(), 1u);
  RegisterPlaces();
  WorkOffEpochChanges();
  for (std::uint32_t number : {1u, 3u, 4u}) EXPECT_EQ(JobOf(number).state, JobState::kDone) << number;
}

// Its leftovers are in what the change carried over: they die with the next alone.
TEST_F(Rotation, OneThatEndsWhileAChangeRunsWaitsForTheNextWhateverTheClockSays) {
  Rotate("hiv");
  WaitForPlaces();
  SetClockForTests(NowMs() - 3'600'000);
  Rotate("national_id");
  SetClockForTests(0);
  RegisterPlaces();
  {
    auto call = lab_.Vault()->Enter();
    Job job;
    ASSERT_TRUE(vault::StepJob(call->core(), nullptr, 2, {}, job).ok());
    EXPECT_EQ(job.state, JobState::kDone);
  }
  EXPECT_EQ(JobOf(1).state, JobState::kDone);
  EXPECT_EQ(JobOf(3).state, JobState::kPassed);
  WorkOffEpochChanges();
  EXPECT_EQ(JobOf(3).state, JobState::kDone);
}

TEST_F(Rotation, OneThatEndsWhileAChangeRunsWaitsForTheNext) {
  Rotate("hiv");
  WaitForPlaces();
  Rotate("national_id");
  ASSERT_EQ(EpochChanges().size(), 2u);
  EXPECT_EQ(EpochChanges()[1].target, 3u);
  RegisterPlaces();
  WorkOffEpochChanges();
  EXPECT_EQ(JobOf(1).state, JobState::kDone);
  EXPECT_EQ(JobOf(3).state, JobState::kDone);
  EXPECT_TRUE(ReadsHiv(*lab_.LoginAs(kPhysician), "alice"));
}

// An erasure has begun to gather: the rotation widens its change.
TEST_F(Rotation, JoinsTheChangeThatAnErasureBegan) {
  vault::Erased erased;
  const Bytes bob{'b', 'o', 'b'};
  ASSERT_TRUE(vault::ErasePatient(*lab_.LoginAs(Laboratory::kFounder), {bob, nullptr}, "asked for", erased).ok());
  Rotate("hiv");
  ASSERT_EQ(EpochChanges().size(), 1u);
  EXPECT_EQ(EpochChanges()[0].subject, static_cast<std::uint32_t>(format::EpochScope::kAll));
}

// ---- a compromised person

TEST_F(Rotation, OfACompromisedPersonTakesEveryClassTheyHeldAndOneChange) {
  RegisterPlaces();
  std::vector<vault::RotatedClass> classes;
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_TRUE(
        vault::RotateCompromisedPerson(*founder, kPhysician, AsBytes(kAnother), crypto::kArgon2Floor, classes).ok());
    ASSERT_EQ(classes.size(), 5u);  // and directory
    Job job;
    for (const vault::RotatedClass& one : classes) {
      EXPECT_TRUE(one.begun.ok()) << one.name;
      ASSERT_TRUE(Step(*founder, one.job, job).ok());
    }
  }
  EXPECT_EQ(EpochChanges().size(), 1u);
  WorkOffEpochChanges();
  for (const vault::RotatedClass& one : classes) EXPECT_EQ(JobOf(one.job).state, JobState::kDone) << one.name;
  EXPECT_EQ(VersionsOf("hiv"), (std::map<std::uint32_t, int>{{2, 3}}));
  EXPECT_EQ(lab_.Vault()->Login(kPhysician, AsBytes(PasswordOf(kPhysician)), "care").code(), StatusCode::kWrongSecret);
  const auto renewed = lab_.Vault()->Login(kPhysician, AsBytes(kAnother), "care");
  ASSERT_TRUE(renewed.ok());
  EXPECT_TRUE(ReadsHiv(**renewed, "alice"));
}

TEST_F(Rotation, OfACompromisedFounderIsTheirsToFinish) {
  RegisterPlaces();
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  std::vector<vault::RotatedClass> classes;
  ASSERT_TRUE(
      vault::RotateCompromisedPerson(*founder, Laboratory::kFounder, AsBytes(kAnother), crypto::kArgon2Floor, classes)
          .ok());
  Job job;
  for (const vault::RotatedClass& one : classes) {
    ASSERT_TRUE(one.begun.ok()) << one.name << one.begun.message();
    ASSERT_TRUE(Step(*founder, one.job, job).ok()) << one.name;
  }
  WorkOffEpochChanges();
  lab_.Close();
  EXPECT_EQ(lab_.Vault()->Login(Laboratory::kFounder, AsBytes(Laboratory::kPassword), "care").code(),
            StatusCode::kWrongSecret);
  const auto again = lab_.Vault()->Login(Laboratory::kFounder, AsBytes(kAnother), "care");
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(ReadsHiv(**again, "alice"));
  EXPECT_TRUE(lab_.Verify(again->get()).ok());
}

// A copy of everything from before meets a provider that has another secret.
TEST_F(Rotation, CopyOfTheDiskFromBeforeTheEpochChangeOpensForNobody) {
  RegisterPlaces();
  lab_.Close();
  const std::filesystem::path copy = lab_.folder() / "stolen";
  std::filesystem::copy(lab_.store(), copy, std::filesystem::copy_options::recursive);
  Rotate("hiv", {std::string(kPhysician)});
  WorkOffEpochChanges();
  lab_.Close();
  vault::OpenOptions options;
  options.store = copy.string();
  options.keyring = lab_.keyring();
  options.secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
  options.accept_stale = true;
  EXPECT_EQ(vault::Vault::Open(options).code(), StatusCode::kKeyUnavailable);
}

TEST_F(Rotation, OfACompromisedPersonSaysWhatWasNotBegun) {
  std::uint32_t running = 0;
  ASSERT_TRUE(Start(*lab_.LoginAs(Laboratory::kFounder), "hiv", running).ok());
  const auto physician = lab_.LoginAs(kPhysician);
  std::vector<vault::RotatedClass> classes;
  ASSERT_TRUE(vault::RotateCompromisedPerson(*lab_.LoginAs(Laboratory::kFounder), kPhysician, AsBytes(kAnother),
                                             crypto::kArgon2Floor, classes)
                  .ok());
  for (const vault::RotatedClass& one : classes)
    EXPECT_EQ(one.begun.code(), one.name == "hiv" ? StatusCode::kAlreadyExists : StatusCode::kOk) << one.name;
  // Nobody but the founder begins rotations: the person's keys are other ones and the epoch changes all the same.
  const auto receptionist = lab_.LoginAs("receptionist");
  ASSERT_TRUE(vault::RotateCompromisedPerson(*receptionist, "receptionist", AsBytes(PasswordOf("their next")),
                                             crypto::kArgon2Floor, classes)
                  .ok());
  ASSERT_FALSE(classes.empty());
  for (const vault::RotatedClass& one : classes) EXPECT_FALSE(one.begun.ok()) << one.name;
  EXPECT_EQ(EpochChanges().size(), 1u);
  EXPECT_EQ(vault::RotateCompromisedPerson(*lab_.LoginAs(Laboratory::kFounder), "nobody", AsBytes("x"),
                                           crypto::kArgon2Floor, classes)
                .code(),
            StatusCode::kNotFound);
}

// New patients, first writes of the class and reads, under one rotation after the other: none fails, no slot is left on
// an older version, and nothing is lost.
TEST_F(Rotation, ReadersAndWritersGoOnMeanwhile) {
  constexpr int kRotations = 4;
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      const auto session = lab_.LoginAs(kPhysician);
      for (int i = 0; !stop || i < 3; ++i) {
        const std::string patient = "p" + std::to_string(thread) + "-" + std::to_string(i);
        Write(*session, patient, NumberField(kHiv, 1));
        Write(*session, "carol", NumberField(kHiv, 1 + i % 2));
        EXPECT_TRUE(ReadsHiv(*session, patient));
        EXPECT_TRUE(ReadsHiv(*session, "alice"));
        ++written;
      }
    });
  }
  for (int i = 0; i < kRotations; ++i) Rotate("hiv");
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(VersionsOf("hiv"), (std::map<std::uint32_t, int>{{kRotations + 1, 3 + written}}));
  EXPECT_TRUE(lab_.Verify(lab_.LoginAs(Laboratory::kFounder).get()).ok());
}

}  // namespace
}  // namespace mseal::test
