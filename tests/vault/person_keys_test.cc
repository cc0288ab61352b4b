// Other keys for a person, as the person, their founder, their other sessions and a thief with the old rows see it.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/writer.h"
#include "format/keys_of_rows.h"
#include "people/statement_bytes.h"
#include "vault/rotate_person.h"
#include "vault/rotation.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using format::MetaKind;
using store::Table;

constexpr std::uint32_t kFamily = 3;
constexpr std::uint32_t kHiv = 10;
constexpr std::string_view kPhysician = "physician";
constexpr std::string_view kNew = "another password";

class PersonKeys : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson(kPhysician, {"identity", "general", "hiv"});
    lab_.AddPerson("receptionist", {"identity", "general"});
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_TRUE(lab_.Put(*founder, "alice", "Patient", "1", TextField(kFamily, "Martin") + NumberField(kHiv, 2)).ok());
  }

  static StatusCode RotatePerson(vault::Session& session, std::string_view person, std::string_view password = kNew) {
    return vault::RotatePerson(session, person, AsBytes(password), crypto::kArgon2Floor).code();
  }
  Result<std::shared_ptr<vault::Session>> Login(std::string_view person, std::string_view password) {
    return lab_.Vault()->Login(person, AsBytes(password), "care");
  }
  StatusCode CodeOfLogin(std::string_view person, std::string_view password) { return Login(person, password).code(); }

  bool ReadsHiv(vault::Session& session) {
    const auto record = lab_.Get(session, "alice", "Patient", "1");
    return record.ok() && !Redacts(**record, "hiv");
  }
  StatusCode WritesHiv(vault::Session& session) {
    return lab_.Put(session, "alice", "Patient", "1", NumberField(kHiv, 1), vault::PutMode::kUpdate).code();
  }
  std::uint64_t Statements() {
    auto call = lab_.Vault()->Enter();
    return call->core().registry->chain()->newest_number();
  }
  // Rows of meta of one kind that are the person's; as a thief copies them.
  std::vector<StoredRow> RowsOf(MetaKind kind, people::PersonNumber person) {
    const Bytes ending = keys::MetaIdOf({person});
    std::vector<StoredRow> rows;
    for (StoredRow& row : lab_.AllRows(Table::kMeta)) {
      if (row.key[4] == static_cast<std::uint8_t>(kind) && std::equal(ending.begin(), ending.end(), row.key.end() - 4))
        rows.push_back(std::move(row));
    }
    return rows;
  }
  void PutBack(const std::vector<StoredRow>& rows) {
    for (const StoredRow& row : rows) lab_.Overwrite(row.table, row.key, row.value);
  }
  people::PersonNumber NumberOf(std::string_view person) {
    auto call = lab_.Vault()->Enter();
    return call->core().registry->chain()->FindPerson(person)->number;
  }
  void RotateClassKey(std::vector<std::string> revoked = {}) {
    RotateClassKey(*lab_.LoginAs(Laboratory::kFounder), std::move(revoked));
  }
  static void RotateClassKey(vault::Session& founder, std::vector<std::string> revoked) {
    std::uint32_t job = 0;
    ASSERT_TRUE(vault::StartClassRotation(founder, "hiv", revoked, job).ok());
    auto call = founder.Enter();
    format::Job state;
    ASSERT_TRUE(vault::StepJob(call->core(), &call->desk(), job, {}, state).ok());
  }

  Laboratory lab_;
};

TEST_F(PersonKeys, NewPasswordOpensWhatTheOldOneDid) {
  ASSERT_EQ(RotatePerson(*lab_.LoginAs(kPhysician), kPhysician), StatusCode::kOk);
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_EQ(CodeOfLogin(kPhysician, PasswordOf(kPhysician)), StatusCode::kWrongSecret);
    const auto after = Login(kPhysician, kNew);
    ASSERT_TRUE(after.ok()) << after.status().message();
    EXPECT_TRUE(ReadsHiv(**after));
    EXPECT_EQ(WritesHiv(**after), StatusCode::kOk);
    lab_.Close();
  }
  EXPECT_TRUE(lab_.Verify(lab_.LoginAs(Laboratory::kFounder).get()).ok());
}

