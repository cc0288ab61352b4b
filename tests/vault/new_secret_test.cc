// Passwords from now on: what the rules refuse, what a person had before, what is another's, and what of that anybody
// can guess at.
#include "vault/new_secret.h"

#include <gmock/gmock.h>

#include "crypto/hash.h"
#include "format/login_attempts.h"
#include "people/policy.h"
#include "vault/administer.h"
#include "vault/log_queries.h"
#include "vault/rotate_person.h"
#include "vault/set_policy.h"
#include "vault/two_persons.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using people::LoginSecret;

constexpr std::string_view kNurse = "nurse";

class NewSecrets : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson(kNurse, {"general"});
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    nurse_ = lab_.LoginAs(kNurse);
  }

  StatusCode Add(vault::Session& session, std::string_view name, std::string_view password) {
    auto call = session.Enter();
    people::NewPerson person;
    person.name = name;
    person.cost = crypto::kArgon2Floor;
    return vault::AddPerson(call->core(), call->desk(), person, AsBytes(password)).code();
  }
  StatusCode Change(std::string_view now, std::string_view password) {
    return vault::ChangeOwnSecret(*nurse_, AsBytes(now), AsBytes(password), crypto::kArgon2Floor).code();
  }
  StatusCode Login(std::string_view name, std::string_view password) {
    return lab_.Vault()->Login(name, AsBytes(password), "care").code();
  }
  std::uint32_t FailuresOf(std::string_view name) {
    auto call = lab_.Vault()->Enter();
    const auto number = call->core().registry->chain()->FindPerson(name)->number;
    const auto row = call->core().meta->Get(keys::MetaKind::kLoginAttempts, keys::MetaIdOf({number}));
    return row.ok() ? format::ParseLoginAttempts(row->Reveal())->failures : 0;
  }
  const std::string own_ = PasswordOf(kNurse);
  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_, nurse_;
};

