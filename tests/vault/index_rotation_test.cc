// Rotation of an index key as those who search, those who write, its interrupters and a thief see it.
#include "vault/index_rotation.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "vault/patient_change.h"
#include "vault/patient_rows.h"
#include "vault/rotation.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using format::Job;
using format::JobState;
using store::Table;

constexpr std::string_view kClerk = "clerk";  // holds what names and cards lie under, and nothing else
constexpr std::string_view kNames = R"(
syntax = "proto3";
import "medseal/options.proto";
option (medseal.v1.class) = { name: "identity" };
option (medseal.v1.class) = { name: "national_id" };
message Person {
  option (medseal.v1.record) = { retention: "20y" };
  string card = 1 [(medseal.v1.field) = { class: "national_id" find: EXACT unique: true normalize: ID }];
  string family = 2 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
  repeated string nickname = 3 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
  string note = 4;
}
message Visit {
  option (medseal.v1.record) = { retention: "20y" };
  string note = 1;
}
)";

Bytes Person(std::string_view card, std::string_view family) {
  Bytes message;
  if (!card.empty()) message = TextField(1, card);
  if (!family.empty()) message = message + TextField(2, family);
  return message;
}

class IndexRotation : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson(kClerk, {"identity", "national_id", "general"});
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < 5; ++i) {
      const std::string n = std::to_string(i);
      Write(*founder, "p" + n, Person("C-" + n, "Martin") + TextField(3, "Nick " + n) + TextField(3, "Both"));
    }
    Write(*founder, "bare", TextField(4, "no searchable value"));
  }

  void Write(vault::Session& session, std::string_view patient, const Bytes& message) {
    const Status put = lab_.Put(session, patient, "Person", patient, message);
    ASSERT_TRUE(put.ok()) << put.message();
  }

  Status Start(vault::Session& session, std::string_view type, std::string_view field, std::uint32_t& job) {
    return vault::StartIndexRotation(session, type, field, job);
  }
  Status Step(vault::Session& session, std::uint32_t number, Job& job, const vault::StepOptions& options = {}) {
    MS_ASSIGN(auto call, session.Enter());
    return vault::StepJob(call.core(), &call.desk(), number, options, job);
  }
  // From its start to its end.
  void Rotate(vault::Session& session, std::string_view type, std::string_view field) {
    std::uint32_t number = 0;
    const Status started = Start(session, type, field, number);
    ASSERT_TRUE(started.ok()) << started.message();
    Job job;
    const Status stepped = Step(session, number, job);
    ASSERT_TRUE(stepped.ok()) << stepped.message();
    ASSERT_EQ(job.state, JobState::kPassed);
  }

  std::vector<std::string> Found(vault::Session& session, std::string_view field, std::string_view value) {
    return Sorted(Ids(lab_.Find(session, "Person", field, value)));
  }
  void ExpectAllFound(vault::Session& session) {
    EXPECT_EQ(Found(session, "family", "MARTIN"), (std::vector<std::string>{"p0", "p1", "p2", "p3", "p4"}));
    EXPECT_EQ(Found(session, "nickname", "both"), (std::vector<std::string>{"p0", "p1", "p2", "p3", "p4"}));
    for (int i = 0; i < 5; ++i) {
      const std::string n = std::to_string(i);
      EXPECT_EQ(Found(session, "card", "c" + n), std::vector<std::string>{"p" + n});
      EXPECT_EQ(Found(session, "nickname", "nick " + n), std::vector<std::string>{"p" + n});
      EXPECT_TRUE(lab_.Get(session, "p" + n, "Person", "p" + n).ok());
    }
  }

  std::map<Bytes, Bytes> RowsOf(Table table) {
    std::map<Bytes, Bytes> rows;
    for (StoredRow& row : lab_.AllRows(table)) rows.emplace(std::move(row.key), std::move(row.value));
    return rows;
  }

  // The opened live rows of all patients, by record.
  std::map<keys::RecordHandle, vault::OpenedRow> LiveRows() {
    std::map<keys::RecordHandle, vault::OpenedRow> rows;
    auto call = lab_.Vault()->Enter();
    const auto at = call->core().rows->Freeze();
    for (auto cursor = call->core().rows->Scan(Table::kHeads, {}, {}); cursor->Valid(); cursor->Next()) {
      keys::PatientHandle patient;
      CopyBytes(cursor->key(), patient);
      const auto keys = call->core().patients->Reload(patient);
      auto collected = vault::CollectPatient(call->core(), **keys, *at);
      EXPECT_TRUE(collected.ok());
      for (vault::OpenedRow& row : collected->live) rows.emplace(row.place.handle(), std::move(row));
    }
    return rows;
  }
  // The generations that headers name of an index, and how often.
  std::map<std::uint32_t, int> GenerationsOf(std::string_view type, std::string_view field) {
    std::map<std::uint32_t, int> generations;
    const std::uint32_t index = IndexOf(type, field);
    for (const auto& [handle, row] : LiveRows()) {
      for (const format::HeaderPosting& name : row.header.postings) generations[name.generation] += name.index == index;
    }
    std::erase_if(generations, [](const auto& entry) { return entry.second == 0; });
    return generations;
  }
  std::uint32_t IndexOf(std::string_view type, std::string_view field) {
    return lab_.Vault()->Enter()->core().schemas.current()->schema->FindType(type)->FindField(field)->index_id;
  }

  Laboratory lab_{crypto::Suite::kChaCha20Poly1305, std::string(kNames)};
};

