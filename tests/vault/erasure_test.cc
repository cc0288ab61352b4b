// Erasure and the epoch change behind it, as the people who ask for it, a thief with older copies and somebody who
// pulls the plug see them.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "format/keys_of_rows.h"
#include "keys/provider_uri.h"
#include "keys_support/soft_token.h"
#include "vault/backup_places.h"
#include "vault/certificate.h"
#include "vault/epoch_change.h"
#include "vault/erase.h"
#include "vault/erasures.h"
#include "vault/given_up.h"
#include "vault/index_re_epoch.h"
#include "vault/provider_copies.h"
#include "vault/rotation.h"
#include "vault/two_persons.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using format::ErasureState;
using format::Job;
using format::JobState;
using store::Table;

constexpr std::uint32_t kSsn = 2;
constexpr std::uint32_t kFamily = 3;
constexpr std::string_view kSecondSecret = "another passphrase";  // of the second copy of the provider

class Erasure : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto founder = Founder();
    for (const char* patient : {"alice", "bob", "carol"}) Write(*founder, patient);
    for (const char* place : {"place-a", "place-b"}) Register(place);
  }

  std::shared_ptr<vault::Session> Founder() { return lab_.LoginAs(Laboratory::kFounder); }
  void Write(vault::Session& session, std::string_view patient) {
    const Bytes message = TextField(kSsn, "123-45-" + std::string(patient)) + TextField(kFamily, "Martin");
    const Status put = lab_.Put(session, patient, "Patient", "1", message);
    ASSERT_TRUE(put.ok()) << CodeName(put.code()) << ": " << put.message();
  }
  std::string PlacePath(std::string_view name) const { return (lab_.folder() / name).string(); }
  void Register(std::string_view name) {
    auto call = lab_.Vault()->Enter();
    const Status registered =
        vault::RegisterPlace(call->core(), lab_.store(), PlacePath(name), format::PlaceKind::kBackups);
    ASSERT_TRUE(registered.ok()) << registered.message();
  }
  Status Erase(vault::Session& session, std::string_view patient, vault::Erased& out,
               std::string_view reason = "asked for by the patient") {
    const Bytes id(patient.begin(), patient.end());
    return vault::ErasePatient(session, {id, nullptr}, reason, out);
  }
  Status Step(std::uint32_t job, Job& state, const vault::StepOptions& options = {}) {
    auto call = lab_.Vault()->Enter();
    return vault::StepJob(call->core(), nullptr, job, options, state);
  }
  // From the request to the death.
  vault::Erased EraseForGood(std::string_view patient) {
    vault::Erased erased;
    const auto founder = Founder();
    const Status status = Erase(*founder, patient, erased);
    EXPECT_TRUE(status.ok()) << status.message();
    Job job;
    const Status stepped = Step(erased.job, job);
    EXPECT_TRUE(stepped.ok()) << stepped.message();
    EXPECT_EQ(job.state, JobState::kDone);
    return erased;
  }
  ErasureState StateOf(const keys::PatientHandle& patient) {
    auto call = lab_.Vault()->Enter();
    const auto erasure = vault::ReadErasure(call->core(), patient);
    EXPECT_TRUE(erasure.ok());
    return erasure.ok() ? erasure->state : ErasureState{};
  }
  bool Reads(vault::Session& session, std::string_view patient) {
    const auto record = lab_.Get(session, patient, "Patient", "1");
    EXPECT_TRUE(record.ok()) << CodeName(record.code()) << ": " << record.status().message();
    return record.ok();
  }
  StatusCode CodeOf(vault::Session& session, std::string_view patient) {
    return lab_.Get(session, patient, "Patient", "1").code();
  }
  std::string Certificate(const keys::PatientHandle& patient) {
    auto call = lab_.Vault()->Enter();
    auto text = vault::MakeCertificate(call->core(), patient);
    EXPECT_TRUE(text.ok());
    return text.ok() ? *text : std::string();
  }
  static keys::KeyringSecret SecretOf(std::string_view text) {
    return {keys::KeyringSecret::Kind::kPassphrase, SecretBytes::CopyOf(AsBytes(text))};
  }
  // One more copy of the provider.
  void AddCopy(const std::string& uri, std::string_view secret) {
    auto call = lab_.Vault()->Enter();
    const Status added =
        vault::AddProviderCopy(call->core(), lab_.store(), uri, SecretOf(secret), crypto::kArgon2Floor);
    ASSERT_TRUE(added.ok()) << added.message();
  }
  bool HasTokensDead(const keys::PatientHandle& patient) {
    return Certificate(patient).find("\"tokens_dead\": null") == std::string::npos;
  }
  std::uint32_t BeginReEpoch() {
    std::uint32_t number = 0;
    auto call = lab_.Vault()->Enter();
    EXPECT_TRUE(vault::StartIndexReEpoch(call->core(), number).ok());
    return number;
  }
  void FinishReEpoch(std::uint32_t number) {
    Job job;
    const Status status = Step(number, job);
    EXPECT_TRUE(status.ok()) << status.message();
    EXPECT_TRUE(format::IsOver(job));
  }
  std::uint32_t Epoch() { return lab_.Vault()->Enter()->core().meta->epoch(); }

  Laboratory lab_;
};

