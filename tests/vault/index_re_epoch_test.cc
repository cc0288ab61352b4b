// Index re-epoch as readers, writers, its interrupters and a thief with two copies of the disk see it; and the index of
// a restored store.
#include "vault/index_re_epoch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "format/keys_of_rows.h"
#include "vault/index_rotation.h"
#include "vault/patient_change.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using format::Job;
using format::JobState;
using keys::MetaKind;
using store::Table;

constexpr std::string_view kCards = R"(
syntax = "proto3";
import "medseal/options.proto";
option (medseal.v1.class) = { name: "identity" };
message Person {
  option (medseal.v1.record) = { retention: "20y" };
  string card = 1 [(medseal.v1.field) = { class: "identity" find: EXACT unique: true normalize: ID }];
  string family = 2 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
  string lab = 3 [(medseal.v1.field) = { public: true ordered: true }];
}
)";

Bytes Person(std::string_view card, std::string_view family) {
  return TextField(1, card) + TextField(2, family) + TextField(3, "Lab A");
}

constexpr int kPeople = 6;

class IndexReEpoch : public ::testing::Test {
 protected:
  void SetUp() override {
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < kPeople; ++i) Write("p" + std::to_string(i), "Martin");
  }

  void Write(const std::string& id, std::string_view family) { Write(*founder_, id, family); }
  void Write(vault::Session& session, const std::string& id, std::string_view family) {
    const Status put = lab_.Put(session, id, "Person", id, Person("C-" + id, family));
    ASSERT_TRUE(put.ok()) << put.message();
  }
  void Reopen() {
    lab_.Close();
    founder_ = lab_.LoginAs(Laboratory::kFounder);
  }
  // With the rows as a thief sees them in between.
  std::map<Bytes, Bytes> RowsOf(Table table, std::string_view marks = {}) {
    std::map<Bytes, Bytes> rows;
    for (StoredRow& row : lab_.AllRows(table)) {
      if (marks.empty() || marks.find(static_cast<char>(row.key[0])) != std::string_view::npos)
        rows.emplace(std::move(row.key), std::move(row.value));
    }
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    return rows;
  }
  std::map<Bytes, Bytes> Postings() { return RowsOf(Table::kIndex, "tu"); }
  std::map<Bytes, Bytes> OrderedRows() { return RowsOf(Table::kIndex, "o"); }

  Status Start(std::uint32_t& job) {
    auto call = lab_.Vault()->Enter();
    return vault::StartIndexReEpoch(call->core(), job);
  }
  Status Step(std::uint32_t number, Job& job, const vault::StepOptions& options = {}) {
    auto call = lab_.Vault()->Enter();
    return vault::StepJob(call->core(), nullptr, number, options, job);
  }
  // One batch, of one patient.
  Status StepOne(std::uint32_t number, Job& job) {
    vault::StepOptions one;
    one.rows_per_second = 4;
    one.on_progress = [](const Job&, std::uint64_t) { return false; };
    const Status status = Step(number, job, one);
    return status.code() == StatusCode::kCancelled ? Status::Ok() : status;
  }
  void Run() {
    std::uint32_t number = 0;
    const Status started = Start(number);
    ASSERT_TRUE(started.ok()) << started.message();
    Job job;
    const Status stepped = Step(number, job);
    ASSERT_TRUE(stepped.ok()) << stepped.message();
    ASSERT_EQ(job.state, JobState::kPassed);
  }
  Status Rebuild() {
    auto call = lab_.Vault()->Enter();
    return vault::RebuildIndex(call->core(), {});
  }

  std::vector<std::string> Found(std::string_view field, std::string_view value) {
    return Sorted(Ids(lab_.Find(*founder_, "Person", field, value)));
  }
  std::vector<std::string> InLab(std::string_view lab) {
    auto call = founder_->Enter();
    return Sorted(
        Ids(Drain(vault::ListRange(call->core(), call->desk(), "Person", "lab", AsBytes(lab), AsBytes(""), true))));
  }
  void ExpectAllFound() {
    std::vector<std::string> all;
    for (int i = 0; i < kPeople; ++i) {
      all.push_back("p" + std::to_string(i));
      EXPECT_EQ(Found("card", "c" + all.back()), std::vector<std::string>{all.back()});
      EXPECT_TRUE(lab_.Get(*founder_, all.back(), "Person", all.back()).ok());
    }
    EXPECT_EQ(Found("family", "MARTIN"), all);
    EXPECT_EQ(InLab("Lab A"), all);
  }

  Laboratory lab_{crypto::Suite::kChaCha20Poly1305, std::string(kCards)};
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(IndexReEpoch, EveryPostingLiesUnderANewKeyAndOrderedRowsStay) {
  const auto before = Postings();
  const auto ordered = OrderedRows();
  ASSERT_EQ(before.size(), 3u * kPeople);  // external id, card, family
  for (int round = 0; round < 3; ++round) {
    Run();
    const auto after = Postings();
    EXPECT_EQ(after.size(), before.size());
    for (const auto& [key, value] : after) EXPECT_FALSE(before.contains(key));
    EXPECT_EQ(OrderedRows(), ordered);
    ExpectAllFound();
    EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  }
}

