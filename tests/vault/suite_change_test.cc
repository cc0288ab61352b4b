// A change of suite as its users, its interrupters, somebody who restores an old backup and a machine that cannot do
// the suite see it; and what a look at every stored row with the suite of before finds afterwards.
#include "vault/suite_change.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "format/group.h"
#include "format/keys_of_rows.h"
#include "format/row.h"
#include "vault/index_keys.h"
#include "vault/patient_rows.h"
#include "vault/provider_copies.h"
#include "vault/read.h"
#include "vault/recovery.h"
#include "vault/settings.h"
#include "vault/upload.h"
#include "vault_support/backup_desk.h"

// Stands before the library's: a machine that has no AES instructions.
static std::atomic<bool> lacks_aes{false};
extern "C" int sodium_runtime_has_aesni(void);
extern "C" int sodium_runtime_has_pclmul(void);
extern "C" int crypto_aead_aes256gcm_is_available(void) {
  return lacks_aes ? 0 : sodium_runtime_has_aesni() & sodium_runtime_has_pclmul();
}

namespace mseal::test {
namespace {

using crypto::Suite;
using format::GroupState;
using format::Job;
using format::JobState;
using format::SuiteStep;
using store::Table;
using vault::PutMode;

constexpr std::string_view kReceptionist = "receptionist";
constexpr Suite kFirst = Suite::kChaCha20Poly1305;  // of the laboratory
constexpr Suite kSecond = Suite::kAes256Gcm;

std::string LongText(std::size_t size, std::uint32_t seed) {
  std::string text(size, '\0');
  for (char& letter : text) {
    seed = seed * 1664525 + 1013904223;
    letter = static_cast<char>('a' + (seed >> 24) % 26);
  }
  return text;
}

class SuiteChange : public BackupDesk {
 protected:
  void SetUp() override {
    if (!crypto::CheckSuite(kSecond).ok()) GTEST_SKIP() << "this processor does one suite alone";
    BackupDesk::SetUp();
    lab_.AddPerson(kReceptionist, {"identity", "general", "national_id"});
    // Void where the writer holds no class: HIV status and results.
    const auto receptionist = lab_.LoginAs(kReceptionist);
    ASSERT_TRUE(lab_.Put(*receptionist, "carol", "Patient", "1", TextField(kFamily, "Martin")).ok());
    // Two versions share a large value, a third has another.
    const auto founder = Founder();
    PutGenome(*founder, TextField(5, first_), PutMode::kReplace);
    PutGenome(*founder, Nested(1, TextField(2, "carrier")), PutMode::kUpdate);
    PutGenome(*founder, TextField(5, second_), PutMode::kUpdate);
    ASSERT_TRUE(lab_.Put(*founder, "bob", "LabResult", "r", HivTest("positive")).ok());
  }

  void TearDown() override { lacks_aes = false; }

  void PutGenome(vault::Session& session, const Bytes& message, PutMode mode) {
    ASSERT_TRUE(lab_.Put(session, "alice", "GenomicReport", "g", message, mode).ok());
  }

  Status TryStart(std::string_view person, Suite suite, std::uint32_t& number) {
    return vault::StartSuiteChange(*lab_.LoginAs(person), suite, number);
  }
  std::uint32_t Start(Suite suite) {
    std::uint32_t number = 0;
    const Status started = TryStart(Laboratory::kFounder, suite, number);
    EXPECT_TRUE(started.ok()) << CodeName(started.code()) << ": " << started.message();
    return number;
  }
  Status Step(std::uint32_t number, Job& job, const vault::StepOptions& options = {}) {
    const auto founder = Founder();
    MS_ASSIGN(auto call, founder->Enter());
    return vault::StepJob(call.core(), &call.desk(), number, options, job);
  }
  void Finish(std::uint32_t number) {
    Job job;
    const Status status = Step(number, job);
    ASSERT_TRUE(status.ok()) << CodeName(status.code()) << ": " << status.message();
    EXPECT_EQ(job.state, JobState::kDone);
  }
  void Convert(Suite suite) { ASSERT_NO_FATAL_FAILURE(Finish(Start(suite))); }
  // Works until the job is at a step.
  void StepTo(std::uint32_t number, SuiteStep step) {
    vault::StepOptions options;
    options.on_progress = [step](const Job& job, std::uint64_t) { return job.pass < static_cast<std::uint32_t>(step); };
    Job job;
    EXPECT_EQ(Step(number, job, options).code(), StatusCode::kCancelled);
    EXPECT_EQ(job.pass, static_cast<std::uint32_t>(step));
  }

