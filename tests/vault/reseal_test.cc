// The reseal of a class as its users, its interrupters, a former holder of a data key and a thief with two copies of
// the disk see it.
#include "vault/reseal.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <tuple>

#include "base/clock.h"
#include "format/keys_of_rows.h"
#include "vault/backup.h"
#include "vault/patient_reseal.h"
#include "vault/patient_rows.h"
#include "vault/rotation.h"
#include "vault/upload.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

class SetClock {
 public:
  explicit SetClock(std::uint64_t ms) { SetClockForTests(ms); }
  ~SetClock() { SetClockForTests(0); }
};

using format::GroupState;
using format::Job;
using format::JobState;
using format::SlotState;
using store::Table;
using vault::PutMode;

constexpr std::uint32_t kSsn = 2;
constexpr std::uint32_t kFamily = 3;
constexpr std::uint32_t kHiv = 10;  // of Patient: unknown 0, negative 1, positive 2
constexpr std::string_view kPhysician = "physician";
constexpr std::string_view kReceptionist = "receptionist";

// No two places look alike, so that chunks in a wrong order show.
std::string LongText(std::size_t size, std::uint32_t seed = 1) {
  std::string text(size, '\0');
  for (char& letter : text) {
    seed = seed * 1664525 + 1013904223;
    letter = static_cast<char>('a' + (seed >> 24) % 26);
  }
  return text;
}

struct Group {
  GroupState state = GroupState::kVoid;
  std::uint32_t generation = 0;
  Bytes message;
  ByteArray<24> salt{};
  seal::Commitment commitment{};
  bool operator==(const Group&) const = default;
};

// By row key, class and class_by field.
using Groups = std::map<std::tuple<Bytes, people::ClassNumber, std::uint32_t>, Group>;
using Rows = std::map<Bytes, Bytes>;

class Reseal : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson(kPhysician, {"identity", "general", "national_id", "hiv", "genetic"});
    lab_.AddPerson(kReceptionist, {"identity", "general", "national_id"});
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    Write(*founder, "alice", NumberField(kHiv, 2));
    Write(*founder, "bob", {});
    // Written by somebody without the class: the slot is unused.
    Write(*lab_.LoginAs(kReceptionist), "carol", {});
  }

  void Write(vault::Session& session, std::string_view patient, const Bytes& more) {
    const Bytes everybody = TextField(kSsn, "123-45-" + std::string(patient)) + TextField(kFamily, "Martin");
    PutOk(session, patient, "Patient", "1", everybody + more);
  }
  void PutOk(vault::Session& session, std::string_view patient, std::string_view type, std::string_view record,
             const Bytes& message, PutMode mode = PutMode::kReplace) {
    const Status status = lab_.Put(session, patient, type, record, message, mode);
    ASSERT_TRUE(status.ok()) << CodeName(status.code()) << ": " << status.message();
  }

  Status Step(vault::Session& session, std::uint32_t number, Job& job, const vault::StepOptions& options = {}) {
    MS_ASSIGN(auto call, session.Enter());
    return vault::StepJob(call.core(), &call.desk(), number, options, job);
  }
  std::uint32_t Start(std::string_view class_name) {
    std::uint32_t number = 0;
    const Status started = vault::StartReseal(*lab_.LoginAs(Laboratory::kFounder), class_name, number);
    EXPECT_TRUE(started.ok()) << started.message();
    return number;
  }
  Job Finish(std::uint32_t number) {
    Job job;
    const Status status = Step(*lab_.LoginAs(Laboratory::kFounder), number, job);
    EXPECT_TRUE(status.ok()) << CodeName(status.code()) << ": " << status.message();
    EXPECT_EQ(job.state, JobState::kPassed);
    return job;
  }
  // Everything is sealed anew, no previous data key is dropped yet.
  void StepFirstPass(std::uint32_t number) {
    vault::StepOptions first_pass;
    first_pass.on_progress = [](const Job& job, std::uint64_t) { return job.pass == 1; };
    Job job;
    EXPECT_EQ(Step(*lab_.LoginAs(Laboratory::kFounder), number, job, first_pass).code(), StatusCode::kCancelled);
    EXPECT_EQ(job.pass, 2u);
  }
  // From its start to its end.
  void Run(std::string_view class_name) { Finish(Start(class_name)); }

  // The state after the first of several batches of a large patient: the slot has both data keys, the rows are still
  // under the previous one.
  void BeginPatient(std::string_view patient, std::string_view class_name) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    const auto handle = lab_.HandleOf(*founder, patient);
    auto call = founder->Enter();
    vault::Core& core = call->core();
    const std::lock_guard lock(core.locks.Of(handle));
    const keys::Buckets::Hold hold(*core.buckets, handle);
    auto share = vault::PatientReseal::Open(core, call->desk(), handle, *core.registry->chain()->FindClass(class_name));
    ASSERT_TRUE(share.ok());
    ASSERT_TRUE((*share)->BeginGeneration().ok());
    store::Batch batch;
    (*share)->Finish(batch);
    ASSERT_TRUE(core.Commit(batch).ok());
    core.patients->Forget(handle);
  }

  people::ClassNumber NumberOf(std::string_view class_name) {
    return *lab_.Vault()->Enter()->core().registry->chain()->FindClass(class_name);
  }

  // Every group in the store, or those of one patient, in live rows and history.
  Groups GroupsOf(std::string_view patient = {}) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    Bytes prefix = format::KeyRowPrefix();
    if (!patient.empty()) prefix = format::KeyRowPrefix(lab_.HandleOf(*founder, patient));
    auto call = founder->Enter();
    vault::Core& core = call->core();
    Groups groups;
    const auto at = core.rows->Freeze();
    for (auto cursor = core.rows->Scan(Table::kKeys, prefix, format::AfterPrefix(prefix)); cursor->Valid();
         cursor->Next()) {
      const auto keys = core.patients->Reload(format::ParseKeyRowKey(cursor->key())->patient);
      const auto rows = vault::CollectPatient(core, **keys, *at);
      EXPECT_TRUE(rows.ok()) << rows.status().message();
      if (!rows.ok()) return groups;
      for (const auto& row : rows->live) AddGroups(vault::LiveRowKey(row.place), row, groups);
      for (const auto& row : rows->history) {
        const auto& header = row.header;
        AddGroups(vault::HistoryRowKey(**keys, header.type, header.record_id.Reveal(), header.version), row, groups);
      }
    }
    return groups;
  }
  static void AddGroups(const Bytes& key, const vault::OpenedRow& row, Groups& groups) {
    for (const auto& group : row.header.groups) {
      const ByteView message = row.Message(group);
      groups[{key, group.class_number, group.field}] = {
          group.state, group.generation, Bytes(message.begin(), message.end()), group.salt, group.commitment};
    }
  }

  std::map<std::string, format::Slot> SlotsOf(std::string_view class_name) {
    std::map<std::string, format::Slot> slots;
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (const char* patient : {"alice", "bob", "carol"}) {
      const auto handle = lab_.HandleOf(*founder, patient);
      slots[patient] = (*founder->Enter()->core().patients->Reload(handle))->row.slots[NumberOf(class_name)];
    }
    return slots;
  }

  Rows RowsOf(Table table, ByteView prefix = {}) {
    Rows rows;
    for (StoredRow& row : lab_.AllRows(table)) {
      if (row.key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), row.key.begin()))
        rows.emplace(std::move(row.key), std::move(row.value));
    }
    return rows;
  }
  std::set<Bytes> ChunkKeys() {
    std::set<Bytes> keys;
    for (const auto& [key, value] : RowsOf(Table::kRecords)) {
      if (value[1] == static_cast<std::uint8_t>(format::RowKind::kChunk)) keys.insert(key);
    }
    return keys;
  }

  bool ReadsHiv(vault::Session& session, std::string_view patient) {
    const auto record = lab_.Get(session, patient, "Patient", "1");
    EXPECT_TRUE(record.ok()) << record.status().message();
    return record.ok() && !Redacts(**record, "hiv");
  }
  Bytes Read(std::string_view patient, std::string_view type, std::string_view record, std::uint64_t version = 0) {
    return Seen(lab_.Get(*lab_.LoginAs(Laboratory::kFounder), patient, type, record, version));
  }
  void ExpectSound() { EXPECT_TRUE(lab_.Verify(lab_.LoginAs(Laboratory::kFounder).get()).ok()); }

  Laboratory lab_;
};

