// Declared jobs: silent within what two persons vouched for, loud at the first read outside, and no cloak for anybody.
#include "vault/declared_jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/clock.h"
#include "crypto/sign.h"
#include "people/policy.h"
#include "vault/alert_settings.h"
#include "vault/doctor.h"
#include "vault/log_queries.h"
#include "vault/roles.h"
#include "vault/set_policy.h"
#include "vault/two_persons.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
namespace policy = people::policy;

constexpr std::uint32_t kSsn = 2, kFamily = 3;
constexpr std::uint64_t kHour = 3'600'000, kDay = 24 * kHour;

class DeclaredJobs : public ::testing::Test {
 protected:
  void SetUp() override {
    SetClockForTests(NowMs() / kDay * kDay + kDay + 23 * kHour);  // within the window
    lab_.AddPerson("billing", {"general", "identity"});
    lab_.AddPerson("nurse", {"general", "identity"});
    lab_.AddPerson("witness", {});
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < 6; ++i)
      ASSERT_TRUE(
          lab_.Put(*founder, Patient(i), "Patient", "1", TextField(kSsn, "needle") + TextField(kFamily, "M")).ok());
    Set(policy::kAlertPatientsPerHour, 2);
  }
  void TearDown() override { SetClockForTests(0); }

  static std::string Patient(int number) { return "patient-" + std::to_string(number); }
  std::shared_ptr<vault::Session> Two() { return lab_.LoginWith("witness"); }
  void Set(std::string_view name, std::uint64_t value) { lab_.SetPolicy("witness", name, value); }
  static vault::JobDeclaration Nightly() {
    vault::JobDeclaration nightly;
    nightly.name = "nightly";
    nightly.person = "billing";
    nightly.types = {"Patient"};
    nightly.patients = 4;
    nightly.window = {.from = 22 * 60, .to = 6 * 60, .days = 0x7f};
    nightly.until_ms = NowMs() + 5 * kDay;
    return nightly;
  }
  Status Declare(const vault::JobDeclaration& declaration) {
    const auto both = Two();
    auto call = both->Enter();
    return vault::DeclareJob(call->core(), call->desk(), declaration);
  }
  StatusCode Revoke() {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    return vault::RevokeDeclaredJob(call->core(), call->desk(), "nightly").code();
  }
  Result<std::shared_ptr<vault::Session>> Login(std::string_view person, std::string job = "nightly") {
    people::Use use;
    use.purpose = "billing";
    use.job = std::move(job);
    return lab_.Vault()->Login({person, AsBytes(PasswordOf(person)), use});
  }
  void Read(vault::Session& session, int from, int to) {
    for (int i = from; i < to; ++i) EXPECT_TRUE(lab_.Get(session, Patient(i), "Patient", "1").ok());
  }
  std::vector<std::string> Raised() {
    std::vector<std::string> rules;
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    vault::LogQuery query;
    query.operation = audit::Operation::kAlert;
    EXPECT_TRUE(vault::QueryLog(call->core(), call->desk(), query, [&](const audit::OpenedEntry& entry) {
                  if (entry.detail != "clock") rules.push_back(entry.detail);
                  return Status::Ok();
                }).ok());
    return rules;
  }
  // What somebody with the disk, the provider and its secret does to the rows of declared jobs.
  void Tamper(const std::function<void(format::DeclaredJob&)>& change) {
    lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
      store::Batch batch;
      ASSERT_TRUE(meta.ForEach(keys::MetaKind::kDeclaredJob,
                               [&](ByteView id, const SecretBytes& content) -> Status {
                                 MS_ASSIGN(format::DeclaredJob job, format::ParseDeclaredJob(content.Reveal()));
                                 change(job);
                                 meta.Put(batch, keys::MetaKind::kDeclaredJob, id, format::WriteDeclaredJob(job));
                                 return Status::Ok();
                               })
                      .ok());
      ASSERT_TRUE(meta.Commit(batch, store::Durability::kPower).ok());
    });
  }
  ByteArray<64> SignatureOf(std::string_view person, const format::DeclaredJob& job) {
    const crypto::SigningSeed& seed = seeds_.at(std::string(person));
    return crypto::Sign(seed, format::DeclaredJobSigned(store_, job));
  }
  // Both with their own keys, and the key of meta.
  void Sign(std::string_view by, std::string_view second) {
    for (const std::string_view person : {by, second}) KeepSeed(person);
    Tamper([&](format::DeclaredJob& job) {
      job.by = numbers_.at(std::string(by));
      job.second = numbers_.at(std::string(second));
      job.signature = SignatureOf(by, job);
      job.second_signature = SignatureOf(second, job);
    });
  }
  void KeepSeed(std::string_view person) {
    const auto session = lab_.LoginAs(person);
    auto call = session->Enter();
    const people::Identity& identity = call->desk().session->identity();
    store_ = call->core().identity.store;
    numbers_[std::string(person)] = identity.person.number;
    seeds_.insert_or_assign(std::string(person), crypto::SigningSeed::CopyOf(identity.keys.seed.Reveal()));
  }
  std::vector<std::string> Codes() {
    std::vector<std::string> codes;
    const auto findings = vault::Examine(*lab_.Vault(), nullptr, {});
    for (const vault::Finding& finding : *findings) codes.emplace_back(finding.code);
    return codes;
  }

  Laboratory lab_;

 private:
  keys::StoreId store_{};
  std::map<std::string, people::PersonNumber> numbers_;
  std::map<std::string, crypto::SigningSeed> seeds_;
};

