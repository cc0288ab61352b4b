// What takes several persons: who may sign, what a signature is good for, and what those with a part of it cannot do.
#include "vault/approvals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/writer.h"
#include "crypto/sign.h"
#include "people/policy.h"
#include "vault/administer.h"
#include "vault/erase.h"
#include "vault/recovery.h"
#include "vault/roles.h"
#include "vault/set_policy.h"
#include "vault/two_persons.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using format::Approval;
using format::ApprovalState;
using vault::ApprovalView;

constexpr std::string_view kAttempts = people::policy::kLoginAttempts;

class Approvals : public ::testing::Test {
 protected:
  void SetUp() override {
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    auditor_ = Auditor("grace");
    nurse_ = Person("nurse");
  }
  std::shared_ptr<vault::Session> Person(const std::string& name) {
    lab_.AddPerson(name, {"general"});
    return lab_.LoginAs(name);
  }
  std::shared_ptr<vault::Session> Auditor(const std::string& name) {
    if (Chain()->FindRole("auditor") == nullptr) {
      EXPECT_TRUE(vault::DefineRole(*founder_, "auditor", people::Operation::kAudit, {}).ok());
    }
    lab_.AddPerson(name, {"general"});
    Status given = vault::GiveRole(*founder_, name, "auditor");
    if (given.code() == StatusCode::kPermissionDenied) {  // there is one already, who signs that
      EXPECT_TRUE(Sign(*auditor_, Newest()).ok());
      given = vault::GiveRole(*founder_, name, "auditor");
    }
    EXPECT_TRUE(given.ok()) << given.message();
    return lab_.LoginAs(name);
  }
  std::shared_ptr<const people::Chain> Chain() { return founder_->Enter()->core().registry->chain(); }
  static Status SetPolicy(vault::Session& session, std::string_view name, std::uint64_t value) {
    auto call = session.Enter();
    return vault::SetPolicy(call->core(), call->desk(), name, value);
  }
  static Status Grant(vault::Session& session, std::string_view person, std::string_view class_name) {
    auto call = session.Enter();
    return vault::Grant(call->core(), call->desk(), person, class_name);
  }
  static std::vector<ApprovalView> List(vault::Session& session) {
    std::vector<ApprovalView> views;
    auto call = session.Enter();
    const Status listed = vault::ListApprovals(call->core(), call->desk(), [&](const ApprovalView& view) {
      views.push_back(view);
      return Status::Ok();
    });
    EXPECT_TRUE(listed.ok()) << listed.message();
    return views;
  }
  static std::vector<people::PersonNumber> SignersOf(const ApprovalView& view) {
    std::vector<people::PersonNumber> persons;
    for (const format::ApprovalSignature& one : view.counting) persons.push_back(one.person);
    return persons;
  }
  ApprovalView Newest() { return List(*founder_).back(); }
  static Status Sign(vault::Session& session, const ApprovalView& shown) {
    auto call = session.Enter();
    return vault::SignApproval(call->core(), call->desk(), shown.number,
                               vault::DigestOfApproval(call->core(), shown.number, shown.approval));
  }
  // As whoever has the key of meta.
  void Put(std::uint64_t number, const Approval& approval) {
    auto call = founder_->Enter();
    Bytes id;
    Writer(id).U64(number);
    store::Batch batch;
    call->core().meta->Put(batch, keys::MetaKind::kApproval, id, format::WriteApproval(approval).Reveal());
    ASSERT_TRUE(call->core().CommitAs(batch, store::Durability::kPower).ok());
  }
  Status Name(std::uint8_t count, std::uint8_t threshold) {
    auto call = founder_->Enter();
    return vault::SetUpRecovery(call->core(), call->desk(),
                                {count, threshold, [](std::uint8_t, ByteView) { return true; }});
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_, auditor_, nurse_;
};

TEST_F(Approvals, TheSameCallGoesThroughOnceAnotherSigned) {
  EXPECT_EQ(SetPolicy(*founder_, kAttempts, 50).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Chain()->policy(kAttempts), 10u);
  const ApprovalView asked = Newest();
  EXPECT_EQ(vault::DescribeAction(asked.approval.action), "set policy login_attempts to 50");
  EXPECT_THAT(SignersOf(asked), ::testing::ElementsAre(people::kFounder));
  ASSERT_TRUE(Sign(*auditor_, asked).ok());
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_EQ(Chain()->policy(kAttempts), 50u);
  EXPECT_EQ(Newest().approval.state, ApprovalState::kCarriedOut);
  EXPECT_EQ(Newest().approval.signatures.size(), 2u);
}

TEST_F(Approvals, AskingOnceMoreAsksForNothingNew) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_EQ(List(*founder_).size(), 1u);
}

