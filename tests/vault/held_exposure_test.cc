// What lies open to who has a backup or a class key, against real backups.
#include "vault/held_exposure.h"

#include <gmock/gmock.h>

#include <map>

#include "base/clock.h"
#include "vault/rotation.h"
#include "vault_support/backup_desk.h"

namespace mseal::test {
namespace {

class HeldExposure : public BackupDesk {
 protected:
  Status OfBackup(std::string_view person, std::uint32_t number = 0) {
    return Ask(person, [&](vault::Call& call) {
      return vault::ExposureOfBackup(call.core(), call.desk(), "", number, visit_, summary_);
    });
  }
  Status OfKey(std::string_view class_name, std::uint32_t version) {
    return Ask(Laboratory::kFounder, [&](vault::Call& call) {
      return vault::ExposureOfKey(call.core(), call.desk(), class_name, version, visit_, summary_);
    });
  }
  void TearDown() override { SetClockForTests(0); }
  void Rotate(std::string_view class_name) {
    const auto founder = Founder();
    std::uint32_t job = 0;
    ASSERT_TRUE(vault::StartClassRotation(*founder, class_name, {}, job).ok());
    WorkOff(job, founder.get());
  }
  std::uint16_t Bit(std::string_view class_name) {
    auto call = lab_.Vault()->Enter();
    return static_cast<std::uint16_t>(1u << *call->core().registry->chain()->FindClass(class_name));
  }
  keys::PatientHandle Handle(std::string_view patient) { return lab_.HandleOf(*Founder(), patient); }
  std::size_t LeftInTemp() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path()))
      count += entry.path().filename().string().starts_with("medseal-scratch-") ? 1 : 0;
    return count;
  }

  std::map<keys::PatientHandle, vault::HeldPatient> seen_;
  vault::HeldSummary summary_;

 private:
  Status Ask(std::string_view person, const std::function<Status(vault::Call&)>& question) {
    seen_.clear();
    summary_ = {};
    const auto session = lab_.LoginAs(person);
    auto call = session->Enter();
    return question(*call);
  }
  const vault::VisitHeld visit_ = [this](const vault::HeldPatient& held) {
    seen_[held.patient] = held;
    return Status::Ok();
  };
};

TEST_F(HeldExposure, ABackupOpensWhatWasInItThenAndNoMore) {
  BackUp();
  Write(*Founder(), "carol");
  Write(*Founder(), "alice", "2");
  const std::size_t before = LeftInTemp();
  const Status asked = OfBackup(Laboratory::kFounder, 1);
  ASSERT_TRUE(asked.ok()) << asked.message();
  EXPECT_EQ(summary_.backup, 1u);
  EXPECT_EQ(summary_.patients, 2u);
  EXPECT_EQ(summary_.not_assessed, 0u);
  ASSERT_TRUE(seen_.contains(Handle("alice")));
  EXPECT_FALSE(seen_.contains(Handle("carol")));
  const vault::HeldPatient& alice = seen_[Handle("alice")];
  EXPECT_EQ(alice.records, 2u);  // and the directory's
  EXPECT_EQ(alice.fields, 3u);
  EXPECT_EQ(alice.classes, Bit("national_id") | Bit("identity") | Bit("directory"));
  EXPECT_EQ(LeftInTemp(), before);
}

TEST_F(HeldExposure, TheErasedAreInAnOldBackupAndDead) {
  BackUp();
  const keys::PatientHandle alice = Handle("alice");
  EraseForGood("alice");
  ASSERT_TRUE(OfBackup(Laboratory::kFounder, 1).ok());
  EXPECT_EQ(summary_.patients, 1u);
  EXPECT_EQ(summary_.erased, 1u);
  EXPECT_FALSE(seen_.contains(alice));
}

TEST_F(HeldExposure, WhatTheSessionMayNotOpenIsSaidNotGuessed) {
  BackUp();
  lab_.AddPerson("auditor", {"audit", "identity"});
  ASSERT_TRUE(OfBackup("auditor").ok());
  EXPECT_EQ(summary_.not_assessed, 2u);
  const vault::HeldPatient& alice = seen_[Handle("alice")];
  EXPECT_TRUE((alice.classes & Bit("identity")) != 0);
  EXPECT_TRUE((alice.not_assessed & Bit("national_id")) != 0);
  EXPECT_TRUE((alice.classes & Bit("national_id")) == 0);
}