TEST_F(PersonKeys, AskingSessionGoesOnAndThePersonsOthersEnd) {
  const auto asking = lab_.LoginAs(kPhysician);
  const auto other = lab_.LoginAs(kPhysician);
  const auto receptionist = lab_.LoginAs("receptionist");
  EXPECT_TRUE(ReadsHiv(*other));
  ASSERT_EQ(RotatePerson(*asking, kPhysician), StatusCode::kOk);
  EXPECT_EQ(lab_.Get(*other, "alice", "Patient", "1").code(), StatusCode::kClosed);
  EXPECT_TRUE(lab_.Get(*receptionist, "alice", "Patient", "1").ok());
  EXPECT_TRUE(ReadsHiv(*asking));
  RotateClassKey();  // what comes later is sealed to the new key
  EXPECT_TRUE(ReadsHiv(*asking));
  EXPECT_EQ(WritesHiv(*asking), StatusCode::kOk);
  ASSERT_EQ(RotatePerson(*asking, kPhysician, "a third one of three"), StatusCode::kOk);  // and signed with the new one
  EXPECT_EQ(CodeOfLogin(kPhysician, kNew), StatusCode::kWrongSecret);
  EXPECT_EQ(CodeOfLogin(kPhysician, "a third one of three"), StatusCode::kOk);
}

TEST_F(PersonKeys, FounderRotatesForWhoeverLostTheirPassword) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const auto theirs = lab_.LoginAs(kPhysician);
  ASSERT_EQ(RotatePerson(*founder, kPhysician), StatusCode::kOk);
  EXPECT_EQ(lab_.Get(*theirs, "alice", "Patient", "1").code(), StatusCode::kClosed);
  EXPECT_EQ(CodeOfLogin(kPhysician, PasswordOf(kPhysician)), StatusCode::kWrongSecret);
  EXPECT_TRUE(ReadsHiv(**Login(kPhysician, kNew)));
  EXPECT_TRUE(ReadsHiv(*founder));
}

TEST_F(PersonKeys, FounderWithOtherKeysIsTheFounderStill) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_EQ(RotatePerson(*founder, Laboratory::kFounder), StatusCode::kOk);
  RotatePerson(*founder, kPhysician, "theirs from now");
  lab_.Close();
  EXPECT_EQ(CodeOfLogin("receptionist", PasswordOf("receptionist")), StatusCode::kOk);  // the pin is of the first key
  EXPECT_EQ(CodeOfLogin(kPhysician, "theirs from now"), StatusCode::kOk);
  EXPECT_EQ(CodeOfLogin(Laboratory::kFounder, Laboratory::kPassword), StatusCode::kWrongSecret);
  const auto again = Login(Laboratory::kFounder, kNew);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(ReadsHiv(**again));
  EXPECT_EQ(RotatePerson(**again, Laboratory::kFounder, Laboratory::kPassword),
            StatusCode::kInvalidArgument);  // had it
  EXPECT_EQ(RotatePerson(**again, Laboratory::kFounder, "and yet another"), StatusCode::kOk);
  RotateClassKey(**again, {});
  EXPECT_TRUE(ReadsHiv(**again));
}

// Rows wait under the first version while the second is the newest.
TEST_F(PersonKeys, EveryVersionOfAClassKeyIsSealedAnew) {
  const auto physician = lab_.LoginAs(kPhysician);
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    std::uint32_t job = 0;
    ASSERT_TRUE(vault::StartClassRotation(*founder, "hiv", {}, job).ok());
  }
  ASSERT_EQ(RotatePerson(*physician, kPhysician), StatusCode::kOk);
  const auto after = Login(kPhysician, kNew);
  EXPECT_TRUE(ReadsHiv(**after));
  EXPECT_EQ(WritesHiv(**after), StatusCode::kOk);
}

TEST_F(PersonKeys, SlotsOfWhatWasTakenBackAreGoneAndTheOthersAreMadeAnew) {
  const auto number = NumberOf(kPhysician);
  const std::size_t held = RowsOf(MetaKind::kPersonSlot, number).size();
  RotateClassKey({std::string(kPhysician)});
  const auto before = RowsOf(MetaKind::kPersonSlot, number);
  EXPECT_EQ(before.size(), held - 1);
  ASSERT_EQ(RotatePerson(*lab_.LoginAs(kPhysician), kPhysician), StatusCode::kOk);
  const auto after = RowsOf(MetaKind::kPersonSlot, number);
  EXPECT_EQ(after.size(), before.size());
  for (const StoredRow& row : after) {
    const auto old = std::find_if(before.begin(), before.end(), [&](const StoredRow& o) { return o.key == row.key; });
    ASSERT_NE(old, before.end());
    EXPECT_NE(old->value, row.value);
  }
  EXPECT_FALSE(ReadsHiv(**Login(kPhysician, kNew)));
}