TEST_F(Reseal, ChangesEveryGroupOfTheClassAndNoOther) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  PutOk(*founder, "alice", "Patient", "1", NumberField(kHiv, 1), PutMode::kUpdate);  // leaves a history row
  const Groups before = GroupsOf();
  Run("hiv");
  const Groups after = GroupsOf();
  ASSERT_EQ(after.size(), before.size());
  std::map<GroupState, int> of_the_class;
  for (const auto& [name, group] : before) {
    ASSERT_TRUE(after.contains(name));
    const Group& now = after.at(name);
    if (std::get<1>(name) != NumberOf("hiv")) {
      EXPECT_EQ(now, group);
      continue;
    }
    ++of_the_class[group.state];
    EXPECT_EQ(now.state, group.state);
    EXPECT_EQ(now.generation, group.state == GroupState::kSealed ? 2u : 0u);
    EXPECT_EQ(now.message.size(), group.message.size());
    EXPECT_NE(now.message, group.message);
    EXPECT_NE(now.salt, group.salt);
    EXPECT_NE(now.commitment, group.commitment);
  }
  EXPECT_EQ(of_the_class, (std::map<GroupState, int>{{GroupState::kSealed, 3}, {GroupState::kVoid, 1}}));
}

TEST_F(Reseal, LeavesValuesVersionsHistoryAndSearchAsTheyWere) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  PutOk(*founder, "alice", "Patient", "1", NumberField(kHiv, 1), PutMode::kUpdate);
  const Bytes now = Read("alice", "Patient", "1"), then = Read("alice", "Patient", "1", 1);
  for (const char* class_name : {"hiv", "national_id", "directory", "general"}) Run(class_name);
  lab_.Close();
  EXPECT_EQ(Read("alice", "Patient", "1"), now);
  EXPECT_EQ(Read("alice", "Patient", "1", 1), then);
  EXPECT_NE(now, then);
  const auto physician = lab_.LoginAs(kPhysician);
  EXPECT_EQ((*lab_.Get(*physician, "alice", "Patient", "1"))->version, 2u);
  EXPECT_EQ(lab_.Find(*physician, "Patient", "ssn", "123-45-alice")->size(), 1u);
  ExpectSound();
}