TEST_F(IndexRotation, EverythingIsFoundAfterItUnderTheNewKeyAlone) {
  {
    const auto clerk = lab_.LoginAs(kClerk);
    for (const char* field : {"card", "family", "nickname", "family"}) Rotate(*clerk, "Person", field);
    Rotate(*clerk, "directory", "external_id");
    ExpectAllFound(*clerk);
  }
  lab_.Close();
  EXPECT_EQ(GenerationsOf("Person", "card"), (std::map<std::uint32_t, int>{{2, 5}}));
  EXPECT_EQ(GenerationsOf("Person", "family"), (std::map<std::uint32_t, int>{{3, 5}}));
  EXPECT_EQ(GenerationsOf("Person", "nickname"), (std::map<std::uint32_t, int>{{2, 10}}));
  EXPECT_EQ(GenerationsOf("directory", "external_id"), (std::map<std::uint32_t, int>{{2, 6}}));
  ExpectAllFound(*lab_.LoginAs(kClerk));
  EXPECT_TRUE(lab_.Verify(lab_.LoginAs(Laboratory::kFounder).get()).ok());
}

TEST_F(IndexRotation, EverythingIsFoundWhereverItWasStoppedAndTheStoreIsWhole) {
  for (const auto& [type, field] : {std::pair("Person", "nickname"), {"directory", "external_id"}}) {
    std::uint32_t number = 0;
    ASSERT_TRUE(Start(*lab_.LoginAs(kClerk), type, field, number).ok());
    vault::StepOptions one;
    one.rows_per_second = 4;  // a patient a batch
    one.on_progress = [](const Job&, std::uint64_t) { return false; };
    Job job;
    int stops = 0;
    for (; job.state != JobState::kPassed; ++stops) {
      ASSERT_LT(stops, 40);
      const Status status = Step(*lab_.LoginAs(kClerk), number, job, one);
      EXPECT_TRUE(status.ok() || status.code() == StatusCode::kCancelled) << status.message();
      lab_.Close();
      ExpectAllFound(*lab_.LoginAs(kClerk));
      EXPECT_TRUE(lab_.Verify(nullptr).ok());
    }
    EXPECT_GE(stops, 12);  // six patients, twice
    EXPECT_EQ(job.changed, 6u);
  }
  EXPECT_TRUE(lab_.Verify(lab_.LoginAs(Laboratory::kFounder).get()).ok());
}