TEST_F(Approvals, SignedOneIsGoodForOneTime) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 10).ok());  // stronger: takes nobody else
  EXPECT_EQ(SetPolicy(*founder_, kAttempts, 50).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(List(*founder_).size(), 2u);
}

TEST_F(Approvals, SignedOneIsGoodForThatActionAlone) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 51).ok());
  EXPECT_FALSE(SetPolicy(*founder_, people::policy::kSessionMaxHours, 50).ok());
  EXPECT_EQ(Chain()->policy(kAttempts), 10u);
}

TEST_F(Approvals, SecondPersonAtTheSessionSignsOnTheSpot) {
  ASSERT_TRUE(vault::Join(*founder_, "grace", AsBytes(PasswordOf("grace"))).ok());
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_EQ(Newest().approval.state, ApprovalState::kCarriedOut);
  EXPECT_EQ(Newest().approval.signatures.size(), 2u);
}

TEST_F(Approvals, SecondPersonWhoMayNotSignIsNoHelp) {
  ASSERT_TRUE(vault::Join(*founder_, "nurse", AsBytes(PasswordOf("nurse"))).ok());
  EXPECT_EQ(SetPolicy(*founder_, kAttempts, 50).code(), StatusCode::kPermissionDenied);
  EXPECT_THAT(SignersOf(Newest()), ::testing::ElementsAre(people::kFounder));
}

TEST_F(Approvals, NobodySignsTwiceAndNurseNotAtAll) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  const ApprovalView asked = Newest();
  EXPECT_EQ(Sign(*founder_, asked).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(Sign(*nurse_, asked).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(List(*nurse_).empty());
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
}

TEST_F(Approvals, ServiceSignsNothing) {
  const people::NewPerson service{.name = "robot",
                                  .kind = people::PersonKind::kService,
                                  .classes = {"general"},
                                  .cost = {19 * 1024, 2},
                                  .roles = {"auditor"}};
  const auto add = [&] {
    auto call = founder_->Enter();
    return vault::AddPerson(call->core(), call->desk(), service, AsBytes(PasswordOf("robot")));
  };
  EXPECT_EQ(add().code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  ASSERT_TRUE(add().ok());
  const auto robot = lab_.LoginAs("robot");
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_EQ(Sign(*robot, Newest()).code(), StatusCode::kPermissionDenied);
}

TEST_F(Approvals, SignatureOfADisabledPersonDoesNotCount) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  ASSERT_TRUE(vault::ChangePeople(*founder_, [](people::Registry& registry, const people::Identity& who) {
                return registry.Disable(who, "grace");
              }).ok());
  EXPECT_EQ(SetPolicy(*founder_, kAttempts, 50).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Chain()->policy(kAttempts), 10u);
}

// An action that was put in the place of the one that was signed.
TEST_F(Approvals, SignaturesAreWorthNothingUnderAnotherActionNumberOrExpiry) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  const ApprovalView signed_one = Newest();
  Approval changed = signed_one.approval;
  changed.action.value = 100;
  Put(1, changed);
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 100).ok());
  changed = signed_one.approval;
  changed.needed = 1;
  Put(1, changed);
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  changed = signed_one.approval;
  changed.expires_ms += 1;
  Put(1, changed);
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  Put(1, signed_one.approval);
  Put(2, signed_one.approval);  // a copy under the next number
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 10).ok());
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
}

TEST_F(Approvals, SignatureForAnotherVaultIsWorthNothing) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  ApprovalView asked = Newest();
  auto call = auditor_->Enter();
  const people::Identity& grace = call->desk().session->identity();
  ByteArray<16> other = call->core().identity.store;
  other[0] ^= 1;
  asked.approval.signatures.push_back(
      {grace.person.number, crypto::Sign(grace.keys.seed, format::ApprovalSigned(other, 1, asked.approval))});
  Put(1, asked.approval);
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
}

