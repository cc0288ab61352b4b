// What roles, disabling and renaming mean in a chain, and what is refused, of honest signers and of others.
#include <gmock/gmock.h>

#include "base/writer.h"
#include "people/statement_bytes.h"
#include "people_support.h"

namespace mseal::people {
namespace {

using testing::ElementsAre;

constexpr std::uint16_t Bits(ClassNumber number) { return static_cast<std::uint16_t>(1 << number); }
constexpr Operations kReadOnly = Operation::kRead;
constexpr Operations kAll = kOnClasses | kOverVault;

class RolesTest : public ChainTest {
 protected:
  enum : ClassNumber { kAudit = 2 };

  RolesTest() { Keep(chain_.AddClass(kAudit, {"audit", true}, 1, Seed(1))); }

  const crypto::SigningSeed& Seed(PersonNumber number) const {
    return (number == 1 ? founder_ : number == 2 ? doctor_ : clerk_).keys.seed;
  }
  Role RoleOf(std::string name, Operations operations, std::uint16_t classes) const {
    const Role* known = chain_.FindRole(name);
    return {known == nullptr ? chain_.NextRoleNumber() : known->number, std::move(name), operations, classes};
  }
  Result<Bytes> TryDefine(std::string name, Operations operations, std::uint16_t classes, PersonNumber signer = 1) {
    return chain_.DefineRole(RoleOf(std::move(name), operations, classes), signer, Seed(signer));
  }
  void Define(std::string name, Operations operations, std::uint16_t classes) {
    Keep(TryDefine(std::move(name), operations, classes));
  }
  void Give(PersonNumber person, std::string_view role) {
    Keep(chain_.GiveRole(person, chain_.FindRole(role)->number, 1, Seed(1)));
  }
  StatusCode TryGive(PersonNumber person, std::string_view role, PersonNumber signer) {
    return chain_.GiveRole(person, chain_.FindRole(role)->number, signer, Seed(signer)).code();
  }
  void MakeAdministrator(PersonNumber person) {
    Define("administrator", Operation::kAdminister, 0);
    Give(person, "administrator");
  }
  // A statement in the next place, signed whatever the rules say.
  StatusCode VerifyForged(const format::StatementBody& body, PersonNumber signer) const {
    const Bytes encoded = format::EncodeStatementBody(body);
    const auto type = static_cast<std::uint8_t>(format::TypeOf(body));
    Bytes bytes = format::EncodeStatement(
        {kStore, chain_.newest_number() + 1, DigestOfStatement(statements_.back()), type, signer, encoded});
    Writer(bytes).Raw(crypto::Sign(Seed(signer), SignedMessage(bytes)));
    std::vector<Bytes> longer = statements_;
    longer.push_back(bytes);
    return Verify(longer);
  }
  // As the stored statements say it, not the chain that signed them.
  Chain Said() const { return *Chain::Verify(kStore, statements_); }
};

TEST_F(RolesTest, RoleGivesItsClassesWithItsOperations) {
  Define("reader", kReadOnly, Bits(kHiv) | Bits(kGeneral));
  EXPECT_FALSE(Said().Granted(3, kHiv));
  Give(3, "reader");
  const Chain said = Said();
  EXPECT_TRUE(said.Granted(3, kHiv) && said.Granted(3, kGeneral));
  EXPECT_FALSE(said.DirectlyGranted(3, kHiv));
  EXPECT_EQ(said.OperationsOn(3, kHiv), kReadOnly);
  EXPECT_EQ(said.OperationsOn(3, kGeneral), kOfAGrant);  // together with the grant
  EXPECT_EQ(said.OperationsOverVault(3), Operations());
  EXPECT_THAT(said.RolesOf(3), ElementsAre(said.FindRole("reader")));
  EXPECT_TRUE(said.RolesOf(2).empty());
}

TEST_F(RolesTest, GrantAloneIsToReadWriteAndSearch) {
  EXPECT_EQ(chain_.OperationsOn(2, kHiv), kOfAGrant);
  EXPECT_EQ(chain_.OperationsOn(2, kGeneral), Operations());
  EXPECT_EQ(chain_.OperationsOverVault(2), Operations());
  EXPECT_EQ(chain_.OperationsOverVault(1), kOverVault);
}

TEST_F(RolesTest, RolesOfAPersonAddUp) {
  Define("reader", kReadOnly, Bits(kHiv));
  Define("typist", Operation::kWrite, Bits(kHiv));
  Give(3, "reader");
  Give(3, "typist");
  EXPECT_EQ(Said().OperationsOn(3, kHiv), Operation::kRead | Operation::kWrite);
}

TEST_F(RolesTest, RoleTakenOrDefinedWithoutAClassTakesItBack) {
  Define("reader", kReadOnly, Bits(kHiv) | Bits(kGeneral));
  Give(3, "reader");
  Define("reader", kReadOnly, Bits(kGeneral));
  EXPECT_FALSE(Said().Granted(3, kHiv));
  Define("reader", kReadOnly, Bits(kHiv));
  EXPECT_TRUE(Said().Granted(3, kHiv));
  Keep(chain_.TakeRole(3, 1, 1, Seed(1)));
  EXPECT_FALSE(Said().Granted(3, kHiv));
  EXPECT_TRUE(Said().Granted(3, kGeneral));  // granted besides
}

TEST_F(RolesTest, OperationAuditGivesTheClassAudit) {
  Define("auditor", Operation::kAudit, 0);
  Give(3, "auditor");
  const Chain said = Said();
  EXPECT_TRUE(said.Granted(3, kAudit));
  EXPECT_EQ(said.OperationsOn(3, kAudit), Operation::kRead | Operation::kSearch);
  EXPECT_EQ(said.OperationsOn(3, kHiv), Operations());
}

TEST_F(RolesTest, WhoeverIsDisabledHoldsAndSignsNothingUntilEnabled) {
  MakeAdministrator(2);
  Keep(chain_.Disable(2, 1, Seed(1)));
  EXPECT_TRUE(Said().IsDisabled(2));
  EXPECT_FALSE(Said().Granted(2, kHiv));
  EXPECT_TRUE(Said().Assigned(2, kHiv));
  EXPECT_EQ(Said().OperationsOn(2, kHiv), Operations());
  EXPECT_EQ(Said().OperationsOverVault(2), Operations());
  EXPECT_EQ(chain_.AddGrant(3, kHiv, 2, Seed(2)).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(VerifyForged(format::GrantBody{3, kHiv}, 2), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyForged(format::PersonStateBody{2, format::PersonStateKind::kEnabled, {}}, 2),
            StatusCode::kAuthFailed);
  Keep(chain_.Enable(2, 1, Seed(1)));
  EXPECT_EQ(Said().OperationsOn(2, kHiv), kOfAGrant);
  Keep(chain_.AddGrant(3, kHiv, 2, Seed(2)));
}

TEST_F(RolesTest, FounderIsTheHolderThatEveryClassKeeps) {
  EXPECT_EQ(chain_.Disable(1, 1, Seed(1)).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(VerifyForged(format::PersonStateBody{1, format::PersonStateKind::kDisabled, {}}, 1), StatusCode::kCorrupt);
  EXPECT_EQ(chain_.AddRevoke(1, kHiv, 1, Seed(1)).code(), StatusCode::kInvalidArgument);
}

TEST_F(RolesTest, RenamedPersonIsFoundByTheNewNameAlone) {
  Keep(chain_.Rename(2, "Dr. Other", 1, Seed(1)));
  const Chain said = Said();
  EXPECT_EQ(said.FindPerson("Dr. Other")->number, 2u);
  EXPECT_EQ(said.FindPerson(doctor_.person.name), nullptr);
  EXPECT_EQ(said.FindPerson(2)->name, "Dr. Other");
  EXPECT_TRUE(said.Granted(2, kHiv));
}

TEST_F(RolesTest, NoTwoPersonsEverShareAName) {
  Keep(chain_.Rename(2, "Dr. Other", 1, Seed(1)));
  const Someone fourth(4, doctor_.person.name);
  EXPECT_EQ(chain_.AddPerson(fourth.person, 1, Seed(1)).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.Rename(3, doctor_.person.name, 1, Seed(1)).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.Rename(3, "Dr. Other", 1, Seed(1)).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.Rename(2, "Dr. Other", 1, Seed(1)).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.Rename(2, "tab\t", 1, Seed(1)).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(chain_.Rename(9, "nobody", 1, Seed(1)).code(), StatusCode::kNotFound);
  Keep(chain_.Rename(2, doctor_.person.name, 1, Seed(1)));  // their own of before
  EXPECT_EQ(Said().FindPerson(doctor_.person.name)->number, 2u);
}

TEST_F(RolesTest, StatementThatBreaksARuleIsCorrupt) {
  Define("reader", kReadOnly, Bits(kHiv));
  Give(3, "reader");
  using Kind = format::PersonStateKind;
  const format::StatementBody bodies[] = {
      format::RoleBody{1, 1, Bits(kHiv), "reader"},              // as it is defined
      format::RoleBody{1, 1, Bits(kHiv), "writer"},              // another name for it
      format::RoleBody{2, 1, Bits(kHiv), "reader"},              // a name that is taken
      format::RoleBody{3, 1, Bits(kHiv), "writer"},              // a gap
      format::RoleBody{2, 1, Bits(7), "writer"},                 // a class nobody declared
      format::RoleBody{2, 1, Bits(kHiv), "tab\t"},               // an unclean name
      format::RoleGivenBody{3, 1, true},                         // they have it
      format::RoleGivenBody{2, 1, false},                        // they have not
      format::RoleGivenBody{9, 1, true},                         // a person nobody named
      format::RoleGivenBody{2, 2, true},                         // a role nobody defined
      format::PersonStateBody{2, Kind::kEnabled, {}},            // is enabled
      format::PersonStateBody{9, Kind::kDisabled, {}},           // a person nobody named
      format::PersonStateBody{2, Kind::kRenamed, "front desk"},  // somebody's
      format::PersonStateBody{2, Kind::kRenamed, ""},            // no name
      format::RevokeBody{3, kHiv},                               // held by a role
  };
  int index = 0;
  for (const format::StatementBody& body : bodies) EXPECT_EQ(VerifyForged(body, 1), StatusCode::kCorrupt) << index++;
  Keep(chain_.Disable(2, 1, Seed(1)));
  EXPECT_EQ(VerifyForged(format::PersonStateBody{2, Kind::kDisabled, {}}, 1), StatusCode::kCorrupt);
  EXPECT_EQ(VerifyForged(format::RoleBody{2, 0x7f, Bits(kHiv), "writer"}, 1), StatusCode::kOk);
}

TEST_F(RolesTest, WhoeverIsNoAdministratorSaysNothingOfRolesAndStates) {
  Define("reader", kReadOnly, Bits(kHiv));
  Give(2, "reader");
  const format::StatementBody bodies[] = {format::RoleBody{2, 1, Bits(kHiv), "writer"},
                                          format::RoleGivenBody{3, 1, true},
                                          format::RoleGivenBody{2, 1, false},
                                          format::PersonStateBody{3, format::PersonStateKind::kDisabled, {}},
                                          format::RevokeBody{3, kGeneral},
                                          format::PersonStateBody{2, format::PersonStateKind::kRenamed, "me"}};
  for (const format::StatementBody& body : bodies) {
    EXPECT_EQ(VerifyForged(body, 2), StatusCode::kAuthFailed) << body.index();
    EXPECT_EQ(VerifyForged(body, 1), StatusCode::kOk) << body.index();
  }
}

TEST_F(RolesTest, AdministratorAddsRenamesDisablesAndTakesBack) {
  MakeAdministrator(2);
  const Someone fourth(4, "fourth");
  Keep(chain_.AddPerson(fourth.person, 2, Seed(2)));
  Keep(chain_.AddGrant(4, kHiv, 2, Seed(2)));
  Keep(chain_.Rename(4, "fourth, married", 2, Seed(2)));
  Keep(chain_.AddRevoke(4, kHiv, 2, Seed(2)));
  Keep(chain_.Disable(4, 2, Seed(2)));
  Keep(chain_.Enable(4, 2, Seed(2)));
  EXPECT_EQ(Verify(statements_), StatusCode::kOk);
}

TEST_F(RolesTest, AdministratorIsOneFromTheStatementOnThatSaysSo) {
  const format::StatementBody renamed = format::PersonStateBody{3, format::PersonStateKind::kRenamed, "x"};
  EXPECT_EQ(VerifyForged(renamed, 2), StatusCode::kAuthFailed);
  MakeAdministrator(2);
  EXPECT_EQ(VerifyForged(renamed, 2), StatusCode::kOk);
  Keep(chain_.TakeRole(2, 1, 1, Seed(1)));
  EXPECT_EQ(VerifyForged(renamed, 2), StatusCode::kAuthFailed);
}

TEST_F(RolesTest, AdministratorGivesNothingThatTheyDoNotHave) {
  MakeAdministrator(2);  // who holds hiv by a grant: to read, write, search
  Define("everything", kAll, Bits(kHiv));
  Define("general", kReadOnly, Bits(kGeneral));
  Define("hiv", kReadOnly, Bits(kHiv));
  for (const PersonNumber person : {2u, 3u}) {
    EXPECT_EQ(TryGive(person, "everything", 2), StatusCode::kPermissionDenied);
    EXPECT_EQ(TryGive(person, "general", 2), StatusCode::kPermissionDenied);
    EXPECT_EQ(VerifyForged(format::RoleGivenBody{person, chain_.FindRole("general")->number, true}, 2),
              StatusCode::kAuthFailed);
  }
  EXPECT_EQ(TryDefine("administrator", Operation::kAdminister | Operation::kErase, 0, 2).code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(TryDefine("administrator", Operation::kAdminister, Bits(kGeneral), 2).code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(TryDefine("hiv", Operation::kExport, Bits(kHiv), 2).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddGrant(2, kGeneral, 2, Seed(2)).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(TryGive(3, "hiv", 2), StatusCode::kOk);
  EXPECT_EQ(TryGive(3, "administrator", 2), StatusCode::kOk);
  EXPECT_EQ(TryDefine("hiv", kOfAGrant, Bits(kHiv), 2).code(), StatusCode::kOk);
}

TEST_F(RolesTest, WhoeverReadsMayLetOthersReadMaskedAndNotTheOtherWayRound) {
  MakeAdministrator(2);  // who holds hiv by a grant
  Define("masked", Operation::kReadMasked, Bits(kHiv));
  Keep(chain_.GiveRole(3, chain_.FindRole("masked")->number, 2, Seed(2)));
  EXPECT_TRUE(Said().Granted(3, kHiv));
  EXPECT_EQ(Said().OperationsOn(3, kHiv), Operations(Operation::kReadMasked));
  Give(3, "administrator");
  Define("reader", kReadOnly, Bits(kHiv));
  EXPECT_EQ(TryGive(2, "reader", 3), StatusCode::kPermissionDenied);
  EXPECT_EQ(TryGive(2, "masked", 3), StatusCode::kOk);
  EXPECT_EQ(chain_.AddGrant(2, kHiv, 3, Seed(3)).code(), StatusCode::kPermissionDenied);
}

TEST_F(RolesTest, OperationWithoutAMeaningIsRefused) {
  EXPECT_EQ(VerifyForged(format::RoleBody{1, format::kAllOperations, Bits(kHiv), "all"}, 1), StatusCode::kOk);
  EXPECT_EQ(VerifyForged(format::RoleBody{1, format::kAllOperations + 1, Bits(kHiv), "all"}, 1), StatusCode::kCorrupt);
}

TEST_F(RolesTest, AdministratorEnablesNobodyWhoMayMore) {
  MakeAdministrator(2);
  Keep(chain_.Disable(3, 1, Seed(1)));  // who holds general
  EXPECT_EQ(chain_.Enable(3, 2, Seed(2)).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(VerifyForged(format::PersonStateBody{3, format::PersonStateKind::kEnabled, {}}, 2),
            StatusCode::kAuthFailed);
  Keep(chain_.AddGrant(2, kGeneral, 1, Seed(1)));
  Define("eraser", Operation::kErase, 0);
  Give(3, "eraser");
  EXPECT_EQ(chain_.Enable(3, 2, Seed(2)).code(), StatusCode::kPermissionDenied);
  Keep(chain_.TakeRole(3, chain_.FindRole("eraser")->number, 2, Seed(2)));
  Keep(chain_.Enable(3, 2, Seed(2)));
}

TEST_F(RolesTest, FounderIsOutOfAnAdministratorsReach) {
  MakeAdministrator(2);
  using Kind = format::PersonStateKind;
  const format::StatementBody bodies[] = {format::PersonStateBody{1, Kind::kRenamed, "x"},
                                          format::PersonStateBody{1, Kind::kDisabled, {}},
                                          format::PersonKeysBody{1, {1}, Someone(9, "x").person.public_key},
                                          format::PersonKeysBody{3, {1}, Someone(9, "x").person.public_key},
                                          format::ClassBody{7, false, "mental"},
                                          format::ClassKeyBody{kHiv, 2, 0, {}, {}},
                                          format::SchemaBody{2, {}},
                                          format::SuiteBody{2}};
  for (const format::StatementBody& body : bodies)
    EXPECT_EQ(VerifyForged(body, 2), StatusCode::kAuthFailed) << body.index();
}

// Who may only read may not make others read.
TEST_F(RolesTest, HolderByARoleGrantsOnlyWhatAGrantGives) {
  Define("reader", kReadOnly, Bits(kHiv));
  Give(3, "reader");
  EXPECT_EQ(chain_.AddGrant(3, kHiv, 3, Seed(3)).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(VerifyForged(format::GrantBody{3, kHiv}, 3), StatusCode::kAuthFailed);
  Define("reader", kOfAGrant, Bits(kHiv));
  Keep(chain_.AddGrant(3, kHiv, 3, Seed(3)));
}

TEST_F(RolesTest, EveryFlippedBitOfTheirStatementsIsRefused) {
  Define("reader", kReadOnly, Bits(kHiv));
  Give(3, "reader");
  Keep(chain_.Rename(3, "back desk", 1, Seed(1)));
  for (std::size_t index = statements_.size() - 3; index < statements_.size(); ++index) {
    std::vector<Bytes> changed(statements_.begin(), statements_.begin() + static_cast<std::ptrdiff_t>(index) + 1);
    for (std::size_t bit = 0; bit < changed[index].size() * 8; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
      changed[index][bit / 8] ^= mask;
      ASSERT_NE(Verify(changed), StatusCode::kOk) << index << " " << bit;
      changed[index][bit / 8] ^= mask;
    }
  }
}

}  // namespace
}  // namespace mseal::people