// ---- within and outside

TEST_F(DeclaredJobs, WithinTheDeclarationNothingAboutAmountAndTimeIsRaised) {
  Set(policy::kAlertHoursFrom, 8);
  Set(policy::kAlertHoursTo, 18);
  ASSERT_TRUE(Declare(Nightly()).ok());
  const auto billing = Login("billing");
  Read(**billing, 0, 4);
  Read(**billing, 0, 4);
  EXPECT_THAT(Raised(), IsEmpty());
}

TEST_F(DeclaredJobs, OnePatientMoreAlertsAtThatReadAndWhatWasReadBeforeCounts) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  const auto billing = Login("billing");
  Read(**billing, 0, 4);
  EXPECT_THAT(Raised(), IsEmpty());
  Read(**billing, 4, 5);
  EXPECT_THAT(Raised(), ElementsAre("outside-job", "bulk-read"));
  Read(**billing, 0, 5);  // known already
  EXPECT_THAT(Raised(), ElementsAre("outside-job", "bulk-read"));
}

TEST_F(DeclaredJobs, AnotherFieldIsOutside) {
  vault::JobDeclaration narrow = Nightly();
  narrow.fields = {"Patient.ssn"};
  ASSERT_TRUE(Declare(narrow).ok());
  const auto billing = Login("billing");
  auto call = (*billing)->Enter();
  const auto handle = lab_.HandleOf(**billing, Patient(0));
  const vault::RecordReader reader(call->core(), call->desk());
  ASSERT_TRUE(reader.Read(handle, "Patient", AsBytes("1"), 0, {"ssn"}).ok());
  EXPECT_THAT(Raised(), IsEmpty());
  ASSERT_TRUE(reader.Read(handle, "Patient", AsBytes("1"), 0, {"ssn", "family"}).ok());
  EXPECT_THAT(Raised(), ElementsAre("outside-job"));
}

TEST_F(DeclaredJobs, AnotherTypeIsOutside) {
  vault::JobDeclaration results = Nightly();
  results.types = {"LabResult"};
  ASSERT_TRUE(Declare(results).ok());
  Read(**Login("billing"), 0, 1);
  EXPECT_THAT(Raised(), ElementsAre("outside-job"));
}

TEST_F(DeclaredJobs, AWindowMayCrossMidnightAndEndsWhenItEnds) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  const auto billing = Login("billing");
  for (const std::uint64_t hours : {3, 3}) {
    SetClockForTests(NowMs() + hours * kHour);
    LetPassForTests(hours * kHour);
    Read(**billing, 0, 3);
    EXPECT_THAT(Raised(), IsEmpty());
  }
  SetClockForTests(NowMs() + 3 * kHour);  // 08:00
  LetPassForTests(3 * kHour);
  Read(**Login("billing"), 0, 1);
  EXPECT_THAT(Raised(), ElementsAre("outside-job", "bulk-read"));
}