  void ExpectAllReadable() {
    const auto founder = Founder();
    const Bytes carrier = Nested(1, TextField(2, "carrier"));
    EXPECT_EQ(Seen(lab_.Get(*founder, "alice", "GenomicReport", "g", 1)), TextField(5, first_));
    EXPECT_EQ(Seen(lab_.Get(*founder, "alice", "GenomicReport", "g", 2)), carrier + TextField(5, first_));
    EXPECT_EQ(Seen(lab_.Get(*founder, "alice", "GenomicReport", "g")), carrier + TextField(5, second_));
    EXPECT_EQ(Seen(lab_.Get(*founder, "bob", "LabResult", "r")), HivTest("positive"));
    EXPECT_EQ(Seen(lab_.Get(*founder, "carol", "Patient", "1")), TextField(kFamily, "Martin"));
    const auto found = lab_.Find(*founder, "Patient", "family", "martin");
    EXPECT_TRUE(found.ok() && found->size() >= 3);
    const Status whole = lab_.Verify(founder.get());
    EXPECT_TRUE(whole.ok()) << whole.message();
  }

  // How much of all that is stored opens, or says that it opens, under the suite: each group by its commitment, each
  // large value, whatever else by the number it has.
  int CountUnder(Suite suite) {
    int count = 0;
    for (const Table table : {Table::kHeads, Table::kKeys, Table::kIndex, Table::kMeta}) {
      for (const StoredRow& row : lab_.AllRows(table))
        count += (table != Table::kIndex || row.key[0] != 'o') && seal::IsUnder(suite, row.value);
    }
    const auto founder = Founder();
    auto call = founder->Enter();
    for (const char* patient : {"alice", "bob", "carol"}) count += CountOfPatient(suite, *call, *founder, patient);
    const auto count_inside = [&](keys::MetaKind kind, std::size_t offset) {
      EXPECT_TRUE(call->core()
                      .meta
                      ->ForEach(kind,
                                [&](ByteView, const SecretBytes& content) {
                                  count += seal::IsUnder(suite, content.Reveal().subspan(offset));
                                  return Status::Ok();
                                })
                      .ok());
    };
    count_inside(keys::MetaKind::kIndexKey, 10);
    count_inside(keys::MetaKind::kPersonSlot, 33);
    count_inside(keys::MetaKind::kRecovery, 33);
    return count;
  }

  int CountOfPatient(Suite suite, vault::Call& call, vault::Session& session, std::string_view patient) {
    vault::Core& core = call.core();
    const vault::StoreIdentity alone{core.identity.store, suite};
    const auto keys = core.patients->Read(lab_.HandleOf(session, patient));
    const auto rows = vault::CollectPatient(core, *keys, *core.rows->Freeze());
    if (!keys.ok() || !rows.ok()) return ADD_FAILURE() << patient, 0;
    int count = 0;
    for (const format::Slot& slot : keys->row.slots)
      count += slot.state != format::SlotState::kUnused && seal::IsUnder(suite, slot.current);
    for (const auto* list : {&rows->live, &rows->history}) {
      for (const vault::OpenedRow& row : *list) {
        count += vault::OpenRow(alone, *keys, row.place.tag, row.bytes).ok();
        count += row.suite == suite;
        for (const format::HeaderGroup& group : row.header.groups)
          count += CountOfGroup(alone, call, *keys, row, group);
      }
    }
    return count;
  }