TEST_F(PersonKeys, WhatIsRefusedChangesNothing) {
  const auto physician = lab_.LoginAs(kPhysician);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const auto before = Statements();
  EXPECT_EQ(RotatePerson(*physician, "receptionist"), StatusCode::kPermissionDenied);
  EXPECT_EQ(RotatePerson(*physician, Laboratory::kFounder), StatusCode::kPermissionDenied);
  EXPECT_EQ(RotatePerson(*founder, "nobody"), StatusCode::kNotFound);
  EXPECT_EQ(RotatePerson(*physician, kPhysician, ""), StatusCode::kInvalidArgument);
  EXPECT_EQ(vault::RotatePerson(*physician, kPhysician, AsBytes(kNew), {1024, 1}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Statements(), before);
  EXPECT_TRUE(ReadsHiv(*physician));
  EXPECT_EQ(CodeOfLogin(kPhysician, PasswordOf(kPhysician)), StatusCode::kOk);
  physician->Logout();
  EXPECT_EQ(RotatePerson(*physician, kPhysician), StatusCode::kClosed);
}

// Whoever read the old password over a shoulder writes to the disk what it opened.
TEST_F(PersonKeys, OldCredentialAndSlotsPutBackOpenNothing) {
  const auto number = NumberOf(kPhysician);
  const auto credential = RowsOf(MetaKind::kCredential, number);
  const auto slots = RowsOf(MetaKind::kPersonSlot, number);
  ASSERT_EQ(credential.size(), 1u);
  ASSERT_GT(slots.size(), 2u);
  ASSERT_EQ(RotatePerson(*lab_.LoginAs(kPhysician), kPhysician), StatusCode::kOk);
  const auto right_credential = RowsOf(MetaKind::kCredential, number);
  const auto right_slots = RowsOf(MetaKind::kPersonSlot, number);

  PutBack(credential);
  EXPECT_EQ(CodeOfLogin(kPhysician, PasswordOf(kPhysician)), StatusCode::kAuthFailed);
  lab_.Close();
  PutBack(slots);
  EXPECT_EQ(CodeOfLogin(kPhysician, PasswordOf(kPhysician)), StatusCode::kAuthFailed);
  lab_.Close();
  PutBack(right_credential);
  EXPECT_EQ(CodeOfLogin(kPhysician, kNew), StatusCode::kAuthFailed);
  lab_.Close();
  PutBack(right_slots);
  EXPECT_TRUE(ReadsHiv(**Login(kPhysician, kNew)));
}

// With the provider too: the old keys, which opened the credential once, sign in the founder's or the person's name.
TEST_F(PersonKeys, StatementsSignedWithTheOldKeysAreRefusedAtOpening) {
  crypto::SigningSeed old_founder, old_physician;
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    old_founder = crypto::SigningSeed::CopyOf(founder->Enter()->desk().session->identity().keys.seed.Reveal());
    const auto physician = lab_.LoginAs(kPhysician);
    old_physician = crypto::SigningSeed::CopyOf(physician->Enter()->desk().session->identity().keys.seed.Reveal());
    ASSERT_EQ(RotatePerson(*founder, Laboratory::kFounder), StatusCode::kOk);
    ASSERT_EQ(RotatePerson(*founder, kPhysician, "theirs from now"), StatusCode::kOk);
  }
  const people::PrivateKeys drawn = people::DrawPrivateKeys();
  const std::pair<people::PersonNumber, const crypto::SigningSeed*> signers[] = {
      {people::kFounder, &old_founder}, {NumberOf(kPhysician), &old_physician}};
  for (const auto& [signer, seed] : signers) {
    const format::StatementBody body =
        format::PersonKeysBody{signer, crypto::VerifyKeyOf(drawn.seed), crypto::PublicKeyOf(drawn.private_key)};
    store::Batch planted;
    Bytes id;
    lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity& identity) {
      Bytes newest;
      std::uint64_t count = 0;
      const auto take = [&](ByteView, const SecretBytes& content) {
        newest.assign(content.Reveal().begin(), content.Reveal().end());
        return ++count, Status::Ok();
      };
      ASSERT_TRUE(meta.ForEach(MetaKind::kStatement, take).ok());
      const Bytes encoded = format::EncodeStatementBody(body);
      Bytes statement =
          format::EncodeStatement({identity.store, count + 1, people::DigestOfStatement(newest), 8, signer, encoded});
      AppendTo(statement, crypto::Sign(*seed, people::SignedMessage(statement)));
      Writer(id).U64(count + 1);
      meta.Put(planted, MetaKind::kStatement, id, statement);
      ASSERT_TRUE(rows.Commit(planted, store::Durability::kPower).ok());
    });
    EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
    lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
      store::Batch batch;
      meta.Delete(batch, MetaKind::kStatement, id);
      ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
    });
    EXPECT_EQ(lab_.Open().code(), StatusCode::kOk);
  }
}

