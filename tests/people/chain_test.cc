// What a chain says, what it lets be said, and by whom.
#include "people/chain.h"

#include <gmock/gmock.h>

#include "people/policy.h"
#include "people_support.h"

namespace mseal::people {
namespace {

using testing::ElementsAre;

// Whatever was made by signing and whatever is read back by verifying must say the same.
void ExpectSays(const Chain& chain) {
  EXPECT_EQ(chain.newest_number(), 10u);
  EXPECT_EQ(chain.founding_suite(), kSuite);
  EXPECT_EQ(chain.NextPersonNumber(), 4u);
  EXPECT_EQ(chain.persons().size(), 3u);
  EXPECT_EQ(chain.classes().size(), 2u);
  EXPECT_TRUE(chain.classes().at(1).no_index);
  EXPECT_FALSE(chain.classes().at(0).no_index);
  EXPECT_EQ(chain.FindClass("hiv"), ClassNumber{1});
  EXPECT_EQ(chain.FindClass("HIV"), std::nullopt);
  EXPECT_EQ(chain.NewestVersion(0), 1u);
  EXPECT_EQ(chain.NewestVersion(1), 1u);
  EXPECT_EQ(chain.NewestVersion(2), 0u);
  EXPECT_EQ(chain.FindClassKey(1, 1)->digest, (ByteArray<32>{2}));
  EXPECT_EQ(chain.FindClassKey(1, 2), nullptr);
  EXPECT_TRUE(chain.Granted(2, 1) && chain.Granted(3, 0));
  EXPECT_FALSE(chain.Granted(2, 0) || chain.Granted(3, 1) || chain.Granted(1, 0));
  EXPECT_EQ(chain.schema_version(), 1u);
  EXPECT_EQ(*chain.SchemaDigest(1), (ByteArray<32>{3}));
  EXPECT_EQ(chain.SchemaDigest(2), nullptr);
  EXPECT_EQ(chain.SchemaDigest(0), nullptr);
}

TEST_F(ChainTest, SaysWhatWasSignedIntoIt) { ExpectSays(chain_); }

TEST_F(ChainTest, SaysTheSameWhenItsStatementsAreVerified) {
  const auto verified = Chain::Verify(kStore, statements_);
  ASSERT_TRUE(verified.ok()) << verified.status().message();
  ExpectSays(*verified);
  EXPECT_EQ(verified->founder_key(), founder_.person.verify_key);
}

TEST_F(ChainTest, PersonsAreFoundByNumberAndByName) {
  const Chain chain = *Chain::Verify(kStore, statements_);
  for (const Someone* someone : {&founder_, &doctor_, &clerk_}) {
    const Person* found = chain.FindPerson(someone->person.number);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found, chain.FindPerson(someone->person.name));
    EXPECT_EQ(found->name, someone->person.name);
    EXPECT_EQ(found->kind, someone->person.kind);
    EXPECT_EQ(found->verify_key, someone->person.verify_key);
    EXPECT_EQ(found->public_key, someone->person.public_key);
  }
  EXPECT_EQ(chain.FindPerson("ada founder"), nullptr);
  EXPECT_EQ(chain.FindPerson(4), nullptr);
}

TEST_F(ChainTest, VerifiedChainGoesOnWhereItEnded) {
  Chain again = *Chain::Verify(kStore, statements_);
  Keep(again.AddClassKey(kHiv, 2, {0, {4}, {}}, 1, founder_.keys.seed));
  const auto verified = Chain::Verify(kStore, statements_);
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->NewestVersion(kHiv), 2u);
  EXPECT_EQ(verified->NewestVersion(kGeneral), 1u);
}

TEST_F(ChainTest, CopyIsAPointInTime) {
  const Chain before = chain_;
  Keep(chain_.AddGrant(2, kGeneral, 1, founder_.keys.seed));
  EXPECT_EQ(before.newest_number(), 10u);
  EXPECT_FALSE(before.Granted(2, kGeneral));
  EXPECT_TRUE(chain_.Granted(2, kGeneral));
}