TEST_F(DeclaredJobs, AnotherProcessGoesOnCountingInTheSameWindow) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  Read(**Login("billing"), 0, 4);
  lab_.Close();
  EXPECT_THAT(Raised(), IsEmpty());
  Read(**Login("billing"), 4, 5);
  EXPECT_THAT(Raised(), ElementsAre("outside-job", "bulk-read"));
}

TEST_F(DeclaredJobs, WhatAJobReadIsNotOnThePersonsAccountWhileItIsWithin) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  Read(**Login("billing"), 0, 4);
  Read(*lab_.LoginAs("billing"), 0, 2);
  EXPECT_THAT(Raised(), IsEmpty());
}

TEST_F(DeclaredJobs, ACanaryAndDenialsAlertWithinItToo) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  const auto billing = Login("billing");
  {
    auto call = (*billing)->Enter();
    call->core().alarms->planted().Set({lab_.HandleOf(**billing, Patient(0))});
  }
  Read(**billing, 0, 1);
  EXPECT_THAT(Raised(), ElementsAre("canary"));
}

TEST_F(DeclaredJobs, TheLoginSaysForWhichJob) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  ASSERT_TRUE(Login("billing").ok());
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  auto call = founder->Enter();
  vault::LogQuery query;
  query.person = "billing";
  std::vector<std::string> details;
  ASSERT_TRUE(vault::QueryLog(call->core(), call->desk(), query, [&](const audit::OpenedEntry& entry) {
                details.push_back(entry.detail);
                return Status::Ok();
              }).ok());
  EXPECT_THAT(details, Contains("job nightly"));
}

// ---- attacks

TEST_F(DeclaredJobs, AnotherPersonGetsNoSessionByItsNameAndThatIsOnRecord) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  EXPECT_EQ(Login("nurse").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Login("billing", "weekly").code(), StatusCode::kNotFound);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  auto call = founder->Enter();
  vault::LogQuery query;
  query.outcome = audit::Outcome::kDenied;
  std::vector<std::string> denied;
  ASSERT_TRUE(vault::QueryLog(call->core(), call->desk(), query, [&](const audit::OpenedEntry& entry) {
                denied.push_back(entry.detail);
                return Status::Ok();
              }).ok());
  EXPECT_THAT(denied, ElementsAre("job nightly"));
}

TEST_F(DeclaredJobs, OneThatSomebodyWithTheMetaKeyWidenedIsNone) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  Tamper([](format::DeclaredJob& job) { job.patients = 1'000'000; });
  EXPECT_EQ(Login("billing").code(), StatusCode::kAuthFailed);
  EXPECT_THAT(Raised(), Contains("integrity"));
  EXPECT_THAT(Codes(), Contains("job_not_signed"));
}

TEST_F(DeclaredJobs, OneThatAnAccountWithoutTheRightSignedIsNone) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  Sign("nurse", "witness");
  EXPECT_EQ(Login("billing").code(), StatusCode::kAuthFailed);
  Sign(Laboratory::kFounder, "witness");
  EXPECT_TRUE(Login("billing").ok());
}

TEST_F(DeclaredJobs, OneAdministratorWithTheKeyOfMetaIsNotTwo) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  KeepSeed(Laboratory::kFounder);
  Tamper([&](format::DeclaredJob& job) {
    job.patients = 1000;
    job.signature = SignatureOf(Laboratory::kFounder, job);
  });
  EXPECT_EQ(Login("billing").code(), StatusCode::kAuthFailed);
  Tamper([&](format::DeclaredJob& job) { job.second_signature = SignatureOf(Laboratory::kFounder, job); });
  EXPECT_EQ(Login("billing").code(), StatusCode::kAuthFailed);
}

TEST_F(DeclaredJobs, OneWhoseSecondWasDisabledCountsNoMore) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  ASSERT_TRUE(Login("billing").ok());
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(vault::ChangePeople(*founder, [](people::Registry& registry, const people::Identity& who) {
                return registry.Disable(who, "witness");
              }).ok());
  EXPECT_EQ(Login("billing").code(), StatusCode::kAuthFailed);
  EXPECT_THAT(Codes(), Contains("job_not_signed"));
}