TEST_F(Erasure, TakesThePatientAtOnceAndTheKeyInTheEnd) {
  const auto founder = Founder();
  const auto handle = lab_.HandleOf(*founder, "alice");
  EXPECT_TRUE(Reads(*founder, "alice"));
  vault::Erased erased;
  ASSERT_TRUE(Erase(*founder, "alice", erased).ok());
  EXPECT_EQ(StateOf(handle), ErasureState::kWithdrawn);
  EXPECT_EQ(erased.erasure.postings, 3u);  // directory, ssn, family
  EXPECT_EQ(CodeOf(*founder, "alice"), StatusCode::kNotFound);
  auto call = founder->Enter();
  EXPECT_EQ(vault::LoadPatient(call->core(), handle).code(), StatusCode::kErased);
  EXPECT_TRUE(lab_.Find(*founder, "Patient", "ssn", "123-45-alice")->empty());
  EXPECT_EQ(lab_.Find(*founder, "Patient", "family", "martin")->size(), 2u);
  Job job;
  ASSERT_TRUE(Step(erased.job, job).ok());
  EXPECT_EQ(StateOf(handle), ErasureState::kDead);
  EXPECT_EQ(Epoch(), 2u);
  EXPECT_TRUE(Reads(*founder, "bob"));
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

TEST_F(Erasure, LeavesEverybodyElseReadableAfterReopening) {
  EraseForGood("alice");
  lab_.Close();
  const auto founder = Founder();
  EXPECT_TRUE(Reads(*founder, "bob"));
  EXPECT_TRUE(Reads(*founder, "carol"));
  Write(*founder, "bob");
  Write(*founder, "dave");
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

TEST_F(Erasure, IsIdempotentAndTheIdMayBeRegisteredAnew) {
  const auto founder = Founder();
  const auto handle = lab_.HandleOf(*founder, "alice");
  const vault::Erased first = EraseForGood("alice");
  vault::Erased again;
  ASSERT_TRUE(vault::ErasePatient(*founder, {{}, &handle}, "once more", again).ok());
  EXPECT_EQ(again.erasure.certificate, first.erasure.certificate);
  EXPECT_EQ(again.erasure.reason, "asked for by the patient");
  EXPECT_EQ(Erase(*founder, "alice", again).code(), StatusCode::kNotFound);
  Write(*founder, "alice");
  EXPECT_TRUE(Reads(*founder, "alice"));
  EXPECT_NE(lab_.HandleOf(*founder, "alice"), handle);
}

TEST_F(Erasure, IsRefusedToAnybodyButTheFounderAndWithoutAReason) {
  lab_.AddPerson("physician", {"identity", "general", "national_id"});
  vault::Erased erased;
  EXPECT_EQ(Erase(*lab_.LoginAs("physician"), "alice", erased).code(), StatusCode::kPermissionDenied);
  const auto founder = Founder();
  const Bytes id = {'a', 'l', 'i', 'c', 'e'};
  EXPECT_EQ(vault::ErasePatient(*founder, {id, nullptr}, "", erased).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Erase(*founder, "nobody", erased).code(), StatusCode::kNotFound);
  EXPECT_TRUE(Reads(*founder, "alice"));
}

// G7: whoever has the disk of before, every password and the provider of after opens no bucket key of before.
TEST_F(Erasure, CopyOfTheDiskFromBeforeOpensNeitherTheErasedNorMeta) {
  lab_.Close();
  fs::copy(lab_.store(), lab_.folder() / "stolen", fs::copy_options::recursive);
  EraseForGood("alice");
  lab_.Close();
  vault::OpenOptions options;
  fs::remove_all(lab_.store());
  fs::rename(lab_.folder() / "stolen", lab_.store());
  options.accept_stale = true;
  EXPECT_EQ(lab_.Open(std::move(options)).code(), StatusCode::kKeyUnavailable);
}

TEST_F(Erasure, WaitsAsPendingUntilTwoPlacesHaveTheBundle) {
  fs::rename(PlacePath("place-b"), PlacePath("away"));
  const auto founder = Founder();
  vault::Erased erased;
  ASSERT_TRUE(Erase(*founder, "alice", erased).ok());
  Job job;
  const Status waits = Step(erased.job, job);
  EXPECT_EQ(waits.code(), StatusCode::kKeyUnavailable);
  const std::string message(waits.message());
  EXPECT_NE(message.find("cannot be reached: " + PlacePath("place-b")), std::string::npos) << message;
  EXPECT_EQ(message.find(PlacePath("place-a")), std::string::npos) << message;
  EXPECT_EQ(StateOf(erased.patient), ErasureState::kWithdrawn);
  EXPECT_TRUE(Reads(*founder, "bob"));
  Write(*founder, "erin");
  lab_.Close();
  fs::rename(PlacePath("away"), PlacePath("place-b"));
  ASSERT_TRUE(Step(erased.job, job).ok());
  EXPECT_EQ(StateOf(erased.patient), ErasureState::kDead);
  EXPECT_TRUE(Reads(*Founder(), "erin"));
}

// One folder behind two names is one place: whatever it loses is lost to both.
TEST_F(Erasure, TwoPlacesThatALinkMakesOneCountOnce) {
  fs::remove_all(PlacePath("place-b") + "/bundle");
  fs::create_directory_symlink(PlacePath("place-a") + "/bundle", PlacePath("place-b") + "/bundle");
  vault::Erased erased;
  ASSERT_TRUE(Erase(*Founder(), "alice", erased).ok());
  Job job;
  const Status waits = Step(erased.job, job);
  EXPECT_EQ(waits.code(), StatusCode::kKeyUnavailable);
  EXPECT_NE(std::string(waits.message()).find(": another registered place"), std::string::npos) << waits.message();
  EXPECT_EQ(StateOf(erased.patient), ErasureState::kWithdrawn);
  fs::remove(PlacePath("place-b") + "/bundle");
  fs::create_directory(PlacePath("place-b") + "/bundle");
  ASSERT_TRUE(Step(erased.job, job).ok());
  EXPECT_EQ(StateOf(erased.patient), ErasureState::kDead);
}

TEST_F(Erasure, OneThatJoinsWhileAChangeRunsWaitsForTheNext) {
  const auto founder = Founder();
  vault::Erased alice, bob;
  ASSERT_TRUE(Erase(*founder, "alice", alice).ok());
  Job job;
  vault::StepOptions one_step;
  one_step.on_progress = [](const Job&, std::uint64_t) { return false; };
  ASSERT_EQ(Step(alice.job, job, one_step).code(), StatusCode::kCancelled);  // closed: it gathers no more
  ASSERT_TRUE(Erase(*founder, "bob", bob).ok());
  EXPECT_NE(alice.job, bob.job);
  EXPECT_EQ(bob.erasure.epoch, 3u);
  EXPECT_EQ(Step(bob.job, job).code(), StatusCode::kKeyUnavailable);  // not before the one that runs
  ASSERT_TRUE(Step(alice.job, job).ok());
  EXPECT_EQ(StateOf(alice.patient), ErasureState::kDead);
  EXPECT_EQ(StateOf(bob.patient), ErasureState::kWithdrawn);
  ASSERT_TRUE(Step(bob.job, job).ok());
  EXPECT_EQ(StateOf(bob.patient), ErasureState::kDead);
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

TEST_F(Erasure, ThoseThatWaitShareOneChange) {
  const auto founder = Founder();
  vault::Erased alice, bob;
  ASSERT_TRUE(Erase(*founder, "alice", alice).ok());
  ASSERT_TRUE(Erase(*founder, "bob", bob).ok());
  EXPECT_EQ(alice.job, bob.job);
  Job job;
  ASSERT_TRUE(Step(alice.job, job).ok());
  EXPECT_EQ(StateOf(bob.patient), ErasureState::kDead);
  EXPECT_TRUE(Reads(*founder, "carol"));
}

// Each step is stopped after, the vault reopened, and gone on with.
TEST_F(Erasure, GoesOnFromWhereverItWasStopped) {
  vault::Erased erased;
  ASSERT_TRUE(Erase(*Founder(), "alice", erased).ok());
  vault::StepOptions one_step;
  one_step.on_progress = [](const Job&, std::uint64_t) { return false; };
  Job job;
  int stops = 0;
  while (job.state != JobState::kDone) {
    ASSERT_LT(++stops, 20);
    const Status status = Step(erased.job, job, one_step);
    ASSERT_TRUE(status.ok() || status.code() == StatusCode::kCancelled) << status.message();
    lab_.Close();
    const auto founder = Founder();
    EXPECT_TRUE(Reads(*founder, "bob")) << job.pass;
    EXPECT_EQ(CodeOf(*founder, "alice"), StatusCode::kNotFound);
    Write(*founder, "new-" + std::to_string(stops));
    EXPECT_TRUE(lab_.Verify(founder.get()).ok()) << job.pass;
  }
  EXPECT_GE(stops, 8);
  EXPECT_EQ(StateOf(erased.patient), ErasureState::kDead);
  EXPECT_EQ(lab_.Find(*Founder(), "Patient", "family", "martin")->size(), 2u + static_cast<std::size_t>(stops));
}

TEST_F(Erasure, LeavesNoOldKeyNorRowOfTheErased) {
  const auto founder = Founder();
  const auto handle = lab_.HandleOf(*founder, "alice");
  EraseForGood("alice");
  for (const Table table : {Table::kRecords, Table::kHeads, Table::kKeys}) {
    for (const StoredRow& row : lab_.AllRows(table)) {
      EXPECT_EQ(std::search(row.key.begin(), row.key.end(), handle.begin(), handle.end()), row.key.end());
      if (table != Table::kKeys || row.key.front() != 'B') continue;
      EXPECT_EQ(format::ParseBucketKeyKey(row.key)->epoch, 2u);
    }
  }
  for (const StoredRow& row : lab_.AllRows(Table::kMeta)) EXPECT_EQ(row.key[3], 2) << "a row of an older epoch";
}

// A damaged row of the patient does not keep the rest of them alive.
TEST_F(Erasure, OfAPatientWithADamagedRowGoesThrough) {
  const auto handle = lab_.HandleOf(*Founder(), "alice");
  for (StoredRow& row : lab_.AllRows(Table::kRecords)) {
    if (!std::equal(handle.begin(), handle.end(), row.key.begin())) continue;
    row.value[row.value.size() / 2] ^= 1;
    lab_.Overwrite(Table::kRecords, row.key, row.value);
    break;
  }
  const auto founder = Founder();
  vault::Erased erased;
  ASSERT_TRUE(vault::ErasePatient(*founder, {{}, &handle}, "damaged", erased).ok());
  EXPECT_EQ(erased.erasure.unreadable, 1u);
  Job job;
  ASSERT_TRUE(Step(erased.job, job).ok());
  EXPECT_EQ(StateOf(handle), ErasureState::kDead);
}

TEST_F(Erasure, ReadersAndWritersGoOnMeanwhile) {
  constexpr int kErasures = 4;
  const auto founder = Founder();
  for (int i = 0; i < kErasures; ++i) Write(*founder, "leaver-" + std::to_string(i));
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      const auto session = lab_.LoginAs(Laboratory::kFounder);
      for (int i = 0; !stop || i < 3; ++i) {
        const std::string patient = "p" + std::to_string(thread) + "-" + std::to_string(i);
        Write(*session, patient);
        EXPECT_TRUE(Reads(*session, patient));
        EXPECT_TRUE(Reads(*session, "bob"));
        const auto found = lab_.Find(*session, "Patient", "ssn", "123-45-leaver-2");
        EXPECT_TRUE(found.ok()) << CodeName(found.code()) << found.status().message();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // growth must not outrun the purge
      }
    });
  }
  for (int i = 0; i < kErasures; ++i) EraseForGood("leaver-" + std::to_string(i));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Epoch(), 1u + kErasures);
  EXPECT_TRUE(lab_.Verify(founder.get()).ok());
}

