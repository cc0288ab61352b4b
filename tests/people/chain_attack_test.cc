// What a stranger who writes to the disk, or a person who oversteps, may do to the stored statements without being
// believed.
#include <gmock/gmock.h>

#include "base/writer.h"
#include "format/statement.h"
#include "people/policy.h"
#include "people/statement_bytes.h"
#include "people_support.h"

namespace mseal::people {
namespace {

using testing::AnyOf;

class ChainAttackTest : public ChainTest {
 protected:
  static format::SignedStatement Parsed(const Bytes& statement) { return *format::ParseStatement(statement); }
  static Bytes Signed(const format::Statement& statement, const crypto::SigningSeed& seed) {
    Bytes bytes = format::EncodeStatement(statement);
    Writer(bytes).Raw(crypto::Sign(seed, SignedMessage(bytes)));
    return bytes;
  }
  // A statement in the next place, signed by whoever has the seed, whatever the rules say.
  Bytes Forged(const format::StatementBody& body, PersonNumber signer, const crypto::SigningSeed& seed,
               const keys::StoreId& store = kStore) const {
    const Bytes encoded = format::EncodeStatementBody(body);
    const auto type = static_cast<std::uint8_t>(format::TypeOf(body));
    return Signed({store, chain_.newest_number() + 1, DigestOfStatement(statements_.back()), type, signer, encoded},
                  seed);
  }
  StatusCode VerifyWith(const Bytes& next) const {
    std::vector<Bytes> longer = statements_;
    longer.push_back(next);
    return Verify(longer);
  }
  // Changes the content of statement `index` and nothing else.
  StatusCode VerifyWithBody(std::size_t index, const format::StatementBody& body) const {
    std::vector<Bytes> changed = statements_;
    const format::SignedStatement old = Parsed(statements_[index]);
    const Bytes encoded = format::EncodeStatementBody(body);
    format::Statement statement = old.statement;
    statement.body = encoded;
    changed[index] = format::EncodeStatement(statement);
    Writer(changed[index]).Raw(old.signature);
    return Verify(changed);
  }
  static format::StatementBody BodyOf(const Bytes& statement) {
    const format::SignedStatement parsed = Parsed(statement);
    return *format::ParseStatementBody(parsed.statement.type, parsed.statement.body);
  }
};

// Of one statement of each type, as the newest of its chain.
TEST_F(ChainAttackTest, EveryFlippedBitIsRefused) {
  const Someone next(2, "next");
  Keep(chain_.AddPersonKeys(2, next.person.verify_key, next.person.public_key, 2, doctor_.keys.seed));
  Keep(chain_.AddCustodians({1, 2, Someone(9, "all").person.public_key, {{1}, {2}}}, 1, founder_.keys.seed));
  for (const std::size_t index : {0u, 1u, 3u, 5u, 7u, 9u, 10u, 11u}) {
    std::vector<Bytes> changed(statements_.begin(), statements_.begin() + static_cast<std::ptrdiff_t>(index) + 1);
    for (std::size_t bit = 0; bit < changed[index].size() * 8; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
      changed[index][bit / 8] ^= mask;
      ASSERT_THAT(Verify(changed),
                  AnyOf(StatusCode::kAuthFailed, StatusCode::kCorrupt, StatusCode::kUnsupportedVersion))
          << index << " " << bit;
      changed[index][bit / 8] ^= mask;
    }
  }
}

TEST_F(ChainAttackTest, StatementCutAtAnyLengthOrLongerIsRefused) {
  for (std::size_t index = 0; index < statements_.size(); ++index) {
    std::vector<Bytes> changed = statements_;
    changed[index].push_back(0);
    ASSERT_EQ(Verify(changed), StatusCode::kCorrupt) << index;
  }
  for (std::size_t size = 0; size < statements_[1].size(); ++size) {
    std::vector<Bytes> changed = statements_;
    changed[1].resize(size);
    ASSERT_EQ(Verify(changed), StatusCode::kCorrupt) << size;
  }
}

TEST_F(ChainAttackTest, AnyRemovedStatementButTheLastIsNoticed) {
  for (std::size_t index = 0; index + 1 < statements_.size(); ++index) {
    std::vector<Bytes> fewer = statements_;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(index));
    EXPECT_EQ(Verify(fewer), StatusCode::kAuthFailed) << index;
  }
}

TEST_F(ChainAttackTest, CutAtTheEndVerifiesAndShowsInTheNumber) {
  std::vector<Bytes> fewer = statements_;
  fewer.pop_back();
  const auto chain = Chain::Verify(kStore, fewer);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ(chain->newest_number(), chain_.newest_number() - 1);  // the anchor names the higher one
}

TEST_F(ChainAttackTest, AnyTwoStatementsThatChangedPlacesAreNoticed) {
  for (std::size_t a = 0; a < statements_.size(); ++a) {
    for (std::size_t b = a + 1; b < statements_.size(); ++b) {
      std::vector<Bytes> swapped = statements_;
      std::swap(swapped[a], swapped[b]);
      EXPECT_EQ(Verify(swapped), StatusCode::kAuthFailed) << a << " " << b;
    }
  }
}

TEST_F(ChainAttackTest, AnyStatementTwiceIsNoticed) {
  for (std::size_t index = 0; index < statements_.size(); ++index) {
    std::vector<Bytes> twice = statements_;
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(index), twice[index]);
    EXPECT_EQ(Verify(twice), StatusCode::kAuthFailed) << index;
    EXPECT_EQ(VerifyWith(statements_[index]), StatusCode::kAuthFailed) << index;
  }
}