  int CountOfGroup(const vault::StoreIdentity& alone, vault::Call& call, const keys::PatientKeys& keys,
                   const vault::OpenedRow& row, const format::HeaderGroup& group) {
    if (group.state == GroupState::kVoid) return 0;  // OpenRow compares them
    const auto key = vault::RecordReader(call.core(), call.desk()).DataKeyOf(keys, group);
    if (!key.ok()) return ADD_FAILURE() << key.status().message(), 0;
    SecretBytes content;
    int count = vault::OpenGroup(alone, row, group, *key, content).ok();
    if (!vault::OpenGroup(call.core().identity, row, group, *key, content).ok()) return ADD_FAILURE(), 0;
    format::GroupReader reader(content.Reveal());
    format::GroupEntry entry;
    while (reader.Next(entry)) {
      if (entry.kind != format::EntryKind::kStream) continue;
      const auto reference = format::ParseStreamReference(entry.value);
      const vault::StreamKeys stream{keys.handle, &*key, keys.tag.Reveal(), group.class_number, group.generation};
      count += vault::CheckStreamKey(alone, stream, *reference).ok();
    }
    return count;
  }

  std::uint32_t CredentialsLeft() {
    auto call = lab_.Vault()->Enter();
    return *vault::CredentialsUnderOthers(call->core());
  }

  const std::string first_ = LongText(150'000, 1), second_ = LongText(250'000, 2);
};

TEST_F(SuiteChange, TakesEverythingToTheOtherSuiteAndBack) {
  EXPECT_GT(CountUnder(kFirst), 50);
  EXPECT_EQ(CountUnder(kSecond), 0);
  ASSERT_NO_FATAL_FAILURE(Convert(kSecond));
  EXPECT_EQ(CountUnder(kFirst), 0);
  EXPECT_GT(CountUnder(kSecond), 50);
  ExpectAllReadable();
  ASSERT_NO_FATAL_FAILURE(Convert(kFirst));
  EXPECT_EQ(CountUnder(kSecond), 0);
  ExpectAllReadable();
}

TEST_F(SuiteChange, WhatIsWrittenBeforeThePatientIsReachedOpensUnderBoth) {
  const std::uint32_t number = Start(kSecond);
  ExpectAllReadable();
  const auto founder = Founder();
  PutGenome(*founder, Nested(1, TextField(2, "affected")), PutMode::kUpdate);  // carries a large value of before
  ASSERT_TRUE(lab_.Put(*founder, "alice", "Patient", "2", TextField(kFamily, "Martin")).ok());
  ASSERT_TRUE(lab_.Put(*lab_.LoginAs(kReceptionist), "carol", "Patient", "1", TextField(kFamily, "Martine")).ok());
  EXPECT_EQ(Seen(lab_.Get(*founder, "alice", "GenomicReport", "g")),
            Nested(1, TextField(2, "affected")) + TextField(5, second_));
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
  ASSERT_NO_FATAL_FAILURE(Finish(number));
  EXPECT_EQ(CountUnder(kFirst), 0);
}

TEST_F(SuiteChange, KeepsDataKeysAndVersions) {
  const auto slot_of = [&] {
    const auto founder = Founder();
    auto call = founder->Enter();
    return call->core().patients->Read(lab_.HandleOf(*founder, "alice"))->row.slots;
  };
  const auto before = slot_of();
  ASSERT_NO_FATAL_FAILURE(Convert(kSecond));
  const auto after = slot_of();
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].generation, before[i].generation);
    EXPECT_EQ(after[i].class_key_version, before[i].class_key_version);
  }
}

TEST_F(SuiteChange, GoesOnFromWhereverItWasStopped) {
  std::uint32_t number = Start(kSecond);
  vault::StepOptions one_batch;
  one_batch.on_progress = [](const Job&, std::uint64_t) { return false; };
  int stops = 0;
  for (Status status = Status::Cancelled(""); status.code() == StatusCode::kCancelled; ++stops) {
    lab_.Close();
    Job job;
    status = Step(number, job, one_batch);
    ASSERT_TRUE(status.ok() || status.code() == StatusCode::kCancelled) << status.message();
    const auto founder = Founder();
    EXPECT_EQ(Seen(lab_.Get(*founder, "alice", "GenomicReport", "g", 1)), TextField(5, first_)) << stops;
    EXPECT_EQ(lab_.Find(*founder, "Patient", "family", "martin")->size(), 3u) << stops;
    ASSERT_LT(stops, 100) << "at step " << job.pass;
  }
  EXPECT_GT(stops, 12);
  EXPECT_EQ(CountUnder(kFirst), 0);
  ExpectAllReadable();
}