// Whoever logs in meanwhile is let in or told that the password is wrong, and no session is left with keys of before.
TEST_F(PersonKeys, LoginsDuringARotationAreWholeOrWrong) {
  constexpr int kRotations = 6;
  const auto password = [](int i) { return "gravel lantern " + std::to_string(i); };
  ASSERT_EQ(RotatePerson(*lab_.LoginAs(kPhysician), kPhysician, password(0)), StatusCode::kOk);
  std::atomic<int> current{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      while (!stop) {
        const auto session = Login(kPhysician, password(current + thread % 2));
        EXPECT_TRUE(session.ok() || session.code() == StatusCode::kWrongSecret) << session.status().message();
        if (!session.ok()) continue;
        const auto record = lab_.Get(**session, "alice", "Patient", "1");
        EXPECT_TRUE(record.ok() || record.code() == StatusCode::kClosed) << record.status().message();
      }
    });
  }
  const auto asking = Login(kPhysician, password(0));
  std::vector<std::shared_ptr<vault::Session>> before;
  for (int i = 1; i <= kRotations; ++i) {
    before.push_back(*Login(kPhysician, password(i - 1)));
    EXPECT_EQ(RotatePerson(**asking, kPhysician, password(i)), StatusCode::kOk);
    current = i;
    EXPECT_EQ(before.back()->Enter().code(), StatusCode::kClosed);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(ReadsHiv(**Login(kPhysician, password(kRotations))));
}

TEST_F(PersonKeys, SecretJudgedWithKeysOfBeforeIsNoSignOfDamage) {
  auto call = lab_.Vault()->Enter();
  people::Registry& registry = *call->core().registry;
  const auto physician = registry.Login(kPhysician, AsBytes(PasswordOf(kPhysician)));
  ASSERT_TRUE(physician.ok());
  ASSERT_EQ(RotatePerson(*lab_.LoginAs(Laboratory::kFounder), kPhysician), StatusCode::kOk);
  const people::SecretOwner owner{physician->person.number, physician->person.name};
  EXPECT_EQ(registry.Judge(*physician, owner, AsBytes("willow copper tunnel"), crypto::kArgon2Floor).code(),
            StatusCode::kPermissionDenied);
}

TEST_F(PersonKeys, OfTwoSessionsThatRotateAtOnceOneGoesOn) {
  std::shared_ptr<vault::Session> sessions[2] = {lab_.LoginAs(kPhysician), lab_.LoginAs(kPhysician)};
  StatusCode codes[2];
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&, i] {
      codes[i] = RotatePerson(*sessions[i], kPhysician, i == 0 ? "first of the two" : "second of the two");
    });
  for (std::thread& thread : threads) thread.join();
  const int won = codes[0] == StatusCode::kOk ? 0 : 1;
  EXPECT_EQ(codes[won], StatusCode::kOk);
  EXPECT_TRUE(codes[1 - won] == StatusCode::kClosed || codes[1 - won] == StatusCode::kPermissionDenied);
  EXPECT_TRUE(ReadsHiv(*sessions[won]));
  EXPECT_EQ(sessions[1 - won]->Enter().code(), StatusCode::kClosed);
  EXPECT_EQ(CodeOfLogin(kPhysician, won == 0 ? "first of the two" : "second of the two"), StatusCode::kOk);
}

}  // namespace
}  // namespace mseal::test