// ---- all buckets

TEST_F(Erasure, ChangeOfAllBucketsEndsARotation) {
  const auto founder = Founder();
  std::uint32_t rotation = 0, change = 0;
  ASSERT_TRUE(vault::StartClassRotation(*founder, "national_id", {}, rotation).ok());
  Job job;
  {
    auto call = founder->Enter();
    ASSERT_TRUE(vault::StepJob(call->core(), &call->desk(), rotation, {}, job).ok());
    EXPECT_EQ(job.state, JobState::kPassed);
    ASSERT_TRUE(vault::StartEpochChange(call->core(), change).ok());  // the one that the rotation began
    EXPECT_EQ(change, rotation + 1);
  }
  ASSERT_TRUE(Step(change, job).ok());
  auto call = founder->Enter();
  EXPECT_EQ(vault::ReadJob(call->core(), rotation)->state, JobState::kDone);
  EXPECT_EQ(vault::ReadEpochEnd(call->core(), 1)->key_rows, 3u);
  EXPECT_TRUE(Reads(*founder, "alice"));
}

// ---- the certificate

TEST_F(Erasure, CertificateSaysWhatWasSeenAndNoMore) {
  vault::Erased erased;
  ASSERT_TRUE(Erase(*Founder(), "alice", erased).ok());
  const auto pending = Certificate(erased.patient);
  EXPECT_NE(pending.find("\"state\": \"withdrawn\""), pending.npos);
  EXPECT_NE(pending.find("\"complete\": false"), pending.npos);
  EXPECT_EQ(pending.find("bundle 1 was read back"), pending.npos);
  Job job;
  ASSERT_TRUE(Step(erased.job, job).ok());
  const auto dead = Certificate(erased.patient);
  EXPECT_NE(dead.find("\"state\": \"dead\""), dead.npos);
  EXPECT_NE(dead.find("\"complete\": true"), dead.npos);
  EXPECT_NE(dead.find("bundle 1 was read back from " + PlacePath("place-b")), dead.npos);
  EXPECT_NE(dead.find("\"opens_tried\": 1,\n  \"opens_failed\": 1"), dead.npos);
  for (const std::string& text : {pending, dead}) {
    const auto facts = vault::VerifyCertificate(text, std::nullopt);
    ASSERT_TRUE(facts.ok()) << facts.status().message();
    EXPECT_TRUE(vault::VerifyCertificate(text, facts->founder_key).ok());
  }
}