TEST_F(SuiteChange, LogInTakesACredentialAlong) {
  ASSERT_NO_FATAL_FAILURE(Convert(kSecond));
  lab_.Close();
  EXPECT_EQ(CredentialsLeft(), 1u);  // the receptionist's: the founder logged in since
  EXPECT_FALSE(lab_.Vault()->Login(kReceptionist, AsBytes("wrong"), "care").ok());
  EXPECT_EQ(CredentialsLeft(), 1u);
  ASSERT_NE(lab_.LoginAs(kReceptionist), nullptr);
  EXPECT_EQ(CredentialsLeft(), 0u);
  lab_.Close();
  ASSERT_NE(lab_.LoginAs(kReceptionist), nullptr);
}

TEST_F(SuiteChange, CustodiansSharesOpenWhatWasSealedToThemAnew) {
  std::vector<SecretBytes> shares;
  const vault::RecoverySetup setup{3, 2, [&](std::uint8_t, ByteView text) {
                                     shares.push_back(SecretBytes::CopyOf(text));
                                     return true;
                                   }};
  {
    const auto founder = Founder();
    auto call = founder->Enter();
    ASSERT_TRUE(vault::SetUpRecovery(call->core(), call->desk(), setup).ok());
  }
  ASSERT_NO_FATAL_FAILURE(Convert(kSecond));
  EXPECT_EQ(CountUnder(kFirst), 0);
  const std::vector<ByteView> texts{shares[0].Reveal(), shares[2].Reveal()};
  vault::RecoveryReport report;
  auto call = lab_.Vault()->Enter();
  const Status drilled = vault::DrillRecovery(call->core(), {texts, {}}, report);
  EXPECT_TRUE(drilled.ok()) << drilled.message();
  EXPECT_EQ(report.class_keys_missing, 0u);
}

TEST_F(SuiteChange, UploadFromBeforeIsPublishedUnderTheNewSuite) {
  const auto founder = Founder();
  auto call = founder->Enter();
  const auto upload = vault::Upload::Begin(call->core(), call->desk(), {AsBytes("alice"), nullptr}, "GenomicReport",
                                           AsBytes("g"), "vcf");
  ASSERT_TRUE(upload.ok());
  const std::string text = LongText(2'000'000, 3);
  ASSERT_TRUE((*upload)->Append(AsBytes(text)).ok());
  ASSERT_NO_FATAL_FAILURE(Convert(kSecond));
  const auto outcome = (*upload)->Publish(0);
  ASSERT_TRUE(outcome.ok()) << outcome.status().message();
  EXPECT_EQ(Seen(lab_.Get(*founder, "alice", "GenomicReport", "g")),
            Nested(1, TextField(2, "carrier")) + TextField(5, text));
  EXPECT_EQ(CountOfPatient(kFirst, *call, *founder, "alice"), 0);
}

TEST_F(SuiteChange, ListingFromBeforeGoesOnReadingWhatItSaw) {
  const auto founder = Founder();
  auto call = founder->Enter();
  const std::uint32_t number = Start(kSecond);
  auto listing =
      vault::ListHistory(call->core(), call->desk(), {AsBytes("alice"), nullptr}, "GenomicReport", AsBytes("g"));
  ASSERT_TRUE(listing.ok());
  StepTo(number, SuiteStep::kIndex);
  const auto records = Drain(std::move(listing));
  ASSERT_TRUE(records.ok()) << records.status().message();
  ASSERT_EQ(records->size(), 3u);
  EXPECT_EQ(MessageOf(*records->front()), Nested(1, TextField(2, "carrier")) + TextField(5, second_));
}