TEST_F(Reseal, SessionFromBeforeGoesOnReadingAndWriting) {
  const auto physician = lab_.LoginAs(kPhysician);
  EXPECT_TRUE(ReadsHiv(*physician, "alice"));
  const std::uint32_t number = Start("hiv");
  StepFirstPass(number);
  EXPECT_TRUE(ReadsHiv(*physician, "alice"));
  PutOk(*physician, "bob", "Patient", "1", NumberField(kHiv, 1), PutMode::kUpdate);
  Finish(number);
  EXPECT_TRUE(ReadsHiv(*physician, "alice"));
  EXPECT_TRUE(ReadsHiv(*physician, "bob"));
  PutOk(*physician, "alice", "Patient", "1", NumberField(kHiv, 1), PutMode::kUpdate);
  Write(*physician, "carol", NumberField(kHiv, 2));  // the first write of the class
  EXPECT_TRUE(ReadsHiv(*physician, "carol"));
  const auto slots = SlotsOf("hiv");
  EXPECT_EQ(slots.at("alice").generation, 2u);
  EXPECT_EQ(slots.at("carol").generation, 1u);
  ExpectSound();
}

// ---- what the old key is good for

TEST_F(Reseal, CopiedDataKeyOpensNothingThatIsStoredAfter) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const auto alice = lab_.HandleOf(*founder, "alice");
  const auto hiv = NumberOf("hiv");
  auto call = founder->Enter();
  vault::Core& core = call->core();
  const auto copied = call->desk().session->DataKeys(**core.patients->Load(alice));
  ASSERT_TRUE(copied->classes[hiv].current.has_value());
  const auto opens = [&] {
    const auto keys = core.patients->Reload(alice);
    const auto rows = vault::CollectPatient(core, **keys, *core.rows->Freeze());
    int opened = 0;
    for (const auto& row : rows->live) {
      const auto* group = row.FindGroup(hiv, 0);
      for (std::uint32_t generation = 1; group != nullptr && generation <= 2; ++generation) {
        format::HeaderGroup claimed = *group;
        claimed.generation = generation;
        SecretBytes content;
        opened += vault::OpenGroup(core.identity, row, claimed, *copied->classes[hiv].current, content).ok();
      }
    }
    return opened;
  };
  EXPECT_EQ(opens(), 1);
  Run("hiv");
  EXPECT_EQ(opens(), 0);
  PutOk(*founder, "alice", "Patient", "1", NumberField(kHiv, 1), PutMode::kUpdate);
  EXPECT_EQ(opens(), 0);
}

TEST_F(Reseal, EndsWithoutThePreviousDataKeyInAnySlot) {
  const auto before = SlotsOf("hiv");
  const auto others = SlotsOf("identity");
  Run("hiv");
  for (const auto& [patient, slot] : SlotsOf("hiv")) {
    const format::Slot& old = before.at(patient);
    EXPECT_EQ(slot.state, old.state);
    EXPECT_EQ(slot.state == SlotState::kUnused, patient == "carol");
    EXPECT_EQ(slot.generation, patient == "carol" ? 0u : 2u);
    EXPECT_EQ(slot.previous_generation, 0u);
    EXPECT_NE(slot.current, old.current);
    EXPECT_NE(slot.previous, old.current);
    EXPECT_NE(slot.previous, old.previous);
  }
  for (const auto& [patient, slot] : SlotsOf("identity")) EXPECT_EQ(slot.current, others.at(patient).current);
}

TEST_F(Reseal, RecordRowOfBeforePutBackOpensForNobodyAndVerifySeesIt) {
  const Rows rows = RowsOf(Table::kRecords, lab_.HandleOf(*lab_.LoginAs(Laboratory::kFounder), "alice"));
  Run("hiv");
  lab_.Close();
  for (const auto& [key, value] : rows) lab_.Overwrite(Table::kRecords, key, value);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(lab_.Get(*founder, "alice", "Patient", "1").code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(lab_.Verify(founder.get()).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed);
}

TEST_F(Reseal, KeyRowOfBeforePutBackIsRefusedAndVerifySeesIt) {
  for (const char* patient : {"alice", "carol"}) {  // with a data key and without
    const auto handle = lab_.HandleOf(*lab_.LoginAs(Laboratory::kFounder), patient);
    const Rows key_row = RowsOf(Table::kKeys, format::KeyRowPrefix(handle));
    ASSERT_EQ(key_row.size(), 1u);
    Run("hiv");
    lab_.Close();
    const Rows now = RowsOf(Table::kKeys, format::KeyRowPrefix(handle));
    lab_.Overwrite(Table::kKeys, key_row.begin()->first, key_row.begin()->second);
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    EXPECT_EQ(lab_.Put(*founder, patient, "Patient", "1", NumberField(kHiv, 1), PutMode::kUpdate).code(),
              StatusCode::kAuthFailed);
    EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed);
    lab_.Overwrite(Table::kKeys, now.begin()->first, now.begin()->second);
  }
}

// ---- large values

class ResealLarge : public Reseal {
 protected:
  void SetUp() override {
    Reseal::SetUp();
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    // Versions 1 and 2 share a large value, 3 has another.
    PutOk(*founder_, "alice", "GenomicReport", "g", TextField(5, first_));
    PutOk(*founder_, "alice", "GenomicReport", "g", Nested(1, TextField(2, "carrier")), PutMode::kUpdate);
    PutOk(*founder_, "alice", "GenomicReport", "g", TextField(5, second_), PutMode::kUpdate);
    PutOk(*founder_, "alice", "GenomicReport", "n", TextField(4, first_));  // of another class
  }

  void ExpectAllReadable() {
    const Bytes genome = Nested(1, TextField(2, "carrier"));
    EXPECT_EQ(Read("alice", "GenomicReport", "g", 1), TextField(5, first_));
    EXPECT_EQ(Read("alice", "GenomicReport", "g", 2), genome + TextField(5, first_));
    EXPECT_EQ(Read("alice", "GenomicReport", "g"), genome + TextField(5, second_));
    EXPECT_EQ(Read("alice", "GenomicReport", "n"), TextField(4, first_));
  }

