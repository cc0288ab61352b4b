// The loss of every password: what custodians' shares bring back, what they do not, and what a planter can make of it.
#include "vault/recovery.h"

#include <gtest/gtest.h>

#include <map>

#include "base/writer.h"
#include "crypto/random.h"
#include "format/keys_of_rows.h"
#include "people/statement_bytes.h"
#include "vault/rotate_person.h"
#include "vault/rotation.h"
#include "vault/schema_book.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using format::MetaKind;
using people::ShareFault;
using store::Table;
using vault::RecoveryReport;

constexpr std::string_view kNew = "another password";
constexpr std::string_view kPhysician = "physician";
constexpr std::uint32_t kFamily = 3;
constexpr std::uint32_t kHiv = 10;

using Texts = std::vector<SecretBytes>;

class Recovery : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson(kPhysician, {"identity", "general", "hiv"});
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_TRUE(lab_.Put(*founder, "alice", "Patient", "1", TextField(kFamily, "Martin") + NumberField(kHiv, 2)).ok());
  }

  static StatusCode HandOut(vault::Session& session, Texts& shares, std::uint8_t threshold = 3,
                            std::uint8_t count = 5) {
    shares.clear();
    vault::RecoverySetup setup{count, threshold, [&](std::uint8_t number, ByteView text) {
                                 EXPECT_EQ(number, shares.size() + 1);
                                 shares.push_back(SecretBytes::CopyOf(text));
                                 return true;
                               }};
    auto call = session.Enter();
    return vault::SetUpRecovery(call->core(), call->desk(), setup).code();
  }
  Texts NewShares() {
    Texts shares;
    EXPECT_EQ(HandOut(*lab_.LoginAs(Laboratory::kFounder), shares), StatusCode::kOk);
    lab_.Close();
    return shares;
  }

  // The shares of these numbers.
  static std::vector<ByteView> Of(const Texts& shares, const std::vector<std::size_t>& numbers) {
    std::vector<ByteView> texts;
    for (const std::size_t number : numbers) texts.push_back(shares[number - 1].Reveal());
    return texts;
  }
  Status Drill(const std::vector<ByteView>& texts, RecoveryReport* report = nullptr) {
    RecoveryReport counted;
    faults_.clear();
    auto call = lab_.Vault()->Enter();
    const Status status = vault::DrillRecovery(call->core(), Given(texts), counted);
    if (report != nullptr) *report = counted;
    return status;
  }
  Status Open(const std::vector<ByteView>& texts, RecoveryReport* report = nullptr, std::string_view password = kNew) {
    RecoveryReport counted;
    faults_.clear();
    auto call = lab_.Vault()->Enter();
    const Status status =
        vault::OpenRecovery(call->core(), Given(texts), AsBytes(password), crypto::kArgon2Floor, counted);
    if (report != nullptr) *report = counted;
    return status;
  }
  vault::GivenShares Given(const std::vector<ByteView>& texts) {
    return {texts, [this](std::size_t index, ShareFault fault) { faults_[index] = fault; }};
  }

  StatusCode CodeOfLogin(std::string_view person, std::string_view password) {
    return lab_.Vault()->Login(person, AsBytes(password), "care").code();
  }
  bool ReadsHiv(vault::Session& session) {
    const auto record = lab_.Get(session, "alice", "Patient", "1");
    return record.ok() && !Redacts(**record, "hiv");
  }
  static StatusCode RotatePerson(vault::Session& session, std::string_view person, std::string_view password) {
    return vault::RotatePerson(session, person, AsBytes(password), crypto::kArgon2Floor).code();
  }
  std::map<Bytes, Bytes> MetaRows() {
    std::map<Bytes, Bytes> rows;
    for (StoredRow& row : lab_.AllRows(Table::kMeta)) rows.emplace(std::move(row.key), std::move(row.value));
    return rows;
  }
  // The one row of what is sealed to the custodians.
  StoredRow RecoveryRow() {
    for (StoredRow& row : lab_.AllRows(Table::kMeta)) {
      if (row.key[4] == static_cast<std::uint8_t>(MetaKind::kRecovery)) return std::move(row);
    }
    return ADD_FAILURE() << "nothing is sealed to custodians", StoredRow{};
  }
  void PutMeta(MetaKind kind, ByteView id, const Bytes& content) {
    lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
      store::Batch batch;
      meta.Put(batch, kind, id, content);
      ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
    });
  }

  Laboratory lab_;
  std::map<std::size_t, ShareFault> faults_;
};