// The index is built anew, and only what dies after that takes the old posting key with it.
TEST_F(Erasure, CertificateDatesTheDeathOfSearchTokens) {
  const auto alice = EraseForGood("alice").patient;
  EXPECT_FALSE(HasTokensDead(alice));
  FinishReEpoch(BeginReEpoch());
  EXPECT_FALSE(HasTokensDead(alice));
  const auto bob = EraseForGood("bob").patient;
  EXPECT_TRUE(HasTokensDead(alice));
  EXPECT_FALSE(HasTokensDead(bob));
  lab_.Close();
  EXPECT_TRUE(HasTokensDead(alice));
}

TEST_F(Erasure, TokensOfWhoGoesDuringAReEpochWaitForTheNext) {
  const std::uint32_t job = BeginReEpoch();
  const auto alice = EraseForGood("alice").patient;
  FinishReEpoch(job);
  EraseForGood("bob");
  EXPECT_FALSE(HasTokensDead(alice));
  FinishReEpoch(BeginReEpoch());
  EraseForGood("carol");
  EXPECT_TRUE(HasTokensDead(alice));
}

TEST_F(Erasure, CertificateHoldsWhateverBytesReasonsAndPathsHave) {
  Register("caf\xe9");
  vault::Erased erased;
  ASSERT_TRUE(Erase(*Founder(), "alice", erased, "\xff\x01 \"\\").ok());
  Job job;
  ASSERT_TRUE(Step(erased.job, job).ok());
  const std::string text = Certificate(erased.patient);
  const auto facts = vault::VerifyCertificate(text, std::nullopt);
  ASSERT_TRUE(facts.ok()) << facts.status().message();
  EXPECT_TRUE(facts->dead);
  EXPECT_NE(text.find("\"reason\": \"\\u00ff\\u0001 \\\"\\\\\""), text.npos);
}