// ---- what keeps it from beginning or ending

TEST_F(SuiteChange, MachineWithoutTheSuiteDoesNotBeginAndDoesNotOpen) {
  const auto founder = Founder();
  const std::uint64_t statements = lab_.Vault()->Enter()->core().registry->chain()->newest_number();
  const std::uint64_t commits = lab_.Vault()->Enter()->core().rows->CommitCounter();
  lacks_aes = true;
  std::uint32_t number = 0;
  EXPECT_EQ(vault::StartSuiteChange(*founder, kSecond, number).code(), StatusCode::kSuiteUnavailable);
  EXPECT_EQ(lab_.Vault()->Enter()->core().registry->chain()->newest_number(), statements);
  EXPECT_EQ(lab_.Vault()->Enter()->core().rows->CommitCounter(), commits);
  lacks_aes = false;
  ASSERT_NO_FATAL_FAILURE(Convert(kSecond));
  lab_.Close();
  lacks_aes = true;
  EXPECT_EQ(lab_.Open().code(), StatusCode::kSuiteUnavailable);
  lacks_aes = false;
  ASSERT_NO_FATAL_FAILURE(Convert(kFirst));
  lab_.Close();
  lacks_aes = true;
  ExpectAllReadable();
}

TEST_F(SuiteChange, IsTheFoundersWithEveryClass) {
  std::uint32_t number = 0;
  EXPECT_EQ(TryStart(kReceptionist, kSecond, number).code(), StatusCode::kPermissionDenied);
  lab_.AddPerson("deputy", {"identity", "general", "national_id", "hiv", "genetic", "source", "audit", "directory"});
  EXPECT_EQ(TryStart("deputy", kSecond, number).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(TryStart(Laboratory::kFounder, kFirst, number).code(), StatusCode::kAlreadyExists);
  number = Start(kSecond);
  std::uint32_t other = 0;
  EXPECT_EQ(TryStart(Laboratory::kFounder, kFirst, other).code(), StatusCode::kAlreadyExists);
  Job job;
  const auto receptionist = lab_.LoginAs(kReceptionist);
  auto call = receptionist->Enter();
  EXPECT_EQ(vault::StepJob(call->core(), &call->desk(), number, {}, job).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(vault::StepJob(call->core(), nullptr, number, {}, job).code(), StatusCode::kPermissionDenied);
}

TEST_F(SuiteChange, WaitsForTwoPlacesToHaveTheBundleAndThenGoesOn) {
  std::filesystem::rename(Path("place-b"), Path("away"));
  const std::uint32_t number = Start(kSecond);
  Job job;
  EXPECT_EQ(Step(number, job).code(), StatusCode::kKeyUnavailable);
  ExpectAllReadable();
  std::filesystem::rename(Path("away"), Path("place-b"));
  ASSERT_NO_FATAL_FAILURE(Finish(number));
  EXPECT_EQ(CountUnder(kFirst), 0);
}

TEST_F(SuiteChange, ErasureThatWasUnderWayIsEndedOnTheWay) {
  const auto founder = Founder();
  vault::Erased erased;
  ASSERT_TRUE(vault::ErasePatient(*founder, {AsBytes("bob"), nullptr}, "asked for", erased).ok());
  ASSERT_NO_FATAL_FAILURE(Convert(kSecond));
  Job job;
  ASSERT_TRUE(vault::ForEachJob(lab_.Vault()->Enter()->core(), [&](std::uint32_t number, const Job& known) {
                if (number == erased.job) job = known;
                return Status::Ok();
              }).ok());
  EXPECT_EQ(job.state, JobState::kDone);
}

TEST_F(SuiteChange, DamagedRowKeepsItFromEnding) {
  const std::uint32_t number = Start(kSecond);
  StepTo(number, SuiteStep::kLookAtRows);
  const auto handle = lab_.HandleOf(*Founder(), "bob");
  for (const StoredRow& row : lab_.AllRows(Table::kRecords)) {
    if (!std::equal(handle.begin(), handle.end(), row.key.begin())) continue;
    Bytes damaged = row.value;
    damaged.back() ^= 1;
    lab_.Overwrite(Table::kRecords, row.key, damaged);
    Job job;
    EXPECT_EQ(Step(number, job).code(), StatusCode::kAuthFailed);
    lab_.Overwrite(Table::kRecords, row.key, row.value);
  }
  ASSERT_NO_FATAL_FAILURE(Finish(number));
}

// Whoever writes to the disk puts one patient back as they were: the look at all rows takes them along.
TEST_F(SuiteChange, RowsOfBeforePutBackAreFoundByTheLook) {
  const auto handle = lab_.HandleOf(*Founder(), "alice");
  const auto before = lab_.AllRows(Table::kRecords);
  const auto heads = lab_.AllRows(Table::kHeads);
  const std::uint32_t number = Start(kSecond);
  StepTo(number, SuiteStep::kLookAtRows);
  const auto is_alices = [&](const StoredRow& row) {
    return std::equal(handle.begin(), handle.end(), row.key.begin());
  };
  for (const StoredRow& row : lab_.AllRows(Table::kRecords)) {
    if (is_alices(row)) lab_.Remove(Table::kRecords, row.key);
  }
  for (const StoredRow& row : before) {
    if (is_alices(row)) lab_.Overwrite(Table::kRecords, row.key, row.value);
  }
  for (const StoredRow& row : heads) {
    if (is_alices(row)) lab_.Overwrite(Table::kHeads, row.key, row.value);
  }
  EXPECT_GT(CountUnder(kFirst), 0);
  ASSERT_NO_FATAL_FAILURE(Finish(number));
  EXPECT_EQ(CountUnder(kFirst), 0);
  ExpectAllReadable();
}

TEST_F(SuiteChange, BucketKeyUnderTheSuiteOfBeforeTakesItBackToAnEpochChange) {
  const std::uint32_t number = Start(kSecond);
  StepTo(number, SuiteStep::kLookAtKeys);
  const std::uint32_t epoch = lab_.Vault()->Enter()->core().meta->epoch();
  std::shared_ptr<const keys::BucketKey> old;
  {
    auto call = lab_.Vault()->Enter();
    const vault::Core& core = call->core();
    const keys::Buckets before(*core.rows, core.identity.store, seal::SuiteSet::All(kFirst), *core.epochs,
                               core.buckets->bits());
    old = before.Carry(**before.Read(*before.All()->begin()));
  }
  lab_.Overwrite(Table::kKeys, old->row_key, old->row_value);
  EXPECT_EQ(CountUnder(kFirst), 1);
  ASSERT_NO_FATAL_FAILURE(Finish(number));
  EXPECT_EQ(CountUnder(kFirst), 0);
  EXPECT_EQ(lab_.Vault()->Enter()->core().meta->epoch(), epoch + 1);
  ExpectAllReadable();
}

TEST_F(SuiteChange, RowOfMetaUnderTheSuiteOfBeforeTakesItBackToAnEpochChange) {
  const std::uint32_t number = Start(kSecond);
  StepTo(number, SuiteStep::kLookAtKeys);
  lab_.WithMeta([](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity& identity) {
    ASSERT_EQ(identity.suite.now().newest(), kFirst);  // the keyring's
    store::Batch batch;
    meta.Put(batch, keys::MetaKind::kKnownTime, {}, meta.Get(keys::MetaKind::kKnownTime, {})->Reveal());
    ASSERT_TRUE(meta.Commit(batch, store::Durability::kPower).ok());
  });
  EXPECT_EQ(CountUnder(kFirst), 1);
  ASSERT_NO_FATAL_FAILURE(Finish(number));
  EXPECT_EQ(CountUnder(kFirst), 0);
  ExpectAllReadable();
}

TEST_F(SuiteChange, RowOfTheIndexUnderTheSuiteOfBeforeTakesItBackToAReEpoch) {
  const std::uint32_t number = Start(kSecond);
  StepTo(number, SuiteStep::kLookAtKeys);
  for (const StoredRow& row : lab_.AllRows(Table::kIndex)) {
    if (row.key[0] == 'o') continue;
    Bytes changed = row.value;
    changed[1] = static_cast<std::uint8_t>(kFirst);
    lab_.Overwrite(Table::kIndex, row.key, changed);
    break;
  }
  // The row is gone with the index of before.
  ASSERT_NO_FATAL_FAILURE(Finish(number));
  EXPECT_EQ(CountUnder(kFirst), 0);
  ExpectAllReadable();
}

TEST_F(SuiteChange, IndexKeyOfBeforePutBackKeepsItFromEnding) {
  const auto index_keys = [&](const std::function<void(ByteView, const SecretBytes&)>& visit) {
    return [&, visit](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
      ASSERT_TRUE(meta.ForEach(keys::MetaKind::kIndexKey,
                               [&](ByteView id, const SecretBytes& content) {
                                 visit(id, content);
                                 return Status::Ok();
                               })
                      .ok());
    };
  };
  Bytes id, old;
  lab_.WithMeta(index_keys([&](ByteView known, const SecretBytes& content) {
    id.assign(known.begin(), known.end());
    old.assign(content.Reveal().begin(), content.Reveal().end());
  }));
  const std::uint32_t number = Start(kSecond);
  StepTo(number, SuiteStep::kLookAtKeys);
  lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity& identity) {
    EXPECT_TRUE(identity.suite.now().Accepts(kSecond));
    store::Batch batch;
    meta.Put(batch, keys::MetaKind::kIndexKey, id, old);
    ASSERT_TRUE(meta.Commit(batch, store::Durability::kPower).ok());
  });
  Job job;
  EXPECT_FALSE(Step(number, job).ok());
  EXPECT_EQ(job.state, JobState::kRunning);
}