TEST_F(Approvals, WhatWasShownIsWhatIsSigned) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  const ApprovalView shown = Newest();
  Approval changed = shown.approval;
  changed.action.value = 100;
  Put(1, changed);
  EXPECT_EQ(Sign(*auditor_, shown).code(), StatusCode::kConflict);
}

TEST_F(Approvals, ExpiredOneIsAskedForAnew) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  Approval over = Newest().approval;
  over.signatures.clear();
  over.asked_ms -= 1000;
  over.expires_ms = NowMs() - 1;
  for (const auto* session : {&founder_, &auditor_}) {
    auto call = (*session)->Enter();
    const people::Identity& who = call->desk().session->identity();
    const Bytes message = format::ApprovalSigned(call->core().identity.store, 1, over);
    over.signatures.push_back({who.person.number, crypto::Sign(who.keys.seed, message)});
  }
  Put(1, over);
  EXPECT_TRUE(Newest().expired);
  EXPECT_EQ(Sign(*auditor_, Newest()).code(), StatusCode::kAlreadyExists);
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_EQ(Newest().number, 2u);
}

TEST_F(Approvals, AskedForInTheFutureIsOver) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  Approval later = Newest().approval;
  later.asked_ms += 3'600'000;  // as if the clock had been set back by an hour since
  Put(1, later);
  EXPECT_TRUE(Newest().expired);
}

// What LEAKAGE.md says of whoever has the key of meta, and no more than that.
TEST_F(Approvals, OneThatWasOpenedAgainIsGoodForItsOwnActionAlone) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  const Approval open = Newest().approval;
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 10).ok());
  Put(1, open);
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 51).ok());
  EXPECT_FALSE(SetPolicy(*founder_, people::policy::kSessionMaxHours, 50).ok());
  EXPECT_EQ(SetPolicy(*nurse_, kAttempts, 50).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 50).ok());
}

TEST_F(Approvals, RowThatWasTakenAwayIsNoticed) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 51).ok());
  auto call = founder_->Enter();
  Bytes id;
  Writer(id).U64(1);
  store::Batch batch;
  call->core().meta->Delete(batch, keys::MetaKind::kApproval, id);
  ASSERT_TRUE(call->core().CommitAs(batch, store::Durability::kPower).ok());
  EXPECT_EQ(vault::SetPolicy(call->core(), call->desk(), kAttempts, 52).code(), StatusCode::kAuthFailed);
}

TEST_F(Approvals, WithdrawnOneIsSignedByNobody) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  const ApprovalView asked = Newest();
  const auto withdraw = [](vault::Session& session) {
    auto call = session.Enter();
    return vault::WithdrawApproval(call->core(), call->desk(), 1);
  };
  EXPECT_EQ(withdraw(*nurse_).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(withdraw(*auditor_).ok());
  EXPECT_EQ(Sign(*auditor_, asked).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(withdraw(*auditor_).code(), StatusCode::kAlreadyExists);
}

TEST_F(Approvals, ThreeArePersonsWhoEachSign) {
  EXPECT_TRUE(SetPolicy(*founder_, people::policy::kApprovals, 3).ok());
  ASSERT_TRUE(vault::Join(*founder_, "grace", AsBytes(PasswordOf("grace"))).ok());
  EXPECT_EQ(SetPolicy(*founder_, kAttempts, 50).code(), StatusCode::kPermissionDenied);
  const auto third = Auditor("henry");
  ASSERT_TRUE(Sign(*third, List(*founder_).front()).ok());
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 50).ok());
}

TEST_F(Approvals, MoreWhoSignThanCanBeNeededDoNoHarm) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  for (std::size_t i = 1; i <= format::kMostSignatures; ++i) {
    const std::string name = "auditor " + std::to_string(i);
    lab_.AddPerson(name, {});
    ASSERT_TRUE(vault::ChangePeople(*founder_, [&](people::Registry& registry, const people::Identity& who) {
                  return registry.GiveRole(who, name, "auditor");
                }).ok());
    const auto expected = i < format::kMostSignatures ? StatusCode::kOk : StatusCode::kAlreadyExists;
    EXPECT_EQ(Sign(*lab_.LoginAs(name), Newest()).code(), expected) << i;
  }
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 50).ok());
}