TEST_F(Erasure, CertificateWithAnyByteChangedIsRefused) {
  const vault::Erased erased = EraseForGood("alice");
  const std::string text = Certificate(erased.patient);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] ^= 1;
    EXPECT_FALSE(vault::VerifyCertificate(changed, std::nullopt).ok()) << i;
    EXPECT_FALSE(vault::VerifyCertificate(text.substr(0, i), std::nullopt).ok()) << i;
  }
  EXPECT_FALSE(vault::VerifyCertificate(text + " ", std::nullopt).ok());
  crypto::VerifyKey other{};
  EXPECT_EQ(vault::VerifyCertificate(text, other).code(), StatusCode::kAuthFailed);
}

// Whoever makes a key of their own cannot put the founder's name on it.
TEST_F(Erasure, CertificateOfAnotherStoreHasAnotherFounder) {
  const vault::Erased erased = EraseForGood("alice");
  const auto mine = vault::VerifyCertificate(Certificate(erased.patient), std::nullopt);
  Laboratory other;
  const auto founder = other.Vault()->Enter()->core().registry->chain()->founder_key();
  EXPECT_NE(mine->founder_key, founder);
  EXPECT_EQ(vault::VerifyCertificate(Certificate(erased.patient), founder).code(), StatusCode::kAuthFailed);
}