// Their places are kept over the batches, and over a batch that is tried again.
TEST_F(IndexRotation, ManyRecordsOfOneValueAreAllFoundMeanwhile) {
  constexpr std::size_t kMany = 70;
  const auto clerk = lab_.LoginAs(kClerk);
  for (std::size_t i = 0; i < kMany; ++i) {
    const std::string id = "m" + std::to_string(i);
    Write(*clerk, id, Person("M-" + id, "Dupont"));
  }
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*clerk, "Person", "family", number).ok());
  int batches = 0;
  vault::StepOptions options;
  options.rows_per_second = 160;  // forty a batch
  options.on_progress = [&](const Job&, std::uint64_t) {
    EXPECT_EQ(Found(*clerk, "family", "dupont").size(), kMany);
    return ++batches < 100;
  };
  Job job;
  ASSERT_TRUE(Step(*clerk, number, job, options).ok());
  EXPECT_EQ(job.state, JobState::kPassed);
  EXPECT_GE(batches, 4);
  EXPECT_EQ(Found(*clerk, "family", "dupont").size(), kMany);
  EXPECT_TRUE(lab_.Verify(nullptr).ok());
}

// A writer takes the place in the index that a batch wants, again and again: the batch is tried again and nothing is
// lost.
TEST_F(IndexRotation, BatchThatLosesAPlaceIsTriedAgain) {
  const auto clerk = lab_.LoginAs(kClerk);
  for (int i = 0; i < 40; ++i) Write(*clerk, "m" + std::to_string(i), Person("M-" + std::to_string(i), "Dupont"));
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    const auto session = lab_.LoginAs(kClerk);
    for (int i = 0; !stop; ++i) {
      const std::string id = "w" + std::to_string(i);
      Write(*session, id, Person("W-" + id, "Dupont"));
      ++written;
    }
  });
  for (int i = 0; i < 6; ++i) Rotate(*clerk, "Person", "family");
  stop = true;
  writer.join();
  EXPECT_EQ(Found(*clerk, "family", "dupont").size(), 40u + static_cast<std::size_t>(written));
  EXPECT_TRUE(lab_.Verify(nullptr).ok());
}

TEST_F(IndexRotation, LeavesGroupsVersionsAndHistoryAsTheyAre) {
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    Write(*founder, "p0", Person("C-0", "Martin-Petit"));
    ASSERT_TRUE(lab_.Put(*founder, "p0", "Visit", "1", TextField(1, "a note")).ok());
  }
  const auto before = LiveRows();
  const auto rows_before = RowsOf(Table::kRecords);
  const auto keys_before = RowsOf(Table::kKeys);
  Rotate(*lab_.LoginAs(kClerk), "Person", "family");
  const auto after = LiveRows();
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [handle, old] : before) {
    const vault::OpenedRow& now = after.at(handle);
    EXPECT_EQ(now.header.version, old.header.version);
    EXPECT_EQ(now.header.written_ms, old.header.written_ms);
    EXPECT_EQ(now.bytes.size(), old.bytes.size());
    EXPECT_TRUE(SameBytes(now.row.front, old.row.front));
    ASSERT_EQ(now.header.groups.size(), old.header.groups.size());
    for (std::size_t i = 0; i < old.header.groups.size(); ++i) {
      EXPECT_EQ(now.header.groups[i].commitment, old.header.groups[i].commitment);
      EXPECT_EQ(now.header.groups[i].offset, old.header.groups[i].offset);
      EXPECT_TRUE(SameBytes(now.Message(now.header.groups[i]), old.Message(old.header.groups[i])));
    }
  }
  EXPECT_EQ(RowsOf(Table::kKeys), keys_before);
  // Six records of the type changed alike, with a name or without; visit, directory and history did not.
  int changed = 0;
  for (const auto& [key, value] : RowsOf(Table::kRecords)) changed += rows_before.at(key) != value;
  EXPECT_EQ(changed, 6);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Seen(lab_.Get(*founder, "p0", "Person", "p0", 1)),
            Person("C-0", "Martin") + TextField(3, "Nick 0") + TextField(3, "Both"));
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