TEST_F(HeldExposure, TakesTheClassAuditAndABackupThatThereIs) {
  BackUp();
  lab_.AddPerson("nurse", {"identity"});
  EXPECT_EQ(OfBackup("nurse").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(OfBackup(Laboratory::kFounder, 7).code(), StatusCode::kNotFound);
}

TEST_F(HeldExposure, APatientWhoseRowsWereChangedIsTheOnlyOneLeftOut) {
  const keys::PatientHandle alice = Handle("alice");
  lab_.Close();
  for (StoredRow row : lab_.AllRows(store::Table::kRecords)) {
    if (!std::equal(alice.begin(), alice.end(), row.key.begin())) continue;
    row.value[row.value.size() / 2] ^= 1;
    lab_.Overwrite(row.table, row.key, row.value);
  }
  ASSERT_TRUE(OfKey("national_id", 1).ok());
  EXPECT_EQ(summary_.patients, 1u);
  EXPECT_EQ(summary_.unreadable, 1u);
}

TEST_F(HeldExposure, PlantedPatientsAreMarkedAndNotCounted) {
  BackUp();
  const keys::PatientHandle alice = Handle("alice");
  {
    auto call = lab_.Vault()->Enter();
    call->core().alarms->planted().Set({alice});
  }
  ASSERT_TRUE(OfBackup(Laboratory::kFounder).ok());
  EXPECT_EQ(summary_.patients, 1u);
  EXPECT_EQ(summary_.canaries, 1u);
  EXPECT_EQ(summary_.fields, 3u);
}

TEST_F(HeldExposure, AKeyOpensTheValuesWhoseDataKeysItWraps) {
  ASSERT_TRUE(OfKey("national_id", 1).ok());
  EXPECT_EQ(summary_.patients, 2u);
  EXPECT_EQ(summary_.fields, 2u);
  ASSERT_TRUE(OfKey("genetic", 1).ok());  // groups of the class hold no value
  EXPECT_EQ(summary_.patients, 0u);
  EXPECT_EQ(OfKey("national_id", 2).code(), StatusCode::kNotFound);
  EXPECT_EQ(OfKey("nothing", 1).code(), StatusCode::kNotFound);
}

// An older copy of the disk has them under it, and their data keys stay the same until a reseal.
TEST_F(HeldExposure, AVersionThatWasRotatedAwayOpensWhatWasWrittenBefore) {
  SetClockForTests(NowMs() + 1000);
  Rotate("national_id");
  SetClockForTests(NowMs() + 1000);
  Write(*Founder(), "carol");
  Write(*Founder(), "alice", "2");
  ASSERT_TRUE(OfKey("national_id", 1).ok());
  EXPECT_EQ(summary_.patients, 2u);
  EXPECT_EQ(summary_.fields, 2u);
  EXPECT_EQ(summary_.not_assessed, 1u);
  EXPECT_FALSE(seen_.contains(Handle("carol"))) << "came when there was another";
  const vault::HeldPatient& alice = seen_[Handle("alice")];
  EXPECT_EQ(alice.classes, Bit("national_id"));
  EXPECT_EQ(alice.not_assessed, Bit("national_id"));
  ASSERT_TRUE(OfKey("national_id", 2).ok());
  EXPECT_EQ(summary_.fields, 4u);
}

TEST_F(HeldExposure, WhatWasReplacedSinceIsNotTakenForNothing) {
  SetClockForTests(NowMs() + 1000);
  Rotate("national_id");
  SetClockForTests(NowMs() + 1000);
  Write(*Founder(), "alice");
  ASSERT_TRUE(OfKey("national_id", 1).ok());
  EXPECT_EQ(summary_.patients, 2u);
  EXPECT_EQ(summary_.fields, 2u) << "the version before is kept, and counts";
  EXPECT_EQ(summary_.not_assessed, 1u);
}

}  // namespace
}  // namespace mseal::test