TEST_F(NewSecrets, RulesHoldWhereverAPasswordIsSet) {
  EXPECT_EQ(Add(*founder_, "eve", "too short"), StatusCode::kInvalidArgument);
  EXPECT_EQ(Add(*founder_, "evelyn", "evelyn and nobody"), StatusCode::kInvalidArgument);
  EXPECT_EQ(Add(*founder_, "eve", "password1234"), StatusCode::kInvalidArgument);
  EXPECT_EQ(Change(own_, "the nurse of ward 3"), StatusCode::kInvalidArgument);
  EXPECT_EQ(vault::RotatePerson(*founder_, kNurse, AsBytes("short"), crypto::kArgon2Floor).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(Login(kNurse, own_), StatusCode::kOk);
  vault::InitOptions init;
  init.store = lab_.store() + "2";
  init.keyring = lab_.keyring() + "2";
  init.secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
  init.schema.proto = LabProto();
  init.person = Laboratory::kFounder;
  init.password = SecretBytes::CopyOf(AsBytes("short"));
  init.cost = crypto::kArgon2Floor;
  EXPECT_EQ(vault::InitVault(init).code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(init.store));
}

TEST_F(NewSecrets, PolicySaysHowLong) {
  {
    auto call = founder_->Enter();
    ASSERT_TRUE(vault::SetPolicy(call->core(), call->desk(), people::policy::kPasswordMinLength, 20).ok());
  }
  EXPECT_EQ(Change(own_, "willow copper tunne"), StatusCode::kInvalidArgument);
  EXPECT_EQ(Change(own_, "willow copper tunnel"), StatusCode::kOk);
}

TEST_F(NewSecrets, PersonWhoKnowsThePasswordGivesThemselvesAnother) {
  EXPECT_EQ(Change("not the password", "willow copper tunnel"), StatusCode::kWrongSecret);
  EXPECT_EQ(FailuresOf(kNurse), 1u);
  const auto other = lab_.LoginAs(kNurse);
  ASSERT_EQ(Change(own_, "willow copper tunnel"), StatusCode::kOk);
  EXPECT_TRUE(nurse_->Enter().ok());
  EXPECT_EQ(other->Enter().code(), StatusCode::kClosed);
  EXPECT_EQ(Login(kNurse, own_), StatusCode::kWrongSecret);
  EXPECT_EQ(Login(kNurse, "willow copper tunnel"), StatusCode::kOk);
}

TEST_F(NewSecrets, LastPasswordsAreNotTakenAgainAlsoAfterAKeyFileAndReopening) {
  const std::string_view words[] = {"willow copper tunnel", "harbour violin moss", "gravel lantern 4",
                                    "gravel lantern 5",     "gravel lantern 6",    "gravel lantern 7"};
  std::string now = own_;
  for (const std::string_view next : words) {
    EXPECT_EQ(Change(now, now), StatusCode::kInvalidArgument);
    ASSERT_EQ(Change(now, next), StatusCode::kOk);
    if (next == words[4]) {
      EXPECT_EQ(Change(next, own_), StatusCode::kInvalidArgument);
    }
    now = next;
  }
  const Bytes file(32, 0xc3);
  ASSERT_TRUE(vault::ChangeOwnSecret(*nurse_, AsBytes(now), LoginSecret::KeyFile(file), crypto::kArgon2Floor).ok());
  nurse_.reset(), founder_.reset();
  lab_.Close();
  nurse_ = std::move(*lab_.Vault()->Login({kNurse, LoginSecret::KeyFile(file), {.purpose = "care"}}));
  const auto back = [&](std::string_view password) {
    return vault::ChangeOwnSecret(*nurse_, LoginSecret::KeyFile(file), AsBytes(password), crypto::kArgon2Floor).code();
  };
  EXPECT_EQ(back(words[5]), StatusCode::kInvalidArgument);
  EXPECT_EQ(back(words[1]), StatusCode::kInvalidArgument);
  EXPECT_EQ(back(own_), StatusCode::kOk);  // six passwords ago: five of before are remembered
}

// ---- one credential never serves two persons

TEST_F(NewSecrets, PasswordOfAnotherIsRefusedOnRecordAndCountsAsAGuess) {
  EXPECT_EQ(Add(*founder_, "eve", own_), StatusCode::kAlreadyExists);
  EXPECT_EQ(Login("eve", own_), StatusCode::kWrongSecret);
  EXPECT_EQ(FailuresOf(Laboratory::kFounder), 1u);
  EXPECT_EQ(Change(own_, Laboratory::kPassword), StatusCode::kAlreadyExists);
  EXPECT_EQ(FailuresOf(kNurse), 1u);
  EXPECT_EQ(Login(kNurse, own_), StatusCode::kOk);
  auto call = founder_->Enter();
  std::size_t found = 0;
  vault::LogQuery query;
  query.operation = audit::Operation::kLogin;
  const Status read = vault::QueryLog(call->core(), call->desk(), query, [&](const audit::OpenedEntry& entry) {
    found += entry.detail == "password of another person" ? 1 : 0;
    return Status::Ok();
  });
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(found, 2u);
}

TEST_F(NewSecrets, WhoMayNotSetAPasswordIsToldNothingOfOthers) {
  EXPECT_EQ(Add(*nurse_, "eve", Laboratory::kPassword), StatusCode::kPermissionDenied);
  EXPECT_EQ(
      vault::RotatePerson(*nurse_, Laboratory::kFounder, AsBytes(Laboratory::kPassword), crypto::kArgon2Floor).code(),
      StatusCode::kPermissionDenied);
  EXPECT_EQ(FailuresOf(kNurse), 0u);
}

// A person who changes their own over and over asks each time whether somebody has it.
TEST_F(NewSecrets, SecretsMayBeTriedAsOftenAsPolicyLocksOut) {
  std::string now = own_;
  for (int i = 0; i < 10; ++i) {
    const std::string next = "gravel lantern " + std::to_string(i);
    ASSERT_EQ(Change(now, next), StatusCode::kOk) << i;
    now = next;
  }
  EXPECT_EQ(Change(now, "willow copper tunnel"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Change(now, Laboratory::kPassword), StatusCode::kPermissionDenied);
  EXPECT_EQ(FailuresOf(kNurse), 0u);
  nurse_.reset(), founder_.reset();
  lab_.Close();
  EXPECT_EQ(Login(kNurse, now), StatusCode::kOk);  // they may work all the same
  nurse_ = std::move(*lab_.Vault()->Login(kNurse, AsBytes(now), "care"));
  EXPECT_EQ(Change(now, "willow copper tunnel"), StatusCode::kPermissionDenied);
}

TEST_F(NewSecrets, PasswordIsFreeOnceItsPersonHasAnotherAlsoAcrossARotationOfTheClass) {
  ASSERT_EQ(Add(*founder_, "eve", "harbour violin moss"), StatusCode::kOk);
  {
    auto call = founder_->Enter();
    auto& registry = *call->core().registry;
    const auto number = registry.chain()->FindClass("directory");
    const auto nothing = [](const keys::ClassKey&, people::ClassKeyVersion, store::Batch&) { return Status::Ok(); };
    ASSERT_TRUE(registry.RotateClass(call->desk().session->identity(), *number, {}, nothing).ok());
  }
  EXPECT_EQ(Add(*founder_, "adam", "harbour violin moss"), StatusCode::kAlreadyExists);  // the tag is of before
  ASSERT_EQ(Change(own_, "willow copper tunnel"), StatusCode::kOk);
  EXPECT_EQ(Add(*founder_, "adam", "willow copper tunnel"), StatusCode::kAlreadyExists);  // and this one of after
  EXPECT_EQ(Add(*founder_, "adam", own_), StatusCode::kOk);
}

// Disk and provider: the salt and every tag are in sight, but a guess at all persons at once takes everyone's class
// key.
TEST_F(NewSecrets, ThiefOfDiskAndProviderFindsNoTagThatAPasswordAloneMakes) {
  nurse_.reset(), founder_.reset();
  lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity& identity) {
    const auto salt = format::ParsePasswordSalt(meta.Get(keys::MetaKind::kPasswordSalt, {})->Reveal());
    ASSERT_TRUE(salt.ok());
    const auto stretched = people::StretchForComparing(*salt, AsBytes(own_));
    const auto mark = people::MarkOfPassword(identity.store, stretched->Reveal());
    std::size_t rows = 0;
    const Status looked = meta.ForEach(keys::MetaKind::kCredentialTag, [&](ByteView, const SecretBytes& content) {
      const auto tag = format::ParseCredentialTag(content.Reveal());
      EXPECT_NE(tag->tag, crypto::Prf32(stretched->Reveal(), "medseal.v1.ptag", identity.store));
      EXPECT_FALSE(SameBytes(tag->tag, stretched->Reveal()));
      EXPECT_NE(tag->tag, mark);
      ++rows;
      return Status::Ok();
    });
    EXPECT_TRUE(looked.ok());
    EXPECT_EQ(rows, 2u);
    for (std::uint32_t person : {1u, 2u}) {
      const auto credential = meta.Get(keys::MetaKind::kCredential, keys::MetaIdOf({person}));
      const ByteView bytes = credential->Reveal();
      EXPECT_EQ(std::search(bytes.begin(), bytes.end(), mark.begin(), mark.end()), bytes.end());
    }
  });
}

TEST_F(NewSecrets, CostOfComparingThatSomebodyLoweredIsRefusedBeforeAnyWork) {
  nurse_.reset(), founder_.reset();
  lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    auto salt = *format::ParsePasswordSalt(meta.Get(keys::MetaKind::kPasswordSalt, {})->Reveal());
    salt.memory_kib = 8;
    store::Batch batch;
    meta.Put(batch, keys::MetaKind::kPasswordSalt, {}, format::EncodePasswordSalt(salt));
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  ASSERT_TRUE(lab_.Open().ok());
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Add(*founder_, "eve", "harbour violin moss"), StatusCode::kCorrupt);
}

}  // namespace
}  // namespace mseal::test