TEST_F(Erasure, IsFoundByTheNumberOfItsCertificate) {
  vault::Erased erased;
  ASSERT_TRUE(Erase(*Founder(), "alice", erased).ok());
  auto call = lab_.Vault()->Enter();
  EXPECT_EQ(*vault::FindErasure(call->core(), erased.erasure.certificate), erased.patient);
  EXPECT_EQ(vault::FindErasure(call->core(), {}).code(), StatusCode::kNotFound);
  const auto living = lab_.HandleOf(*Founder(), "bob");
  EXPECT_EQ(vault::MakeCertificate(call->core(), living).code(), StatusCode::kNotFound);
}

// ---- copies of the provider

TEST_F(Erasure, ReachesACopyOnAToken) {
  const keys::SoftToken token;
  const std::string uri = "pkcs11:token=medseal;object=copy?module-path=" MEDSEAL_SOFTHSM;
  AddCopy(uri, "1234");
  EraseForGood("alice");
  lab_.Close();
  const auto copy = keys::OpenProvider(uri, SecretOf("1234"));
  ASSERT_TRUE(copy.ok());
  EXPECT_EQ((*copy)->Epochs(), std::vector<std::uint32_t>{2});
}

TEST_F(Erasure, ReachesEveryCopyOfTheProvider) {
  const std::string second = PlacePath("second-keyring");
  AddCopy(second, kSecondSecret);
  EraseForGood("alice");
  lab_.Close();
  const auto copy = keys::OpenKeyring(second, SecretOf(kSecondSecret));
  ASSERT_TRUE(copy.ok());
  EXPECT_EQ((*copy)->Epochs(), std::vector<std::uint32_t>{2});
  vault::OpenOptions options;
  options.keyring = second;
  options.secret = SecretOf(kSecondSecret);
  ASSERT_TRUE(lab_.Open(std::move(options)).ok());
  EXPECT_TRUE(Reads(*Founder(), "bob"));
  // Opened with the copy, the one that made the store is reached too.
  EraseForGood("bob");
  lab_.Close();
  EXPECT_TRUE(Reads(*Founder(), "carol"));
}