TEST_F(IndexReEpoch, LeavesRecordsHeadsAndKeysAsTheyAre) {
  const auto records = RowsOf(Table::kRecords), heads = RowsOf(Table::kHeads), keys = RowsOf(Table::kKeys);
  Run();
  EXPECT_EQ(RowsOf(Table::kRecords), records);
  EXPECT_EQ(RowsOf(Table::kHeads), heads);
  EXPECT_EQ(RowsOf(Table::kKeys), keys);
}

TEST_F(IndexReEpoch, FillersAndTheOldKeyAreGone) {
  Write("p0", "Petit");
  ASSERT_TRUE(lab_.Delete(*founder_, "p1", "Person", "p1").ok());
  EXPECT_EQ(Postings().size(), 3u * kPeople + 1);  // of Martin at p0, and both of p1, there is filler
  Run();
  EXPECT_EQ(Postings().size(), 3u * kPeople - 2);
  EXPECT_EQ(Found("family", "martin"), (std::vector<std::string>{"p2", "p3", "p4", "p5"}));
  EXPECT_TRUE(Found("card", "c-p1").empty());
  lab_.WithMeta([](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    EXPECT_EQ(meta.Get(MetaKind::kPostingKey, keys::MetaIdOf({1})).code(), StatusCode::kNotFound);
    EXPECT_TRUE(meta.Get(MetaKind::kPostingKey, keys::MetaIdOf({2})).ok());
  });
}

TEST_F(IndexReEpoch, EverythingIsFoundWhereverItWasStoppedAndTheStoreIsWhole) {
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(number).ok());
  Job job;
  int stops = 0;
  for (; job.state != JobState::kPassed; ++stops) {
    ASSERT_LT(stops, 30);
    ASSERT_TRUE(StepOne(number, job).ok());
    Reopen();
    ExpectAllFound();
    EXPECT_TRUE(lab_.Verify(nullptr).ok());
  }
  EXPECT_GE(stops, kPeople + 2);  // the switch and the deletion are steps of their own
  EXPECT_EQ(job.changed, static_cast<std::uint64_t>(kPeople));
  EXPECT_EQ(Postings().size(), 3u * kPeople);  // nobody twice
}

// Between any two batches somebody writes, deletes, arrives and takes a card that another gave up; patients that were
// built and those that were not.
TEST_F(IndexReEpoch, WhatIsWrittenMeanwhileIsFoundAndWhatIsDeletedIsNot) {
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(number).ok());
  Job job;
  std::vector<std::string> martins, petits;
  for (int round = 0; job.state != JobState::kPassed; ++round) {
    ASSERT_LT(round, 200);
    const std::string n = std::to_string(round);
    const bool more = round < 12;  // later ones would keep the pass, of one patient a round, from ever coming through
    if (more) {
      Write("new" + n, "Petit");
      Write("gone" + n, "Petit");
      ASSERT_TRUE(lab_.Delete(*founder_, "gone" + n, "Person", "gone" + n).ok());
      petits.push_back("new" + n);
    }
    for (int i = 0; i < kPeople; ++i) Write("p" + std::to_string(i), round % 2 == 0 ? "Petit" : "Martin");
    // A card goes from hand to hand.
    const std::string holder = "p" + std::to_string(round % kPeople);
    ASSERT_TRUE(lab_.Put(*founder_, holder, "Person", "c", Person("Wander", "Wander")).ok());
    EXPECT_EQ(lab_.Put(*founder_, "thief", "Person", "c", Person("Wander", "")).code(), StatusCode::kAlreadyExists);
    ASSERT_TRUE(lab_.Delete(*founder_, holder, "Person", "c").ok());
    EXPECT_TRUE(Found("card", "wander").empty());
    EXPECT_EQ(Found("family", "petit").size(), petits.size() + (round % 2 == 0 ? kPeople : 0));
    EXPECT_EQ(Found("family", "martin").size(), round % 2 == 0 ? 0u : kPeople);
    ASSERT_TRUE(StepOne(number, job).ok());
    if (round % 3 == 0) Reopen();
    EXPECT_TRUE(lab_.Verify(nullptr).ok());
  }
  for (int i = 0; i < kPeople; ++i) Write("p" + std::to_string(i), "Martin");
  EXPECT_EQ(Found("family", "petit"), Sorted(petits));
  EXPECT_EQ(Found("family", "martin").size(), static_cast<std::size_t>(kPeople));
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  for (int i = 0; i < 2; ++i) Run();
  EXPECT_EQ(Found("family", "petit"), Sorted(petits));
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