  const std::string first_ = LongText(150'000, 1), second_ = LongText(250'000, 2);
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(ResealLarge, ValuesReadTheSameInEveryVersionAndOldChunksAreGone) {
  const std::set<Bytes> before = ChunkKeys();
  EXPECT_EQ(before.size(), 3u + 4u + 3u);
  Run("genetic");
  ExpectAllReadable();
  ExpectSound();
  const std::set<Bytes> after = ChunkKeys();
  EXPECT_EQ(after.size(), before.size());  // shared still
  std::size_t kept = 0;
  for (const Bytes& key : after) kept += before.contains(key);
  EXPECT_EQ(kept, 3u);  // the other class's
}

TEST_F(ResealLarge, ListingFromBeforeGoesOnReadingWhatItSaw) {
  auto call = founder_->Enter();
  auto listing =
      vault::ListHistory(call->core(), call->desk(), {AsBytes("alice"), nullptr}, "GenomicReport", AsBytes("g"));
  ASSERT_TRUE(listing.ok());
  Run("genetic");
  call->core().patients->Forget(lab_.HandleOf(*founder_, "alice"));
  const auto records = Drain(std::move(listing));
  ASSERT_TRUE(records.ok()) << CodeName(records.code()) << ": " << records.status().message();
  ASSERT_EQ(records->size(), 3u);
  EXPECT_EQ(MessageOf(*records->front()), Nested(1, TextField(2, "carrier")) + TextField(5, second_));
}

TEST_F(ResealLarge, UploadThatBeganBeforeIsPublishedUnderTheNewKey) {
  auto call = founder_->Enter();
  const auto upload = vault::Upload::Begin(call->core(), call->desk(), {AsBytes("alice"), nullptr}, "GenomicReport",
                                           AsBytes("g"), "vcf");
  ASSERT_TRUE(upload.ok());
  const std::string text = LongText(3'000'000, 3);
  ASSERT_TRUE((*upload)->Append(AsBytes(text)).ok());
  Run("genetic");
  const auto outcome = (*upload)->Publish(0);
  ASSERT_TRUE(outcome.ok()) << outcome.status().message();
  EXPECT_EQ(Read("alice", "GenomicReport", "g"), Nested(1, TextField(2, "carrier")) + TextField(5, text));
  ExpectSound();
  for (const auto& [name, group] : GroupsOf("alice")) {
    if (std::get<1>(name) == NumberOf("genetic") && group.state == GroupState::kSealed) {
      EXPECT_EQ(group.generation, 2u);
    }
  }
}

// A writer meets a patient whose rows are still under the previous data key: what it seals anew is under the current
// one, the large values that the group keeps with it.
TEST_F(ResealLarge, WriterInBetweenTakesLargeValuesAlong) {
  BeginPatient("alice", "genetic");
  ExpectAllReadable();
  PutOk(*founder_, "alice", "GenomicReport", "g", Nested(1, TextField(2, "affected")), PutMode::kUpdate);
  PutOk(*founder_, "alice", "GenomicReport", "n", TextField(3, "final"), PutMode::kUpdate);
  EXPECT_EQ(Read("alice", "GenomicReport", "g"), Nested(1, TextField(2, "affected")) + TextField(5, second_));
  EXPECT_EQ(Read("alice", "GenomicReport", "g", 3), Nested(1, TextField(2, "carrier")) + TextField(5, second_));
  ExpectSound();
  std::set<std::uint32_t> generations;
  for (const auto& [name, group] : GroupsOf("alice")) {
    if (std::get<1>(name) == NumberOf("genetic")) generations.insert(group.generation);
  }
  EXPECT_EQ(generations, (std::set<std::uint32_t>{1, 2}));
  Run("genetic");
  EXPECT_EQ(Read("alice", "GenomicReport", "g"), Nested(1, TextField(2, "affected")) + TextField(5, second_));
  EXPECT_EQ(Read("alice", "GenomicReport", "g", 1), TextField(5, first_));
  ExpectSound();
}

// ---- stopped and gone on with

TEST_F(ResealLarge, GoesOnFromWhereverItWasStopped) {
  const std::uint32_t number = Start("genetic");
  vault::StepOptions one_batch;
  one_batch.on_progress = [](const Job&, std::uint64_t) { return false; };
  Job job;
  int stops = 0;
  for (; job.state != JobState::kPassed; ++stops) {
    ASSERT_LT(stops, 20);
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    const Status status = Step(*founder_, number, job, one_batch);
    EXPECT_TRUE(status.ok() || status.code() == StatusCode::kCancelled) << status.message();
    lab_.Close();
    ExpectAllReadable();
    ExpectSound();
  }
  EXPECT_EQ(stops, 3 * (3 + 1));  // a batch a patient and the end of each of three passes
  EXPECT_EQ(job.pass, 3u);
  EXPECT_EQ(job.changed, 2 * 3u);
}

// Too much for one batch: the batches before the one that fails stand, and the job goes on from them.
TEST_F(ResealLarge, LargePatientIsSealedInSeveralBatches) {
  const std::string inline_text = LongText(60'000, 4);
  for (int i = 0; i < 40; ++i)
    PutOk(*founder_, "bob", "GenomicReport", std::to_string(i), Nested(1, TextField(2, inline_text)));
  const std::size_t rows = GroupsOf("bob").size();
  const auto bob = lab_.HandleOf(*founder_, "bob");
  // The last of the rows is damaged.
  const Rows stored = RowsOf(Table::kRecords, bob);
  Bytes damaged = stored.rbegin()->second;
  damaged[damaged.size() / 2] ^= 1;
  lab_.Close();
  lab_.Overwrite(Table::kRecords, stored.rbegin()->first, damaged);
  const std::uint32_t number = Start("genetic");
  Job job;
  EXPECT_EQ(Step(*lab_.LoginAs(Laboratory::kFounder), number, job).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(job.pass, 1u);
  lab_.Close();
  lab_.Overwrite(Table::kRecords, stored.rbegin()->first, stored.rbegin()->second);
  std::map<std::uint32_t, int> generations;
  for (const auto& [name, group] : GroupsOf("bob")) {
    if (std::get<1>(name) == NumberOf("genetic") && group.state == GroupState::kSealed) ++generations[group.generation];
  }
  EXPECT_GT(generations[1], 0);
  EXPECT_GT(generations[2], 10);
  ExpectSound();
  Finish(number);
  ExpectSound();
  EXPECT_EQ(GroupsOf("bob").size(), rows);
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(Read("bob", "GenomicReport", std::to_string(i)), Nested(1, TextField(2, inline_text)));
}

// Versions of one record in several batches: chunks of a large value go with the last version that names it, not later.
TEST_F(ResealLarge, LongHistoryIsSealedInSeveralBatches) {
  PutOk(*founder_, "bob", "GenomicReport", "h", TextField(5, first_));
  const auto version_of = [](int i) { return Nested(1, TextField(2, LongText(60'000, std::uint32_t(i)))); };
  for (int i = 2; i <= 30; ++i) PutOk(*founder_, "bob", "GenomicReport", "h", version_of(i));
  Bytes key;
  {
    const auto bob = lab_.HandleOf(*founder_, "bob");
    const auto keys = *founder_->Enter()->core().patients->Reload(bob);
    key = vault::HistoryRowKey(*keys, "GenomicReport", AsBytes("h"), 28);
  }
  const Bytes row = RowsOf(Table::kRecords).at(key);
  Bytes damaged = row;
  damaged[damaged.size() / 2] ^= 1;
  lab_.Overwrite(Table::kRecords, key, damaged);
  const std::uint32_t number = Start("genetic");
  Job job;
  EXPECT_EQ(Step(*lab_.LoginAs(Laboratory::kFounder), number, job).code(), StatusCode::kAuthFailed);
  lab_.Close();
  lab_.Overwrite(Table::kRecords, key, row);
  ExpectSound();
  Finish(number);
  ExpectSound();
  EXPECT_EQ(Read("bob", "GenomicReport", "h", 1), TextField(5, first_));
  for (int i = 2; i <= 30; ++i) EXPECT_EQ(Read("bob", "GenomicReport", "h", std::uint64_t(i)), version_of(i));
}

TEST_F(ResealLarge, LaterPassSealsWhatIsLeftBeforeItDropsTheKey) {
  const std::uint32_t number = Start("genetic");
  StepFirstPass(number);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  // One of whom the first pass did not know is begun and left.
  PutOk(*founder_, "dave", "GenomicReport", "g", TextField(5, first_));
  BeginPatient("dave", "genetic");
  EXPECT_EQ(Finish(number).pass, 4u);
  EXPECT_EQ(Read("dave", "GenomicReport", "g"), TextField(5, first_));
  for (const auto& [name, group] : GroupsOf("dave")) {
    if (std::get<1>(name) == NumberOf("genetic")) {
      EXPECT_EQ(group.generation, 2u);
    }
  }
  ExpectAllReadable();
  ExpectSound();
}

TEST_F(Reseal, DamagedRowKeepsTheJobFromEnding) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  PutOk(*founder, "alice", "Patient", "1", NumberField(kHiv, 1), PutMode::kUpdate);
  const Rows stored = RowsOf(Table::kRecords, lab_.HandleOf(*founder, "alice"));
  ASSERT_EQ(stored.size(), 3u);  // directory, live, history
  const std::uint32_t number = Start("hiv");
  const auto refused = [&] {
    Job job;
    EXPECT_EQ(Step(*lab_.LoginAs(Laboratory::kFounder), number, job).code(), StatusCode::kAuthFailed);
    EXPECT_EQ(job.state, JobState::kRunning);
    lab_.Close();
  };
  lab_.Close();
  for (const auto& [key, value] : stored) {
    Bytes flipped = value;
    flipped.back() ^= 1;
    lab_.Overwrite(Table::kRecords, key, flipped);
    refused();
    lab_.Remove(Table::kRecords, key);
    refused();
    lab_.Overwrite(Table::kRecords, key, value);
  }
  // And one that nobody's record accounts for.
  Bytes planted = stored.begin()->first;
  planted.back() ^= 1;
  lab_.Overwrite(Table::kRecords, planted, stored.begin()->second);
  refused();
  lab_.Remove(Table::kRecords, planted);
  Finish(number);
  ExpectSound();
}

// What was sealed under it lies in the backup: dropped now, nothing would open that once it is restored.
TEST_F(Reseal, PreviousDataKeysStayAsLongAsABackupNeedsThem) {
  const std::string place = (lab_.folder() / "place").string();
  std::vector<vault::BackupMade> made;
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::RegisterPlace(call->core(), lab_.store(), place, format::PlaceKind::kBackups).ok());
    ASSERT_TRUE(vault::CreateBackups(call->core(), {}, nullptr, made).ok());
  }
  const std::uint32_t number = Start("hiv");
  Job job;
  EXPECT_EQ(Step(*lab_.LoginAs(Laboratory::kFounder), number, job).code(), StatusCode::kKeyUnavailable);
  const auto states = [&] {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    const auto keys = call->core().patients->Reload(lab_.HandleOf(*founder, "alice"));
    return (*keys)->row.slots[*call->core().registry->chain()->FindClass("hiv")].state;
  };
  EXPECT_EQ(states(), format::SlotState::kBoth);
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::CreateBackups(call->core(), {}, nullptr, made).ok());
    std::size_t removed = 0;
    ASSERT_TRUE(vault::PruneBackups(call->core(), place, {.keep = 1}, removed).ok());
    EXPECT_EQ(removed, 1u);
  }
  Finish(number);
  EXPECT_EQ(states(), format::SlotState::kCurrent);
  ExpectSound();
}

// The backup says that it was made after everything was sealed anew; it was not.
TEST_F(Reseal, BackupMadeWhileTheClockRanAheadStillNeedsThePreviousDataKeys) {
  const std::string place = (lab_.folder() / "place").string();
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::RegisterPlace(call->core(), lab_.store(), place, format::PlaceKind::kBackups).ok());
    const SetClock ahead(NowMs() + 3'600'000);
    std::vector<vault::BackupMade> made;
    ASSERT_TRUE(vault::CreateBackups(call->core(), {}, nullptr, made).ok());
  }
  const std::uint32_t number = Start("hiv");
  Job job;
  EXPECT_EQ(Step(*founder, number, job).code(), StatusCode::kKeyUnavailable);
  EXPECT_GT(job.commits, 0u);
  EXPECT_EQ(SlotsOf("hiv").at("alice").state, SlotState::kBoth);
}