// Who has the provider, but is not the founder, cannot take the vault to another suite.
TEST_F(SuiteChange, SettingsThatNameAnotherSuiteThanTheFoundingAreRefused) {
  lab_.WithMeta([](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    vault::Settings settings = *vault::ReadSettings(meta);
    settings.suite = kSecond;
    store::Batch batch;
    vault::PutSettings(meta, settings, batch);
    ASSERT_TRUE(meta.Commit(batch, store::Durability::kPower).ok());
  });
  EXPECT_EQ(lab_.Open().message(), "the settings name another suite");
}

TEST_F(SuiteChange, KeyringUnderASuiteThatNoStatementNamesIsRefused) {
  lab_.Close();
  const auto real = keys::OpenProvider(lab_.keyring(), Passphrase(), {});
  ASSERT_TRUE(real.ok());
  const std::uint32_t epoch = (*real)->Epochs().front();
  const auto secret = (*real)->Open(epoch);
  const std::string path = Path("forged");
  ASSERT_TRUE(
      keys::CreateProvider(path, Passphrase(), (*real)->store(), kSecond, epoch, *secret, {.cost = {19 * 1024, 2}})
          .ok());
  vault::OpenOptions options;
  options.keyring = path;
  options.secret = Passphrase();
  options.accept_stale = true;  // its anchor is of a store without commits
  const Status opened = lab_.Open(std::move(options));
  EXPECT_EQ(opened.code(), StatusCode::kAuthFailed);
  EXPECT_NE(opened.message().find("that the chain of statements does not name"), std::string::npos) << opened.message();
}