TEST_F(IndexReEpoch, GoesOnByTheHostAloneOneAtATime) {
  std::uint32_t number = 0, second = 0;
  ASSERT_TRUE(Start(number).ok());
  EXPECT_EQ(Start(second).code(), StatusCode::kAlreadyExists);
  Job job;
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::PauseJob(call->core(), nullptr, number, true).ok());
    EXPECT_EQ(vault::StepJob(call->core(), nullptr, number, {}, job).code(), StatusCode::kUnsupported);
  }
  Write("p0", "Martin");
  Reopen();
  ExpectAllFound();
  auto call = lab_.Vault()->Enter();
  ASSERT_TRUE(vault::PauseJob(call->core(), nullptr, number, false).ok());
  ASSERT_TRUE(vault::StepJob(call->core(), nullptr, number, {}, job).ok());
  EXPECT_EQ(job.state, JobState::kPassed);
  EXPECT_TRUE(Start(second).ok());
}

TEST_F(IndexReEpoch, RecordThatDoesNotOpenKeepsItFromEnding) {
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(number).ok());
  const auto records = RowsOf(Table::kRecords);
  Bytes flipped = records.begin()->second;
  flipped[40] ^= 1;
  lab_.Overwrite(Table::kRecords, records.begin()->first, flipped);
  Job job;
  EXPECT_EQ(Step(number, job).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(job.state, JobState::kRunning);
  EXPECT_EQ(job.changed, 0u);
  lab_.Overwrite(Table::kRecords, records.begin()->first, records.begin()->second);
  EXPECT_TRUE(Step(number, job).ok());
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ExpectAllFound();
}

// It reads headers, not the old index: what a thief did to that is mended.
TEST_F(IndexReEpoch, MendsAnIndexThatWasDamaged) {
  const auto postings = Postings();
  lab_.WithRows([&](store::Rows& rows) {
    store::Batch batch;
    int i = 0;
    for (auto [key, value] : postings) {
      value[40] ^= 1;
      if (++i % 2 == 0)
        batch.Delete(Table::kIndex, key);
      else
        batch.Put(Table::kIndex, key, value);
    }
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed);
  Run();
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ExpectAllFound();
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

TEST_F(IndexReEpoch, KeysThatDoNotFitTheJobsAreRefusedAtOpening) {
  const auto remove = [&](MetaKind kind, std::uint32_t id) {
    const auto before = lab_.AllRows(Table::kMeta);
    lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
      store::Batch batch;
      meta.Delete(batch, kind, keys::MetaIdOf({id}));
      ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
    });
    EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
    lab_.WithRows([&](store::Rows& rows) {
      store::Batch batch;
      for (const StoredRow& row : before) batch.Put(Table::kMeta, row.key, row.value);
      ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
    });
    EXPECT_TRUE(lab_.Open().ok());
  };
  founder_.reset();
  remove(MetaKind::kPostingKey, 1);
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(number).ok());
  remove(MetaKind::kPostingKey, 1);
  remove(MetaKind::kPostingKey, 2);
  remove(MetaKind::kJob, number);
  Job job;
  ASSERT_TRUE(Step(number, job).ok());
  remove(MetaKind::kPostingKey, 2);
}

