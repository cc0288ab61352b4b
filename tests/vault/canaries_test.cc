// Planted patients: like the real ones to look at, in no count, and whoever touches one is told on.
#include "vault/canaries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "vault/log_queries.h"
#include "vault/patient_rows.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

class Canaries : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson("nurse", {"general"});
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    for (const char* patient : {"AB-1001", "CD-2002"})
      EXPECT_TRUE(lab_.Put(*founder_, patient, "Patient", "rec/77", TextField(3, "Martin")).ok());
  }
  Status Plant(std::uint32_t count, vault::Session* session = nullptr) {
    auto call = (session == nullptr ? *founder_ : *session).Enter();
    return vault::PlantCanaries(call->core(), call->desk(), count);
  }
  std::vector<keys::PatientHandle> List() {
    auto call = founder_->Enter();
    return *vault::ListCanaries(call->core(), call->desk());
  }
  std::vector<std::string> Raised() {
    std::vector<std::string> rules;
    auto call = founder_->Enter();
    vault::LogQuery query;
    query.operation = audit::Operation::kAlert;
    EXPECT_TRUE(vault::QueryLog(call->core(), call->desk(), query, [&](const audit::OpenedEntry& entry) {
                  return rules.push_back(entry.detail), Status::Ok();
                }).ok());
    return rules;
  }
  std::vector<OpenedPtr> RecordsOf(vault::Session& session, const keys::PatientHandle& patient) {
    auto call = session.Enter();
    auto records = Drain(vault::ListPatient(call->core(), call->desk(), {{}, &patient}));
    EXPECT_TRUE(records.ok()) << records.status().message();
    return records.ok() ? std::move(*records) : std::vector<OpenedPtr>();
  }
  void Reopen() {
    founder_.reset();
    lab_.Close();
    founder_ = lab_.LoginAs(Laboratory::kFounder);
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(Canaries, PlantingThemRaisesNothingAndReadingOneDoesAlsoAfterReopening) {
  ASSERT_TRUE(Plant(3).ok());
  Reopen();
  const auto planted = List();
  ASSERT_THAT(planted, SizeIs(3));
  EXPECT_THAT(Raised(), IsEmpty());
  const auto nurse = lab_.LoginAs("nurse");
  EXPECT_FALSE(RecordsOf(*nurse, planted[1]).empty());
  EXPECT_THAT(Raised(), ElementsAre("canary"));
  RecordsOf(*nurse, planted[2]);
  EXPECT_THAT(Raised(), ElementsAre("canary", "canary"));
}

TEST_F(Canaries, ReadingARealPatientRaisesNothing) {
  ASSERT_TRUE(Plant(3).ok());
  EXPECT_TRUE(lab_.Get(*founder_, "AB-1001", "Patient", "rec/77").ok());
  EXPECT_THAT(Raised(), IsEmpty());
}

TEST_F(Canaries, TheirIdsHaveTheShapeOfTheStoresOwn) {
  ASSERT_TRUE(Plant(5).ok());
  auto call = founder_->Enter();
  for (const keys::PatientHandle& patient : List()) {
    const auto keys = call->core().patients->Load(patient);
    ASSERT_TRUE(keys.ok());
    const auto at = call->core().rows->Freeze();
    const auto rows = vault::CollectPatient(call->core(), **keys, *at);
    ASSERT_TRUE(rows.ok());
    for (const vault::OpenedRow& row : rows->live) {
      if (row.header.type == "Patient") {
        EXPECT_THAT(std::string(AsText(row.header.record_id.Reveal())), MatchesRegex("[a-z][a-z][a-z]/[1-9][1-9]"));
      }
      if (row.header.type != schema::kDirectoryType) continue;
      const auto directory = vault::RecordReader(call->core(), call->desk()).Read(row.place.handle(), {});
      ASSERT_TRUE(directory.ok());
      EXPECT_THAT(std::string(AsText((*directory)->message.Reveal())).substr(2),
                  MatchesRegex("[A-Z][A-Z]-[1-9]00[1-9]"));
    }
  }
}

TEST_F(Canaries, AreInNoCountAndVerify) {
  ASSERT_TRUE(Plant(4).ok());
  vault::VerifyReport report;
  EXPECT_TRUE(lab_.Verify(founder_.get(), &report).ok());
  EXPECT_EQ(report.patients, 2u);
  EXPECT_EQ(report.records, 4u);  // with the directory's
  EXPECT_EQ(report.problems, 0u);
}

TEST_F(Canaries, RotatingLeavesAsManyOthers) {
  ASSERT_TRUE(Plant(3).ok());
  const auto before = List();
  std::uint32_t job = 0;
  const Status rotated = vault::RotateCanaries(*founder_, job);
  ASSERT_TRUE(rotated.ok()) << rotated.message();
  EXPECT_NE(job, 0u);
  const auto after = List();
  EXPECT_THAT(after, SizeIs(3));
  std::set<keys::PatientHandle> all(before.begin(), before.end());
  all.insert(after.begin(), after.end());
  EXPECT_THAT(all, SizeIs(6));
  EXPECT_THAT(Raised(), IsEmpty());
  const auto former_are_known = [&](vault::Core& core) {
    for (const keys::PatientHandle& patient : before) {
      EXPECT_FALSE(core.IsPlanted(patient));
      EXPECT_TRUE(core.WasPlanted(patient));
    }
  };
  former_are_known(founder_->Enter()->core());
  founder_.reset();
  lab_.Close();
  former_are_known(lab_.Vault()->Enter()->core());
}

TEST_F(Canaries, WithoutAnyThereIsNothingToRotate) {
  std::uint32_t job = 7;
  EXPECT_TRUE(vault::RotateCanaries(*founder_, job).ok());
  EXPECT_EQ(job, 0u);
}

TEST_F(Canaries, AreForWhoDecidesOverWholePatients) {
  const auto nurse = lab_.LoginAs("nurse");
  EXPECT_EQ(Plant(1, nurse.get()).code(), StatusCode::kPermissionDenied);
  auto call = nurse->Enter();
  EXPECT_EQ(vault::ListCanaries(call->core(), call->desk()).code(), StatusCode::kPermissionDenied);
}

TEST_F(Canaries, AreFromOneToFourThousand) {
  EXPECT_EQ(Plant(0).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Plant(4097).code(), StatusCode::kInvalidArgument);
}

TEST(ShapesOfIds, KeepKindsCasesAndZeros) {
  EXPECT_THAT(vault::ShapedLike("P-047/aZ"), MatchesRegex("[A-Z]-0[1-9][1-9]/[a-z][A-Z]"));
}

}  // namespace
}  // namespace mseal::test