TEST_F(IndexRotation, OldPostingsBecomeFillerAndWhatWasDeletedIsNotFound) {
  const auto clerk = lab_.LoginAs(kClerk);
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*clerk, "Person", "family", number).ok());
  ASSERT_TRUE(lab_.Delete(*clerk, "p1", "Person", "p1").ok());  // under the old key still
  Job job;
  ASSERT_TRUE(Step(*clerk, number, job).ok());
  ASSERT_TRUE(lab_.Delete(*clerk, "p2", "Person", "p2").ok());
  EXPECT_EQ(Found(*clerk, "family", "martin"), (std::vector<std::string>{"p0", "p3", "p4"}));
  auto call = clerk->Enter();
  vault::Core& core = call->core();
  const auto schema = core.schemas.current();
  const schema::FieldPlan& field = *schema->schema->FindType("Person")->FindField("family");
  const auto old_key = call->desk().index_keys.Load(core.identity, *core.meta, *call->desk().session,
                                                    {field.index_id, 1}, schema->NumberOf(field.class_index));
  ASSERT_TRUE(old_key.ok());  // kept: a backup may hold headers that name it
  std::vector<format::HeaderPosting> names;
  ASSERT_TRUE(vault::AddNames(**old_key, {field.index_id, 1}, field, TextField(2, "Martin"), names).ok());
  EXPECT_TRUE(core.postings->Find(*core.rows, names.front())->empty());
}

TEST_F(IndexRotation, SessionFromBeforeGoesOnSearchingAndWriting) {
  const auto before = lab_.LoginAs(kClerk);
  ExpectAllFound(*before);
  const auto other = lab_.LoginAs(Laboratory::kFounder);
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*other, "Person", "family", number).ok());
  ExpectAllFound(*before);
  Write(*before, "during", Person("C-9", "Durand"));
  EXPECT_EQ(GenerationsOf("Person", "family"), (std::map<std::uint32_t, int>{{1, 5}, {2, 1}}));
  EXPECT_EQ(Found(*before, "family", "durand"), std::vector<std::string>{"during"});
  Job job;
  ASSERT_TRUE(Step(*other, number, job).ok());
  ExpectAllFound(*before);
  Write(*before, "after", Person("C-10", "Durand"));
  EXPECT_EQ(Found(*before, "family", "durand"), (std::vector<std::string>{"after", "during"}));
  EXPECT_EQ(GenerationsOf("Person", "family"), (std::map<std::uint32_t, int>{{2, 7}}));
}

// The key survives rotation of the class that wraps it, in every generation.
TEST_F(IndexRotation, GoesOnAcrossARotationOfTheClass) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*founder, "Person", "family", number).ok());
  std::uint32_t class_job = 0;
  Job job;
  ASSERT_TRUE(vault::StartClassRotation(*founder, "identity", {}, class_job).ok());
  lab_.Close();
  ExpectAllFound(*lab_.LoginAs(kClerk));
  const auto again = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(Step(*again, class_job, job).ok());
  ASSERT_TRUE(Step(*again, number, job).ok());
  lab_.Close();
  ExpectAllFound(*lab_.LoginAs(kClerk));
  EXPECT_EQ(GenerationsOf("Person", "family"), (std::map<std::uint32_t, int>{{2, 5}}));
}

TEST_F(IndexRotation, RevokedPersonSearchesNoMore) {
  const auto clerk = lab_.LoginAs(kClerk);
  ExpectAllFound(*clerk);
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    std::uint32_t class_job = 0, number = 0;
    Job job;
    ASSERT_TRUE(vault::StartClassRotation(*founder, "identity", {std::string(kClerk)}, class_job).ok());
    ASSERT_TRUE(Step(*founder, class_job, job).ok());
    ASSERT_TRUE(Start(*founder, "Person", "family", number).ok());
    EXPECT_EQ(Step(*clerk, number, job).code(), StatusCode::kPermissionDenied);
    ASSERT_TRUE(Step(*founder, number, job).ok());
    EXPECT_EQ(Found(*founder, "family", "martin").size(), 5u);
  }
  EXPECT_EQ(lab_.Find(*clerk, "Person", "family", "martin").code(), StatusCode::kPermissionDenied);
  std::uint32_t number = 0;
  EXPECT_EQ(Start(*clerk, "Person", "family", number).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(lab_.Find(*lab_.LoginAs(kClerk), "Person", "family", "martin").code(), StatusCode::kPermissionDenied);
}