// It opens, and every row is there: only what the rows add up to tells.
TEST_F(Reseal, RowOfBeforePutBackKeepsTheJobOfAnotherClassFromEnding) {
  const Rows rows = RowsOf(Table::kRecords, lab_.HandleOf(*lab_.LoginAs(Laboratory::kFounder), "alice"));
  Run("hiv");
  lab_.Close();
  for (const auto& [key, value] : rows) lab_.Overwrite(Table::kRecords, key, value);
  const std::uint32_t number = Start("national_id");
  Job job;
  EXPECT_EQ(Step(*lab_.LoginAs(Laboratory::kFounder), number, job).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(job.pass, 1u);
}

TEST_F(ResealLarge, DamagedChunkKeepsTheJobFromEnding) {
  ASSERT_TRUE(lab_.Delete(*founder_, "alice", "GenomicReport", "n").ok());  // whose chunks the job does not read
  const std::uint32_t number = Start("genetic");
  founder_.reset();
  const Rows rows = RowsOf(Table::kRecords);
  int damaged = 0;
  for (const auto& [key, value] : rows) {
    if (value[1] != static_cast<std::uint8_t>(format::RowKind::kChunk)) continue;
    Bytes flipped = value;
    flipped.back() ^= 1;
    lab_.Overwrite(Table::kRecords, key, flipped);
    Job job;
    damaged += Step(*lab_.LoginAs(Laboratory::kFounder), number, job).code() == StatusCode::kAuthFailed;
    EXPECT_EQ(job.pass, 1u);
    lab_.Close();
    lab_.Overwrite(Table::kRecords, key, value);
    if (damaged == 2) break;
  }
  EXPECT_EQ(damaged, 2);
  Finish(number);
  PutOk(*lab_.LoginAs(Laboratory::kFounder), "alice", "GenomicReport", "n", TextField(4, first_));
  ExpectAllReadable();
  ExpectSound();
}

TEST_F(Reseal, KeyRowThatDoesNotOpenKeepsTheJobFromEnding) {
  const Rows key_rows = RowsOf(Table::kKeys, format::KeyRowPrefix());
  Bytes flipped = key_rows.begin()->second;
  flipped[100] ^= 1;
  lab_.Close();
  const std::uint32_t number = Start("hiv");
  lab_.Overwrite(Table::kKeys, key_rows.begin()->first, flipped);
  Job job;
  EXPECT_EQ(Step(*lab_.LoginAs(Laboratory::kFounder), number, job).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(job.changed, 0u);
}

// ---- who may, and when

TEST_F(Reseal, IsForHoldersOfTheClassAlone) {
  lab_.AddPerson("virologist", {"hiv"});
  const auto receptionist = lab_.LoginAs(kReceptionist);
  std::uint32_t number = 0;
  EXPECT_EQ(vault::StartReseal(*receptionist, "hiv", number).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(vault::StartReseal(*receptionist, "nothing", number).code(), StatusCode::kNotFound);
  const auto virologist = lab_.LoginAs("virologist");
  ASSERT_TRUE(vault::StartReseal(*virologist, "hiv", number).ok());
  Job job;
  EXPECT_EQ(Step(*receptionist, number, job).code(), StatusCode::kPermissionDenied);
  auto call = lab_.Vault()->Enter();
  EXPECT_EQ(vault::StepJob(call->core(), nullptr, number, {}, job).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(Step(*virologist, number, job).ok());
  EXPECT_EQ(job.state, JobState::kPassed);
  EXPECT_TRUE(ReadsHiv(*lab_.LoginAs(kPhysician), "alice"));
}

TEST_F(Reseal, SecondWaitsForTheFirstToBeOver) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const std::uint32_t first = Start("hiv");
  std::uint32_t second = 0;
  EXPECT_EQ(vault::StartReseal(*founder, "hiv", second).code(), StatusCode::kAlreadyExists);
  EXPECT_TRUE(vault::StartReseal(*founder, "identity", second).ok());
  StepFirstPass(first);
  for (const auto& [patient, slot] : SlotsOf("hiv"))
    EXPECT_EQ(slot.state, patient == "carol" ? SlotState::kUnused : SlotState::kBoth);
  EXPECT_EQ(vault::StartReseal(*founder, "hiv", second).code(), StatusCode::kAlreadyExists);
  Finish(first);
  Run("hiv");
  EXPECT_EQ(SlotsOf("hiv").at("alice").generation, 3u);
  EXPECT_TRUE(ReadsHiv(*lab_.LoginAs(kPhysician), "alice"));
  ExpectSound();
}

TEST_F(Reseal, RotationInBetweenGoesItsOwnWay) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const std::uint32_t reseal = Start("hiv");
  vault::StepOptions one_batch;
  one_batch.on_progress = [](const Job&, std::uint64_t) { return false; };
  Job job;
  EXPECT_EQ(Step(*founder, reseal, job, one_batch).code(), StatusCode::kCancelled);
  std::uint32_t rotation = 0;
  ASSERT_TRUE(vault::StartClassRotation(*founder, "hiv", {}, rotation).ok());
  EXPECT_EQ(Step(*founder, reseal, job, one_batch).code(), StatusCode::kCancelled);
  EXPECT_TRUE(Step(*founder, rotation, job).ok());
  Finish(reseal);
  for (const auto& [patient, slot] : SlotsOf("hiv")) EXPECT_EQ(slot.class_key_version, 2u);
  EXPECT_TRUE(ReadsHiv(*lab_.LoginAs(kPhysician), "alice"));
  ExpectSound();
}

// ---- a thief with two copies of the disk

// How many bytes of a row stand somewhere in its later form: groups that were carried over do. Their sizes are
// multiples of 16; what is beyond are bytes beside them that came out the same by chance.
std::size_t BytesKept(const Bytes& before, const Bytes& after) {
  constexpr std::size_t kWindow = 16;
  std::set<Bytes> windows;
  for (std::size_t at = 0; at + kWindow <= after.size(); ++at)
    windows.emplace(after.begin() + std::ptrdiff_t(at), after.begin() + std::ptrdiff_t(at + kWindow));
  std::size_t kept = 0, counted_to = 0;
  for (std::size_t at = 0; at + kWindow <= before.size(); ++at) {
    if (!windows.contains(Bytes(before.begin() + std::ptrdiff_t(at), before.begin() + std::ptrdiff_t(at + kWindow))))
      continue;
    kept += at + kWindow - std::max(at, counted_to);
    counted_to = at + kWindow;
  }
  return kept / 16 * 16;
}

// Of each row in two copies of the disk its size, its new size, and how much of it was kept; by table, for one patient.
using Traces = std::map<Table, std::multiset<std::tuple<std::size_t, std::size_t, std::size_t>>>;

class ResealSeenTwice : public Reseal {
 protected:
  using Copy = std::map<Table, Rows>;
  Copy CopyDisk() {
    Copy copy;
    for (const Table table : {Table::kRecords, Table::kKeys, Table::kHeads}) copy[table] = RowsOf(table);
    return copy;
  }
  static Traces TracesOf(const keys::PatientHandle& patient, const Copy& before, const Copy& after) {
    Traces traces;
    for (const auto& [table, rows] : before) {
      const Bytes prefix =
          table == Table::kKeys ? format::KeyRowPrefix(patient) : Bytes(patient.begin(), patient.end());
      for (const auto& [key, value] : rows) {
        if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin())) continue;
        const auto later = after.at(table).find(key);
        const Bytes now = later == after.at(table).end() ? Bytes{} : later->second;
        traces[table].insert({value.size(), now.size(), BytesKept(value, now)});
      }
    }
    return traces;
  }

  void ExpectAlike(const std::vector<std::string>& patients, const Copy& before, const Copy& after) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    const Traces first = TracesOf(lab_.HandleOf(*founder, patients.front()), before, after);
    for (const std::string& patient : patients) {
      const Traces traces = TracesOf(lab_.HandleOf(*founder, patient), before, after);
      EXPECT_EQ(traces, first) << patient << " can be told from " << patients.front();
      EXPECT_EQ(std::get<2>(*traces.at(Table::kKeys).begin()), 0u);
      EXPECT_EQ(std::get<2>(*traces.at(Table::kHeads).begin()), 0u);
    }
  }
};