TEST_F(Recovery, AnyThreeOfFiveGiveTheFounderAnotherPasswordOverEverything) {
  const Texts shares = NewShares();
  int opened = 0;
  for (std::size_t a = 1; a <= 5; ++a) {
    for (std::size_t b = a + 1; b <= 5; ++b) {
      EXPECT_EQ(Drill(Of(shares, {a, b})).code(), StatusCode::kInvalidArgument);
      for (std::size_t c = b + 1; c <= 5; ++c) {
        RecoveryReport report;
        EXPECT_TRUE(Drill(Of(shares, {c, a, b}), &report).ok());
        EXPECT_EQ(report.good, 3u);
        ++opened;
      }
    }
  }
  EXPECT_EQ(opened, 10);
  RecoveryReport report;
  ASSERT_TRUE(Open(Of(shares, {5, 1, 2}), &report).ok());
  EXPECT_EQ(report.founder, Laboratory::kFounder);
  EXPECT_EQ(report.set, 1u);
  EXPECT_EQ(CodeOfLogin(Laboratory::kFounder, Laboratory::kPassword), StatusCode::kWrongSecret);
  const auto founder = lab_.Vault()->Login(Laboratory::kFounder, AsBytes(kNew), "care");
  ASSERT_TRUE(founder.ok());
  EXPECT_TRUE(ReadsHiv(**founder));
  // What the command says to do next: everybody else's password, other keys for the founder, other shares.
  EXPECT_EQ(RotatePerson(**founder, kPhysician, "theirs from now"), StatusCode::kOk);
  EXPECT_EQ(RotatePerson(**founder, Laboratory::kFounder, "a third one of three"), StatusCode::kOk);
  Texts fresh;
  EXPECT_EQ(HandOut(**founder, fresh), StatusCode::kOk);
  EXPECT_EQ(CodeOfLogin(kPhysician, "theirs from now"), StatusCode::kOk);
  EXPECT_EQ(CodeOfLogin(Laboratory::kFounder, kNew), StatusCode::kWrongSecret);
  EXPECT_EQ(Drill(Of(shares, {1, 2, 3})).code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(Drill(Of(fresh, {1, 2, 3})).ok());
}

TEST_F(Recovery, DrillCountsEveryClassKeyAndChangesNothing) {
  const Texts shares = NewShares();
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    std::uint32_t job = 0;
    ASSERT_TRUE(vault::StartClassRotation(*founder, "hiv", {}, job).ok());
  }
  std::size_t classes = 0;
  {
    auto call = lab_.Vault()->Enter();
    classes = call->core().registry->chain()->classes().size();
  }
  const auto before = MetaRows();
  RecoveryReport report;
  EXPECT_TRUE(Drill(Of(shares, {1, 2, 3, 4, 5}), &report).ok());
  EXPECT_EQ(report.class_keys, classes + 1);  // two versions of `hiv`
  EXPECT_EQ(report.class_keys_missing, 0u);
  EXPECT_EQ(report.good, 5u);
  EXPECT_TRUE(faults_.empty());
  EXPECT_EQ(MetaRows(), before);
}