// Whoever held the class before holds its old key: an index key of theirs would tell them every later value.
TEST_F(IndexRotation, IndexKeyUnderARotatedClassKeyIsRefused) {
  Bytes row_key, old_row;
  {
    const auto meta = RowsOf(Table::kMeta);
    const Bytes id = keys::MetaIdOf({IndexOf("Person", "family"), 1});
    for (const auto& [key, value] : meta) {
      if (key[4] == static_cast<std::uint8_t>(keys::MetaKind::kIndexKey) &&
          std::equal(id.begin(), id.end(), key.end() - 8))
        row_key = key, old_row = value;
    }
  }
  ASSERT_FALSE(row_key.empty());
  std::uint32_t class_job = 0;
  ASSERT_TRUE(vault::StartClassRotation(*lab_.LoginAs(Laboratory::kFounder), "identity", {}, class_job).ok());
  lab_.Overwrite(Table::kMeta, row_key, old_row);
  const auto clerk = lab_.LoginAs(kClerk);
  EXPECT_EQ(lab_.Find(*clerk, "Person", "family", "martin").code(), StatusCode::kAuthFailed);
  EXPECT_EQ(lab_.Put(*clerk, "p0", "Person", "p0", Person("C-0", "Dupont")).code(), StatusCode::kAuthFailed);
}

TEST_F(IndexRotation, UniqueValueStaysTakenUnderEveryKey) {
  const auto clerk = lab_.LoginAs(kClerk);
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*clerk, "Person", "card", number).ok());
  EXPECT_EQ(lab_.Put(*clerk, "thief", "Person", "x", Person("C-3", "")).code(), StatusCode::kAlreadyExists);
  // Its own record may be written again, and gives the value up under both keys.
  Write(*clerk, "p3", Person("C-3", "Petit"));
  Write(*clerk, "p3", Person("C-33", "Petit"));
  Write(*clerk, "heir", Person("C-3", ""));
  EXPECT_EQ(lab_.Put(*clerk, "p3", "Person", "p3", Person("C-3", "")).code(), StatusCode::kAlreadyExists);
  Job job;
  ASSERT_TRUE(Step(*clerk, number, job).ok());
  EXPECT_EQ(lab_.Put(*clerk, "thief", "Person", "x", Person("C-4", "")).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(Found(*clerk, "card", "C3"), std::vector<std::string>{"heir"});
  EXPECT_TRUE(lab_.Verify(lab_.LoginAs(Laboratory::kFounder).get()).ok());
}

TEST_F(IndexRotation, ExternalIdIsNotGivenTwiceMeanwhile) {
  const auto clerk = lab_.LoginAs(kClerk);
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*clerk, "directory", "external_id", number).ok());
  const auto handle = lab_.HandleOf(*clerk, "p0");
  Write(*clerk, "p0", Person("C-0", "Other"));
  EXPECT_EQ(lab_.HandleOf(*clerk, "p0"), handle);
  Job job;
  ASSERT_TRUE(Step(*clerk, number, job).ok());
  EXPECT_EQ(lab_.HandleOf(*clerk, "p0"), handle);
  EXPECT_EQ(lab_.Get(*clerk, "nobody", "Person", "x").code(), StatusCode::kNotFound);
}