TEST_F(ChainTest, EmptyChainKnowsNobody) {
  const Chain empty;
  EXPECT_EQ(empty.newest_number(), 0u);
  EXPECT_EQ(empty.founder_key(), crypto::VerifyKey{});
  EXPECT_TRUE(empty.persons().empty());
}

TEST_F(ChainTest, OnlyTheFounderAddsPersonsClassesKeysAndSchemas) {
  const Someone fourth(4, "fourth");
  const auto& seed = doctor_.keys.seed;
  EXPECT_EQ(chain_.AddPerson(fourth.person, 2, seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddClass(5, {"mental", false}, 2, seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddClassKey(kHiv, 2, {}, 2, seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddSchema(2, {}, 2, seed).code(), StatusCode::kPermissionDenied);
}

TEST_F(ChainTest, GrantIsSignedByWhoeverWasGrantedTheClass) {
  EXPECT_EQ(chain_.AddGrant(3, kHiv, 3, clerk_.keys.seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddGrant(3, kGeneral, 2, doctor_.keys.seed).code(), StatusCode::kPermissionDenied);
  Keep(chain_.AddGrant(3, kHiv, 2, doctor_.keys.seed));
  EXPECT_TRUE(Chain::Verify(kStore, statements_)->Granted(3, kHiv));
}

TEST_F(ChainTest, RevocationTakesAGrantBackUntilItIsGivenAgain) {
  const auto& seed = founder_.keys.seed;
  EXPECT_EQ(chain_.AddRevoke(2, kHiv, 2, doctor_.keys.seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddRevoke(3, kHiv, 1, seed).code(), StatusCode::kNotFound);
  EXPECT_EQ(chain_.AddRevoke(9, kHiv, 1, seed).code(), StatusCode::kNotFound);
  EXPECT_EQ(chain_.AddRevoke(1, kHiv, 1, seed).code(), StatusCode::kInvalidArgument);
  Keep(chain_.AddRevoke(2, kHiv, 1, seed));
  EXPECT_FALSE(Chain::Verify(kStore, statements_)->Granted(2, kHiv));
  EXPECT_EQ(chain_.AddGrant(3, kHiv, 2, doctor_.keys.seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddRevoke(2, kHiv, 1, seed).code(), StatusCode::kNotFound);
  Keep(chain_.AddGrant(2, kHiv, 1, seed));
  EXPECT_TRUE(Chain::Verify(kStore, statements_)->Granted(2, kHiv));
}

TEST_F(ChainTest, NewKeysOfAPersonTakeTheOldOnesPlace) {
  const Someone next(2, "next");
  EXPECT_EQ(chain_.AddPersonKeys(2, next.person.verify_key, next.person.public_key, 3, clerk_.keys.seed).code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddPersonKeys(2, next.person.verify_key, next.person.public_key, 2, next.keys.seed).code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddPersonKeys(9, next.person.verify_key, next.person.public_key, 1, founder_.keys.seed).code(),
            StatusCode::kNotFound);
  Keep(chain_.AddPersonKeys(2, next.person.verify_key, next.person.public_key, 2, doctor_.keys.seed));
  const Chain verified = *Chain::Verify(kStore, statements_);
  for (const Chain* chain : {&std::as_const(chain_), &verified}) {
    EXPECT_EQ(chain->FindPerson(2)->verify_key, next.person.verify_key);
    EXPECT_EQ(chain->FindPerson(2)->public_key, next.person.public_key);
    EXPECT_EQ(chain->FindPerson(2)->name, doctor_.person.name);
    EXPECT_TRUE(chain->Granted(2, kHiv));
  }
  EXPECT_EQ(chain_.AddGrant(3, kHiv, 2, doctor_.keys.seed).code(), StatusCode::kPermissionDenied);
  Keep(chain_.AddGrant(3, kHiv, 2, next.keys.seed));
}

TEST_F(ChainTest, NewKeysOfTheFounderLeaveTheChainHangingOnTheFirst) {
  const Someone next(1, "next");
  Keep(chain_.AddPersonKeys(1, next.person.verify_key, next.person.public_key, 1, founder_.keys.seed));
  EXPECT_EQ(Chain::Verify(kStore, statements_)->founder_key(), founder_.person.verify_key);
  EXPECT_EQ(chain_.AddSchema(2, {}, 1, founder_.keys.seed).code(), StatusCode::kPermissionDenied);
  Keep(chain_.AddSchema(2, {}, 1, next.keys.seed));
  EXPECT_EQ(Verify(statements_), StatusCode::kOk);
}

TEST_F(ChainTest, TheNewestPolicyCounts) {
  EXPECT_EQ(chain_.policy(policy::kLoginAttempts), FindPolicy(policy::kLoginAttempts)->initial);
  EXPECT_EQ(chain_.AddPolicy(policy::kLoginAttempts, 5, 2, doctor_.keys.seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddPolicy("nothing", 5, 1, founder_.keys.seed).code(), StatusCode::kNotFound);
  EXPECT_EQ(chain_.AddPolicy(policy::kLoginAttempts, 0, 1, founder_.keys.seed).code(), StatusCode::kInvalidArgument);
  Keep(chain_.AddPolicy(policy::kLoginAttempts, 5, 1, founder_.keys.seed));
  EXPECT_EQ(chain_.AddPolicy(policy::kLoginAttempts, 5, 1, founder_.keys.seed).code(), StatusCode::kAlreadyExists);
  Keep(chain_.AddPolicy(policy::kLoginAttempts, 7, 1, founder_.keys.seed));
  const Chain again = *Chain::Verify(kStore, statements_);
  EXPECT_EQ(again.policy(policy::kLoginAttempts), 7u);
  EXPECT_EQ(again.policy(policy::kPasswordHistory), FindPolicy(policy::kPasswordHistory)->initial);
  EXPECT_EQ(again.policy("nothing"), 0u);
}

TEST_F(ChainTest, OldSuitesStayAcceptedBehindTheNewest) {
  constexpr crypto::Suite kOther = crypto::Suite::kAes256Gcm;
  EXPECT_FALSE(chain_.suites().Accepts(kOther));
  EXPECT_EQ(chain_.AddSuite(kOther, 2, doctor_.keys.seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddSuite(kSuite, 1, founder_.keys.seed).code(), StatusCode::kAlreadyExists);
  Keep(chain_.AddSuite(kOther, 1, founder_.keys.seed));
  EXPECT_EQ(chain_.AddSuite(kOther, 1, founder_.keys.seed).code(), StatusCode::kAlreadyExists);
  const Chain changed = *Chain::Verify(kStore, statements_);
  EXPECT_EQ(changed.suites().newest(), kOther);
  EXPECT_TRUE(changed.suites().Accepts(kSuite));
  EXPECT_EQ(changed.founding_suite(), kSuite);
  Keep(chain_.AddSuite(kSuite, 1, founder_.keys.seed));
  const Chain back = *Chain::Verify(kStore, statements_);
  EXPECT_EQ(back.suites().newest(), kSuite);
  EXPECT_TRUE(back.suites().Accepts(kOther));
}

TEST_F(ChainTest, NewerCustodiansTakeTheOldOnesPlace) {
  EXPECT_EQ(chain_.custodians().set, 0u);
  const Someone first(9, "first"), second(9, "second");
  const Custodians three{1, 2, first.person.public_key, {{1}, {2}, {3}}};
  EXPECT_EQ(chain_.AddCustodians(three, 2, doctor_.keys.seed).code(), StatusCode::kPermissionDenied);
  Keep(chain_.AddCustodians(three, 1, founder_.keys.seed));
  EXPECT_EQ(chain_.AddCustodians(three, 1, founder_.keys.seed).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.AddCustodians({3, 2, second.person.public_key, {{1}, {2}}}, 1, founder_.keys.seed).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(chain_.AddCustodians({2, 2, first.person.public_key, {{1}, {2}}}, 1, founder_.keys.seed).code(),
            StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.AddCustodians({2, 2, doctor_.person.public_key, {{1}, {2}}}, 1, founder_.keys.seed).code(),
            StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.AddCustodians({2, 2, {}, {{1}, {2}}}, 1, founder_.keys.seed).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(chain_.AddCustodians({2, 1, second.person.public_key, {{1}, {2}}}, 1, founder_.keys.seed).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(chain_.AddCustodians({2, 3, second.person.public_key, {{1}, {2}}}, 1, founder_.keys.seed).code(),
            StatusCode::kInvalidArgument);
  Keep(chain_.AddCustodians({2, 2, second.person.public_key, {{4}, {5}}}, 1, founder_.keys.seed));
  const Chain verified = *Chain::Verify(kStore, statements_);
  EXPECT_EQ(verified.custodians().set, 2u);
  EXPECT_EQ(verified.custodians().threshold, 2u);
  EXPECT_EQ(verified.custodians().count(), 2u);
  EXPECT_EQ(verified.custodians().public_key, second.person.public_key);
  EXPECT_EQ(verified.custodians().share_digests, (std::vector<ByteArray<32>>{{4}, {5}}));
  EXPECT_EQ(chain_.AddPersonKeys(2, founder_.person.verify_key, second.person.public_key, 1, founder_.keys.seed).code(),
            StatusCode::kAlreadyExists);
}

TEST_F(ChainTest, NobodySignsInAnothersName) {
  EXPECT_EQ(chain_.AddSchema(2, {}, 1, doctor_.keys.seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddSchema(2, {}, 9, founder_.keys.seed).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(chain_.AddSchema(2, {}, 0, founder_.keys.seed).code(), StatusCode::kPermissionDenied);
}

TEST_F(ChainTest, WhatIsTakenIsNotTakenAgain) {
  const auto& seed = founder_.keys.seed;
  Someone fourth(4, "front desk");
  EXPECT_EQ(chain_.AddPerson(fourth.person, 1, seed).code(), StatusCode::kAlreadyExists);
  fourth.person.name = "fourth";
  fourth.person.number = 3;
  EXPECT_EQ(chain_.AddPerson(fourth.person, 1, seed).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.AddClass(kHiv, {"mental", false}, 1, seed).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.AddClass(9, {"hiv", false}, 1, seed).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.AddClassKey(kHiv, 1, {}, 1, seed).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.AddGrant(2, kHiv, 1, seed).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(chain_.AddSchema(1, {}, 1, seed).code(), StatusCode::kAlreadyExists);
}

TEST_F(ChainTest, TwoPersonsNeverShareAKey) {
  Someone fourth(4, "fourth");
  fourth.person.public_key = doctor_.person.public_key;
  EXPECT_EQ(chain_.AddPerson(fourth.person, 1, founder_.keys.seed).code(), StatusCode::kAlreadyExists);
  Someone fifth(4, "fifth");
  fifth.person.verify_key = founder_.person.verify_key;
  EXPECT_EQ(chain_.AddPerson(fifth.person, 1, founder_.keys.seed).code(), StatusCode::kAlreadyExists);
}

TEST_F(ChainTest, NumbersLeaveNoGap) {
  const auto& seed = founder_.keys.seed;
  EXPECT_EQ(chain_.AddPerson(Someone(5, "fifth").person, 1, seed).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(chain_.AddClassKey(kHiv, 3, {}, 1, seed).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(chain_.AddSchema(3, {}, 1, seed).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(chain_.AddClassKey(kHiv, 0, {}, 1, seed).code(), StatusCode::kAlreadyExists);
}

TEST_F(ChainTest, WhatIsNotKnownIsNotNamed) {
  const auto& seed = founder_.keys.seed;
  EXPECT_EQ(chain_.AddGrant(4, kHiv, 1, seed).code(), StatusCode::kNotFound);
  EXPECT_EQ(chain_.AddGrant(2, 7, 1, seed).code(), StatusCode::kNotFound);
  EXPECT_EQ(chain_.AddClassKey(7, 1, {}, 1, seed).code(), StatusCode::kNotFound);
}

TEST_F(ChainTest, SeventeenthClassIsRefused) {
  const auto& seed = founder_.keys.seed;
  for (ClassNumber number = 2; number < 16; ++number) {
    Keep(chain_.AddClass(number, {"class " + std::to_string(number), false}, 1, seed));
  }
  EXPECT_EQ(chain_.AddClass(16, {"one more", false}, 1, seed).code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Verify(statements_), StatusCode::kOk);
}

TEST_F(ChainTest, ClassNumberThatNoSlotHasIsRefused) {
  EXPECT_EQ(chain_.AddClass(16, {"mental", false}, 1, founder_.keys.seed).code(), StatusCode::kInvalidArgument);
}

TEST_F(ChainTest, UncleanNamesAreRefused) {
  const std::string names[] = {"",
                               std::string(65, 'x'),
                               std::string(300, 'x'),
                               "tab\there",
                               "\xc3",
                               "a\xe2\x80\xae"
                               "b"};
  for (const std::string& name : names) {
    Someone fourth(4, name);
    EXPECT_EQ(chain_.AddPerson(fourth.person, 1, founder_.keys.seed).code(), StatusCode::kInvalidArgument) << name;
    EXPECT_EQ(chain_.AddClass(9, {name, false}, 1, founder_.keys.seed).code(), StatusCode::kInvalidArgument) << name;
  }
}

TEST_F(ChainTest, PublicKeyOfSmallOrderIsRefused) {
  Someone fourth(4, "fourth");
  fourth.person.public_key = {};
  EXPECT_EQ(chain_.AddPerson(fourth.person, 1, founder_.keys.seed).code(), StatusCode::kInvalidArgument);
  fourth.person.public_key = {1};
  EXPECT_EQ(chain_.AddPerson(fourth.person, 1, founder_.keys.seed).code(), StatusCode::kInvalidArgument);
}

TEST_F(ChainTest, OnlyTheClassAuditHasAPublicHalf) {
  const auto& seed = founder_.keys.seed;
  EXPECT_EQ(chain_.AddClassKey(kHiv, 2, {0, {4}, {5}}, 1, seed).code(), StatusCode::kInvalidArgument);
  Keep(chain_.AddClass(2, {"audit", true}, 1, seed));
  Keep(chain_.AddClassKey(2, 1, {0, {4}, {5}}, 1, seed));
  EXPECT_EQ(Chain::Verify(kStore, statements_)->FindClassKey(2, 1)->public_half, (crypto::PublicKey{5}));
}

TEST_F(ChainTest, RefusedStatementLeavesTheChainAsItWas) {
  const Bytes as_next = *Chain(chain_).AddSchema(2, {9}, 1, founder_.keys.seed);
  EXPECT_FALSE(chain_.AddSchema(5, {}, 1, founder_.keys.seed).ok());
  EXPECT_FALSE(chain_.AddGrant(2, kHiv, 1, founder_.keys.seed).ok());
  EXPECT_EQ(*chain_.AddSchema(2, {9}, 1, founder_.keys.seed), as_next);
}

TEST_F(ChainTest, FounderHasNumberOneAndTheSeedOfTheirKey) {
  Chain chain;
  EXPECT_EQ(Chain::Found(kStore, kSuite, doctor_.person, doctor_.keys.seed, chain).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(Chain::Found(kStore, kSuite, founder_.person, doctor_.keys.seed, chain).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(chain.newest_number(), 0u);
}

TEST_F(ChainTest, NothingIsSaidBeforeTheFounding) {
  Chain empty;
  EXPECT_EQ(empty.AddPerson(founder_.person, 1, founder_.keys.seed).code(), StatusCode::kPermissionDenied);
}

TEST_F(ChainTest, DigestOfAClassKeyDependsOnEverythingItNames) {
  const auto digest = [](const keys::StoreId& store, ClassNumber number, ClassKeyVersion version, std::uint8_t key) {
    ByteArray<32> bytes;
    bytes.fill(key);
    return DigestOfClassKey(store, number, version, bytes);
  };
  const auto one = digest(kStore, 1, 1, 1);
  EXPECT_EQ(one, digest(kStore, 1, 1, 1));
  EXPECT_NE(one, digest(kOtherStore, 1, 1, 1));
  EXPECT_NE(one, digest(kStore, 2, 1, 1));
  EXPECT_NE(one, digest(kStore, 1, 2, 1));
  EXPECT_NE(one, digest(kStore, 1, 1, 2));
}

}  // namespace
}  // namespace mseal::people