TEST_F(SuiteChange, NewCopyOfTheProviderIsUnderTheNewSuiteAndTheOldOneStillOpens) {
  ASSERT_NO_FATAL_FAILURE(Convert(kSecond));
  {
    auto call = lab_.Vault()->Enter();
    EXPECT_EQ(call->core().provider->suite(), kFirst);
    const Status added = vault::AddProviderCopy(call->core(), lab_.store(), Path("copy"), Passphrase(), {19 * 1024, 2});
    ASSERT_TRUE(added.ok()) << added.message();
  }
  lab_.Close();
  vault::OpenOptions options;
  options.keyring = Path("copy");
  options.secret = Passphrase();
  const Status opened = lab_.Open(std::move(options));
  ASSERT_TRUE(opened.ok()) << opened.message();
  EXPECT_EQ(lab_.Vault()->Enter()->core().provider->suite(), kSecond);
  ExpectAllReadable();
}

// ---- backups

TEST_F(SuiteChange, BackupFromBeforeIsRestoredAndTheJobBeginsAgain) {
  BackUp();
  ASSERT_NO_FATAL_FAILURE(Convert(kSecond));
  ASSERT_NO_FATAL_FAILURE(MustRestore(FromPlace("place-a", 1)));
  ExpectAllReadable();
  EXPECT_GT(CountUnder(kFirst), 0);  // rows came back as they were
  std::uint32_t number = 0;
  ASSERT_TRUE(vault::ForEachJob(lab_.Vault()->Enter()->core(), [&](std::uint32_t known, const Job& job) {
                if (job.kind == format::JobKind::kSuiteChange && job.state == JobState::kRunning) number = known;
                return Status::Ok();
              }).ok());
  ASSERT_NE(number, 0u);
  ASSERT_NO_FATAL_FAILURE(Finish(number));
  EXPECT_EQ(CountUnder(kFirst), 0);
  ExpectAllReadable();
}