TEST_F(IndexReEpoch, GoesOnBesideTheRotationOfAnIndexKey) {
  std::uint32_t re_epoch = 0, rotation = 0;
  ASSERT_TRUE(Start(re_epoch).ok());
  ASSERT_TRUE(vault::StartIndexRotation(*founder_, "Person", "card", rotation).ok());
  Job built, rekeyed;
  for (int round = 0; built.state != JobState::kPassed || rekeyed.state != JobState::kPassed; ++round) {
    ASSERT_LT(round, 40);
    if (round % 3 != 2) {
      ASSERT_TRUE(StepOne(re_epoch, built).ok());
    } else {
      vault::StepOptions one;
      one.rows_per_second = 8;  // two patients
      one.on_progress = [](const Job&, std::uint64_t) { return false; };
      auto call = founder_->Enter();
      vault::StepJob(call->core(), &call->desk(), rotation, one, rekeyed).Ignore("cancelled or done: the loop sees");
    }
    ExpectAllFound();
    EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  }
}

// New patients, new names, deletions and searches under one re-epoch after the other.
TEST_F(IndexReEpoch, ReadersAndWritersGoOnMeanwhile) {
  constexpr int kRounds = 12;
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      const auto session = lab_.LoginAs(Laboratory::kFounder);
      const std::string own = "own" + std::to_string(thread);
      for (int i = 0; !stop || i < 3; ++i) {
        const std::string id = "t" + std::to_string(thread) + "-" + std::to_string(i);
        Write(*session, id, "Martin");
        Write(*session, own, i % 2 == 0 ? "Even" : "Odd");
        EXPECT_EQ(Ids(lab_.Find(*session, "Person", "card", "C-" + id)), std::vector<std::string>{id});
        EXPECT_EQ(lab_.Put(*session, own, "Person", "x", Person("C-" + id, "")).code(), StatusCode::kAlreadyExists);
        const auto martins = Ids(lab_.Find(*session, "Person", "family", "martin"));
        EXPECT_GE(martins.size(), static_cast<std::size_t>(kPeople));
        EXPECT_EQ(std::set<std::string>(martins.begin(), martins.end()).size(), martins.size());
        if (i % 3 != 0) continue;
        EXPECT_TRUE(lab_.Delete(*session, id, "Person", id).ok());
      }
    });
  }
  for (int i = 0; i < kRounds; ++i) {
    Run();
    EXPECT_TRUE(lab_.Verify(nullptr).ok());
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  Run();
  for (int i = 0; i < kPeople; ++i) EXPECT_EQ(Found("card", "C-p" + std::to_string(i)).size(), 1u);
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

// A writer who still writes both indexes when the old one goes: it goes after them.
TEST_F(IndexReEpoch, OldIndexIsDeletedBehindTheLastWhoWritesIt) {
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(number).ok());
  Job job;
  for (int i = 0; i <= kPeople; ++i) ASSERT_TRUE(StepOne(number, job).ok());
  EXPECT_EQ(job.pass, 1u);  // all are built; next comes the switch
  const auto patient = lab_.HandleOf(*founder_, "p0");
  std::thread rest;
  {
    auto call = founder_->Enter();
    const std::lock_guard lock(call->core().locks.Of(patient));
    auto change = vault::PatientChange::Open(call->core(), call->desk(), patient);
    ASSERT_TRUE((*change)->Put(Request("Person", "late", Person("Late", "Petit"))).ok());
    rest = std::thread([&] { EXPECT_TRUE(Step(number, job).ok()); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // in which it would end, if it did not wait
    EXPECT_TRUE((*change)->Commit().ok());
  }
  rest.join();
  EXPECT_EQ(job.state, JobState::kPassed);
  const auto postings = Postings();
  EXPECT_EQ(postings.size(), 3u * kPeople + 2);
  for (const auto& [key, value] : postings) EXPECT_EQ(key[0], 'u');
  EXPECT_EQ(Found("family", "petit"), std::vector<std::string>{"late"});
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

// A verify that began before the switch looks at the index as it was.
TEST_F(IndexReEpoch, VerifyAcrossTheSwitchFindsNoProblem) {
  vault::VerifyReport report;
  vault::VerifyOptions options;
  bool ran = false;
  for (int i = 0; i < 300; ++i) Write("more" + std::to_string(i), "Petit");
  options.on_progress = [&](std::uint64_t, std::uint64_t) {
    if (!ran) Run();
    return ran = true;
  };
  auto call = founder_->Enter();
  EXPECT_TRUE(vault::Verify(call->core(), nullptr, options, report).ok());
  EXPECT_TRUE(ran);
  EXPECT_EQ(report.problems, 0u);
}

// ---- the index of a restored store

TEST_F(IndexReEpoch, RebuildNeedsNothingButHeaders) {
  Write("p0", "Petit");
  Write("p0", "Martin");
  lab_.WithRows([](store::Rows& rows) {
    store::Batch batch;
    for (auto cursor = rows.Scan(Table::kIndex, {}, {}); cursor->Valid(); cursor->Next())
      batch.Delete(Table::kIndex, cursor->key());
    // Of a patient who is gone since, and in clear.
    batch.Put(Table::kIndex, vault::OrderedRowKey(1, AsBytes("planted"), {}), {});
    batch.Put(Table::kIndex, Bytes(17, 'u'), Bytes(92, 1));
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed);
  ASSERT_TRUE(Rebuild().ok());
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ExpectAllFound();
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  EXPECT_EQ(Postings().size(), 3u * kPeople);
  EXPECT_EQ(OrderedRows().size(), static_cast<std::size_t>(kPeople));
}

TEST_F(IndexReEpoch, RebuildStartsOverWhateverHadBegun) {
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(number).ok());
  Job job;
  for (int stop = 0; job.state != JobState::kPassed; ++stop) {
    ASSERT_LT(stop, 30);
    ASSERT_TRUE(StepOne(number, job).ok());
    Reopen();
    ASSERT_TRUE(Rebuild().ok());
    Reopen();
    ExpectAllFound();
    EXPECT_TRUE(lab_.Verify(nullptr).ok());
    EXPECT_EQ(Postings().size(), 3u * kPeople);
    // The next time one batch further.
    ASSERT_TRUE(Start(number).ok());
    for (int batch = 0; batch <= stop; ++batch) ASSERT_TRUE(StepOne(number, job).ok());
  }
}

TEST_F(IndexReEpoch, RebuildThatWasStoppedIsCalledAgain) {
  for (int allowed = 0; allowed < 3; ++allowed) {
    {
      int asked = 0;
      vault::StepOptions options;
      options.on_progress = [&](const Job&, std::uint64_t) { return ++asked <= allowed; };
      auto call = lab_.Vault()->Enter();
      const Status status = vault::RebuildIndex(call->core(), options);
      EXPECT_EQ(status.code(), StatusCode::kCancelled) << status.message();
    }
    Reopen();
  }
  ASSERT_TRUE(Rebuild().ok());
  ExpectAllFound();
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

// Old data with the newest meta, as a restore has them: headers name an index key whose rotation had ended.
TEST_F(IndexReEpoch, RebuildTakesUpRotationsThatOldHeadersNeed) {
  const auto records = RowsOf(Table::kRecords), heads = RowsOf(Table::kHeads);
  std::uint32_t number = 0;
  ASSERT_TRUE(vault::StartIndexRotation(*founder_, "Person", "family", number).ok());
  Job job;
  {
    auto call = founder_->Enter();
    ASSERT_TRUE(vault::StepJob(call->core(), &call->desk(), number, {}, job).ok());
  }
  lab_.WithRows([&](store::Rows& rows) {
    store::Batch batch;
    for (const auto& [key, value] : records) batch.Put(Table::kRecords, key, value);
    for (const auto& [key, value] : heads) batch.Put(Table::kHeads, key, value);
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  ASSERT_TRUE(Rebuild().ok());
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ExpectAllFound();
  EXPECT_EQ(lab_.Put(*founder_, "thief", "Person", "c", Person("C-p3", "")).code(), StatusCode::kAlreadyExists);
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  {
    auto call = founder_->Enter();
    ASSERT_TRUE(vault::StepJob(call->core(), &call->desk(), number, {}, job).ok());
    EXPECT_EQ(job.state, JobState::kPassed);
  }
  Reopen();
  ExpectAllFound();
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

}  // namespace
}  // namespace mseal::test