TEST_F(DeclaredJobs, AClockSetBackIntoTheWindowIsNoWindow) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  SetClockForTests(NowMs() + 12 * kHour);
  lab_.LoginAs("nurse");  // the vault knows that time now
  SetClockForTests(NowMs() - 12 * kHour);
  Read(**Login("billing"), 0, 1);
  EXPECT_THAT(Raised(), Contains("outside-job"));
}

TEST_F(DeclaredJobs, AfterItsEndTheFirstReadIsOutside) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  SetClockForTests(NowMs() + 6 * kDay);
  Read(**Login("billing"), 0, 1);
  EXPECT_THAT(Raised(), Contains("outside-job"));
  EXPECT_THAT(Codes(), Contains("job_expired"));
}

TEST_F(DeclaredJobs, RevokedWhileItsSessionWorksEndsItAtTheNextRead) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  const auto billing = Login("billing");
  Read(**billing, 0, 3);
  EXPECT_EQ(Revoke(), StatusCode::kOk);
  EXPECT_THAT(Raised(), IsEmpty());
  Read(**billing, 3, 4);
  EXPECT_THAT(Raised(), ElementsAre("outside-job", "bulk-read"));
  EXPECT_EQ(Login("billing").code(), StatusCode::kNotFound);
  EXPECT_EQ(Revoke(), StatusCode::kNotFound);
}

// ---- declaring

TEST_F(DeclaredJobs, TakeTwoPersonsAndAnAdministrator) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  auto call = founder->Enter();
  EXPECT_EQ(vault::DeclareJob(call->core(), call->desk(), Nightly()).code(), StatusCode::kPermissionDenied);
  const auto nurse = lab_.LoginAs("nurse");
  ASSERT_TRUE(vault::Join(*nurse, "witness", AsBytes(PasswordOf("witness"))).ok());
  auto her = nurse->Enter();
  EXPECT_EQ(vault::DeclareJob(her->core(), her->desk(), Nightly()).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(vault::RevokeDeclaredJob(her->core(), her->desk(), "nightly").code(), StatusCode::kPermissionDenied);
}

TEST_F(DeclaredJobs, WhatIsNotSoundIsRefused) {
  const auto refused = [&](const std::function<void(vault::JobDeclaration&)>& change) {
    vault::JobDeclaration declaration = Nightly();
    change(declaration);
    return Declare(declaration).code();
  };
  const auto invalid = StatusCode::kInvalidArgument;
  EXPECT_EQ(refused([](auto& one) { one.name = ""; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.types = {}; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.types = {"Nothing"}; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.fields = {"Patient.nothing"}; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.fields = {"LabResult.note", "Patient.family"}; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.types = {"Patient", "LabResult"}, one.fields = {"Patient.family"}; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.patients = 0; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.window.days = 0; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.window.to = 1440; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.until_ms = NowMs(); }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.until_ms = NowMs() + 367 * kDay; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.person = "founder"; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.person = "witness"; }), invalid);
  EXPECT_EQ(refused([](auto& one) { one.person = "nobody"; }), StatusCode::kNotFound);
  ASSERT_TRUE(Declare(Nightly()).ok());
  EXPECT_EQ(Declare(Nightly()).code(), StatusCode::kAlreadyExists);
}

TEST_F(DeclaredJobs, AreShownToWhoAdministersAndToWhoRunsThem) {
  ASSERT_TRUE(Declare(Nightly()).ok());
  const auto count = [&](std::string_view person) {
    const auto session = lab_.LoginAs(person);
    auto call = session->Enter();
    int seen = 0;
    EXPECT_TRUE(
        vault::ListDeclaredJobs(call->core(), call->desk(), [&](const auto&) { return ++seen, Status::Ok(); }).ok());
    return seen;
  };
  EXPECT_EQ(count("founder"), 1);
  EXPECT_EQ(count("billing"), 1);
  EXPECT_EQ(count("nurse"), 0);
  EXPECT_THAT(Codes(), Contains("job_never_used"));
  Read(**Login("billing"), 0, 1);
  EXPECT_THAT(Codes(), Not(Contains("job_never_used")));
}

}  // namespace
}  // namespace mseal::test