TEST_F(Approvals, SignaturesOfNobodyMakeRoomForOthers) {
  EXPECT_FALSE(SetPolicy(*founder_, kAttempts, 50).ok());
  Approval filled = Newest().approval;
  for (std::uint32_t person = 100; filled.signatures.size() < format::kMostSignatures; ++person)
    filled.signatures.push_back({person, {}});
  Put(1, filled);
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  EXPECT_EQ(Newest().approval.signatures.size(), 2u);
  EXPECT_TRUE(SetPolicy(*founder_, kAttempts, 50).ok());
}

TEST_F(Approvals, ClassMarkedNoIndexIsGivenByTwo) {
  EXPECT_EQ(Grant(*founder_, "nurse", "hiv").code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(Grant(*founder_, "nurse", "identity").ok());
  ASSERT_TRUE(Sign(*auditor_, List(*founder_).front()).ok());
  EXPECT_TRUE(Grant(*founder_, "nurse", "hiv").ok());
}

TEST_F(Approvals, RoleWithSuchAClassIsGivenByTwo) {
  ASSERT_TRUE(vault::DefineRole(*founder_, "virology", people::Operation::kRead, {"hiv"}).ok());
  EXPECT_EQ(vault::GiveRole(*founder_, "nurse", "virology").code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  EXPECT_TRUE(vault::GiveRole(*founder_, "nurse", "virology").ok());
}

TEST_F(Approvals, RoleThatGainsSuchAClassIsDefinedByTwo) {
  ASSERT_TRUE(vault::DefineRole(*founder_, "desk", people::Operation::kRead, {"identity"}).ok());
  ASSERT_TRUE(vault::GiveRole(*founder_, "nurse", "desk").ok());
  EXPECT_EQ(vault::DefineRole(*founder_, "desk", people::Operation::kRead, {"identity", "hiv"}).code(),
            StatusCode::kPermissionDenied);
}

// One approval, whatever they are added with; and a vault in which two may sign makes nobody a signer by one of them.
TEST_F(Approvals, PersonIsNotAddedWithSuchClassesOrAsASignerByOne) {
  const people::NewPerson person{.name = "eve", .classes = {"hiv", "genetic"}, .cost = {19 * 1024, 2}};
  people::NewPerson puppet{.name = "puppet", .classes = {}, .cost = {19 * 1024, 2}};
  puppet.roles = {"auditor"};
  const auto add = [&](const people::NewPerson& one) {
    auto call = founder_->Enter();
    return vault::AddPerson(call->core(), call->desk(), one, AsBytes(PasswordOf(one.name))).code();
  };
  EXPECT_EQ(add(puppet), StatusCode::kPermissionDenied);
  EXPECT_EQ(add(person), StatusCode::kPermissionDenied);
  EXPECT_EQ(Chain()->FindPerson("eve"), nullptr);
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  EXPECT_EQ(add(person), StatusCode::kOk);
  EXPECT_EQ(List(*founder_).size(), 2u);
}

TEST_F(Approvals, WhatTheChainRefusesUsesNoneUp) {
  EXPECT_EQ(Grant(*nurse_, "nurse", "hiv").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Grant(*founder_, "nobody", "hiv").code(), StatusCode::kNotFound);
  EXPECT_TRUE(List(*founder_).empty());
  EXPECT_EQ(Grant(*founder_, "nurse", "hiv").code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  EXPECT_EQ(Grant(*nurse_, "nurse", "hiv").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Newest().approval.state, ApprovalState::kOpen);
  EXPECT_TRUE(Grant(*founder_, "nurse", "hiv").ok());
}

TEST_F(Approvals, NamesWithoutEndAreRefused) {
  const std::string endless(70'000, 'x');
  EXPECT_FALSE(vault::DefineRole(*founder_, "auditor", people::Operation::kRead, {"hiv", endless}).ok());
  EXPECT_FALSE(vault::GiveRole(*founder_, endless, "auditor").ok());
  EXPECT_FALSE(Grant(*founder_, endless, "hiv").ok());
  people::NewPerson person{.name = endless, .classes = {"hiv"}, .cost = {19 * 1024, 2}};
  auto call = founder_->Enter();
  EXPECT_FALSE(vault::AddPerson(call->core(), call->desk(), person, AsBytes(PasswordOf("eve"))).ok());
}

TEST(LoneFounder, GivesSuchClassesAwayButLowersNothing) {
  Laboratory lab;
  lab.AddPerson("doctor", {"general", "hiv"});
  const auto founder = lab.LoginAs(Laboratory::kFounder);
  auto call = founder->Enter();
  const Status lowered = vault::SetPolicy(call->core(), call->desk(), kAttempts, 50);
  EXPECT_EQ(lowered.code(), StatusCode::kPermissionDenied);
  EXPECT_THAT(lowered.message(), ::testing::HasSubstr("only 1 may sign"));
}

TEST_F(Approvals, CustodiansAreReplacedByTwo) {
  ASSERT_TRUE(Name(5, 3).ok());
  EXPECT_EQ(Name(2, 2).code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  EXPECT_TRUE(Name(2, 2).ok());
}

class BulkErasure : public Approvals {
 protected:
  void SetUp() override {
    Approvals::SetUp();
    ASSERT_TRUE(SetPolicy(*founder_, people::policy::kEraseAlone, 2).ok());
    for (const std::string& id : ids_)
      ASSERT_TRUE(lab_.Put(*founder_, id, "Patient", "1", TextField(3, "Martin")).ok());
  }
  Status Erase(std::string_view id) {
    vault::Erased erased;
    return vault::ErasePatient(*founder_, {AsBytes(id), nullptr}, "asked for", erased);
  }
  Result<vault::ErasePermit> Permit(std::size_t count) {
    std::vector<vault::PatientName> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back({AsBytes(ids_[i]), nullptr});
    return vault::ErasePermit::Get(*founder_, names, "asked for");
  }
  const std::vector<std::string> ids_ = {"a", "b", "c", "d"};
};

TEST_F(BulkErasure, LoopOfSingleErasuresStopsWhereOthersAreNeeded) {
  const keys::PatientHandle first = lab_.HandleOf(*founder_, "a");
  EXPECT_TRUE(Erase("a").ok());
  EXPECT_TRUE(Erase("b").ok());
  EXPECT_EQ(Erase("c").code(), StatusCode::kPermissionDenied);
  vault::Erased again;
  EXPECT_TRUE(vault::ErasePatient(*founder_, {{}, &first}, "asked for", again).ok());
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  EXPECT_TRUE(Erase("c").ok());
  EXPECT_EQ(Erase("d").code(), StatusCode::kPermissionDenied);
}

TEST_F(BulkErasure, ListIsOneActionWithAllItsPatients) {
  EXPECT_EQ(Permit(3).code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Sign(*auditor_, Newest()).ok());
  EXPECT_EQ(Newest().approval.action.patients.size(), 3u);
  EXPECT_EQ(Permit(4).code(), StatusCode::kPermissionDenied);  // one more than was signed
  const auto permit = Permit(3);
  ASSERT_TRUE(permit.ok());
  for (const char* id : {"a", "b", "c"}) {
    vault::Erased erased;
    EXPECT_TRUE(vault::ErasePatient(*founder_, {AsBytes(id), nullptr}, "asked for", *permit, erased).ok());
  }
  EXPECT_EQ(Permit(4).code(), StatusCode::kPermissionDenied);
}

TEST_F(BulkErasure, FewAreErasedAlone) { EXPECT_TRUE(Permit(2).ok()); }

TEST_F(BulkErasure, CallsAtTheSameTimeLetNobodyEraseMore) {
  {
    const auto first = Permit(2);
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(Erase("d").code(), StatusCode::kPermissionDenied);
  }
  EXPECT_TRUE(Permit(2).ok());  // the first was given up unused
}

TEST_F(Approvals, TextNamesTheOperationsOfARole) {
  const people::Operations operations = people::Operation::kReadMasked | people::Operation::kSearch;
  const format::Action action{format::ActionKind::kDefineRole, operations.bits(), "reception", "identity,contact", {}};
  EXPECT_EQ(vault::DescribeAction(action), "define role reception (read_masked, search) on classes identity,contact");
}

}  // namespace
}  // namespace mseal::test