TEST_F(IndexRotation, WhatIsRefusedChangesNothing) {
  lab_.AddPerson("porter", {"general"});
  const auto clerk = lab_.LoginAs(kClerk);
  const auto porter = lab_.LoginAs("porter");
  std::uint32_t number = 0;
  EXPECT_EQ(Start(*clerk, "Nothing", "family", number).code(), StatusCode::kNotFound);
  EXPECT_EQ(Start(*clerk, "Person", "nothing", number).code(), StatusCode::kNotFound);
  EXPECT_EQ(Start(*clerk, "Person", "note", number).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Start(*porter, "Person", "family", number).code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Start(*clerk, "Person", "family", number).ok());
  EXPECT_EQ(number, 1u);
  std::uint32_t second = 0;
  EXPECT_EQ(Start(*clerk, "Person", "family", second).code(), StatusCode::kAlreadyExists);
  ASSERT_TRUE(Start(*clerk, "Person", "card", second).ok());
  Job job;
  EXPECT_EQ(Step(*porter, number, job).code(), StatusCode::kPermissionDenied);
  auto call = lab_.Vault()->Enter();
  EXPECT_EQ(vault::StepJob(call->core(), nullptr, number, {}, job).code(), StatusCode::kPermissionDenied);
}

// What a thief changed keeps the job from ending.
TEST_F(IndexRotation, DamageKeepsTheJobFromEnding) {
  std::uint32_t number = 0;
  ASSERT_TRUE(Start(*lab_.LoginAs(kClerk), "Person", "family", number).ok());
  for (const Table table : {Table::kRecords, Table::kIndex, Table::kHeads}) {
    const auto rows = RowsOf(table);
    const auto put_all = [&](std::uint8_t flip) {
      lab_.WithRows([&](store::Rows& stored) {
        store::Batch batch;
        for (auto [key, value] : rows) {
          value[40] ^= flip;  // of a header's, posting's or head's commitment
          batch.Put(table, key, value);
        }
        ASSERT_TRUE(stored.Commit(batch, store::Durability::kPower).ok());
      });
    };
    put_all(1);
    {
      const auto clerk = lab_.LoginAs(kClerk);
      Job job;
      EXPECT_EQ(Step(*clerk, number, job).code(), StatusCode::kAuthFailed);
      EXPECT_EQ(job.state, JobState::kRunning);
      EXPECT_EQ(job.changed, 0u);
    }
    put_all(0);
  }
  const auto clerk = lab_.LoginAs(kClerk);
  Job job;
  ASSERT_TRUE(Step(*clerk, number, job).ok());
  ExpectAllFound(*clerk);
}

TEST_F(IndexRotation, RecordUnderAKeyNobodySearchesByIsAProblem) {
  std::uint32_t number = 0;
  Job job;
  {
    const auto clerk = lab_.LoginAs(kClerk);
    ASSERT_TRUE(Start(*clerk, "Person", "family", number).ok());
    ASSERT_TRUE(Step(*clerk, number, job).ok());
  }
  // Somebody takes key and job away: searches would go by the first key again and find nothing.
  const std::uint32_t index = IndexOf("Person", "family");
  lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    store::Batch batch;
    meta.Delete(batch, keys::MetaKind::kIndexKey, keys::MetaIdOf({index, 2}));
    meta.Delete(batch, keys::MetaKind::kJob, keys::MetaIdOf({number}));
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed);
}