TEST_F(ResealSeenTwice, RowsChangeAlikeWhoeverHasAValue) {
  Write(*lab_.LoginAs(kPhysician), "negative", NumberField(kHiv, 1));
  const auto receptionist = lab_.LoginAs(kReceptionist);
  for (const char* patient : {"alice", "bob", "carol", "negative"})
    PutOk(*receptionist, patient, "Patient", "1", TextField(4, "Anne"), PutMode::kUpdate);
  const Copy before = CopyDisk();
  const std::uint32_t number = Start("hiv");
  StepFirstPass(number);
  const Copy between = CopyDisk();
  Finish(number);
  const Copy after = CopyDisk();
  ExpectAlike({"alice", "bob", "carol", "negative"}, before, between);
  ExpectAlike({"alice", "bob", "carol", "negative"}, between, after);
}

// The class of such a result depends on the data: were those of the class alone sealed anew, two copies of the disk
// would list them.
TEST_F(ResealSeenTwice, ResultsChangeAlikeWhateverClassTheRulesGave) {
  const auto physician = lab_.LoginAs(kPhysician);
  PutOk(*physician, "alice", "LabResult", "r", HivTest("positive"));
  PutOk(*physician, "bob", "LabResult", "r", Glucose("5.4"));
  PutOk(*physician, "carol", "LabResult", "r", {});
  lab_.AddPerson("archivist", {"identity"});
  PutOk(*lab_.LoginAs("archivist"), "void", "LabResult", "r", {});
  Write(*physician, "void", {});
  const Copy before = CopyDisk();
  Run("hiv");
  const Copy after = CopyDisk();
  ExpectAlike({"alice", "bob", "carol", "void"}, before, after);
  EXPECT_EQ(Read("alice", "LabResult", "r"), HivTest("positive"));
  EXPECT_EQ(Read("bob", "LabResult", "r"), Glucose("5.4"));
  ExpectSound();
}