TEST_F(Erasure, NothingIsDeadWhileACopyOfTheProviderIsAway) {
  const std::string second = PlacePath("second-keyring");
  AddCopy(second, kSecondSecret);
  fs::rename(second, second + ".away");
  vault::Erased erased;
  ASSERT_TRUE(Erase(*Founder(), "alice", erased).ok());
  Job job;
  EXPECT_EQ(Step(erased.job, job).code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(StateOf(erased.patient), ErasureState::kWithdrawn);
  fs::rename(second + ".away", second);
  ASSERT_TRUE(Step(erased.job, job).ok());
  EXPECT_EQ(StateOf(erased.patient), ErasureState::kDead);
}

// ---- a copy of the provider that is lost for good

class LostCopy : public Erasure {
 protected:
  static constexpr std::string_view kWitness = "witness";

  void SetUp() override {
    Erasure::SetUp();
    lab_.AddPerson(kWitness, {});
    AddCopy(second_, kSecondSecret);
  }

  void Lose() { fs::rename(second_, second_ + ".away"); }
  void Find() { fs::rename(second_ + ".away", second_); }
  void Reopen() {
    lab_.Close();
    ASSERT_TRUE(lab_.Open().ok());
  }
  Status Forget(vault::Session& session, bool two = true) {
    if (two && !vault::AreTwo(session.Enter()->desk()))
      MS_TRY(vault::Join(session, kWitness, AsBytes(PasswordOf(kWitness))));
    MS_ASSIGN(auto call, session.Enter());
    return vault::ForgetProviderCopy(call.core(), call.desk(), second_);
  }
  // Until the copy keeps it from dying.
  vault::Erased EraseInVain(std::string_view patient) {
    vault::Erased erased;
    EXPECT_TRUE(Erase(*Founder(), patient, erased).ok());
    Job job;
    EXPECT_EQ(Step(erased.job, job).code(), StatusCode::kKeyUnavailable);
    return erased;
  }
  bool IsComplete(const keys::PatientHandle& patient) {
    const auto facts = vault::VerifyCertificate(Certificate(patient), std::nullopt);
    EXPECT_TRUE(facts.ok());
    return facts.ok() && facts->complete;
  }
  std::string Warning(std::uint32_t epoch) {
    return "copy " + second_ + " was given up unread: it may still hold the secret of epoch " + std::to_string(epoch);
  }
  std::vector<vault::ProviderFacts> Copies() {
    std::vector<vault::ProviderFacts> copies;
    auto call = lab_.Vault()->Enter();
    EXPECT_TRUE(vault::ListProviderCopies(call->core(), copies).ok());
    return copies;
  }

  std::string second_ = PlacePath("second-keyring");
};

TEST_F(LostCopy, KeepsNothingPendingOnceGivenUpAndEveryLaterCertificateNamesIt) {
  const vault::Erased before = EraseForGood("carol");
  EXPECT_TRUE(IsComplete(before.patient));
  Lose();
  const vault::Erased erased = EraseInVain("alice");
  ASSERT_TRUE(Forget(*Founder()).ok());
  Job job;
  ASSERT_TRUE(Step(erased.job, job).ok());
  EXPECT_EQ(StateOf(erased.patient), ErasureState::kDead);
  EXPECT_FALSE(IsComplete(erased.patient));
  EXPECT_NE(Certificate(erased.patient).find(Warning(2)), std::string::npos) << Certificate(erased.patient);
  // What the copy holds opens an older copy of the disk, which has bob too.
  const vault::Erased later = EraseForGood("bob");
  EXPECT_FALSE(IsComplete(later.patient));
  EXPECT_NE(Certificate(later.patient).find(Warning(2)), std::string::npos) << Certificate(later.patient);
  EXPECT_TRUE(IsComplete(before.patient));
}

// Stopped between two copies: the one in use has destroyed the secret of before, the one that is lost has not.
TEST_F(LostCopy, MayHoldASecretThatTheCopyInUseHasDestroyed) {
  fs::rename(PlacePath("place-a"), PlacePath("place-a") + ".away");
  const vault::Erased erased = EraseInVain("alice");
  Lose();
  fs::rename(PlacePath("place-a") + ".away", PlacePath("place-a"));
  Job job;
  ASSERT_EQ(Step(erased.job, job).code(), StatusCode::kKeyUnavailable);
  ASSERT_TRUE(lab_.Vault()->Enter()->core().provider->Destroy(1).ok());
  Reopen();
  ASSERT_TRUE(Forget(*Founder()).ok());
  EXPECT_EQ(Copies().back().epochs, (std::vector<std::uint32_t>{1, 2}));
  ASSERT_TRUE(Step(erased.job, job).ok());
  EXPECT_NE(Certificate(erased.patient).find(Warning(1)), std::string::npos) << Certificate(erased.patient);
}

TEST_F(LostCopy, IsGivenUpByTwoPersonsOfWhomOneIsEntitled) {
  Lose();
  EXPECT_EQ(Forget(*Founder(), false).code(), StatusCode::kPermissionDenied);
  lab_.AddPerson("clerk", {"identity"});
  EXPECT_EQ(Forget(*lab_.LoginAs("clerk")).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Copies().back().given_up_ms, 0u);
  EXPECT_TRUE(Forget(*Founder()).ok());
  EXPECT_NE(Copies().back().given_up_ms, 0u);
  EXPECT_EQ(Copies().back().epochs, std::vector<std::uint32_t>{1});
  EXPECT_EQ(Forget(*Founder()).code(), StatusCode::kNotFound);
}

TEST_F(LostCopy, ThatAnswersOrIsInUseIsNotGivenUp) {
  const auto founder = Founder();
  EXPECT_EQ(Forget(*founder).code(), StatusCode::kConflict);
  auto call = founder->Enter();
  EXPECT_EQ(vault::ForgetProviderCopy(call->core(), call->desk(), lab_.keyring()).code(), StatusCode::kInvalidArgument);
}

TEST_F(LostCopy, ThatComesBackIsDestroyedAndTheCertificateIsWhole) {
  Lose();
  const vault::Erased erased = EraseInVain("alice");
  ASSERT_TRUE(Forget(*Founder()).ok());
  Job job;
  ASSERT_TRUE(Step(erased.job, job).ok());
  Find();
  Reopen();
  EXPECT_FALSE(fs::exists(second_));
  EXPECT_TRUE(IsComplete(erased.patient));
  EXPECT_NE(Certificate(erased.patient).find("came back and was destroyed"), std::string::npos);
  EXPECT_NE(Copies().back().destroyed_ms, 0u);
}

TEST_F(LostCopy, ThatComesBackIsDestroyedByWhoeverListsCopies) {
  Lose();
  ASSERT_TRUE(Forget(*Founder()).ok());
  Find();
  EXPECT_NE(Copies().back().destroyed_ms, 0u);
  EXPECT_FALSE(fs::exists(second_));
}

TEST_F(LostCopy, ThatTheVaultIsOpenedWithIsACopyAgainWithoutWhatDied) {
  Lose();
  ASSERT_TRUE(Forget(*Founder()).ok());
  lab_.Close();
  Find();
  vault::OpenOptions options;
  options.keyring = second_;
  options.secret = SecretOf(kSecondSecret);
  ASSERT_TRUE(lab_.Open(std::move(options)).ok());
  EXPECT_EQ(Copies().size(), 2u);
  EXPECT_TRUE(IsComplete(EraseForGood("alice").patient));
}

// A copy put back from a snapshot holds a secret that died; with that beside the one in use there is no place for
// the next.
TEST_F(Erasure, CopyOfTheProviderThatWasPutBackFromBeforeIsBroughtUpToDate) {
  const std::string second = PlacePath("second-keyring");
  AddCopy(second, kSecondSecret);
  fs::copy_file(second, second + ".before");
  const auto put_back = [&] { fs::copy_file(second + ".before", second, fs::copy_options::overwrite_existing); };
  EraseForGood("alice");
  put_back();
  EraseForGood("bob");
  EXPECT_EQ((*keys::OpenKeyring(second, SecretOf(kSecondSecret)))->Epochs(), std::vector<std::uint32_t>{3});

  // Between the drawing of the next secret and the end of the one before.
  fs::rename(PlacePath("place-a"), PlacePath("place-a") + ".away");
  vault::Erased erased;
  ASSERT_TRUE(Erase(*Founder(), "carol", erased).ok());
  Job job;
  ASSERT_EQ(Step(erased.job, job).code(), StatusCode::kKeyUnavailable);
  put_back();
  fs::rename(PlacePath("place-a") + ".away", PlacePath("place-a"));
  ASSERT_TRUE(Step(erased.job, job).ok());
  EXPECT_EQ(StateOf(erased.patient), ErasureState::kDead);
  EXPECT_EQ((*keys::OpenKeyring(second, SecretOf(kSecondSecret)))->Epochs(), std::vector<std::uint32_t>{4});
}

}  // namespace
}  // namespace mseal::test