TEST_F(ChainAttackTest, NoStatementsAreNoChain) { EXPECT_EQ(Verify({}), StatusCode::kCorrupt); }

TEST_F(ChainAttackTest, ChainOfAnotherStoreIsRefused) {
  EXPECT_EQ(Chain::Verify(kOtherStore, statements_).code(), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, StatementOfTheSameFounderForAnotherStoreIsRefused) {
  const Bytes theirs = Forged(format::GrantBody{3, kHiv}, 1, founder_.keys.seed, kOtherStore);
  EXPECT_EQ(VerifyWith(theirs), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, StatementsOfTwoChainsDoNotMix) {
  Chain other;
  std::vector<Bytes> mixed = {*Chain::Found(kStore, kSuite, founder_.person, founder_.keys.seed, other)};
  ASSERT_EQ(mixed[0], statements_[0]);  // Ed25519 draws nothing: the same founding
  mixed.push_back(*other.AddPerson(Someone(2, "somebody else").person, 1, founder_.keys.seed));
  mixed.insert(mixed.end(), statements_.begin() + 2, statements_.end());
  EXPECT_EQ(Verify(mixed), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, SwappedPublicKeyInAPersonStatementIsRefused) {
  const Someone thief(2, "thief");
  auto body = std::get<format::PersonBody>(BodyOf(statements_[1]));
  body.public_key = thief.person.public_key;
  EXPECT_EQ(VerifyWithBody(1, body), StatusCode::kAuthFailed);
  body = std::get<format::PersonBody>(BodyOf(statements_[1]));
  body.verify_key = thief.person.verify_key;
  EXPECT_EQ(VerifyWithBody(1, body), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, SwappedDigestOfAClassKeyIsRefused) {
  auto body = std::get<format::ClassKeyBody>(BodyOf(statements_[6]));
  body.digest = {0xee};
  EXPECT_EQ(VerifyWithBody(6, body), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, ClearedNoIndexFlagIsRefused) {
  auto body = std::get<format::ClassBody>(BodyOf(statements_[4]));
  ASSERT_TRUE(body.no_index);
  body.no_index = false;
  EXPECT_EQ(VerifyWithBody(4, body), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, SwappedFounderKeyIsRefusedAndAWholeNewChainShowsAnotherFounder) {
  const Someone thief(1, "Ada Founder");
  auto body = std::get<format::FoundingBody>(BodyOf(statements_[0]));
  body.founder.verify_key = thief.person.verify_key;
  EXPECT_EQ(VerifyWithBody(0, body), StatusCode::kAuthFailed);
  Chain theirs;
  const Bytes founding = *Chain::Found(kStore, kSuite, thief.person, thief.keys.seed, theirs);
  const auto verified = Chain::Verify(kStore, {founding});
  ASSERT_TRUE(verified.ok());
  EXPECT_NE(verified->founder_key(), founder_.person.verify_key);  // each credential pins the right one
}

TEST_F(ChainAttackTest, SignerWhoIsNotEntitledIsRefused) {
  const Someone fourth(4, "fourth");
  const format::PersonBody person{4, 1, "fourth", fourth.person.verify_key, fourth.person.public_key};
  const format::StatementBody bodies[] = {person, format::ClassBody{7, false, "mental"},
                                          format::ClassKeyBody{kHiv, 2, 0, {}, {}}, format::GrantBody{2, kGeneral},
                                          format::SchemaBody{2, {}}};
  for (const format::StatementBody& body : bodies) {
    EXPECT_EQ(VerifyWith(Forged(body, 2, doctor_.keys.seed)), StatusCode::kAuthFailed) << body.index();
    EXPECT_EQ(VerifyWith(Forged(body, 1, founder_.keys.seed)), StatusCode::kOk) << body.index();
  }
}

TEST_F(ChainAttackTest, SignatureOfAnotherThanTheNamedSignerIsRefused) {
  EXPECT_EQ(VerifyWith(Forged(format::SchemaBody{2, {}}, 1, doctor_.keys.seed)), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, SignerWhoIsNotKnownYetIsRefused) {
  const Someone fourth(4, "fourth");
  EXPECT_EQ(VerifyWith(Forged(format::GrantBody{3, kHiv}, 4, fourth.keys.seed)), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, GranteeWhoIsGrantedTheClassOnlyLaterIsRefused) {
  std::vector<Bytes> longer = statements_;
  longer.push_back(Forged(format::GrantBody{2, kGeneral}, 2, doctor_.keys.seed));
  EXPECT_EQ(Verify(longer), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, SignedStatementThatBreaksARuleIsCorrupt) {
  const Someone fourth(4, "fourth");
  const auto& keys = fourth.person;
  const format::StatementBody bodies[] = {
      format::PersonBody{4, 1, "front desk", keys.verify_key, keys.public_key},        // a name that is taken
      format::PersonBody{3, 1, "fourth", keys.verify_key, keys.public_key},            // a number that is taken
      format::PersonBody{5, 1, "fourth", keys.verify_key, keys.public_key},            // a gap
      format::PersonBody{4, 1, "fourth", keys.verify_key, doctor_.person.public_key},  // somebody else's key
      format::PersonBody{4, 1, "fourth", keys.verify_key, {}},                         // a key of small order
      format::PersonBody{4, 1, "tab\t", keys.verify_key, keys.public_key},             // an unclean name
      format::PersonBody{4, 3, "fourth", keys.verify_key, keys.public_key},            // neither human nor service
      format::ClassBody{kHiv, false, "mental"},                                        // a number that is taken
      format::ClassBody{7, false, "hiv"},                                              // a name that is taken
      format::ClassBody{16, false, "mental"},                                          // no slot has this number
      format::ClassKeyBody{kHiv, 3, 0, {}, {}},                                        // a gap
      format::ClassKeyBody{kHiv, 1, 0, {}, {}},                                        // a version that is taken
      format::ClassKeyBody{7, 1, 0, {}, {}},                                           // a class nobody declared
      format::ClassKeyBody{kHiv, 2, 0, {}, {1}},                                       // a public half
      format::GrantBody{2, kHiv},                                                      // granted before
      format::GrantBody{9, kHiv},                                                      // a person nobody named
      format::GrantBody{2, 7},                                                         // a class nobody declared
      format::RevokeBody{3, kHiv},                                                     // not granted
      format::RevokeBody{9, kHiv},                                                     // a person nobody named
      format::RevokeBody{1, kHiv},                                                     // the founder
      format::SchemaBody{3, {}},                                                       // a gap
      format::SchemaBody{1, {}},                                                       // a version that is taken
      format::FoundingBody{1, {4, 1, "fourth", keys.verify_key, keys.public_key}},     // a second founding
  };
  int index = 0;
  for (const format::StatementBody& body : bodies) {
    EXPECT_EQ(VerifyWith(Forged(body, 1, founder_.keys.seed)), StatusCode::kCorrupt) << index++;
  }
}

TEST_F(ChainAttackTest, NewKeysOfAPersonThatBreakARuleAreCorrupt) {
  const Someone next(2, "next");
  const auto& keys = next.person;
  Keep(chain_.AddPersonKeys(2, keys.verify_key, keys.public_key, 1, founder_.keys.seed));
  const Someone fresh(2, "fresh");
  const format::PersonKeysBody bodies[] = {
      {2, keys.verify_key, keys.public_key},                     // the same once more
      {2, fresh.person.verify_key, keys.public_key},             // half of it
      {2, keys.verify_key, fresh.person.public_key},             //
      {2, fresh.person.verify_key, doctor_.person.public_key},   // their own of before
      {3, doctor_.person.verify_key, fresh.person.public_key},   // somebody's of before
      {3, founder_.person.verify_key, fresh.person.public_key},  // somebody's now
      {2, fresh.person.verify_key, {}},                          // a key of small order
      {2, fresh.person.verify_key, {1}},                         //
      {9, fresh.person.verify_key, fresh.person.public_key},     // a person nobody named
  };
  for (std::size_t i = 0; i < std::size(bodies); ++i)
    EXPECT_EQ(VerifyWith(Forged(bodies[i], 1, founder_.keys.seed)), StatusCode::kCorrupt) << i;
  EXPECT_EQ(VerifyWith(Forged(format::PersonKeysBody{2, fresh.person.verify_key, fresh.person.public_key}, 1,
                              founder_.keys.seed)),
            StatusCode::kOk);
}

TEST_F(ChainAttackTest, NewKeysSignedByAnybodyElseAreRefused) {
  const Someone next(2, "next");
  const format::PersonKeysBody body{2, next.person.verify_key, next.person.public_key};
  EXPECT_EQ(VerifyWith(Forged(body, 3, clerk_.keys.seed)), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(body, 2, clerk_.keys.seed)), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(body, 2, next.keys.seed)),
            StatusCode::kAuthFailed);  // proves nothing: anybody draws keys
  EXPECT_EQ(VerifyWith(Forged(body, 2, doctor_.keys.seed)), StatusCode::kOk);
}

TEST_F(ChainAttackTest, CustodiansThatNobodyEntitledNamedAreRefused) {
  const Someone all(9, "all"), mine(9, "mine");
  const format::CustodiansBody body{1, 2, mine.person.public_key, {{1}, {2}}};
  EXPECT_EQ(VerifyWith(Forged(body, 2, doctor_.keys.seed)), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(body, 1, doctor_.keys.seed)), StatusCode::kAuthFailed);
  Keep(chain_.AddCustodians({1, 2, all.person.public_key, {{1}, {2}}}, 1, founder_.keys.seed));
  auto swapped = std::get<format::CustodiansBody>(BodyOf(statements_.back()));
  swapped.public_key = mine.person.public_key;
  EXPECT_EQ(VerifyWithBody(statements_.size() - 1, swapped), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(body, 1, founder_.keys.seed)), StatusCode::kCorrupt);  // the set is taken
  EXPECT_EQ(VerifyWith(Forged(format::CustodiansBody{2, 1, mine.person.public_key, {{1}, {2}}}, 1, founder_.keys.seed)),
            StatusCode::kCorrupt);
}

TEST_F(ChainAttackTest, SuiteThatNobodyEntitledNamedIsRefused) {
  const format::SuiteBody body{static_cast<std::uint8_t>(crypto::Suite::kAes256Gcm)};
  EXPECT_EQ(VerifyWith(Forged(body, 2, doctor_.keys.seed)), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(body, 1, doctor_.keys.seed)), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(body, 1, founder_.keys.seed)), StatusCode::kOk);
  const format::SuiteBody same{static_cast<std::uint8_t>(crypto::Suite::kChaCha20Poly1305)};
  EXPECT_EQ(VerifyWith(Forged(same, 1, founder_.keys.seed)), StatusCode::kCorrupt);
  EXPECT_EQ(VerifyWith(Forged(format::SuiteBody{3}, 1, founder_.keys.seed)), StatusCode::kUnsupportedVersion);
}

TEST_F(ChainAttackTest, PolicyThatNobodyEntitledSetIsRefused) {
  const format::PolicyBody body{policy::kLoginAttempts, 100};
  EXPECT_EQ(VerifyWith(Forged(body, 2, doctor_.keys.seed)), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(body, 1, doctor_.keys.seed)), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(body, 1, founder_.keys.seed)), StatusCode::kOk);
  const format::PolicyBody beyond{policy::kLoginAttempts, 101}, below{policy::kLoginAttempts, 2};
  EXPECT_EQ(VerifyWith(Forged(beyond, 1, founder_.keys.seed)), StatusCode::kCorrupt);
  EXPECT_EQ(VerifyWith(Forged(below, 1, founder_.keys.seed)), StatusCode::kCorrupt);
  const format::PolicyBody of_later{"of_a_later_medseal", 1};
  EXPECT_EQ(VerifyWith(Forged(of_later, 1, founder_.keys.seed)), StatusCode::kUnsupportedVersion);
}

TEST_F(ChainAttackTest, StatementSignedWithAReplacedKeyIsRefused) {
  const Someone doctor(2, "doctor"), founder(1, "founder");
  Keep(chain_.AddPersonKeys(2, doctor.person.verify_key, doctor.person.public_key, 2, doctor_.keys.seed));
  EXPECT_EQ(VerifyWith(Forged(format::GrantBody{3, kHiv}, 2, doctor_.keys.seed)), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(format::GrantBody{3, kHiv}, 2, doctor.keys.seed)), StatusCode::kOk);
  Keep(chain_.AddPersonKeys(1, founder.person.verify_key, founder.person.public_key, 1, founder_.keys.seed));
  EXPECT_EQ(VerifyWith(Forged(format::SchemaBody{2, {}}, 1, founder_.keys.seed)), StatusCode::kAuthFailed);
  EXPECT_EQ(VerifyWith(Forged(format::SchemaBody{2, {}}, 1, founder.keys.seed)), StatusCode::kOk);
  const Someone back(1, "back");
  const format::PersonKeysBody taken_back{1, back.person.verify_key, back.person.public_key};
  EXPECT_EQ(VerifyWith(Forged(taken_back, 1, founder_.keys.seed)), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, SeventeenthClassInStoredStatementsIsCorrupt) {
  for (ClassNumber number = 2; number < 16; ++number) {
    Keep(chain_.AddClass(number, {"class " + std::to_string(number), false}, 1, founder_.keys.seed));
  }
  EXPECT_EQ(VerifyWith(Forged(format::ClassBody{3, false, "seventeenth"}, 1, founder_.keys.seed)),
            StatusCode::kCorrupt);
}

TEST_F(ChainAttackTest, FoundingByAnotherNumberThanOneIsRefused) {
  const format::FoundingBody body{1, {2, 1, "x", founder_.person.verify_key, founder_.person.public_key}};
  const Bytes encoded = format::EncodeStatementBody(body);
  EXPECT_EQ(Verify({Signed({kStore, 1, {}, 1, 1, encoded}, founder_.keys.seed)}), StatusCode::kCorrupt);
  EXPECT_EQ(Verify({Signed({kStore, 1, {}, 1, 2, encoded}, founder_.keys.seed)}), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, FirstStatementThatIsNoFoundingIsRefused) {
  const Bytes encoded = format::EncodeStatementBody(format::SchemaBody{1, {}});
  EXPECT_EQ(Verify({Signed({kStore, 1, {}, 6, 1, encoded}, founder_.keys.seed)}), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, FoundingThatNamesAPreviousStatementIsRefused) {
  const format::SignedStatement founding = Parsed(statements_[0]);
  format::Statement moved = founding.statement;
  moved.previous = {1};
  EXPECT_EQ(Verify({Signed(moved, founder_.keys.seed)}), StatusCode::kAuthFailed);
}

TEST_F(ChainAttackTest, UnknownSuiteOrTypeIsOfALaterVersion) {
  for (const std::uint8_t suite : {0, 3, 255}) {
    const format::FoundingBody body{suite, {1, 1, "x", founder_.person.verify_key, founder_.person.public_key}};
    const Bytes encoded = format::EncodeStatementBody(body);
    EXPECT_EQ(Verify({Signed({kStore, 1, {}, 1, 1, encoded}, founder_.keys.seed)}), StatusCode::kUnsupportedVersion);
  }
  for (const std::uint8_t type : {0, 200, 255}) {
    const format::Statement next{kStore, chain_.newest_number() + 1, DigestOfStatement(statements_.back()), type, 1,
                                 {}};
    EXPECT_EQ(VerifyWith(Signed(next, founder_.keys.seed)), StatusCode::kUnsupportedVersion);
  }
}

TEST_F(ChainAttackTest, SignatureOverAStatementWithoutItsPrefixIsRefused) {
  const Bytes encoded = format::EncodeStatementBody(format::SchemaBody{2, {}});
  Bytes next = format::EncodeStatement(
      {kStore, chain_.newest_number() + 1, DigestOfStatement(statements_.back()), 6, 1, encoded});
  Writer(next).Raw(crypto::Sign(founder_.keys.seed, next));
  EXPECT_EQ(VerifyWith(next), StatusCode::kAuthFailed);
}

}  // namespace
}  // namespace mseal::people