TEST_F(Recovery, DrillNoticesAClassKeyThatTheFounderLost) {
  const Texts shares = NewShares();
  Bytes slot;
  for (const StoredRow& row : lab_.AllRows(Table::kMeta)) {
    const Bytes founder = keys::MetaIdOf({people::kFounder});
    if (row.key[4] != static_cast<std::uint8_t>(MetaKind::kPersonSlot)) continue;
    if (std::equal(founder.begin(), founder.end(), row.key.end() - 4)) slot = row.key;
  }
  lab_.Remove(Table::kMeta, slot);
  RecoveryReport report;
  EXPECT_EQ(Drill(Of(shares, {1, 2, 3}), &report).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(report.class_keys_missing, 1u);
  EXPECT_GT(report.class_keys, 1u);
  EXPECT_TRUE(Open(Of(shares, {1, 2, 3}), &report).ok());  // what opens is better than nothing
  EXPECT_EQ(report.class_keys_missing, 1u);
}

TEST_F(Recovery, EachBadShareIsNamedAndTheGoodOnesCount) {
  const Texts older = NewShares();
  const Texts shares = NewShares();
  Laboratory other;
  Texts theirs;
  ASSERT_EQ(HandOut(*other.LoginAs(Laboratory::kFounder), theirs), StatusCode::kOk);
  SecretBytes mistyped = SecretBytes::CopyOf(shares[3].Reveal());
  std::uint8_t& digit = mistyped.Reveal()[AsText(mistyped.Reveal()).find("key ") + 12];
  digit = digit == '7' ? '1' : '7';
  const std::vector<ByteView> brought = {shares[0].Reveal(), older[1].Reveal(),  theirs[2].Reveal(),
                                         mistyped.Reveal(),  shares[0].Reveal(), shares[1].Reveal()};
  RecoveryReport report;
  const Status few = Drill(brought, &report);
  EXPECT_EQ(few.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(few.message().find("missing: 1"), std::string::npos) << few.message();
  EXPECT_EQ(report.good, 2u);
  const std::map<std::size_t, ShareFault> expected = {
      {1, ShareFault::kOtherSet}, {2, ShareFault::kOtherStore}, {3, ShareFault::kDamaged}, {4, ShareFault::kDoubled}};
  EXPECT_EQ(faults_, expected);
  std::vector<ByteView> enough = brought;
  enough.push_back(shares[4].Reveal());
  EXPECT_TRUE(Open(enough, &report).ok());
  EXPECT_EQ(faults_, expected);
  EXPECT_EQ(report.good, 3u);
}

TEST_F(Recovery, SharesOfBeforeANewerSetOpenNothing) {
  const Texts older = NewShares();
  const Texts shares = NewShares();
  EXPECT_EQ(Open(Of(older, {1, 2, 3})).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(faults_[0], ShareFault::kOtherSet);
  EXPECT_EQ(CodeOfLogin(Laboratory::kFounder, Laboratory::kPassword), StatusCode::kOk);
  EXPECT_TRUE(Drill(Of(shares, {1, 2, 3})).ok());
}

TEST_F(Recovery, FounderWithOtherKeysIsRecoveredByTheSameShares) {
  const Texts shares = NewShares();
  ASSERT_EQ(RotatePerson(*lab_.LoginAs(Laboratory::kFounder), Laboratory::kFounder, "forgotten by all"),
            StatusCode::kOk);
  EXPECT_TRUE(Open(Of(shares, {2, 3, 4})).ok());
  EXPECT_EQ(CodeOfLogin(Laboratory::kFounder, "forgotten by all"), StatusCode::kWrongSecret);
  const auto founder = lab_.Vault()->Login(Laboratory::kFounder, AsBytes(kNew), "care");
  ASSERT_TRUE(founder.ok());
  EXPECT_TRUE(ReadsHiv(**founder));
  EXPECT_EQ(RotatePerson(**founder, kPhysician, "theirs from now"), StatusCode::kOk);
}

TEST_F(Recovery, WithoutCustodiansThereIsNothingToOpen) {
  RecoveryReport report;
  report.set = 9;
  {
    auto call = lab_.Vault()->Enter();
    vault::DescribeRecovery(call->core(), report);
  }
  EXPECT_EQ(report.set, 0u);
  EXPECT_EQ(Drill({AsBytes("a share")}).code(), StatusCode::kNotFound);
  EXPECT_EQ(Open({}).code(), StatusCode::kNotFound);
}

TEST_F(Recovery, WhatIsRefusedAtSetUpChangesNothing) {
  const Texts shares = NewShares();
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  Texts unused;
  EXPECT_EQ(HandOut(*lab_.LoginAs(kPhysician), unused), StatusCode::kPermissionDenied);
  EXPECT_EQ(HandOut(*founder, unused, 1, 5), StatusCode::kInvalidArgument);
  EXPECT_EQ(HandOut(*founder, unused, 6, 5), StatusCode::kInvalidArgument);
  EXPECT_EQ(HandOut(*founder, unused, 2, 17), StatusCode::kInvalidArgument);
  EXPECT_TRUE(unused.empty());
  {
    auto call = founder->Enter();
    const vault::RecoverySetup no_paper{5, 3, [](std::uint8_t number, ByteView) { return number < 4; }};
    EXPECT_EQ(vault::SetUpRecovery(call->core(), call->desk(), no_paper).code(), StatusCode::kCancelled);
    RecoveryReport report;
    vault::DescribeRecovery(call->core(), report);
    EXPECT_EQ(report.set, 1u);
    EXPECT_EQ(report.threshold, 3u);
    EXPECT_EQ(report.count, 5u);
  }
  EXPECT_EQ(Open(Of(shares, {1, 2, 3}), nullptr, "").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOfLogin(Laboratory::kFounder, Laboratory::kPassword), StatusCode::kOk);
  EXPECT_TRUE(Drill(Of(shares, {1, 2, 3})).ok());
}

TEST_F(Recovery, OfTwoWhoNameCustodiansAtOnceOneIsTold) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  Texts theirs;
  auto call = founder->Enter();
  const vault::RecoverySetup setup{
      5, 3, [&](std::uint8_t number, ByteView) { return number > 1 || HandOut(*founder, theirs) == StatusCode::kOk; }};
  EXPECT_EQ(vault::SetUpRecovery(call->core(), call->desk(), setup).code(), StatusCode::kConflict);
  EXPECT_TRUE(Drill(Of(theirs, {1, 2, 3})).ok());
}

TEST_F(Recovery, WhoeverIsOvertakenIsTold) {
  const Texts shares = NewShares();
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  auto call = lab_.Vault()->Enter();
  people::Registry& registry = *call->core().registry;
  people::BroughtShares brought(call->core().identity.store, registry.chain()->custodians());
  for (std::size_t i = 0; i < 3; ++i) ASSERT_EQ(brought.Add(shares[i].Reveal()), ShareFault::kNone);
  auto recovered = registry.RecoverFounder(brought);
  ASSERT_TRUE(recovered.ok());
  const auto secret = registry.Judge(*recovered, {people::kFounder, "founder"}, AsBytes(kNew), crypto::kArgon2Floor);
  ASSERT_TRUE(secret.ok());
  ASSERT_EQ(RotatePerson(*founder, Laboratory::kFounder, "set meanwhile"), StatusCode::kOk);
  EXPECT_EQ(registry.ReplacePassword(*recovered, *secret).code(), StatusCode::kConflict);
  Texts newer;
  ASSERT_EQ(HandOut(*founder, newer), StatusCode::kOk);
  EXPECT_EQ(registry.RecoverFounder(brought).code(), StatusCode::kConflict);
  EXPECT_EQ(CodeOfLogin(Laboratory::kFounder, "set meanwhile"), StatusCode::kOk);
}

TEST_F(Recovery, OldStoreIsOnlyLookedAt) {
  const Texts shares = NewShares();
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  lab_.Vault()->Enter()->core().read_only = true;
  Texts unused;
  EXPECT_EQ(HandOut(*founder, unused), StatusCode::kUnsupported);
  EXPECT_EQ(Open(Of(shares, {1, 2, 3})).code(), StatusCode::kUnsupported);
  EXPECT_EQ(RotatePerson(*founder, Laboratory::kFounder, "x"), StatusCode::kUnsupported);
  EXPECT_TRUE(Drill(Of(shares, {1, 2, 3})).ok());
  lab_.Vault()->Enter()->core().read_only = false;
}

// ---- what whoever writes to the disk can make of it, with the provider too

TEST_F(Recovery, RowOfBeforePutBackIsRefused) {
  const Texts shares = NewShares();
  const StoredRow before = RecoveryRow();
  ASSERT_EQ(RotatePerson(*lab_.LoginAs(Laboratory::kFounder), Laboratory::kFounder, "forgotten by all"),
            StatusCode::kOk);
  const StoredRow right = RecoveryRow();
  lab_.Overwrite(Table::kMeta, before.key, before.value);  // the keys of before, sealed to the same custodians
  EXPECT_EQ(Open(Of(shares, {1, 2, 3})).code(), StatusCode::kAuthFailed);
  lab_.Close();
  lab_.Remove(Table::kMeta, right.key);
  EXPECT_EQ(Drill(Of(shares, {1, 2, 3})).code(), StatusCode::kAuthFailed);
  lab_.Close();
  lab_.Overwrite(Table::kMeta, right.key, right.value);
  EXPECT_TRUE(Drill(Of(shares, {1, 2, 3})).ok());
  Texts newer;
  EXPECT_EQ(HandOut(**lab_.Vault()->Login(Laboratory::kFounder, AsBytes("forgotten by all"), "care"), newer),
            StatusCode::kOk);
  lab_.Close();
  lab_.Overwrite(Table::kMeta, right.key, right.value);  // of the set before
  EXPECT_EQ(Drill(Of(newer, {1, 2, 3})).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(CodeOfLogin(Laboratory::kFounder, "forgotten by all"), StatusCode::kOk);
}

TEST_F(Recovery, KeysOfTheThiefSealedToTheCustodiansAreRefused) {
  const Texts shares = NewShares();
  people::PrivateKeys mine = people::DrawPrivateKeys();
  lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity& identity) {
    std::vector<Bytes> statements;
    ASSERT_TRUE(meta.ForEach(MetaKind::kStatement,
                             [&](ByteView, const SecretBytes& content) {
                               statements.emplace_back(content.Reveal().begin(), content.Reveal().end());
                               return Status::Ok();
                             })
                    .ok());
    const auto chain = *people::Chain::Verify(identity.store, statements);
    mine.founder_key = chain.founder_key();
    store::Batch batch;
    meta.Put(batch, MetaKind::kRecovery, {},
             *people::SealRecovery(identity.store, identity.suite, chain.custodians(), mine));
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  EXPECT_EQ(Open(Of(shares, {1, 2, 3})).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(CodeOfLogin(Laboratory::kFounder, Laboratory::kPassword), StatusCode::kOk);
}

// The thief is custodian of their own making: another public key in the founder's statement, with the old signature or
// one of theirs.
TEST_F(Recovery, ReplacedStatementOfCustodiansIsRefusedAtOpening) {
  const Texts shares = NewShares();
  Bytes right, id;
  lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    ASSERT_TRUE(meta.ForEach(MetaKind::kStatement,
                             [&](ByteView at, const SecretBytes& content) {
                               right.assign(content.Reveal().begin(), content.Reveal().end());
                               id.assign(at.begin(), at.end());
                               return Status::Ok();
                             })
                    .ok());
  });
  const auto parsed = format::ParseStatement(right);
  ASSERT_EQ(parsed->statement.type, 9u);
  auto body = std::get<format::CustodiansBody>(*format::ParseStatementBody(9, parsed->statement.body));
  body.public_key = crypto::PublicKeyOf(crypto::PrivateKey(crypto::RandomKey()));
  const Bytes encoded = format::EncodeStatementBody(body);
  format::Statement changed = parsed->statement;
  changed.body = encoded;
  Bytes with_old = format::EncodeStatement(changed), with_mine = with_old;
  AppendTo(with_old, parsed->signature);
  AppendTo(with_mine, crypto::Sign(crypto::SigningSeed(crypto::RandomKey()), people::SignedMessage(with_mine)));
  for (const Bytes& planted : {with_old, with_mine}) {
    PutMeta(MetaKind::kStatement, id, planted);
    EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
  }
  PutMeta(MetaKind::kStatement, id, right);
  EXPECT_TRUE(Drill(Of(shares, {1, 2, 3})).ok());
}

// A whole chain of the thief's own, with the custodians' statement copied into it and the thief's keys sealed to their
// public key. No credential is asked that would pin the founder: the shares do.
TEST_F(Recovery, SharesOpenNothingOfAChainThatTheThiefFounded) {
  const Texts shares = NewShares();
  people::PrivateKeys mine = people::DrawPrivateKeys();
  mine.founder_key = crypto::VerifyKeyOf(mine.seed);
  lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity& identity) {
    std::vector<Bytes> right, forged;
    ASSERT_TRUE(meta.ForEach(MetaKind::kStatement,
                             [&](ByteView, const SecretBytes& content) {
                               right.emplace_back(content.Reveal().begin(), content.Reveal().end());
                               return Status::Ok();
                             })
                    .ok());
    const people::Chain real = *people::Chain::Verify(identity.store, right);
    const auto add = [&](const Result<Bytes>& statement) {
      ASSERT_TRUE(statement.ok()) << statement.status().message();
      forged.push_back(*statement);
    };
    people::Chain chain;
    const people::Person founder{1, people::PersonKind::kHuman, std::string(Laboratory::kFounder), mine.founder_key,
                                 crypto::PublicKeyOf(mine.private_key)};
    add(people::Chain::Found(identity.store, identity.suite.now().newest(), founder, mine.seed, chain));
    for (const auto& [number, entry] : real.classes()) add(chain.AddClass(number, entry, 1, mine.seed));
    add(chain.AddSchema(1, *real.SchemaDigest(1), 1, mine.seed));
    add(chain.AddCustodians(real.custodians(), 1, mine.seed));
    while (forged.size() < right.size()) {  // no shorter than the anchor says
      const people::PrivateKeys drawn = people::DrawPrivateKeys();
      const auto number = chain.NextPersonNumber();
      add(chain.AddPerson({number, people::PersonKind::kHuman, "p" + std::to_string(number),
                           crypto::VerifyKeyOf(drawn.seed), crypto::PublicKeyOf(drawn.private_key)},
                          1, mine.seed));
    }
    store::Batch batch;
    for (std::size_t i = 0; i < forged.size(); ++i) {
      Bytes id;
      Writer(id).U64(i + 1);
      meta.Put(batch, MetaKind::kStatement, id, forged[i]);
    }
    meta.Put(batch, MetaKind::kRecovery, {},
             *people::SealRecovery(identity.store, identity.suite, real.custodians(), mine));
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  ASSERT_TRUE(lab_.Open().ok());  // consistent by itself
  EXPECT_EQ(Open(Of(shares, {1, 2, 3})).code(), StatusCode::kAuthFailed);
  EXPECT_TRUE(faults_.empty());  // the shares are the right ones
}

}  // namespace
}  // namespace mseal::test