TEST_F(ResealSeenTwice, LargeResultsChangeAlikeToo) {
  const auto physician = lab_.LoginAs(kPhysician);
  const std::string text = LongText(100'000);
  PutOk(*physician, "alice", "LabResult", "r", HivTest(text));
  PutOk(*physician, "bob", "LabResult", "r", Glucose(text + "."));  // the other's code is longer
  const Copy before = CopyDisk();
  Run("hiv");
  const Copy after = CopyDisk();
  ExpectAlike({"alice", "bob"}, before, after);
  EXPECT_EQ(Read("bob", "LabResult", "r"), Glucose(text + "."));
  ExpectSound();
}

TEST_F(Reseal, WhoCannotKeepResultsAlikeDoesNotBegin) {
  lab_.AddPerson("virologist", {"hiv"});
  const auto physician = lab_.LoginAs(kPhysician);
  PutOk(*physician, "alice", "LabResult", "r", Glucose("5.4"));
  const Groups before = GroupsOf("alice");
  const std::uint32_t number = Start("hiv");
  Job job;
  EXPECT_EQ(Step(*lab_.LoginAs("virologist"), number, job).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(GroupsOf("alice"), before);
  EXPECT_TRUE(Step(*physician, number, job).ok());
  EXPECT_EQ(job.state, JobState::kPassed);
  // The rules never give this class: it takes nothing else.
  lab_.AddPerson("clerk", {"national_id"});
  std::uint32_t other = 0;
  const auto clerk = lab_.LoginAs("clerk");
  ASSERT_TRUE(vault::StartReseal(*clerk, "national_id", other).ok());
  EXPECT_TRUE(Step(*clerk, other, job).ok());
  EXPECT_EQ(job.state, JobState::kPassed);
}

// ---- readers and writers

// New patients, first writes of the class, large values, histories, listings and uploads, under one reseal after the
// other: none fails and nothing is lost.
TEST_F(ResealLarge, ReadersAndWritersGoOnMeanwhile) {
  constexpr int kWriters = 2, kWrites = 16;
  std::atomic<int> writing{kWriters};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kWriters; ++thread) {
    threads.emplace_back([&, thread] {
      const auto session = lab_.LoginAs(Laboratory::kFounder);
      for (int i = 0; i < kWrites; ++i) {
        const std::string patient = "p" + std::to_string(thread) + "-" + std::to_string(i);
        PutOk(*session, patient, "GenomicReport", "g", TextField(5, first_) + Nested(1, TextField(2, "carrier")));
        PutOk(*session, "carol", "GenomicReport", "t" + std::to_string(thread), Nested(1, TextField(2, patient)),
              PutMode::kReplace);
        PutOk(*session, "alice", "GenomicReport", "u" + std::to_string(thread),
              (i % 4 == 0 ? TextField(5, second_) : Bytes{}) + Nested(1, TextField(2, patient)),
              i == 0 ? PutMode::kReplace : PutMode::kUpdate);
        auto call = session->Enter();
        const auto upload = vault::Upload::Begin(call->core(), call->desk(), {AsBytes(patient), nullptr},
                                                 "GenomicReport", AsBytes("g"), "vcf");
        EXPECT_TRUE(upload.ok() && (*upload)->Append(AsBytes(second_)).ok() && (*upload)->Publish(0).ok());
        EXPECT_EQ(Seen(lab_.Get(*session, patient, "GenomicReport", "g")),
                  Nested(1, TextField(2, "carrier")) + TextField(5, second_));
      }
      --writing;
    });
  }
  threads.emplace_back([&] {
    const auto session = lab_.LoginAs(Laboratory::kFounder);
    while (writing > 0) {
      auto call = session->Enter();
      for (const char* patient : {"alice", "carol"}) {
        const auto records = lab_.Patient(*session, patient);
        EXPECT_TRUE(records.ok()) << CodeName(records.code()) << ": " << records.status().message();
      }
      const auto listed = Drain(vault::ListType(call->core(), call->desk(), "GenomicReport", {}));
      EXPECT_TRUE(listed.ok()) << CodeName(listed.code()) << ": " << listed.status().message();
      EXPECT_EQ(Seen(lab_.Get(*session, "alice", "GenomicReport", "g", 1)), TextField(5, first_));
    }
  });
  std::uint32_t reseals = 0;
  for (; reseals < 2 || writing > 0; ++reseals) Run("genetic");
  for (std::thread& thread : threads) thread.join();
  ExpectAllReadable();
  ExpectSound();
  EXPECT_EQ(SlotsOf("genetic").at("alice").generation, 1 + reseals);
}

}  // namespace
}  // namespace mseal::test