TEST_F(IndexRotation, KeyThatWasTakenAwayIsMissedNotPassedOver) {
  {
    const auto clerk = lab_.LoginAs(kClerk);
    Rotate(*clerk, "Person", "family");
  }
  const std::uint32_t index = IndexOf("Person", "family");
  lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    store::Batch batch;
    meta.Delete(batch, keys::MetaKind::kIndexKey, keys::MetaIdOf({index, 2}));
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  const auto clerk = lab_.LoginAs(kClerk);
  EXPECT_EQ(lab_.Find(*clerk, "Person", "family", "martin").code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(lab_.Put(*clerk, "p0", "Person", "p0", Person("C-0", "Dupont")).code(), StatusCode::kKeyUnavailable);
}

// What a writer names under the older key is refused once there is a newer one: nobody would bring it on.
TEST_F(IndexRotation, WriterWhoBeganBeforeItStartsAgain) {
  const auto clerk = lab_.LoginAs(kClerk);
  const auto patient = lab_.HandleOf(*clerk, "p0");
  auto call = clerk->Enter();
  vault::Core& core = call->core();
  const std::lock_guard lock(core.locks.Of(patient));
  const auto commit = [&](const Bytes& message, const std::function<void()>& meanwhile) {
    auto change = vault::PatientChange::Open(core, call->desk(), patient);
    EXPECT_TRUE((*change)->Put(Request("Person", "p0", message, vault::PutMode::kUpdate)).ok());
    meanwhile();
    return (*change)->Commit().code();
  };
  const auto other = lab_.LoginAs(Laboratory::kFounder);
  std::uint32_t number = 0;
  const auto start = [&] { ASSERT_TRUE(Start(*other, "Person", "family", number).ok()); };
  EXPECT_EQ(commit(TextField(2, "Petit"), start), StatusCode::kConflict);
  EXPECT_EQ(commit(TextField(2, "Petit"), [] {}), StatusCode::kOk);
  // Who writes no value of the index is not held up.
  const auto start_card = [&] { ASSERT_TRUE(Start(*other, "Person", "card", number).ok()); };
  EXPECT_EQ(commit(TextField(4, "a note"), start_card), StatusCode::kOk);
}

// Searches, new patients and rewritten names under one rotation after the other: none fails and none misses anything.
TEST_F(IndexRotation, ReadersAndWritersGoOnMeanwhile) {
  constexpr int kRotations = 3;
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      const auto session = lab_.LoginAs(kClerk);
      for (int i = 0; !stop || i < 3; ++i) {
        const std::string id = "t" + std::to_string(thread) + "-" + std::to_string(i);
        Write(*session, id, Person("N-" + id, "Martin"));
        Write(*session, "own" + std::to_string(thread), Person("", i % 2 == 0 ? "Even" : "Odd"));
        EXPECT_EQ(Found(*session, "card", "N" + id), std::vector<std::string>{id});
        const auto martins = Found(*session, "family", "martin");
        EXPECT_GE(martins.size(), 5u + static_cast<std::size_t>(i));
        EXPECT_EQ(std::set<std::string>(martins.begin(), martins.end()).size(), martins.size());
        EXPECT_TRUE(lab_.Get(*session, "p0", "Person", "p0").ok());
      }
    });
  }
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < kRotations; ++i) {
      Rotate(*founder, "Person", "family");
      Rotate(*founder, "Person", "card");
      Rotate(*founder, "directory", "external_id");
    }
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  const auto generations = GenerationsOf("directory", "external_id");
  EXPECT_EQ(generations.size(), 1u);
  EXPECT_EQ(generations.begin()->first, kRotations + 1u);
  EXPECT_TRUE(lab_.Verify(lab_.LoginAs(Laboratory::kFounder).get()).ok());
}

// Many want the same card while the key of the index changes: one of them gets it.
TEST_F(IndexRotation, OneWriterWinsAUniqueValueAcrossKeys) {
  constexpr int kCards = 12;
  std::atomic<int> open_cards{0};
  std::atomic<int> won[kCards] = {};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      const auto session = lab_.LoginAs(kClerk);
      for (int card = 0; card < kCards; ++card) {
        const std::string id = "w" + std::to_string(thread) + "-" + std::to_string(card);
        const Status put = lab_.Put(*session, id, "Person", id, Person("W-" + std::to_string(card), ""));
        EXPECT_TRUE(put.ok() || put.code() == StatusCode::kAlreadyExists) << put.message();
        won[card] += put.ok();
        ++open_cards;
      }
    });
  }
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  while (open_cards < 3 * kCards) Rotate(*founder, "Person", "card");
  for (std::thread& thread : threads) thread.join();
  for (int card = 0; card < kCards; ++card) {
    EXPECT_EQ(won[card], 1);
    EXPECT_EQ(Found(*founder, "card", "W-" + std::to_string(card)).size(), 1u);
  }
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

}  // namespace
}  // namespace mseal::test
