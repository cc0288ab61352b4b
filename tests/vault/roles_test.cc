// Roles, revocations and disabled persons, as their sessions feel them.
#include "vault/roles.h"

#include <gtest/gtest.h>

#include "format/keys_of_rows.h"
#include "vault/erase.h"
#include "vault/rotate_person.h"
#include "vault/rotation.h"
#include "vault/two_persons.h"
#include "vault/upload.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using people::Operation;
using people::Operations;
using store::Table;

constexpr std::uint32_t kSsn = 2;
constexpr std::uint32_t kFamily = 3;
constexpr std::uint32_t kHiv = 10;
constexpr std::string_view kNurse = "nurse";

class Roles : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson(kNurse, {"identity", "general"});
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_TRUE(lab_.Put(*founder_, "alice", "Patient", "1",
                         TextField(kSsn, "123-45-6789") + TextField(kFamily, "Martin") + NumberField(kHiv, 2))
                    .ok());
  }

  using Who = const people::Identity&;
  static StatusCode Change(vault::Session& by, const std::function<Status(people::Registry&, Who)>& change) {
    return vault::ChangePeople(by, change).code();
  }
  StatusCode Define(std::string_view name, Operations operations, std::vector<std::string> classes,
                    vault::Session* by = nullptr) {
    return Change(by == nullptr ? *founder_ : *by,
                  [&](auto& registry, Who who) { return registry.DefineRole(who, name, operations, classes); });
  }
  StatusCode Give(std::string_view person, std::string_view role, vault::Session* by = nullptr) {
    return Change(by == nullptr ? *founder_ : *by,
                  [&](auto& registry, Who who) { return registry.GiveRole(who, person, role); });
  }
  StatusCode Take(std::string_view person, std::string_view role) {
    return Change(*founder_, [&](auto& registry, Who who) { return registry.TakeRole(who, person, role); });
  }
  StatusCode Revoke(std::string_view person, std::string_view class_name) {
    return Change(*founder_, [&](auto& registry, Who who) { return registry.Revoke(who, person, class_name); });
  }
  StatusCode Disable(std::string_view person, vault::Session* by = nullptr) {
    return Change(by == nullptr ? *founder_ : *by,
                  [&](auto& registry, Who who) { return registry.Disable(who, person); });
  }
  StatusCode Enable(std::string_view person, vault::Session* by = nullptr) {
    return Change(by == nullptr ? *founder_ : *by,
                  [&](auto& registry, Who who) { return registry.Enable(who, person); });
  }
  StatusCode Rename(std::string_view person, std::string_view name) {
    return Change(*founder_, [&](auto& registry, Who who) { return registry.Rename(who, person, name); });
  }
  // The nurse with another role, logged in.
  std::shared_ptr<vault::Session> NurseWith(Operations operations, std::vector<std::string> classes) {
    EXPECT_EQ(Define("role", operations, std::move(classes)), StatusCode::kOk);
    EXPECT_EQ(Give(kNurse, "role"), StatusCode::kOk);
    return lab_.LoginAs(kNurse);
  }

  bool Reads(vault::Session& session, std::string_view field) {
    const auto record = lab_.Get(session, "alice", "Patient", "1");
    return record.ok() && !Redacts(**record, field);
  }
  StatusCode Writes(vault::Session& session, const Bytes& message, vault::PutMode mode = vault::PutMode::kUpdate) {
    return lab_.Put(session, "alice", "Patient", "1", message, mode).code();
  }
  StatusCode Login(std::string_view person) {
    return lab_.Vault()->Login(person, AsBytes(PasswordOf(person)), "care").code();
  }
  std::size_t SlotsOf(people::PersonNumber person) {
    const Bytes ending = keys::MetaIdOf({person});
    std::size_t count = 0;
    for (const StoredRow& row : lab_.AllRows(Table::kMeta)) {
      const bool slot = row.key[4] == static_cast<std::uint8_t>(format::MetaKind::kPersonSlot);
      count += slot && std::equal(ending.begin(), ending.end(), row.key.end() - 4) ? 1 : 0;
    }
    return count;
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(Roles, WhoeverMayOnlyReadAClassReadsIt) {
  const auto nurse = NurseWith(Operation::kRead, {"hiv"});
  EXPECT_TRUE(Reads(*nurse, "hiv"));
  EXPECT_EQ(Writes(*nurse, NumberField(kHiv, 1)), StatusCode::kPermissionDenied);
  EXPECT_EQ(Writes(*nurse, TextField(kFamily, "Durand")), StatusCode::kOk);  // granted besides
  EXPECT_TRUE(Reads(*founder_, "hiv"));
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

TEST_F(Roles, WhatMayNotBeWrittenIsCarriedOverWhenTheRecordIsReplaced) {
  const auto nurse = NurseWith(Operation::kRead, {"hiv"});
  ASSERT_EQ(Writes(*nurse, TextField(kFamily, "Durand"), vault::PutMode::kReplace), StatusCode::kOk);
  EXPECT_EQ(Seen(lab_.Get(*nurse, "alice", "Patient", "1")), TextField(kFamily, "Durand") + NumberField(kHiv, 2));
}

TEST_F(Roles, WhoeverMayOnlyWriteIsShownNothing) {
  const auto nurse = NurseWith(Operation::kWrite, {"hiv", "national_id"});
  EXPECT_EQ(Writes(*nurse, NumberField(kHiv, 1)), StatusCode::kOk);
  EXPECT_FALSE(Reads(*nurse, "hiv"));
  const auto record = lab_.Get(*nurse, "alice", "Patient", "1");
  EXPECT_EQ(Seen(record), TextField(kFamily, "Martin"));
  EXPECT_EQ(Writes(*nurse, TextField(kSsn, "999-99-9999")), StatusCode::kOk);  // its posting is made all the same
  EXPECT_EQ(Ids(lab_.Find(*founder_, "Patient", "ssn", "999-99-9999")), std::vector<std::string>{"1"});
}

TEST_F(Roles, PartOfAValueIsReadAndUploadedAsTheOperationsAllow) {
  ASSERT_TRUE(lab_.Put(*founder_, "alice", "GenomicReport", "g", TextField(5, "text")).ok());
  const auto read = [&](vault::Session& session) {
    auto call = session.Enter();
    SecretBytes value;
    std::uint64_t size = 0;
    return vault::RecordReader(call->core(), call->desk())
        .ReadValue(lab_.HandleOf(session, "alice"), "GenomicReport", AsBytes("g"), "vcf", 0, 9, value, size)
        .code();
  };
  const auto upload = [&](vault::Session& session) {
    auto call = session.Enter();
    return vault::Upload::Begin(call->core(), call->desk(), {AsBytes("alice"), nullptr}, "GenomicReport", AsBytes("g"),
                                "vcf")
        .code();
  };
  auto nurse = NurseWith(Operation::kRead, {"genetic"});
  EXPECT_EQ(read(*nurse), StatusCode::kOk);
  EXPECT_EQ(upload(*nurse), StatusCode::kPermissionDenied);
  ASSERT_EQ(Define("role", Operation::kWrite, {"genetic"}), StatusCode::kOk);
  EXPECT_EQ(read(*nurse), StatusCode::kPermissionDenied);
  EXPECT_EQ(upload(*nurse), StatusCode::kOk);
}

TEST_F(Roles, SearchIsAnOperationOfItsOwn) {
  const auto nurse = NurseWith(Operation::kRead | Operation::kWrite, {"national_id"});
  EXPECT_EQ(lab_.Find(*nurse, "Patient", "ssn", "123-45-6789").code(), StatusCode::kPermissionDenied);
  ASSERT_EQ(Define("role", Operation::kSearch, {"national_id"}), StatusCode::kOk);
  const auto found = lab_.Find(*nurse, "Patient", "ssn", "123-45-6789");
  EXPECT_EQ(Ids(found), std::vector<std::string>{"1"});
  EXPECT_TRUE(Redacts(*found->front(), "ssn"));
}

TEST_F(Roles, WhoeverMayWriteNothingOfATypeNeitherWritesNorDeletes) {
  ASSERT_EQ(Revoke(kNurse, "identity"), StatusCode::kOk);
  ASSERT_EQ(Revoke(kNurse, "general"), StatusCode::kOk);
  const auto nurse = NurseWith(Operation::kRead, {"identity", "general", "hiv", "national_id"});
  EXPECT_EQ(Writes(*nurse, {}), StatusCode::kPermissionDenied);
  EXPECT_EQ(lab_.Put(*nurse, "bob", "Patient", "1", {}).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(lab_.Delete(*nurse, "alice", "Patient", "1").code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(Reads(*founder_, "hiv"));
  EXPECT_EQ(lab_.Get(*founder_, "bob", "Patient", "1").code(), StatusCode::kNotFound);
}

TEST_F(Roles, ValueThatMayBeReadButNotWrittenIsNotDeletedWithItsRecord) {
  const auto nurse = NurseWith(Operation::kRead, {"hiv"});
  EXPECT_EQ(lab_.Delete(*nurse, "alice", "Patient", "1").code(), StatusCode::kPermissionDenied);
  ASSERT_EQ(Define("role", Operation::kRead | Operation::kWrite, {"hiv"}), StatusCode::kOk);
  EXPECT_EQ(lab_.Delete(*nurse, "alice", "Patient", "1").code(), StatusCode::kOk);
}

TEST_F(Roles, WhatARoleGivesIsThereAtTheNextLoginAndWhatItTakesIsGoneAtOnce) {
  const auto nurse = NurseWith(people::kOfAGrant, {"hiv"});
  EXPECT_TRUE(Reads(*nurse, "hiv"));
  ASSERT_EQ(Define("role", Operation::kWrite, {"hiv"}), StatusCode::kOk);
  EXPECT_FALSE(Reads(*nurse, "hiv"));
  ASSERT_EQ(Define("role", Operation::kRead, {"hiv"}), StatusCode::kOk);
  EXPECT_TRUE(Reads(*nurse, "hiv"));
  ASSERT_EQ(Take(kNurse, "role"), StatusCode::kOk);
  EXPECT_FALSE(Reads(*nurse, "hiv"));
  ASSERT_EQ(Give(kNurse, "role"), StatusCode::kOk);
  EXPECT_TRUE(Reads(*lab_.LoginAs(kNurse), "hiv"));
  ASSERT_EQ(Define("role", Operation::kRead, {"genetic"}), StatusCode::kOk);
  EXPECT_FALSE(Reads(*lab_.LoginAs(kNurse), "hiv"));
}

TEST_F(Roles, SlotsComeAndGoWithTheRole) {
  const std::size_t before = SlotsOf(2);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_EQ(Define("role", Operation::kRead, {"hiv", "genetic"}), StatusCode::kOk);
  ASSERT_EQ(Give(kNurse, "role"), StatusCode::kOk);
  EXPECT_EQ(SlotsOf(2), before + 2);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_EQ(Define("role", Operation::kRead, {"hiv"}), StatusCode::kOk);
  EXPECT_EQ(SlotsOf(2), before + 1);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_EQ(Take(kNurse, "role"), StatusCode::kOk);
  ASSERT_EQ(Revoke(kNurse, "general"), StatusCode::kOk);
  EXPECT_EQ(SlotsOf(2), before - 1);
}

TEST_F(Roles, RevokedClassIsGoneFromOpenSessionsAndGrantedAnew) {
  const auto nurse = lab_.LoginAs(kNurse);
  ASSERT_TRUE(Reads(*nurse, "family"));
  ASSERT_EQ(Revoke(kNurse, "identity"), StatusCode::kOk);
  EXPECT_FALSE(Reads(*nurse, "family"));
  EXPECT_EQ(Revoke(kNurse, "identity"), StatusCode::kNotFound);
  EXPECT_EQ(Revoke(Laboratory::kFounder, "identity"), StatusCode::kInvalidArgument);
  auto call = founder_->Enter();
  ASSERT_TRUE(vault::Grant(call->core(), call->desk(), kNurse, "identity").ok());
  EXPECT_TRUE(Reads(*lab_.LoginAs(kNurse), "family"));
}

// The new version would be sealed to them by the role, and the rotation would have revoked nothing.
TEST_F(Roles, RotationRevokesNobodyWhoHoldsTheClassByARole) {
  const auto nurse = NurseWith(Operation::kRead, {"hiv", "general"});
  std::uint32_t job = 0;
  for (const char* class_name : {"hiv", "general"}) {  // by the role alone; by a grant too
    EXPECT_EQ(vault::StartClassRotation(*founder_, class_name, {std::string(kNurse)}, job).code(),
              StatusCode::kInvalidArgument)
        << class_name;
  }
  EXPECT_TRUE(Reads(*nurse, "hiv"));
  ASSERT_EQ(Take(kNurse, "role"), StatusCode::kOk);
  EXPECT_TRUE(vault::StartClassRotation(*founder_, "general", {std::string(kNurse)}, job).ok());
}

TEST_F(Roles, RotatedClassIsSealedToHoldersByRole) {
  const auto nurse = NurseWith(Operation::kRead, {"hiv"});
  std::uint32_t job = 0;
  ASSERT_TRUE(vault::StartClassRotation(*founder_, "hiv", {}, job).ok());
  auto call = founder_->Enter();
  format::Job state;
  ASSERT_TRUE(vault::StepJob(call->core(), &call->desk(), job, {}, state).ok());
  EXPECT_TRUE(Reads(*nurse, "hiv"));
  EXPECT_TRUE(Reads(*lab_.LoginAs(kNurse), "hiv"));
}

TEST_F(Roles, DisabledPersonIsAnsweredAsWithAWrongPasswordAndTheirSessionsEnd) {
  const auto nurse = lab_.LoginAs(kNurse);
  ASSERT_EQ(Disable(kNurse), StatusCode::kOk);
  EXPECT_EQ(lab_.Get(*nurse, "alice", "Patient", "1").code(), StatusCode::kClosed);
  const auto refused = lab_.Vault()->Login(kNurse, AsBytes(PasswordOf(kNurse)), "care");
  const auto wrong = lab_.Vault()->Login(kNurse, AsBytes("something else"), "care");
  EXPECT_EQ(refused.code(), StatusCode::kWrongSecret);
  EXPECT_EQ(refused.status().message(), wrong.status().message());
  founder_.reset();
  lab_.Close();
  EXPECT_EQ(Login(kNurse), StatusCode::kWrongSecret);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_EQ(Enable(kNurse), StatusCode::kOk);
  EXPECT_TRUE(Reads(*lab_.LoginAs(kNurse), "family"));
}

TEST_F(Roles, DisabledPersonGetsNoKeyThatIsMadeMeanwhileUntilEnabled) {
  ASSERT_EQ(Disable(kNurse), StatusCode::kOk);
  EXPECT_EQ(SlotsOf(2), 0u);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  std::uint32_t job = 0;
  ASSERT_TRUE(vault::StartClassRotation(*founder_, "identity", {}, job).ok());
  {
    auto call = founder_->Enter();
    format::Job state;
    ASSERT_TRUE(vault::StepJob(call->core(), &call->desk(), job, {}, state).ok());
  }
  EXPECT_EQ(SlotsOf(2), 0u);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_EQ(Enable(kNurse), StatusCode::kOk);
  EXPECT_TRUE(Reads(*lab_.LoginAs(kNurse), "family"));
}

// A stolen account is disabled first and looked into then.
TEST_F(Roles, ClassesOfADisabledPersonAreRotatedWhenTheyWereCompromised) {
  ASSERT_EQ(Disable(kNurse), StatusCode::kOk);
  std::vector<vault::RotatedClass> classes;
  ASSERT_TRUE(
      vault::RotateCompromisedPerson(*founder_, kNurse, AsBytes("willow copper tunnel"), crypto::kArgon2Floor, classes)
          .ok());
  std::vector<std::string> names;
  for (const auto& one : classes) names.push_back(one.begun.ok() ? one.name : "");
  EXPECT_EQ(Sorted(names), (std::vector<std::string>{"directory", "general", "identity"}));
}

TEST_F(Roles, FounderIsNotDisabled) {
  EXPECT_EQ(Disable(Laboratory::kFounder), StatusCode::kInvalidArgument);
  EXPECT_TRUE(Reads(*founder_, "hiv"));
}

TEST_F(Roles, SecondPersonWhoIsDisabledBearsWitnessNoMore) {
  lab_.AddPerson("chief", {});
  const auto nurse = lab_.LoginAs(kNurse);
  ASSERT_TRUE(vault::Join(*nurse, "chief", AsBytes(PasswordOf("chief"))).ok());
  {
    auto call = nurse->Enter();
    EXPECT_TRUE(vault::AreTwo(call->desk()));
  }
  ASSERT_EQ(Disable("chief"), StatusCode::kOk);
  auto call = nurse->Enter();
  EXPECT_FALSE(vault::AreTwo(call->desk()));
}

TEST_F(Roles, RenamedPersonGoesOnUnderTheNewNameAlone) {
  const auto nurse = lab_.LoginAs(kNurse);
  ASSERT_EQ(Rename(kNurse, "head nurse"), StatusCode::kOk);
  EXPECT_TRUE(Reads(*nurse, "family"));
  EXPECT_EQ(Login(kNurse), StatusCode::kWrongSecret);
  EXPECT_EQ(lab_.Vault()->Login("head nurse", AsBytes(PasswordOf(kNurse)), "care").code(), StatusCode::kOk);
  // Their own keys, by the name they have now: the asking session goes on.
  EXPECT_TRUE(vault::RotatePerson(*nurse, "head nurse", AsBytes("willow copper tunnel"), crypto::kArgon2Floor).ok());
  EXPECT_TRUE(Reads(*nurse, "family"));
}

TEST_F(Roles, AuditorHoldsTheClassAuditToReadAndSearch) {
  const auto nurse = NurseWith(Operation::kAudit, {});
  auto call = nurse->Enter();
  const auto audit = call->core().registry->chain()->FindClass("audit");
  ASSERT_TRUE(audit.has_value());
  EXPECT_TRUE(call->desk().session->May(*audit, Operation::kRead | Operation::kSearch));
  EXPECT_FALSE(call->desk().session->May(*audit, Operation::kWrite));
  EXPECT_TRUE(call->desk().session->ClassKeyAt(*audit, 1).ok());
  EXPECT_TRUE(call->desk().session->MayOverVault(Operation::kAudit));
}

TEST_F(Roles, ErasingIsForTheFounderAndWhoeverHasARoleThatErases) {
  auto nurse = lab_.LoginAs(kNurse);
  vault::Erased erased;
  EXPECT_EQ(vault::ErasePatient(*nurse, {AsBytes("alice"), nullptr}, "asked", erased).code(),
            StatusCode::kPermissionDenied);
  ASSERT_EQ(Define("eraser", Operation::kErase, {}), StatusCode::kOk);
  ASSERT_EQ(Give(kNurse, "eraser"), StatusCode::kOk);
  EXPECT_TRUE(vault::ErasePatient(*nurse, {AsBytes("alice"), nullptr}, "asked", erased).ok());
}

TEST_F(Roles, AdministratorWorksWithTheKeysInTheirHand) {
  const auto chief = NurseWith(Operation::kAdminister, {});
  {
    auto call = chief->Enter();
    people::NewPerson intern{.name = "intern", .classes = {"identity"}, .cost = crypto::kArgon2Floor};
    EXPECT_TRUE(vault::AddPerson(call->core(), call->desk(), intern, AsBytes(PasswordOf(intern.name))).ok());
    intern.name = "other";
    intern.classes = {"hiv"};
    EXPECT_EQ(vault::AddPerson(call->core(), call->desk(), intern, AsBytes(PasswordOf(intern.name))).code(),
              StatusCode::kPermissionDenied);
  }
  EXPECT_TRUE(Reads(*lab_.LoginAs("intern"), "family"));
  EXPECT_EQ(Define("desk", Operation::kRead, {"general"}, chief.get()), StatusCode::kOk);
  EXPECT_EQ(Define("clinic", Operation::kRead, {"hiv"}, chief.get()), StatusCode::kPermissionDenied);
  EXPECT_EQ(Give("intern", "desk", chief.get()), StatusCode::kOk);
  EXPECT_EQ(Disable("intern", chief.get()), StatusCode::kOk);
  EXPECT_EQ(Enable("intern", chief.get()), StatusCode::kOk);
  EXPECT_EQ(Disable(Laboratory::kFounder, chief.get()), StatusCode::kPermissionDenied);
}

TEST_F(Roles, CheckedPersonIsNotAdded) {
  ASSERT_EQ(Define("role", Operation::kRead, {"hiv"}), StatusCode::kOk);
  auto call = founder_->Enter();
  const auto add = [&](std::string_view name, std::vector<std::string> roles, bool only_check) {
    const people::NewPerson person{.name = std::string(name),
                                   .classes = {},
                                   .cost = crypto::kArgon2Floor,
                                   .roles = std::move(roles),
                                   .only_check = only_check};
    return vault::AddPerson(call->core(), call->desk(), person, AsBytes(PasswordOf(person.name))).code();
  };
  EXPECT_EQ(add("intern", {"role"}, true), StatusCode::kOk);
  EXPECT_EQ(add("intern", {"no role"}, true), StatusCode::kNotFound);
  EXPECT_EQ(add(kNurse, {}, true), StatusCode::kAlreadyExists);
  EXPECT_EQ(Login("intern"), StatusCode::kWrongSecret);
  EXPECT_EQ(add("intern", {"role"}, false), StatusCode::kOk);
  EXPECT_TRUE(Reads(*lab_.LoginAs("intern"), "hiv"));
}

// Whoever writes to the disk and has the provider puts the row of a taken slot back: the chain says no.
TEST_F(Roles, SlotPutBackAfterItWasTakenOpensNothing) {
  ASSERT_EQ(Define("role", Operation::kRead, {"hiv"}), StatusCode::kOk);
  ASSERT_EQ(Give(kNurse, "role"), StatusCode::kOk);
  const auto slots = lab_.AllRows(Table::kMeta);
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_EQ(Take(kNurse, "role"), StatusCode::kOk);
  std::size_t put_back = 0;
  for (const StoredRow& row : slots) {
    if (row.key[4] != static_cast<std::uint8_t>(format::MetaKind::kPersonSlot)) continue;
    lab_.Overwrite(row.table, row.key, row.value);
    ++put_back;
  }
  ASSERT_GT(put_back, 0u);
  EXPECT_EQ(SlotsOf(2), 4u);
  EXPECT_FALSE(Reads(*lab_.LoginAs(kNurse), "hiv"));
}

}  // namespace
}  // namespace mseal::test