TEST_F(SuiteChange, BackupFromTheMiddleIsRestored) {
  const std::uint32_t number = Start(kSecond);
  vault::StepOptions one_batch;
  one_batch.on_progress = [](const Job&, std::uint64_t) { return false; };
  Job job;
  ASSERT_EQ(Step(number, job, one_batch).code(), StatusCode::kCancelled);
  BackUp();
  ASSERT_NO_FATAL_FAILURE(Finish(number));
  ASSERT_NO_FATAL_FAILURE(MustRestore(FromPlace("place-b")));
  ExpectAllReadable();
  ASSERT_NO_FATAL_FAILURE(Finish(number));
  EXPECT_EQ(CountUnder(kFirst), 0);
}

// ---- readers and writers

TEST_F(SuiteChange, ReadersAndWritersGoOnMeanwhile) {
  constexpr int kWriters = 2, kWrites = 10;
  std::atomic<int> writing{kWriters};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kWriters; ++thread) {
    threads.emplace_back([&, thread] {
      const auto session = lab_.LoginAs(Laboratory::kFounder);
      for (int i = 0; i < kWrites; ++i) {
        const std::string patient = "p" + std::to_string(thread) + "-" + std::to_string(i);
        Write(*session, patient);
        EXPECT_EQ(Reads(*session, patient), StatusCode::kOk);
        const Bytes more = i % 4 == 0 ? TextField(5, second_) : Bytes{};
        const Status put =
            lab_.Put(*session, "alice", "GenomicReport", "u" + std::to_string(thread),
                     more + Nested(1, TextField(2, patient)), i == 0 ? PutMode::kReplace : PutMode::kUpdate);
        EXPECT_TRUE(put.ok()) << CodeName(put.code()) << ": " << put.message();
      }
      --writing;
    });
  }
  threads.emplace_back([&] {
    const auto session = lab_.LoginAs(Laboratory::kFounder);
    while (writing > 0) {
      const auto records = lab_.Patient(*session, "alice");
      EXPECT_TRUE(records.ok()) << CodeName(records.code()) << ": " << records.status().message();
      EXPECT_EQ(Seen(lab_.Get(*session, "alice", "GenomicReport", "g", 1)), TextField(5, first_));
      EXPECT_EQ(lab_.Find(*session, "Patient", "ssn", "123-45-alice1")->size(), 1u);
    }
  });
  Suite last = kFirst;
  for (int changes = 0; changes < 2 || writing > 0; ++changes) {
    last = last == kFirst ? kSecond : kFirst;
    Convert(last);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(CountUnder(last == kFirst ? kSecond : kFirst), 0);
  ExpectAllReadable();
}

}  // namespace
}  // namespace mseal::test
